"""Data sources: where bills are read from, by whose role, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from cloudops.accounts import repository
from cloudops.accounts.access import AccountNotReadableError, alone, role_of
from cloudops.accounts.models import (
    IN_BUCKETS,
    USUAL_METRICS,
    DataSource,
    ExplorerReading,
    Kind,
    Reading,
    ScheduledSource,
    SourceFields,
)
from cloudops.accounts.repository import DataSourceNotFoundError, SourceFilter
from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError, InvalidError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.schedule import parse_schedule

__all__ = [
    "AccountNotReadableError",
    "DataSourceNotFoundError",
    "SourceFilter",
    "SourceNotReadableError",
    "add",
    "change",
    "list_sources",
    "note_fetched",
    "open_explorer",
    "open_source",
    "record_run",
    "remove",
    "request_run",
    "show_source",
    "take_due",
]


class SourceNotReadableError(ConflictError):
    """The data source cannot be read."""


def list_sources(
    connection: Connection, chosen: SourceFilter, *, limit: int, cursor: str | None
) -> Page[DataSource]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_sources(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_source(connection: Connection, source_id: UUID) -> DataSource:
    return repository.read_source(connection, source_id)


def add(connection: Connection, wanted: SourceFields, *, actor: Actor, now: datetime) -> DataSource:
    check(connection, wanted)
    source_id = uuid4()
    repository.insert_source(connection, source_id, wanted, now=now)
    added = repository.read_source(connection, source_id)
    message = f"The data source {added.place} was added"
    record(connection, event_of(added, "created", message, actor=actor, metadata={"new": told(added)}))
    return added


def change(
    connection: Connection,
    source_id: UUID,
    fields: Mapping[str, Any],
    *,
    if_match: str | None,
    actor: Actor,
    now: datetime,
) -> DataSource:
    source = repository.lock_source(connection, source_id)
    require_match(if_match, etag_of(source.editable()))
    wanted = replace(fields_of(source), **fields)
    check(connection, wanted)
    if wanted == fields_of(source):
        return source
    repository.change_source(connection, source_id, wanted, now=now)
    changed = repository.read_source(connection, source_id)
    old, new = told(source), told(changed)
    differing = [name for name in new if old[name] != new[name]]
    metadata = {
        "old": {name: old[name] for name in differing},
        "new": {name: new[name] for name in differing},
    }
    message = f"The data source {changed.place} was changed"
    record(connection, event_of(changed, "changed", message, actor=actor, metadata=metadata))
    return changed


def remove(connection: Connection, source_id: UUID, *, if_match: str | None, actor: Actor) -> None:
    """What it brought in stays."""
    source = repository.lock_source(connection, source_id)
    require_match(if_match, etag_of(source.editable()))
    repository.delete_source(connection, source_id)
    message = f"The data source {source.place} was removed"
    record(connection, event_of(source, "deleted", message, actor=actor, metadata={"old": told(source)}))


def request_run(connection: Connection, source_id: UUID, *, actor: Actor) -> DataSource:
    """Note that somebody wants it read now, whatever its schedule says."""
    source = repository.read_source(connection, source_id)
    record(connection, event_of(source, "run_requested", f"{source.place} is to be read now", actor=actor))
    return source


def check(connection: Connection, wanted: SourceFields) -> None:
    """Raises InvalidError, which names the field."""
    parse_schedule(wanted.schedule)
    if wanted.kind in IN_BUCKETS:
        check_in_bucket(wanted)
    else:
        check_without_bucket(wanted)
    if wanted.cloud_account_id is not None:
        check_account(connection, wanted.cloud_account_id, wanted.kind)
    elif wanted.kind not in IN_BUCKETS or not alone(connection):
        raise InvalidError("name the cloud account whose role reads it", field="cloud_account_id")


def check_in_bucket(wanted: SourceFields) -> None:
    if not wanted.bucket:
        raise InvalidError(f"a source of kind {wanted.kind} lies in a bucket", field="bucket")
    if wanted.metrics is not None:
        raise InvalidError("only Cost Explorer is asked for metrics", field="metrics")


def check_without_bucket(wanted: SourceFields) -> None:
    if wanted.bucket is not None:
        raise InvalidError("Cost Explorer has no bucket", field="bucket")
    if wanted.prefix:
        raise InvalidError("Cost Explorer has no prefix", field="prefix")
    if wanted.grain != "daily":
        raise InvalidError("Cost Explorer knows days, not line items", field="grain")
    if wanted.metrics is not None and "UnblendedCost" not in wanted.metrics:
        raise InvalidError("UnblendedCost is what is billed, so it is always asked for", field="metrics")


def check_account(connection: Connection, account_id: UUID, kind: Kind) -> None:
    """Without a role an account only says whose Cost Explorer we ask as ourselves."""
    chosen = repository.AccountFilter(id=account_id)
    found = repository.list_accounts(connection, chosen, limit=1, after=None)
    as_ourselves = kind == "cost_explorer" and alone(connection)
    if not found or (found[0].role is None and not as_ourselves):
        raise InvalidError("there is no such connected account", field="cloud_account_id")


def open_source(connection: Connection, source_id: UUID) -> Reading:
    """What to read and by which role.

    Raises SourceNotReadableError and AccountNotReadableError where no safe role is there.
    """
    source = repository.read_source(connection, source_id)
    if source.bucket is None:
        raise SourceNotReadableError("Cost Explorer has no bucket to look into")
    role = None
    if source.cloud_account_id is not None:
        role = role_of(connection, repository.read_account(connection, source.cloud_account_id))
    elif not alone(connection):
        raise SourceNotReadableError("name the cloud account whose role reads it")
    return Reading(
        source_id=source.id,
        bucket=source.bucket,
        prefix=source.prefix,
        grain=source.grain,
        backfill_months=source.backfill_months,
        role=role,
    )


def open_explorer(connection: Connection, source_id: UUID) -> ExplorerReading:
    """Whose Cost Explorer to ask and by which role; raises as `open_source` does."""
    source = repository.read_source(connection, source_id)
    if source.cloud_account_id is None:
        raise SourceNotReadableError("only Cost Explorer is asked without a bucket")
    account = repository.read_account(connection, source.cloud_account_id)
    return ExplorerReading(
        source_id=source.id,
        billing_account_id=account.account_id,
        metrics=sorted(source.metrics or USUAL_METRICS),
        backfill_months=source.backfill_months,
        fetched_at=source.fetched_at,
        fetched_from=source.fetched_from,
        role=role_of(connection, account),
    )


def note_fetched(
    connection: Connection, source_id: UUID, *, fetched_from: date, fetched_at: datetime | None = None
) -> None:
    """Cost Explorer answered from that month on; `fetched_at` where this were the months that may still change."""
    repository.set_fetched(connection, source_id, fetched_from=fetched_from, fetched_at=fetched_at)


def record_run(
    connection: Connection,
    source_id: UUID,
    *,
    error: str | None,
    outcomes: Mapping[str, int],
    missing_actions: Sequence[str] = (),
) -> None:
    """What a run came to: `error` is its last_error, `outcomes` counts deliveries by what became of them."""
    source = repository.read_source(connection, source_id)
    found = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) or "nothing"
    message = f"{source.place} could not be read: {error}" if error else f"{source.place} was read: {found}"
    event_type = "read_failed" if error else "read"
    metadata = {"error": error, "deliveries": dict(outcomes), "missing_actions": list(missing_actions)}
    repository.set_missing_actions(connection, source_id, missing_actions)
    record(connection, event_of(source, event_type, message, actor=Actor(), metadata=metadata))


def take_due(connection: Connection, kinds: Sequence[Kind] = IN_BUCKETS, *, now: datetime) -> list[UUID]:
    """The enabled sources whose time has come, marked as queued for this minute; new ones are due at once."""
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    due = [one.id for one in repository.list_scheduled_sources(connection, kinds) if is_due(one, minute)]
    repository.set_queued(connection, due, minute=minute)
    return due


def is_due(source: ScheduledSource, minute: datetime) -> bool:
    if source.queued_at is None:
        return True
    following = parse_schedule(source.schedule).next_after(source.queued_at.astimezone(UTC))
    return following is not None and following <= minute


def fields_of(source: DataSource) -> SourceFields:
    return SourceFields(**{name: getattr(source, name) for name in SourceFields.__dataclass_fields__})


def told(source: SourceFields) -> dict[str, Any]:
    known = {name: getattr(source, name) for name in SourceFields.__dataclass_fields__}
    return {**known, "cloud_account_id": str(source.cloud_account_id) if source.cloud_account_id else None}


def event_of(
    source: DataSource,
    event_type: str,
    message: str,
    *,
    actor: Actor,
    metadata: Mapping[str, Any] | None = None,
) -> NewEvent:
    return NewEvent(
        entity_type="data_source",
        entity_id=str(source.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata=metadata or {},
    )
