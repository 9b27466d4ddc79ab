"""Choose what the system changes on its own, and keep what it considered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import autonomy_repository, repository, requesting
from cloudops.automation.autonomy import Consideration, Run, TrackRecord, Verdict, without_a_record
from cloudops.automation.autonomy_repository import ConsiderationFilter
from cloudops.automation.executor import Executor
from cloudops.automation.offers import WAYS
from cloudops.automation.permissions import Permissions, permissions_of
from cloudops.automation.selection import ACTOR, Choice, Day, refusal_of, select
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.tenancy.use_cases import reporting_currency

__all__ = [
    "Chosen",
    "ConsiderationFilter",
    "choose",
    "list_considerations",
    "list_runs",
    "list_track_records",
]

# What a run looks at, those first that can be carried out; what is left comes up as others are settled.
MOST_CONSIDERED = 1000
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    run: Run
    actions: Sequence[UUID]


def choose(
    connection: Connection, executors: Mapping[str, Executor], *, run_id: UUID, now: datetime
) -> Chosen:
    """Ask for what may be done; the caller sends the messages once this transaction has committed.

    The same `run_id` again chooses nothing, and answers what was chosen.
    """
    # Nothing begins, and no other run counts, while this one weighs its choices against the caps.
    repository.lock_beginnings(connection)
    known = autonomy_repository.find_run(connection, run_id)
    if known is not None:
        return Chosen(run=known, actions=autonomy_repository.list_chosen(connection, run_id))
    permissions = permissions_of(repository.read_configuration(connection))
    refusal = refusal_of(permissions, now)
    choices = [] if refusal else weigh(connection, executors, permissions, now)
    run = run_of(run_id, refusal, choices, reporting_currency(connection), now)
    keep(connection, run, choices)
    return Chosen(run=run, actions=[one.action.id for one in choices if one.acted and one.action])


def weigh(
    connection: Connection, executors: Mapping[str, Executor], permissions: Permissions, now: datetime
) -> Sequence[Choice]:
    candidates = autonomy_repository.list_candidates(
        connection, executable=tuple(WAYS), limit=MOST_CONSIDERED
    )
    return select(candidates, executors, permissions, day_of(connection, now))


def day_of(connection: Connection, now: datetime) -> Day:
    begun = autonomy_repository.list_begun(connection, since=datetime.combine(now.date(), time(), tzinfo=UTC))
    return Day(
        reporting_currency=reporting_currency(connection),
        actions=sum(one.actions for one in begun),
        monthly_savings=sum((one.monthly_savings for one in begun), Decimal(0)),
        changed={(one.account_id, one.resource_type or ""): one.actions for one in begun},
        fleets=autonomy_repository.read_fleets(connection),
        records={one.type: one for one in autonomy_repository.list_track_records(connection)},
    )


def run_of(run_id: UUID, refusal: str | None, choices: Sequence[Choice], currency: str, now: datetime) -> Run:
    acted = [one for one in choices if one.acted]
    return Run(
        id=run_id,
        started_at=now,
        refusal=refusal,
        considered=len(choices),
        acted=len(acted),
        monthly_savings=sum((one.candidate.monthly_savings or Decimal(0) for one in acted), Decimal(0)),
        currency=currency,
    )


def keep(connection: Connection, run: Run, choices: Sequence[Choice]) -> None:
    for one in choices:
        if one.acted and one.action is not None:
            requesting.ask(connection, one.action, actor=ACTOR, now=run.started_at)
    autonomy_repository.insert_run(connection, run)
    autonomy_repository.insert_considerations(connection, [consideration_of(run, one) for one in choices])
    autonomy_repository.delete_runs(connection, before=run.started_at - KEPT_FOR)
    record(connection, event_of(run))


def consideration_of(run: Run, choice: Choice) -> Consideration:
    return Consideration(
        id=uuid5(run.id, str(choice.candidate.id)),
        run_id=run.id,
        recommendation_id=choice.candidate.id,
        check_id=choice.candidate.check_id,
        action_type=choice.action.type if choice.action else None,
        action_id=choice.action.id if choice.acted and choice.action else None,
        verdict=Verdict.ACTED if choice.acted else Verdict.HELD,
        reason=choice.reason,
        at=run.started_at,
    )


def event_of(run: Run) -> NewEvent:
    counted = f"{run.considered} recommendations were considered, {run.acted} changes asked for"
    return NewEvent(
        entity_type="job",
        entity_id=str(run.id),
        event_type="actions_chosen",
        message=f"nothing was considered: {run.refusal}" if run.refusal else counted,
        actor=ACTOR,
        metadata={"considered": run.considered, "acted": run.acted, "refusal": run.refusal},
    )


def list_considerations(
    connection: Connection, chosen: ConsiderationFilter, *, limit: int, cursor: str | None
) -> Page[Consideration]:
    after = Cursor.decode(cursor) if cursor else None
    rows = autonomy_repository.list_considerations(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.at, id=row.id))


def list_runs(connection: Connection, *, limit: int, cursor: str | None) -> Page[Run]:
    after = Cursor.decode(cursor) if cursor else None
    rows = autonomy_repository.list_runs(connection, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.started_at, id=row.id))


def list_track_records(connection: Connection, executors: Mapping[str, Executor]) -> list[TrackRecord]:
    """Of every type that there is, also of those that were never carried out."""
    known = {one.type: one for one in autonomy_repository.list_track_records(connection)}
    return [known.get(name, without_a_record(name)) for name in executors]
