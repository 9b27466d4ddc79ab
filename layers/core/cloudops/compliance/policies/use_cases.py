"""Write policies down, try them, read what violates them, and queue an evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.compliance.policies import repository
from cloudops.compliance.policies.advice import follow
from cloudops.compliance.policies.evaluating import evaluate, reason_of
from cloudops.compliance.policies.events import policy_event
from cloudops.compliance.policies.expressions import parse
from cloudops.compliance.policies.fields import Subject
from cloudops.compliance.policies.models import (
    Policy,
    PolicyFields,
    PolicyFilter,
    PolicyScan,
    PolicyStatus,
    ScanKind,
    SeverityCount,
    Violation,
    ViolationFilter,
    ViolationStatus,
)
from cloudops.compliance.policies.repository import Transition
from cloudops.compliance.policies.scanning import tell
from cloudops.compliance.policies.security_policies import BUILT_IN_NAMES
from cloudops.errors import ConflictError, InvalidError
from cloudops.paging import Cursor, Page, Place
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match

# What people decide about a policy that the product ships.
OPEN_OF_BUILT_IN = frozenset(("status", "severity", "effect", "metadata"))
SHOWN_MATCHES = 100


class BuiltInPolicyError(ConflictError):
    """A built-in policy can be disabled, but neither rewritten nor deleted."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a policy would be evaluated by, saved or not."""

    provider: str
    scope: str | None
    resource_types: list[str]
    expression: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Match:
    account_id: str
    resource_id: str
    name: str
    type: str
    region: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`matches` are the first ones; `unknown` counts resources that lack what the expression asks about."""

    resources: int
    violations: int
    unknown: int
    matches: list[Match]


def list_policies(
    connection: Connection, chosen: PolicyFilter, *, limit: int, cursor: str | None
) -> Page[Policy]:
    after = Place.decode(cursor, str) if cursor else None
    rows = repository.list_policies(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Place(key=(row.name,)))


def show_policy(connection: Connection, policy_id: str) -> Policy:
    return repository.read_policy(connection, policy_id)


def write_policy(connection: Connection, wanted: PolicyFields, *, actor: Actor, now: datetime) -> Policy:
    """A new policy is first evaluated by the next scan."""
    parse(wanted.expression)
    refuse_name_of_built_in(wanted.name)
    policy_id = str(uuid4())
    repository.insert_policy(connection, policy_id, wanted, now=now)
    written = repository.read_policy(connection, policy_id)
    record(
        connection, policy_event(None, written, "created", f"Policy {written.name} was written", actor=actor)
    )
    return written


def refuse_name_of_built_in(name: str) -> None:
    if name in BUILT_IN_NAMES:
        raise InvalidError("a built-in policy has this name", field="name")


def change_policy(
    connection: Connection,
    policy_id: str,
    fields: Mapping[str, Any],
    *,
    if_match: str | None,
    tenant_id: UUID,
    actor: Actor,
    now: datetime,
) -> Policy:
    """Violations of a policy that is no longer enabled count as fixed; the next scan judges by the rest."""
    repository.lock_evaluation(connection)
    before = repository.lock_policy(connection, policy_id)
    require_match(if_match, etag_of(before.editable()))
    changed = {name for name, value in fields.items() if getattr(before, name) != value}
    if not changed:
        return before
    if before.built_in and changed - OPEN_OF_BUILT_IN:
        raise BuiltInPolicyError(
            f"{', '.join(sorted(changed - OPEN_OF_BUILT_IN))} cannot change; write your own"
        )
    kept = {name: getattr(before, name) for name in PolicyFields.__dataclass_fields__}
    wanted = PolicyFields(**{**kept, **fields})
    parse(wanted.expression)
    if "name" in changed:
        refuse_name_of_built_in(wanted.name)
    repository.change_policy(connection, policy_id, wanted, now=now)
    after = repository.read_policy(connection, policy_id)
    record(
        connection, policy_event(before, after, "changed", f"Policy {after.name} was changed", actor=actor)
    )
    carry_over(connection, before, after, tenant_id=tenant_id, now=now)
    return after


def carry_over(
    connection: Connection, before: Policy, after: Policy, *, tenant_id: UUID, now: datetime
) -> None:
    if after.status != PolicyStatus.ENABLED:
        close_violations(connection, after, tenant_id=tenant_id, now=now)
    elif before.effect != after.effect:
        standing = repository.list_open(connection, after.id)
        if after.effect == "audit":
            # To its recommendation a violation that is only recorded is as good as accepted.
            standing = [replace(one, status=ViolationStatus.SUPPRESSED) for one in standing]
        follow(connection, standing, tenant_id=tenant_id, now=now)


def close_violations(connection: Connection, policy: Policy, *, tenant_id: UUID, now: datetime) -> None:
    fixed: list[Transition] = repository.fix_of_policy(connection, policy.id, now=now)
    tell(connection, fixed)
    follow(connection, fixed, tenant_id=tenant_id, now=now)


def remove_policy(
    connection: Connection,
    policy_id: str,
    *,
    if_match: str | None,
    tenant_id: UUID,
    actor: Actor,
    now: datetime,
) -> None:
    """Its violations stay, as fixed and without it; its exceptions go with it."""
    repository.lock_evaluation(connection)
    policy = repository.lock_policy(connection, policy_id)
    require_match(if_match, etag_of(policy.editable()))
    if policy.built_in:
        raise BuiltInPolicyError("disable it instead")
    close_violations(connection, policy, tenant_id=tenant_id, now=now)
    repository.delete_policy(connection, policy_id)
    record(
        connection, policy_event(policy, None, "deleted", f"Policy {policy.name} was deleted", actor=actor)
    )


def try_policy(connection: Connection, draft: Draft, *, now: datetime) -> Preview:
    """Which resources it would flag now. Nothing is written."""
    expression = parse(draft.expression)
    resources = violations = unknown = 0
    matches: list[Match] = []
    subjects = repository.read_subjects(
        connection, providers=[draft.provider], types=draft.resource_types, account=draft.scope
    )
    for subject in subjects:
        resources += 1
        outcome = evaluate(expression, subject, now=now)
        unknown += outcome is None
        if outcome:
            violations += 1
            if len(matches) < SHOWN_MATCHES:
                matches.append(match_of(subject, reason_of(expression, subject, now=now)))
    return Preview(resources=resources, violations=violations, unknown=unknown, matches=matches)


def match_of(subject: Subject, reason: str) -> Match:
    return Match(
        account_id=subject.account,
        resource_id=subject.resource_id,
        name=subject.name,
        type=subject.type,
        region=subject.region,
        reason=reason,
    )


def request_scan(
    connection: Connection, scan_id: UUID, kind: ScanKind, *, actor: Actor, now: datetime
) -> None:
    repository.start_scan(connection, scan_id, kind, now=now)
    record(
        connection,
        NewEvent(
            entity_type="policy_scan",
            entity_id=str(scan_id),
            event_type="requested",
            message=f"{actor.name} asked for an evaluation ({kind})",
            actor=actor,
        ),
    )


def list_scans(connection: Connection, *, limit: int, cursor: str | None) -> Page[PolicyScan]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_scans(connection, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.requested_at, id=row.id))


def list_violations(
    connection: Connection, chosen: ViolationFilter, *, limit: int, cursor: str | None
) -> Page[Violation]:
    """The most severe first, of those the ones that were seen last."""
    rows = repository.list_violations(connection, chosen, limit=limit + 1, after=ranked(cursor))
    return Page.of(rows, limit, rank_of)


def list_latest_violations(connection: Connection, *, limit: int, cursor: str | None) -> Page[Violation]:
    """Of each resource the open ones that were seen last, the most severe first."""
    rows = repository.list_latest_violations(connection, limit=limit + 1, after=ranked(cursor))
    return Page.of(rows, limit, rank_of)


def ranked(cursor: str | None) -> Place | None:
    return Place.decode(cursor, rank, datetime.fromisoformat, UUID) if cursor else None


def rank(text: str) -> int:
    """One of the ranks that there are; any larger number would not fit its column."""
    found = int(text)
    if found not in range(1, 5):
        raise ValueError(text)
    return found


def rank_of(row: Violation) -> Place:
    return Place(key=(str(row.severity_rank), row.last_seen.isoformat(), str(row.id)))


def show_violation(connection: Connection, violation_id: UUID) -> Violation:
    return repository.read_violation(connection, violation_id)


def count_violations(connection: Connection) -> list[SeverityCount]:
    return repository.count_violations(connection)
