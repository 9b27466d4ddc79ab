"""/api/v1/costs and /api/v1/deliveries: what the cloud costs, and the bills it is read from."""

from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import use_cases as costs
from cloudops.costs.models import Source
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import api, handle, unit
from cloudops.platform.parameters import Day
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from costs.schemas import CostItem, CostList, DeliveryOut, DeliveryPage, SourcePreference

app = api()

GRANULARITY: dict[str, Literal["day", "month"]] = {"daily": "day", "monthly": "month"}
ChargeCategory = Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
GROUP_BY = r"^(service|account|region|charge_category|provider|tag:.+)$"


@app.get("/api/v1/costs")
def read_costs(
    group_by: Annotated[str, Query(pattern=GROUP_BY)] = "service",
    granularity: Annotated[Literal["daily", "monthly"], Query()] = "daily",
    start: Annotated[Day | None, Query()] = None,
    end: Annotated[Day | None, Query()] = None,
    service: Annotated[str | None, Query()] = None,
    account: Annotated[str | None, Query()] = None,
    region: Annotated[str | None, Query()] = None,
    charge_category: Annotated[ChargeCategory | None, Query()] = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
) -> CostList:
    """Costs grouped by service, account, region, charge category, provider or `tag:<key>`.

    `end` is exclusive; without dates, the 30 days up to the last one with data.
    """
    question = costs.CostQuestion(
        group_by=group_by,
        granularity=GRANULARITY[granularity],
        start=start,
        end=end,
        service=service,
        account=account,
        region=region,
        charge_category=charge_category,
        currency=currency,
    )
    with unit(app) as one:
        answer = costs.read_costs(one.connection, question, today=one.now.date())
    return CostList(
        items=[CostItem.model_validate(row) for row in answer.rows],
        group_by=group_by,
        granularity=granularity,
        start=answer.span.start,
        end=answer.span.end,
        data_through=answer.data_through,
    )


@app.get("/api/v1/deliveries")
def list_deliveries(
    status: Annotated[
        Literal["loading", "current", "shadow", "superseded", "quarantined"] | None, Query()
    ] = None,
    source: Annotated[Literal["cur2", "cur1", "focus", "cost_explorer", "unknown"] | None, Query()] = None,
    period: Annotated[Day | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> DeliveryPage:
    """Every delivery of a bill: what it was, its period, rows and totals, and why it was quarantined."""
    chosen = costs.DeliveryFilter(status=status, source=source, period=period)
    with unit(app) as one:
        page = costs.list_deliveries(one.connection, chosen, limit=limit, cursor=cursor)
    return DeliveryPage(
        items=[DeliveryOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/deliveries/<delivery_id>")
def show_delivery(delivery_id: Annotated[UUID, Path()]) -> DeliveryOut:
    with unit(app) as one:
        return DeliveryOut.model_validate(costs.show_delivery(one.connection, delivery_id))


@app.put("/api/v1/deliveries/preference")
def prefer_source(preference: SourcePreference) -> SourcePreference:
    """Make one source authoritative for a billing account."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        costs.prefer_source(
            one.connection,
            preference.billing_account_id,
            Source(preference.source),
            actor=one.actor,
            now=one.now,
        )
    return preference


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
