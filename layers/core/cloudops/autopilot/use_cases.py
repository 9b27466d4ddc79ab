"""Show the first document's records, and take in those that another tool made."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import configuring
from cloudops.autopilot import repository
from cloudops.autopilot.models import (
    RECOMMENDATIONS,
    ApprovalRecord,
    AwsResource,
    ConfigEntry,
    CostReport,
    Entity,
    HistoryEntry,
    RecommendationRecord,
    Told,
)
from cloudops.errors import InvalidError
from cloudops.inventory.importing import import_resource
from cloudops.inventory.models import ImportedResource
from cloudops.money import THOUSANDTHS
from cloudops.paging import Cursor, Page
from cloudops.period import first_of_month
from cloudops.platform.database import Connection
from cloudops.recommendations.importing import IMPORTED, import_recommendation
from cloudops.recommendations.life import NewRecommendation, Status
from cloudops.tenancy.use_cases import default_project, reporting_currency

# Beyond it lies no next month.
LATEST = date(9998, 12, 1)
# An approval from outside authorises nothing here.
STATUSES = {
    "pending": Status.OPEN,
    "approved": Status.OPEN,
    "rejected": Status.REJECTED,
    "executed": Status.DONE,
}
CONFIDENCE = Decimal("0.5")
MONTHS = 12


def list_records[R](connection: Connection, entity: Entity[R], *, limit: int, cursor: str | None) -> Page[R]:
    """Newest first."""
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_records(connection, entity, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda one: Cursor(at=one.created_at, id=one.id))  # type: ignore[attr-defined]


def show_record[R](connection: Connection, entity: Entity[R], record_id: UUID) -> R:
    return repository.read_record(connection, entity, record_id)


def show_cost_report(connection: Connection, report_id: UUID) -> CostReport:
    return repository.read_cost_report(connection, report_id)


def list_cost_reports(connection: Connection, *, limit: int, cursor: str | None) -> Page[CostReport]:
    """The latest month first. Only the months that a page shows are read of the bill."""
    after = Cursor.decode(cursor) if cursor else None
    found: list[CostReport] = []
    month = LATEST
    if after is not None:
        month = min(first_of_month(after.at.date()), LATEST)
        found += repository.list_cost_reports(connection, month, limit=limit + 1, after=after)
    while len(found) <= limit:
        earlier = repository.find_report_month(connection, before=month)
        if earlier is None:
            break
        month = earlier
        found += repository.list_cost_reports(connection, month, limit=limit + 1 - len(found), after=None)
    return Page.of(found, limit, position_of)


def position_of(report: CostReport) -> Cursor:
    return Cursor(at=report.report_date, id=report.id)


def keep(connection: Connection, one: Told, *, actor: Actor, now: datetime) -> None:
    """As the other tool tells it: it authorises nothing, is on no bill, and counts as unmeasured."""
    repository.save(connection, one, actor=actor, now=now)
    entity = {HistoryEntry: "history", ApprovalRecord: "approval", CostReport: "cost_report"}[type(one)]
    record(
        connection,
        NewEvent(
            entity_type=f"imported_{entity}",
            entity_id=str(one.id),
            event_type="imported",
            message=f"{actor.name} imported {entity.replace('_', ' ')} {one.id}",
            actor=actor,
            metadata={"new": {name: shown(value) for name, value in asdict(one).items()}},
        ),
    )


def shown(value: object) -> object:
    return value if isinstance(value, dict | int | None) else str(value)


def take_resource(connection: Connection, one: AwsResource, *, actor: Actor, now: datetime) -> AwsResource:
    import_resource(
        connection,
        ImportedResource(
            resource_id=one.resource_id,
            resource_type=one.resource_type,
            region=one.region,
            configuration=one.current_config,
            utilization=one.utilization_metrics,
            monthly_cost=one.monthly_cost / THOUSANDTHS,
            last_analyzed_at=one.last_analyzed or now,
        ),
        actor=actor,
        now=now,
    )
    return repository.read_resource(connection, one.resource_id)


def take_recommendation(
    connection: Connection, one: RecommendationRecord, *, actor: Actor, now: datetime
) -> RecommendationRecord:
    if abs(one.projected_annual_savings - one.projected_monthly_savings * MONTHS) > MONTHS:
        raise InvalidError("it is twelve times projectedMonthlySavings", field="projectedAnnualSavings")
    new = recommendation_of(
        one, project_id=default_project(connection).id, currency=reporting_currency(connection)
    )
    import_recommendation(connection, new, STATUSES[one.status], actor=actor, now=now)
    return repository.read_record(connection, RECOMMENDATIONS, one.id)


def recommendation_of(one: RecommendationRecord, *, project_id: UUID, currency: str) -> NewRecommendation:
    savings = one.projected_monthly_savings / THOUSANDTHS
    told = {name: shown(value) for name, value in asdict(one).items() if not isinstance(value, datetime)}
    return NewRecommendation(
        id=one.id,
        project_id=project_id,
        check_id=IMPORTED,
        kind="rightsizing" if one.type == "resize" else "cost_optimization",
        type=one.type,
        severity=one.priority,
        title=one.title,
        description=one.description,
        action_steps="1. Look at what the other tool recommends.\n2. Carry it out by hand, or dismiss it.",
        impact=f"{savings:.2f} {currency} a month, as the other tool projects it.",
        overlap_group=f"{IMPORTED}/{one.resource_id}",
        risk=one.risk_level,
        confidence=CONFIDENCE,
        provider="aws",
        resource_id=one.resource_id,
        current_config=dict(one.current_config),
        recommended_config=dict(one.recommended_config),
        evidence={"imported": told},  # type: ignore[dict-item]
        monthly_savings=savings,
        currency=currency,
    )


def configure(connection: Connection, key: str, value: str, *, actor: Actor, now: datetime) -> ConfigEntry:
    configuring.configure(connection, key, value, actor=actor, now=now)
    return repository.read_configured(connection, key)
