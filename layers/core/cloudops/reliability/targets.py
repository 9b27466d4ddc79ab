"""What is monitored."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.reliability import repository
from cloudops.reliability.models import PositionedTarget, RestApi, Target, key_of

USUAL_PERIOD = 300
"""In seconds."""


def list_targets(connection: Connection, *, limit: int, cursor: str | None) -> Page[Target]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_targets(connection, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def targets_to_read(connection: Connection) -> list[PositionedTarget]:
    return repository.list_targets_with_positions(connection)


def add_target(connection: Connection, target: Target, *, actor: Actor) -> None:
    repository.insert_target(connection, target)
    record(
        connection,
        NewEvent(
            entity_type="monitored_target",
            entity_id=str(target.id),
            event_type="created",
            message=f"{target.resource_id} is monitored from now on",
            actor=actor,
            project_id=target.project_id,
            metadata={"new": {"kind": target.kind, "account_id": target.account_id, "region": target.region}},
        ),
    )


def watch_apis(
    connection: Connection,
    apis: Iterable[RestApi],
    *,
    project_id: UUID,
    account_id: str,
    region: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a target for each stage that is not watched yet, by itself or with all of its API. How many were added."""
    watched = repository.list_watched_stages(connection, account_id=account_id, region=region)
    # APIs of one name share their metrics.
    stages = {(api.name, stage) for api in apis for stage in api.stages}
    lacking = [one for one in sorted(stages) if not watched & {one, (one[0], None)}]
    for name, stage in lacking:
        target = Target(
            id=uuid4(),
            project_id=project_id,
            kind="api_gateway",
            resource_id=key_of(name, stage),
            account_id=account_id,
            region=region,
            name=name,
            stage=stage,
            period_seconds=USUAL_PERIOD,
            created_by=actor.name,
            created_at=now,
        )
        add_target(connection, target, actor=actor)
    return len(lacking)


def remove_target(connection: Connection, target_id: UUID, *, actor: Actor) -> None:
    """Its datapoints stay."""
    resource_id = repository.delete_target(connection, target_id)
    record(
        connection,
        NewEvent(
            entity_type="monitored_target",
            entity_id=str(target_id),
            event_type="deleted",
            message=f"{resource_id} is no longer monitored",
            actor=actor,
        ),
    )


def note_read(connection: Connection, ids: Sequence[UUID], *, now: datetime) -> None:
    repository.mark_read(connection, ids, now=now)


def note_failed(
    connection: Connection, ids: Sequence[UUID], reason: str, *, missing_actions: Sequence[str] = ()
) -> None:
    repository.mark_failed(connection, ids, reason[:1000], missing_actions)
