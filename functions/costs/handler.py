"""/api/v1/costs and /api/v1/deliveries: what the cloud costs, and the bills it is read from."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import use_cases as costs
from cloudops.costs.cost_explorer import use_cases as cost_explorer
from cloudops.costs.cost_explorer.models import Spending
from cloudops.costs.models import Source
from cloudops.costs.reconciliation import ReconciliationQuestion, reconcile
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.bodies import with_csv_as_json
from cloudops.platform.http import handle, unit
from cloudops.platform.parameters import Day
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from costs import owners
from costs.application import app
from costs.schemas import (
    CostExplorerBudget,
    CostExplorerSpendingOut,
    CostItem,
    CostList,
    DeliveryOut,
    DeliveryPage,
    ReconciledCostOut,
    ReconciliationCountsOut,
    ReconciliationPage,
    SourcePreference,
)

TOLERANCE_AMOUNT, TOLERANCE_SHARE = Decimal("0.01"), Decimal("0.005")

GRANULARITY: dict[str, Literal["day", "month"]] = {"daily": "day", "monthly": "month"}
ChargeCategory = Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
GROUP_BY = (
    r"^(service|account|region|charge_category|provider|team|resource|usage_type|instance_type|tag:.+)$"
)


@app.get("/api/v1/costs")
def read_costs(
    group_by: Annotated[str, Query(pattern=GROUP_BY)] = "service",
    granularity: Annotated[Literal["daily", "monthly"], Query()] = "daily",
    start: Annotated[Day | None, Query()] = None,
    end: Annotated[Day | None, Query()] = None,
    service: Annotated[str | None, Query()] = None,
    account: Annotated[str | None, Query()] = None,
    region: Annotated[str | None, Query()] = None,
    resource: Annotated[str | None, Query(max_length=2048)] = None,
    charge_category: Annotated[ChargeCategory | None, Query()] = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
) -> CostList:
    """Costs grouped by a dimension of the bill, by team or by `tag:<key>`.

    `end` is exclusive; without dates, the 30 days up to the last one with data. By team it is direct cost: what is
    shared or unallocated has no group, and neither `region` nor `resource` filters it.
    """
    question = costs.CostQuestion(
        group_by=group_by,
        granularity=GRANULARITY[granularity],
        start=start,
        end=end,
        service=service,
        account=account,
        region=region,
        resource=resource,
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


@app.get("/api/v1/deliveries/reconciliation")
def reconcile_deliveries(
    period: Annotated[Day, Query()],
    billing_account_id: Annotated[str | None, Query()] = None,
    status: Annotated[Literal["agrees", "differs", "missing"] | None, Query()] = None,
    tolerance_amount: Annotated[Decimal, Query(ge=0, max_digits=24, decimal_places=6)] = TOLERANCE_AMOUNT,
    tolerance_share: Annotated[Decimal, Query(ge=0, le=1, decimal_places=6)] = TOLERANCE_SHARE,
    counts: Annotated[bool, Query()] = True,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> ReconciliationPage:
    """The month that `period` lies in, ours against each shadow's: per account, service and day.

    Amounts agree within the larger of `tolerance_amount` and `tolerance_share` of the larger one. Without `counts` the
    first page of a large month comes as fast as the others: counting reads all of it.
    """
    question = ReconciliationQuestion(
        period=period,
        billing_account_id=billing_account_id,
        status=status,
        amount=tolerance_amount,
        share=tolerance_share,
    )
    with unit(app) as one:
        found = reconcile(one.connection, question, limit=limit, cursor=cursor, counted=counts)
    return ReconciliationPage(
        items=[ReconciledCostOut.model_validate(row) for row in found.page.items],
        counts=ReconciliationCountsOut.model_validate(found.counts) if found.counts else None,
        next_cursor=found.page.next_cursor,
    )


@app.get("/api/v1/deliveries/cost-explorer")
def show_cost_explorer() -> CostExplorerSpendingOut:
    """How often Cost Explorer may be asked a day, and what was spent today. Which accounts: /api/v1/data-sources."""
    with unit(app) as one:
        return spending_out(cost_explorer.show_spending(one.connection, now=one.now))


@app.put("/api/v1/deliveries/cost-explorer")
def change_cost_explorer(wanted: CostExplorerBudget) -> CostExplorerSpendingOut:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = cost_explorer.change_budget(
            one.connection, daily_calls=wanted.daily_calls, actor=one.actor, now=one.now
        )
    return spending_out(changed)


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


def spending_out(found: Spending) -> CostExplorerSpendingOut:
    return CostExplorerSpendingOut(
        daily_calls=found.daily_calls,
        calls_today=found.calls,
        refused_today=found.refused,
        cost_today=found.cost,
    )


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, with_csv_as_json(event, owners.TAKING_CSV), context)
