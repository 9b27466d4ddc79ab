"""What proves an action: artifacts that are kept where nobody can change them, with their checksums in its result."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from cloudops.automation.approvals import ApprovalRequest
from cloudops.automation.executor import Probe
from cloudops.automation.models import Action, ActionEvent, ActionStatus, ActionStep
from cloudops.automation.work import Work
from cloudops.errors import NotFoundError


def path_of(tenant: str, action: str, artifact: str) -> str:
    """The fourth document's path."""
    return f"tenants/{tenant}/evidence/{action}/{artifact}"


def keep_evidence(
    work: Work,
    status: ActionStatus,
    seen: Probe,
    *,
    steps: Sequence[ActionStep],
    events: Sequence[ActionEvent],
    decisions: Sequence[ApprovalRequest],
    error: str | None,
) -> dict[str, Any]:
    """The manifest: by artifact its path, SHA-256, size, and version in the store."""
    plan = work.action.frozen_plan
    artifacts = {
        "plan.json": {**plan.to_json(), "digest": plan.digest},
        "before.json": dict(plan.before),
        "after.json": {"state": dict(seen.state), "configuration": dict(seen.configuration)},
        "steps.json": [vars(step) for step in steps],
        "approvals.json": [vars(one) for one in decisions],
        "events.json": [vars(event) for event in events],
        "verification.json": {
            "status": status,
            "error": error,
            "expected": dict(plan.before if status is ActionStatus.ROLLED_BACK else plan.after),
            "seen": dict(seen.state),
            "read_at": work.now,
        },
    }
    return {name: keep(work, name, content) for name, content in artifacts.items()}


def keep(work: Work, name: str, content: Any) -> Mapping[str, Any]:
    path = path_of(work.around.tenant, str(work.action.id), name)
    body = json.dumps(content, indent=2, sort_keys=True, default=str).encode()
    version = work.around.evidence.put(path, body)
    return {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), "version": version}


class Readable(Protocol):
    def get(self, path: str, version: str | None) -> bytes: ...


class ArtifactNotFoundError(NotFoundError):
    """The action has no such artifact."""


def read_artifact(store: Readable, action: Action, name: str) -> dict[str, Any]:
    """The artifact with its content, and whether that is still what the action's result says it was."""
    manifest = (action.result or {}).get("evidence", {})
    if name not in manifest:
        raise ArtifactNotFoundError(f"there are {', '.join(sorted(manifest)) or 'none'}")
    kept = manifest[name]
    body = store.get(kept["path"], kept["version"])
    return {
        "name": name,
        "path": kept["path"],
        "sha256": kept["sha256"],
        "bytes": kept["bytes"],
        "intact": hashlib.sha256(body).hexdigest() == kept["sha256"],
        "content": json.loads(body),
    }
