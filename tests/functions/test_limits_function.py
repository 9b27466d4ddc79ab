from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import OPERATOR, OUTSIDER, VIEWER

COST = {"alert_type": "cost", "service_name": "AmazonEC2", "threshold": "250.00"}
METRIC = {"alert_type": "reliability", "metric_name": "5xx_count", "threshold": 10}


def remove(limit_id: Any, **changes: Any) -> Reply:
    return request("alerts.remove-limit", path=f"/api/v1/limits/{limit_id}", **changes)


def limits(**changes: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = request("alerts.list-limits", **changes).json["items"]
    return items


def test_limits_are_set_listed_and_removed(company: Company) -> None:
    cost = request("alerts.set-cost-limit")
    metric = request("alerts.set-metric-limit")

    assert (cost.status, metric.status) == (201, 201)
    assert limits() == [cost.json, metric.json]
    assert (cost.json["threshold"], cost.json["currency"]) == ("250.00", "USD")
    assert (metric.json["metric_name"], metric.json["currency"]) == ("p95_latency_ms", None)
    assert cost.json["created_by"] == OPERATOR.email

    removed = remove(cost.json["id"])

    assert (removed.status, removed.body) == (204, "")
    assert limits() == [metric.json]


def test_a_limit_is_removed_once(company: Company) -> None:
    limit = request("alerts.set-cost-limit").json["id"]
    remove(limit)

    assert remove(limit).status == 404
    assert remove(uuid4()).json["type"] == "/problems/limit-not-found"


def test_limits_are_a_tenants_own(company: Company) -> None:
    limit = request("alerts.set-cost-limit").json["id"]

    assert limits(person=OUTSIDER) == []
    assert remove(limit, person=OUTSIDER).status == 404
    assert [one["id"] for one in limits()] == [limit]


def test_a_viewer_sees_limits_and_sets_none(company: Company) -> None:
    limit = request("alerts.set-cost-limit").json["id"]

    assert request("alerts.set-cost-limit", person=VIEWER).status == 403
    assert remove(limit, person=VIEWER).status == 403
    assert [one["id"] for one in limits(person=VIEWER)] == [limit]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**COST, "threshold": "-1"}, "threshold"),
        ({**COST, "threshold": "much"}, "threshold"),
        ({**COST, "threshold": "NaN"}, "threshold"),
        ({**COST, "threshold": "Infinity"}, "threshold"),
        ({**COST, "threshold": "1e200000"}, "threshold"),
        ({**COST, "threshold": "1e-200000"}, "threshold"),
        ({**COST, "currency": "dollars"}, "currency"),
        ({**COST, "service_name": ""}, "service_name"),
        ({**COST, "service_name": "x" * 300}, "service_name"),
        ({**COST, "service_name": "a\0b"}, "service_name"),
        ({**COST, "consecutive_points": 0}, "consecutive_points"),
        ({**COST, "consecutive_points": 1001}, "consecutive_points"),
        ({**COST, "severity": "urgent"}, "severity"),
        ({**COST, "metric_name": "5xx_count"}, "metric_name"),
        ({**METRIC, "metric_name": "cpu"}, "metric_name"),
        ({**METRIC, "currency": "USD"}, "currency"),
        ({"alert_type": "cost", "threshold": 1}, "service_name"),
        ({"service_name": "AmazonEC2", "threshold": 1}, "alert_type"),
        ({**COST, "alert_type": "weather"}, "alert_type"),
    ],
)
def test_a_limit_that_is_not_valid_names_its_field(
    same_company: Company, body: dict[str, Any], field: str
) -> None:
    reply = request("alerts.set-cost-limit", body=body)

    assert (reply.status, reply.fields) == (422, [field])
    assert limits() == []


def test_a_limit_belongs_to_the_tenants_project(company: Company) -> None:
    limit = UUID(request("alerts.set-cost-limit").json["id"])

    ((name, tenant),) = company.rows(
        "select p.name, t.name from limits l join projects p on p.id = l.project_id"
        " join tenants t on t.id = l.tenant_id where l.id = %s",
        limit,
    )
    assert (name, tenant) == ("Default", "Acme")
