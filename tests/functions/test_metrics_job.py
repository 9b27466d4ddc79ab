"""dispatch_jobs -> the queue -> ingest_metrics -> detect_anomalies, with a CloudWatch that answers by rule."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters

from cloudops.accounts.models import Role
from cloudops.platform import aws
from ingest_metrics import handler
from tests.functions.asking_accounts import connected_by_role
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import GLOBEX
from tests.permissions.recording import made
from tests.sts import TrustingSts

SHAPE = get_session().get_service_model("cloudwatch").operation_model("GetMetricData").input_shape
PERIOD = 900
# Younger than the three hours in which CloudWatch may still correct it.
AGE_OF_INCIDENT = timedelta(hours=2, minutes=30)
Value = Callable[[str, str, datetime], float | None]
ACCOUNT = "111111111111"
PLACE = {"account_id": ACCOUNT, "region": "eu-west-1", "period_seconds": PERIOD}


def usual(name: str, metric: str, at: datetime) -> float | None:
    """Busy by day, quiet by night, and never quite the same."""
    wobble = (at.toordinal() * 7 + at.hour * 3 + at.minute // 15) % 11
    if metric in {"5XXError", "Errors"}:
        return float(wobble % 3)
    if metric == "HTTPCode_Target_5XX_Count":
        return None
    latency = 120 + 60 * (8 <= at.hour < 20) + wobble
    return latency / 1000 if metric == "TargetResponseTime" else float(latency)


def with_slow_deployment() -> Value:
    """Nine times the latency and forty errors per quarter of an hour, from the incident on."""
    incident = datetime.now(UTC) - AGE_OF_INCIDENT

    def value(name: str, metric: str, at: datetime) -> float | None:
        before = usual(name, metric, at)
        if at < incident or name != "orders":
            return before
        return 40.0 if metric == "5XXError" else (before or 0) * 9

    return value


class InMemoryCloudWatch:
    """Refuses what AWS's model of GetMetricData refuses, and answers in pages of `page_size` queries.

    `roles` are those it was asked by.
    """

    def __init__(self, value: Value, *, page_size: int = 500) -> None:
        self.value = value
        self.page_size = page_size
        self.requests: list[dict[str, Any]] = []
        self.refused_regions: set[str] = set()
        self.roles: set[str | None] = set()

    def in_region(self, region: str) -> "Regional":
        return Regional(self, region)


class Regional:
    def __init__(self, cloudwatch: InMemoryCloudWatch, region: str) -> None:
        self.cloudwatch = cloudwatch
        self.region = region

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        validate_parameters(request, SHAPE)
        made("monitoring", "GetMetricData", request)
        assert len(request["MetricDataQueries"]) <= 500
        self.cloudwatch.requests.append({**request, "region": self.region})
        if self.region in self.cloudwatch.refused_regions:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")
        start = int(request.get("NextToken", 0))
        end = start + self.cloudwatch.page_size
        asked = request["MetricDataQueries"]
        page = {"MetricDataResults": [self.result(one, request) for one in asked[start:end]]}
        return page | ({"NextToken": str(end)} if end < len(asked) else {})

    def result(self, query: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        metric, period = query["MetricStat"]["Metric"], timedelta(seconds=query["MetricStat"]["Period"])
        found, at = [], request["StartTime"]
        while at < request["EndTime"]:
            value = self.cloudwatch.value(metric["Dimensions"][0]["Value"], metric["MetricName"], at)
            found += [(at, value)] if value is not None else []
            at += period
        return {
            "Id": query["Id"],
            "StatusCode": "Complete",
            "Timestamps": [at for at, _ in found],
            "Values": [value for _, value in found],
        }


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> InMemoryCloudWatch:
    found = InMemoryCloudWatch(usual)

    def client_for(service: str, region: str, role: Role | None, *, action: str) -> Regional:
        assert (service, action) == ("cloudwatch", "cloudwatch:GetMetricData")
        found.roles.add(role.arn if role else None)
        return found.in_region(region)

    monkeypatch.setattr(handler, "client_for", client_for)
    return found


@pytest.fixture(autouse=True)
def connected(company: Company) -> dict[str, Any]:
    """The account that the targets are in."""
    return connected_by_role(company, ACCOUNT)


def watch(kind: str, name: str, **fields: Any) -> None:
    reply = request("reliability.add-target", body={"kind": kind, "name": name, **PLACE, **fields})
    assert reply.status == 201, reply.body


def tick(company: Company) -> list[str]:
    """The ids of the messages that go back to the queue."""
    invoke("dispatch_jobs", event("dispatch_jobs.reliability"))
    bodies = company.receive("RELIABILITY_QUEUE_URL")
    answer = invoke("ingest_metrics", messages("ingest_metrics.one-tenant", bodies))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def stored(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select resource_id, metric_name, count(*), min(value), max(value), min(unit), min(namespace)"
        " from reliability_metrics group by 1, 2 order by 1, 2"
    )


def errors_of(company: Company) -> dict[str, str | None]:
    return dict(company.rows("select resource_id, last_error from monitored_targets"))


def test_errors_and_latency_of_every_kind_are_stored_in_counts_and_milliseconds(
    company: Company, cloudwatch: InMemoryCloudWatch
) -> None:
    watch("api_gateway", "orders")
    watch("load_balancer", "app/web/50dc6c495c0c9188")
    watch("function", "resize-images")

    assert tick(company) == []

    points = 14 * 24 * 4
    assert [(*row[:3], *row[-2:]) for row in stored(company)] == [
        ("app/web/50dc6c495c0c9188", "5xx_count", points, "count", "AWS/ApplicationELB"),
        ("app/web/50dc6c495c0c9188", "p95_latency_ms", points, "ms", "AWS/ApplicationELB"),
        ("orders", "5xx_count", points, "count", "AWS/ApiGateway"),
        ("orders", "p95_latency_ms", points, "ms", "AWS/ApiGateway"),
        ("resize-images", "5xx_count", points, "count", "AWS/Lambda"),
        ("resize-images", "p95_latency_ms", points, "ms", "AWS/Lambda"),
    ]
    latencies = {row[3:5] for row in stored(company) if row[1] == "p95_latency_ms"}
    assert latencies == {(120, 190)}
    ((units,),) = company.rows("select count(distinct unit) from sibyl.metric_data")
    assert units == 2


def test_the_next_run_asks_for_the_last_three_hours_and_changes_nothing_that_is_the_same(
    company: Company, cloudwatch: InMemoryCloudWatch
) -> None:
    watch("api_gateway", "orders")
    tick(company)
    before, asked = stored(company), len(cloudwatch.requests)

    tick(company)

    assert stored(company) == before
    (again,) = cloudwatch.requests[asked:]
    assert timedelta(hours=3) <= again["EndTime"] - again["StartTime"] <= timedelta(hours=3, minutes=30)
    changed = company.rows(
        "select (metadata ->> 'changed')::int from events where event_type = 'metrics_ingested' order by created_at"
    )
    assert changed[-1] == (0,)


def test_a_late_value_replaces_its_own(company: Company, cloudwatch: InMemoryCloudWatch) -> None:
    watch("api_gateway", "orders")
    tick(company)
    rows = stored(company)
    cloudwatch.value = with_slow_deployment()

    tick(company)

    assert [row[2] for row in stored(company)] == [row[2] for row in rows]
    assert {row[1]: row[4] for row in stored(company)}["5xx_count"] == 40


def test_pages_and_batches_are_read_to_their_end(company: Company, cloudwatch: InMemoryCloudWatch) -> None:
    cloudwatch.page_size = 3
    for number in range(4):
        watch("function", f"f-{number}")

    tick(company)

    assert {row[2] for row in stored(company)} == {14 * 24 * 4}
    assert len(stored(company)) == 8


def test_a_region_that_refuses_leaves_the_others_alone_and_is_told(
    company: Company, cloudwatch: InMemoryCloudWatch
) -> None:
    watch("api_gateway", "orders")
    watch("api_gateway", "far", region="ap-southeast-2")
    cloudwatch.refused_regions = {"ap-southeast-2"}

    assert tick(company) == []

    assert {row[0] for row in stored(company)} == {"orders"}
    told = errors_of(company)
    assert told["orders"] is None
    assert "AccessDenied" in str(told["far"])
    assert company.rows("select missing_actions from monitored_targets where name = 'far'") == [
        (["cloudwatch:GetMetricData"],)
    ]

    cloudwatch.refused_regions = set()
    tick(company)
    assert set(errors_of(company).values()) == {None}
    assert company.rows("select distinct missing_actions from monitored_targets") == [([],)]
    assert {row[0] for row in stored(company)} == {"orders", "far"}


def test_targets_are_read_by_their_accounts_role(company: Company, cloudwatch: InMemoryCloudWatch) -> None:
    watch("api_gateway", "orders")

    tick(company)

    assert cloudwatch.roles == {f"arn:aws:iam::{ACCOUNT}:role/cloudops-reader"}


@pytest.mark.parametrize("status", ["pending", "insecure", "unreachable"])
def test_an_account_that_is_not_connected_is_not_read_and_leaves_the_others_alone(
    company: Company, cloudwatch: InMemoryCloudWatch, status: str
) -> None:
    connected_by_role(company, "222222222222", status=status)
    watch("api_gateway", "orders")
    watch("api_gateway", "closed", account_id="222222222222")
    watch("api_gateway", "unknown", account_id="333333333333")

    assert tick(company) == []

    assert {row[0] for row in stored(company)} == {"orders"}
    assert errors_of(company) == {
        "orders": None,
        "closed": f"account 222222222222 is {status}; verify it",
        "unknown": "account 333333333333 is not connected; connect it by a role",
    }


def test_our_own_role_reads_an_only_tenants_account_that_has_none(
    company: Company, cloudwatch: InMemoryCloudWatch
) -> None:
    company.change("delete from tenants where id = %s", [GLOBEX])
    watch("api_gateway", "orders", account_id="333333333333")

    tick(company)

    assert cloudwatch.roles == {None}
    assert errors_of(company) == {"orders": None}


def test_a_role_that_does_not_let_us_in_is_told_and_leaves_other_accounts_alone(
    company: Company, connected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = connected_by_role(company, "222222222222")
    watch("api_gateway", "orders")
    watch("api_gateway", "closed", account_id="222222222222")
    monkeypatch.setattr(
        aws, "token_service", lambda: TrustingSts(roles={connected["role_arn"]: lambda _: True})
    )
    aws.SESSIONS.forget()

    assert tick(company) == []

    assert f"denies us the role {other['role_arn']}" in str(errors_of(company)["closed"])
    assert "denies us" not in str(errors_of(company)["orders"])
    assert company.rows("select missing_actions from monitored_targets where name = 'closed'") == [
        (["sts:AssumeRole"],)
    ]


def test_a_tenant_without_targets_asks_nothing(company: Company, cloudwatch: InMemoryCloudWatch) -> None:
    assert tick(company) == []

    assert cloudwatch.requests == []


def test_a_slow_deployment_raises_alerts_by_baseline_and_by_limit_and_its_correction_resolves_them(
    company: Company, cloudwatch: InMemoryCloudWatch
) -> None:
    watch("api_gateway", "orders")
    watch("api_gateway", "partners")
    request(
        "alerts.set-metric-limit",
        body={"alert_type": "reliability", "metric_name": "5xx_count", "threshold": "30"},
    )
    cloudwatch.value = with_slow_deployment()

    tick(company)
    detect(company)

    raised = request("alerts.list", query={"alert_type": "reliability", "status": "open"}).json["items"]
    assert {one["resource_id"] for one in raised} == {"orders"}
    by_rule = {(one["rule_name"].partition(":")[0], one["metric_name"]) for one in raised}
    assert by_rule >= {
        ("unusual_for_time_of_day", "p95_latency_ms"),
        ("unusual_for_time_of_day", "5xx_count"),
        ("limit", "5xx_count"),
    }

    cloudwatch.value = usual
    tick(company)
    detect(company)

    assert request("alerts.list", query={"alert_type": "reliability", "status": "open"}).json["items"] == []
    assert {
        row[0] for row in company.rows("select resolution from alerts where alert_type = 'reliability'")
    } == {"restated"}


def detect(company: Company) -> None:
    today = datetime.now(UTC).date().isoformat()
    invoke("dispatch_jobs", {"job": "anomalies.detect", "params": {"as_of": today}})
    bodies = company.receive("DETECT_QUEUE_URL")
    assert invoke("detect_anomalies", messages("detect_anomalies.one-tenant", bodies)) == {
        "batchItemFailures": []
    }
