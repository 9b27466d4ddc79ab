"""/api/dashboard: the two answers that the first document asks for, how they changed, and how fresh they are."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import use_cases as costs
from cloudops.dashboard import use_cases as dashboard
from cloudops.money import in_thousandths
from cloudops.platform.http import api, handle, unit
from cloudops.platform.telemetry import observed
from dashboard.schemas import FreshnessOut, Metrics, MonthlyCost, SummaryOut

app = api()


@app.get("/api/dashboard/metrics")
def read_metrics() -> Metrics:
    """Spend, savings and waste of the latest month with data, in the reporting currency."""
    with unit(app) as one:
        found = dashboard.read_metrics(one.connection, now=one.now)
    return Metrics(
        monthlySpend=in_thousandths(found.monthly_spend),
        identifiedSavings=in_thousandths(found.identified_savings),
        realizedSavings=in_thousandths(found.realized_savings),
        resourcesAnalyzed=found.resources_analyzed,
        wastePercentage=float(found.waste_percentage),
    )


@app.get("/api/dashboard/cost-trends")
def read_cost_trends() -> list[MonthlyCost]:
    """Billed cost per month in the reporting currency, oldest first."""
    with unit(app) as one:
        months = costs.read_month_totals(one.connection)
    return [
        MonthlyCost(month=f"{row.month:%Y-%m}", totalCost=in_thousandths(row.billed_cost)) for row in months
    ]


@app.get("/api/dashboard/summary")
def read_summary() -> SummaryOut:
    """Spend, savings and waste beside what they were 30 days ago, in the reporting currency."""
    with unit(app) as one:
        return SummaryOut.model_validate(dashboard.summarize(one.connection, now=one.now))


@app.get("/api/dashboard/freshness")
def read_freshness() -> FreshnessOut:
    """Up to when bills, metrics and the inventory are known: what pages show as "data through"."""
    with unit(app) as one:
        return FreshnessOut.model_validate(dashboard.read_freshness(one.connection))


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
