"""Cost by team, unit, group and service of the catalogue, showback, and cost per unit of business."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import unit
from cloudops.platform.parameters import Day
from cloudops.platform.principal import Role
from cloudops.showback import use_cases as showback
from cloudops.showback.models import SELF_TAG, Level, Measure, UnitCount
from costs.application import app
from costs.owner_schemas import (
    BusinessGroupCost,
    BusinessGroupCostList,
    BusinessUnitCost,
    BusinessUnitCostList,
    DrilledCostList,
    DrilledCostOut,
    OwnedList,
    SelfCostList,
    SelfCostOut,
    ServiceCost,
    ServiceCostList,
    ShowbackLineOut,
    ShowbackReport,
    TeamCost,
    TeamCostList,
    UnitCostList,
    UnitCostOut,
    UnitCountOut,
    UnitCountPage,
    UnitCountsIn,
    UnitCountsStored,
)

TAKING_CSV = {"/api/v1/costs/unit-counts"}
GRANULARITY = {"daily": "day", "monthly": "month"}
Cost = Annotated[Literal["billed", "effective"], Query()]
Team = Annotated[str, Query(min_length=1, max_length=255)]
MetricName = Annotated[str, Query(min_length=1, max_length=100)]
Start = Annotated[Day | None, Query()]
End = Annotated[Day | None, Query()]


@app.get("/api/v1/costs/by_team")
def read_costs_by_team(cost: Cost = "billed") -> TeamCostList:
    """Each team's cost of the 30 days that end with the newest data, against the 30 days before."""
    return owned(TeamCostList, TeamCost, Level.TEAM, cost)


@app.get("/api/v1/costs/by_business_unit")
def read_costs_by_business_unit(cost: Cost = "billed") -> BusinessUnitCostList:
    return owned(BusinessUnitCostList, BusinessUnitCost, Level.BUSINESS_UNIT, cost)


@app.get("/api/v1/costs/by_business_group")
def read_costs_by_business_group(cost: Cost = "billed") -> BusinessGroupCostList:
    return owned(BusinessGroupCostList, BusinessGroupCost, Level.BUSINESS_GROUP, cost)


@app.get("/api/v1/costs/by_service")
def read_costs_by_catalog_service(cost: Cost = "billed") -> ServiceCostList:
    """By the services of the catalogue; `/api/v1/costs?group_by=service` groups by the provider's."""
    return owned(ServiceCostList, ServiceCost, Level.SERVICE, cost)


@app.get("/api/v1/costs/attributed")
def read_attributed_costs(
    team: Team,
    group_by: Annotated[Literal["service", "account", "charge_category", "day"], Query()] = "service",
    cost: Cost = "billed",
    start: Start = None,
    end: End = None,
) -> DrilledCostList:
    """What a team's cost is made of. `team` is an id, a name or `unallocated`; `end` is exclusive."""
    with unit(app) as one:
        answer = showback.drill_down(
            one.connection,
            team,
            group_by=group_by,
            measure=Measure(cost),
            start=start,
            end=end,
            today=one.now.date(),
        )
    return DrilledCostList(
        items=[DrilledCostOut.model_validate(row) for row in answer.rows],
        start=answer.span.start,
        end=answer.span.end,
    )


@app.get("/api/v1/costs/showback")
def report_showback(team: Team, month: Annotated[Day, Query()]) -> ShowbackReport:
    """A team's report of the month that `month` lies in. `team` is an id, a name or `unallocated`."""
    with unit(app) as one:
        lines = showback.report_showback(one.connection, team, month)
    return ShowbackReport(items=[ShowbackLineOut.model_validate(line) for line in lines])


@app.get("/api/v1/costs/self")
def read_self_costs() -> SelfCostList:
    """What CloudOps Guardrails itself costs, by month and provider service, from the bills that its stack is on.

    Its resources are known by their tag, which has to be activated for cost allocation.
    """
    with unit(app) as one:
        found = showback.read_self_costs(one.connection)
    key, value = SELF_TAG
    return SelfCostList(
        items=[SelfCostOut.model_validate(row) for row in found], tag_key=key, tag_value=value
    )


@app.put("/api/v1/costs/unit-counts")
def put_unit_counts(wanted: UnitCountsIn) -> UnitCountsStored:
    """Upload how much business each day brought."""
    counts = [UnitCount(**item.model_dump()) for item in wanted.items]
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        showback.put_unit_counts(one.connection, counts, actor=one.actor, now=one.now)
    return UnitCountsStored(stored=len(counts))


@app.get("/api/v1/costs/unit-counts")
def list_unit_counts(
    metric_name: Annotated[str | None, Query(max_length=100)] = None,
    start: Start = None,
    end: End = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> UnitCountPage:
    with unit(app) as one:
        page = showback.list_unit_counts(
            one.connection, metric_name, start=start, end=end, limit=limit, cursor=cursor
        )
    return UnitCountPage(
        items=[UnitCountOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/costs/unit-costs")
def read_unit_costs(
    metric_name: MetricName,
    group_by: Annotated[Literal["whole", "team", "service"], Query()] = "whole",
    granularity: Annotated[Literal["daily", "monthly"], Query()] = "daily",
    cost: Cost = "billed",
    start: Start = None,
    end: End = None,
) -> UnitCostList:
    """Cost divided by what was counted, for everything, per team, or per service of the catalogue."""
    question = showback.UnitQuestion(
        metric_name=metric_name,
        level=Level(group_by),
        granularity=GRANULARITY[granularity],
        measure=Measure(cost),
        start=start,
        end=end,
    )
    with unit(app) as one:
        answer = showback.read_unit_costs(one.connection, question, today=one.now.date())
    return UnitCostList(
        items=[UnitCostOut.model_validate(row) for row in answer.rows],
        metric_name=metric_name,
        start=answer.span.start,
        end=answer.span.end,
    )


def owned[T: OwnedList](shape: type[T], item: type[Any], level: Level, cost: str) -> T:
    with unit(app) as one:
        answer = showback.read_owned_costs(one.connection, level, measure=Measure(cost), today=one.now.date())
    return shape.model_validate(
        {
            "items": [item.model_validate(row) for row in answer.rows],
            "start": answer.span.start,
            "end": answer.span.end,
            "data_through": answer.data_through,
        }
    )
