"""Read a file of Cloud Custodian and write its policies down as drafts, all of them or none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from cloudops.actor import Actor
from cloudops.compliance.policies import repository
from cloudops.compliance.policies.custodian import Translated, translate
from cloudops.compliance.policies.models import PolicyFields, PolicyFilter, PolicyType, Severity
from cloudops.compliance.policies.security_policies import BUILT_IN_NAMES
from cloudops.compliance.policies.use_cases import write_policy
from cloudops.errors import InvalidError
from cloudops.platform.database import Connection

FIELD = "document"


class UnreadableDocumentError(InvalidError):
    """The document is no YAML that we read."""


class PlainLoader(yaml.SafeLoader):
    """Without anchors: a few lines of them can stand for billions of values."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "anchors are not followed; write it out", mark)
        return super().compose_node(parent, index)


@dataclass(frozen=True, kw_only=True)
class ImportedPolicy:
    """`id` is None after a dry run."""

    id: str | None
    name: str
    resource_types: list[str]
    expression: dict[str, Any]
    notes: list[str]


def import_policies(
    connection: Connection,
    document: str,
    *,
    severity: Severity,
    policy_type: PolicyType,
    dry_run: bool,
    actor: Actor,
    now: datetime,
) -> list[ImportedPolicy]:
    found = translate(read(document))
    refuse_taken_names(connection, found)
    if dry_run:
        return [imported(one, None) for one in found]
    return [
        imported(
            one, write_policy(connection, fields_of(one, severity, policy_type), actor=actor, now=now).id
        )
        for one in found
    ]


def read(document: str) -> Any:
    try:
        return yaml.load(document, Loader=PlainLoader)  # noqa: S506 - it is a safe loader, and a stricter one
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableDocumentError(told(error), field=FIELD) from error


def told(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def refuse_taken_names(connection: Connection, found: list[Translated]) -> None:
    taken = {one.name for one in repository.list_policies(connection, PolicyFilter())} | BUILT_IN_NAMES
    for number, one in enumerate(found):
        if one.name in taken:
            raise InvalidError("another policy has this name", field=f"{FIELD}.policies.{number}.name")
        taken.add(one.name)


def fields_of(one: Translated, severity: Severity, policy_type: PolicyType) -> PolicyFields:
    return PolicyFields(
        name=one.name,
        description=one.description,
        type=policy_type,
        severity=severity,
        resource_types=one.resource_types,
        expression=one.expression,
        metadata={"imported_from": "Cloud Custodian"},
    )


def imported(one: Translated, policy_id: str | None) -> ImportedPolicy:
    return ImportedPolicy(
        id=policy_id,
        name=one.name,
        resource_types=one.resource_types,
        expression=one.expression,
        notes=one.notes,
    )
