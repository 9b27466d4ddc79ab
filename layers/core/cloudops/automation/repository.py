"""Actions and what automation may do, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from cloudops.automation.configuration import ConfiguredValue
from cloudops.automation.guards import Begun
from cloudops.automation.models import (
    Action,
    ActionEvent,
    ActionStatus,
    ActionStep,
    Direction,
    NewAction,
    StepStatus,
)
from cloudops.automation.plans import Plan
from cloudops.errors import ConflictError, NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


class ActionNotFoundError(NotFoundError):
    """There is no such action."""


class ResourceBusyError(ConflictError):
    """Another action on this resource has not ended yet."""


class LeaseLostError(ConflictError):
    """Another worker has taken the action over."""


@dataclass(frozen=True, kw_only=True)
class ActionFilter:
    status: str | None = None
    type: str | None = None
    account: str | None = None
    resource: str | None = None
    recommendation: UUID | None = None
    id_prefix: str | None = None


def insert_action(connection: Connection, new: NewAction, *, now: datetime) -> None:
    row = {**vars(new), **vars(new.target), "params": Jsonb(dict(new.params)), "now": now}
    del row["target"]
    try:
        # A savepoint, so that the transaction of a whole run survives one resource that is busy.
        with connection.transaction():
            connection.execute(SQL["insert_action"], row)
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name != "actions_one_at_a_time":
            raise
        raise ResourceBusyError(f"an action on {new.target.resource_id} has not ended yet") from error


def read_action(connection: Connection, action_id: UUID) -> Action:
    return one_action(connection, "read_action", {"id": action_id})


def list_actions_by_id(connection: Connection, ids: Sequence[UUID]) -> list[Action]:
    with connection.cursor(row_factory=class_row(Action)) as cursor:
        return cursor.execute(SQL["list_actions_by_id"], {"ids": list(ids)}).fetchall()


def find_action(connection: Connection, action_id: UUID) -> Action | None:
    with connection.cursor(row_factory=class_row(Action)) as cursor:
        return cursor.execute(SQL["read_action"], {"id": action_id}).fetchone()


def lock_action(connection: Connection, action_id: UUID) -> Action:
    return one_action(connection, "lock_action", {"id": action_id})


def one_action(connection: Connection, query: str, parameters: Mapping[str, Any]) -> Action:
    with connection.cursor(row_factory=class_row(Action)) as cursor:
        found = cursor.execute(SQL[query], parameters).fetchone()
    if found is None:
        raise ActionNotFoundError
    return found


def list_actions(
    connection: Connection, chosen: ActionFilter, *, limit: int, after: Cursor | None
) -> list[Action]:
    with connection.cursor(row_factory=class_row(Action)) as cursor:
        return cursor.execute(
            SQL["list_actions"], {**vars(chosen), "limit": limit, **position(after)}
        ).fetchall()


def position(after: Cursor | None) -> dict[str, Any]:
    return {"after_at": after.at if after else None, "after_id": after.id if after else None}


def take_action(
    connection: Connection, action_id: UUID, *, now: datetime, leased_until: datetime
) -> Action | None:
    """None where it has ended, is not due, or is held by somebody."""
    with connection.cursor(row_factory=class_row(Action)) as cursor:
        return cursor.execute(
            SQL["take_action"], {"id": action_id, "now": now, "leased_until": leased_until}
        ).fetchone()


def hold_action(connection: Connection, action: Action, *, now: datetime) -> None:
    """Lock it for this transaction. Raises LeaseLostError for a worker that holds it no longer."""
    held = connection.execute(SQL["hold_action"], {"id": action.id, "fence": action.fence, "now": now})
    if held.fetchone() is None:
        raise LeaseLostError(f"action {action.id} is held by fence {action.fence} no longer")


def release_action(
    connection: Connection, action: Action, *, due_at: datetime, stalled: bool, now: datetime
) -> datetime:
    """When it is due: at once where somebody woke it since it was read."""
    row = {"id": action.id, "due_at": due_at, "wakes": action.wakes, "stalled": stalled, "now": now}
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cast(datetime, cursor.execute(SQL["release_action"], row).fetchone())


def note_progress(connection: Connection, action: Action, *, now: datetime) -> None:
    """It has come further, so the strides that brought it nowhere are counted anew."""
    connection.execute(SQL["note_progress"], {"id": action.id, "now": now})


def wake_action(connection: Connection, action_id: UUID, *, now: datetime) -> None:
    connection.execute(SQL["wake_action"], {"id": action_id, "now": now})


def freeze_plan(
    connection: Connection, action: Action, plan: Plan, *, requires_approval: bool, now: datetime
) -> None:
    connection.execute(
        SQL["freeze_plan"],
        {
            "id": action.id,
            "plan": Jsonb(plan.to_json()),
            "digest": plan.digest,
            "requires_approval": requires_approval,
            "now": now,
        },
    )


def begin_action(connection: Connection, action: Action, *, now: datetime) -> None:
    connection.execute(SQL["begin_action"], {"id": action.id, "now": now})


def verify_action(connection: Connection, action: Action, *, now: datetime) -> None:
    connection.execute(SQL["verify_action"], {"id": action.id, "now": now})


def turn_back(connection: Connection, action: Action, result: Mapping[str, Any], *, now: datetime) -> None:
    connection.execute(SQL["turn_back"], {"id": action.id, "result": Jsonb(dict(result)), "now": now})


def end_action(
    connection: Connection,
    action: Action,
    status: ActionStatus,
    *,
    error: str | None,
    result: Mapping[str, Any],
    now: datetime,
) -> None:
    connection.execute(
        SQL["end_action"],
        {"id": action.id, "status": status, "error": error, "result": Jsonb(dict(result)), "now": now},
    )


def list_stuck(connection: Connection, *, now: datetime, limit: int) -> list[UUID]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_stuck"], {"now": now, "limit": limit}).fetchall()


def insert_event(
    connection: Connection, action_id: UUID, message: str, details: Mapping[str, Any], *, now: datetime
) -> None:
    connection.execute(
        SQL["insert_action_event"],
        {"action_id": action_id, "message": message, "details": Jsonb(dict(details)), "now": now},
    )


def list_events(connection: Connection, action_id: UUID) -> list[ActionEvent]:
    with connection.cursor(row_factory=class_row(ActionEvent)) as cursor:
        return cursor.execute(SQL["list_action_events"], {"action_id": action_id}).fetchall()


def list_steps(connection: Connection, action_id: UUID) -> list[ActionStep]:
    with connection.cursor(row_factory=class_row(ActionStep)) as cursor:
        return cursor.execute(SQL["list_steps"], {"action_id": action_id}).fetchall()


def intend_step(
    connection: Connection, action: Action, direction: Direction, number: int, name: str, *, now: datetime
) -> None:
    row = {"action_id": action.id, "direction": direction, "number": number, "fence": action.fence}
    connection.execute(SQL["intend_step"], {**row, "name": name, "now": now})


def note_response(
    connection: Connection, action: Action, direction: Direction, number: int, response: Mapping[str, Any]
) -> None:
    row = {"action_id": action.id, "direction": direction, "number": number, "fence": action.fence}
    connection.execute(SQL["note_response"], {**row, "response": Jsonb(dict(response))})


def settle_step(
    connection: Connection,
    action: Action,
    direction: Direction,
    number: int,
    status: StepStatus,
    *,
    now: datetime,
    response: Mapping[str, Any] | None = None,
) -> None:
    row = {"action_id": action.id, "direction": direction, "number": number, "fence": action.fence}
    told = Jsonb(dict(response)) if response is not None else None
    connection.execute(SQL["settle_step"], {**row, "status": status, "response": told, "now": now})


def lock_beginnings(connection: Connection) -> None:
    connection.execute(SQL["lock_beginnings"])


def count_begun(connection: Connection, action: Action, *, since: datetime) -> Begun:
    with connection.cursor(row_factory=class_row(Begun)) as cursor:
        found = cursor.execute(
            SQL["count_begun"],
            {"account_id": action.account_id, "resource_id": action.resource_id, "since": since},
        ).fetchone()
    assert found is not None  # noqa: S101 - a query of four counts has a row.
    return found


def note_slack_message(connection: Connection, action_id: UUID, message: str) -> None:
    connection.execute(SQL["note_slack_message"], {"id": action_id, "message": message})


def count_open_alerts(connection: Connection, action: Action) -> int:
    return count(
        connection,
        "count_open_alerts",
        {"account_id": action.account_id, "resource_id": action.resource_id},
    )


def count_successes_in_a_row(connection: Connection, action_type: str) -> int:
    return count(connection, "count_outcomes", {"type": action_type})


def count(connection: Connection, query: str, parameters: Mapping[str, Any]) -> int:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return int(cursor.execute(SQL[query], parameters).fetchone() or 0)


def read_configuration(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(SQL["read_configuration"]).fetchall())


def list_configuration(connection: Connection) -> list[ConfiguredValue]:
    with connection.cursor(row_factory=class_row(ConfiguredValue)) as cursor:
        return cursor.execute(SQL["list_configuration"]).fetchall()


def save_configuration(
    connection: Connection, key: str, value: str, *, description: str, updated_by: str, now: datetime
) -> None:
    row = {"key": key, "value": value, "description": description, "updated_by": updated_by, "now": now}
    connection.execute(SQL["save_configuration"], row)


def delete_configuration(connection: Connection, key: str) -> bool:
    return connection.execute(SQL["delete_configuration"], {"key": key}).rowcount > 0
