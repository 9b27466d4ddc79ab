"""Run the checks over a tenant's bill and store what changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record, record_all
from cloudops.period import DateRange
from cloudops.platform.database import Connection
from cloudops.recommendations import coverage_ledger, exceptions, repository
from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.coverage_ledger import Judged, Source
from cloudops.recommendations.evaluation import Report, evaluate
from cloudops.recommendations.life import (
    Changes,
    Known,
    NewRecommendation,
    Status,
    changes_of,
    recommendation_of,
)
from cloudops.recommendations.models import Coverage, Finding

WINDOW_DAYS = 30
JOB = "recommended"
INVENTORY_JOB = "inventory_judged"
BILL_CHECK_IDS = frozenset(check.id for check in CHECKS)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Counts of a run; nothing is counted where there is no bill yet."""

    found: int = 0
    new: int = 0
    reopened: int = 0
    expired: int = 0
    looked_at: int = 0


def make_recommendations(
    connection: Connection, *, tenant_id: UUID, project_id: UUID, as_of: date, now: datetime
) -> Outcome:
    """Evaluate the last 30 days with data, up to `as_of`. Running it twice on the same bill changes nothing."""
    last_day = repository.read_last_day(connection, as_of=as_of)
    if last_day is None:
        return Outcome()
    window = DateRange(start=last_day - timedelta(days=WINDOW_DAYS - 1), end=last_day + timedelta(days=1))
    judged = coverage_ledger.judged_by_inventory(connection)
    accepted = exceptions.standing(connection, now=now)
    reports = [
        left_to_the_bill(evaluate(bill, acceptances=accepted), judged)
        for bill in repository.read_bills(connection, window)
    ]
    coverage = [line for report in reports for line in report.coverage]
    found = [
        recommendation_of(finding, tenant_id=tenant_id, project_id=project_id)
        for report in reports
        for finding in report.findings
    ]
    known = [one for one in repository.lock_known(connection) if is_of_the_bill(one, judged)]
    changes = changes_of(found, coverage, known, last_day=last_day, today=now.date())
    store(connection, changes, project_id=project_id, now=now)
    expire(connection, repository.lock_advice_of_resolved_alerts(connection), project_id=project_id, now=now)
    coverage_ledger.save(connection, coverage, Source.BILL, now=now)
    coverage_ledger.forget_older(connection, Source.BILL, now=now)
    coverage_ledger.count(connection)
    repository.mark_resources_analyzed(connection, resources_in(coverage), now=now)
    outcome = Outcome(
        found=len(found),
        new=len(changes.new),
        reopened=len(changes.reopened),
        expired=len(changes.expired),
        looked_at=len(coverage),
    )
    record(connection, run_event(outcome, coverage, window, project_id))
    return outcome


def left_to_the_bill(report: Report, judged: Judged) -> Report:
    """Where a scan judged a resource by the same check, it knew more than the bill."""
    return Report(
        findings=tuple(one for one in report.findings if judged_key(one) not in judged),
        coverage=tuple(one for one in report.coverage if judged_key(one) not in judged),
    )


def judged_key(one: Finding | Coverage | Known) -> tuple[str, str | None, str | None]:
    return one.check_id, one.account_id, one.resource_id


def is_of_the_bill(one: Known, judged: Judged) -> bool:
    return one.check_id in BILL_CHECK_IDS and judged_key(one) not in judged


def store(connection: Connection, changes: Changes, *, project_id: UUID, now: datetime) -> None:
    repository.insert(connection, changes.new, now=now)
    repository.set_status(connection, [one.id for one in changes.reopened], Status.OPEN, now=now)
    repository.refresh(connection, [*changes.refreshed, *changes.reopened], now=now)
    record_all(connection, [created_event(one) for one in changes.new])
    record_all(connection, [reopened_event(one) for one in changes.reopened])
    expire(connection, changes.expired, project_id=project_id, now=now)


def expire(connection: Connection, known: Sequence[Known], *, project_id: UUID, now: datetime) -> None:
    repository.set_status(connection, [one.id for one in known], Status.EXPIRED, now=now)
    record_all(connection, [expired_event(one, project_id) for one in known])


def resources_in(coverage: Iterable[Coverage]) -> set[tuple[str, str]]:
    return {(line.account_id, line.resource_id) for line in coverage if line.resource_id}


def ledger(coverage: Iterable[Coverage]) -> dict[str, dict[str, int]]:
    """How many subjects each check judged how; a check that met none is listed with nothing."""
    counts: Mapping[str, Counter[str]] = {check.id: Counter() for check in CHECKS}
    for line in coverage:
        counts[line.check_id][line.verdict] += 1
    return {check_id: dict(sorted(verdicts.items())) for check_id, verdicts in counts.items()}


def run_event(
    outcome: Outcome, coverage: Sequence[Coverage], window: DateRange, project_id: UUID
) -> NewEvent:
    return NewEvent(
        entity_type="job",
        entity_id=None,
        event_type=JOB,
        message=f"{outcome.found} recommendations stand, {outcome.new} of them new; {outcome.expired} expired",
        project_id=project_id,
        metadata={
            "window": {"start": window.start.isoformat(), "end": window.end.isoformat()},
            "counts": vars(outcome),
            "coverage": ledger(coverage),
        },
    )


def created_event(one: NewRecommendation) -> NewEvent:
    savings = None if one.monthly_savings is None else str(one.monthly_savings)
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(one.id),
        event_type="created",
        message=one.title,
        project_id=one.project_id,
        metadata={"check_id": one.check_id, "monthly_savings": savings, "currency": one.currency},
    )


def reopened_event(one: NewRecommendation) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(one.id),
        event_type="status_changed",
        message=f"{one.title}: found again",
        project_id=one.project_id,
        metadata={"new": {"status": Status.OPEN}},
    )


def expired_event(one: Known, project_id: UUID) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(one.id),
        event_type="status_changed",
        message=f"{one.title}: no longer called for",
        project_id=project_id,
        metadata={"old": {"status": one.status}, "new": {"status": Status.EXPIRED}},
    )
