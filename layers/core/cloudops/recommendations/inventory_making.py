"""Run the inventory checks over every resource and store what changed, in flat memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.period import DateRange
from cloudops.platform.database import Connection
from cloudops.recommendations import coverage_ledger, exceptions, repository
from cloudops.recommendations.coverage_ledger import Source
from cloudops.recommendations.evaluation import Report
from cloudops.recommendations.holdings import read_holdings, read_rates
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS
from cloudops.recommendations.inventory_evaluation import evaluate_holding
from cloudops.recommendations.life import changes_of, recommendation_of
from cloudops.recommendations.making import BILL_CHECK_IDS, INVENTORY_JOB, WINDOW_DAYS, expire, store

HOLDINGS_PER_BATCH = 2000


@dataclass(frozen=True, kw_only=True)
class InventoryOutcome:
    resources: int = 0
    found: int = 0
    new: int = 0
    expired: int = 0


@dataclass(frozen=True, kw_only=True)
class Run:
    tenant_id: UUID
    project_id: UUID
    window: DateRange
    now: datetime


def make_inventory_recommendations(
    connection: Connection,
    *,
    tenant_id: UUID,
    project_id: UUID,
    as_of: date,
    now: datetime,
) -> InventoryOutcome:
    """To be run before the checks of the bill, which leave alone what is judged here."""
    run = Run(tenant_id=tenant_id, project_id=project_id, window=window_of(connection, as_of), now=now)
    accepted = exceptions.standing(connection, now=now)
    resources = found = new = 0
    pairs = read_holdings(connection, run.window, read_rates(connection, run.window))
    for batch in batched(pairs, HOLDINGS_PER_BATCH):
        reports = [evaluate_holding(holding, bill, acceptances=accepted) for holding, bill in batch]
        resources += len(batch)
        found += sum(len(report.findings) for report in reports)
        new += keep(connection, run, reports)
    coverage_ledger.forget_older(connection, Source.INVENTORY, now=now)
    coverage_ledger.count(connection)
    repository.mark_covered_resources_analyzed(connection, now=now)
    unfounded = repository.lock_unfounded(
        connection, [check.id for check in INVENTORY_CHECKS], sorted(BILL_CHECK_IDS)
    )
    expire(connection, unfounded, project_id=project_id, now=now)
    outcome = InventoryOutcome(resources=resources, found=found, new=new, expired=len(unfounded))
    record(connection, run_event(outcome, run))
    return outcome


def window_of(connection: Connection, as_of: date) -> DateRange:
    """The last days with data; without a bill the last days there were."""
    last_day = repository.read_last_day(connection, as_of=as_of) or as_of
    return DateRange(start=last_day - timedelta(days=WINDOW_DAYS - 1), end=last_day + timedelta(days=1))


def keep(connection: Connection, run: Run, reports: Sequence[Report]) -> int:
    """Store a batch of reports; how many recommendations are new."""
    coverage = [line for report in reports for line in report.coverage]
    coverage_ledger.save(connection, coverage, Source.INVENTORY, now=run.now)
    found = [
        recommendation_of(finding, tenant_id=run.tenant_id, project_id=run.project_id)
        for report in reports
        for finding in report.findings
    ]
    known = repository.lock_known_ids(connection, [one.id for one in found])
    changes = changes_of(found, (), known, last_day=run.window.end - timedelta(days=1), today=run.now.date())
    store(connection, changes, project_id=run.project_id, now=run.now)
    return len(changes.new)


def run_event(outcome: InventoryOutcome, run: Run) -> NewEvent:
    return NewEvent(
        entity_type="job",
        entity_id=None,
        event_type=INVENTORY_JOB,
        message=f"{outcome.resources} resources were judged, {outcome.found} findings stand, {outcome.new} are new",
        project_id=run.project_id,
        metadata={"counts": vars(outcome)},
    )
