"""Fourteen days of metrics: how they are asked for, paged, and made into figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cloudops.inventory.metrics import Metric, Series, figures_of, observation, p95, per_second, significant
from cloudops.inventory.models import ItemStatus, Outcome, Place, ScannedResource
from cloudops.inventory.scanners import BY_NAME
from cloudops.inventory.scanning import scan
from tests.unit.inventory.aws_fakes import clients_of, refusal

PLACE = Place(account_id="222233334444", region="eu-west-1")
NOW = datetime(2026, 8, 1, 12, 30, tzinfo=UTC)
ON_THE_HOUR = NOW.replace(minute=0)
HOURS = [ON_THE_HOUR - timedelta(hours=n) for n in range(336, 0, -1)]


class CloudWatch:
    """Answers GetMetricData in pages of `per_page` results, and counts what it was asked."""

    def __init__(self, values: dict[tuple[str, str], list[float]], per_page: int = 100) -> None:
        self.values, self.per_page = values, per_page
        self.queries: list[list[dict[str, Any]]] = []
        self.windows: set[tuple[datetime, datetime]] = set()
        self.metrics: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        if "MetricDataQueries" not in arguments:
            yield {"Metrics": [one for one in self.metrics if one["MetricName"] == arguments["MetricName"]]}
            return
        queries = arguments["MetricDataQueries"]
        self.queries.append(queries)
        self.windows.add((arguments["StartTime"], arguments["EndTime"]))
        # The first half of every series comes on the first pages, the second on later ones, as CloudWatch does.
        for half in (slice(None, 168), slice(168, None)):
            for start in range(0, len(queries), self.per_page):
                yield {
                    "MetricDataResults": [
                        self.result(one, half) for one in queries[start : start + self.per_page]
                    ]
                }

    def result(self, query: dict[str, Any], half: slice) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        values = self.values.get((metric["MetricName"], query["MetricStat"]["Stat"]), [])
        status = "PartialData" if half.start is None and values[168:] else "Complete"
        return {
            "Id": query["Id"],
            "StatusCode": status,
            "Timestamps": HOURS[: len(values)][half],
            "Values": values[half],
        }


def scan_instances(
    count: int, cloudwatch: Any, state: str = "running"
) -> tuple[list[ScannedResource], Outcome]:
    items = [
        {"InstanceId": f"i-{n}", "InstanceType": "m5.large", "State": {"Name": state}} for n in range(count)
    ]
    made = clients_of(ec2={"describe_instances": {"Reservations": [{"Instances": items}]}})
    found: list[ScannedResource] = []

    def client(service: str) -> Any:
        return cloudwatch if service == "cloudwatch" else made(service)

    return found, scan(client, BY_NAME["ec2-instances"], PLACE, now=NOW, keep=found.extend)


def test_figures_are_made_of_all_pages() -> None:
    averages = [10.0] * 320 + [50.0] * 16
    watch = CloudWatch({("CPUUtilization", "Average"): averages, ("NetworkIn", "Sum"): [3600.0] * 336})

    (found,), _ = scan_instances(1, watch)

    assert found.utilization is not None
    assert found.utilization["cpuUtilization"] == pytest.approx((3200 + 800) / 336, rel=1e-5)
    assert found.utilization["cpuBusiestHour"] == 50
    assert found.utilization["cpuP95"] == 10
    assert found.utilization["networkIn"] == 1
    assert found.utilization["observedHours"] == 336
    assert found.utilization["lastObserved"] == HOURS[-1].isoformat()


def test_queries_are_sent_five_hundred_at_a_time_over_fourteen_whole_days() -> None:
    watch = CloudWatch({})

    scan_instances(300, watch)

    # Four metrics of each instance; memory only where the agent reports it.
    assert [len(batch) for batch in watch.queries] == [500, 500, 200]
    assert watch.windows == {(ON_THE_HOUR - timedelta(days=14), ON_THE_HOUR)}


def test_the_agents_memory_is_asked_for_with_the_dimensions_it_was_sent_with() -> None:
    watch = CloudWatch({("mem_used_percent", "Average"): [40.0] * 336})
    dimensions = [{"Name": "InstanceId", "Value": "i-0"}, {"Name": "AutoScalingGroupName", "Value": "web"}]
    watch.metrics = [{"MetricName": "mem_used_percent", "Dimensions": dimensions}]

    found, _ = scan_instances(2, watch)

    assert [(one.utilization or {}).get("memoryUtilization") for one in found] == [40, None]
    asked = [query["MetricStat"]["Metric"] for query in watch.queries[0]]
    assert [one["Dimensions"] for one in asked if one["Namespace"] == "CWAgent"] == [dimensions]


def test_what_does_not_run_is_not_asked_for() -> None:
    watch = CloudWatch({})

    (found,), _ = scan_instances(1, watch, state="stopped")

    assert (watch.queries, found.utilization) == ([], None)


def test_a_resource_without_datapoints_was_observed_for_no_hour() -> None:
    (found,), _ = scan_instances(1, CloudWatch({}))

    assert found.utilization == {"observedHours": 0, "periodDays": 14}


def test_denied_metrics_leave_the_resources_and_name_the_permission() -> None:
    denied = clients_of(
        cloudwatch={
            "get_metric_data": refusal("AccessDenied", "GetMetricData"),
            "list_metrics": {"Metrics": []},
        }
    )("cloudwatch")

    (found,), outcome = scan_instances(1, denied)

    assert (found.utilization, found.missing_actions) == (None, ("cloudwatch:GetMetricData",))
    assert outcome.status is ItemStatus.SCANNED
    assert outcome.missing_actions == ("cloudwatch:GetMetricData",)


def test_a_denied_list_of_metrics_costs_only_what_needs_it() -> None:
    refused = clients_of(
        cloudwatch={
            "list_metrics": refusal("AccessDenied", "ListMetrics"),
            "get_metric_data": lambda **asked: {
                "MetricDataResults": [
                    {"Id": one["Id"], "StatusCode": "Complete"} for one in asked["MetricDataQueries"]
                ]
            },
        }
    )("cloudwatch")

    (found,), _ = scan_instances(1, refused)

    assert found.utilization == {"observedHours": 0, "periodDays": 14}
    assert found.missing_actions == ("cloudwatch:ListMetrics",)


def test_throttled_metrics_fail_the_item_rather_than_pass_for_idleness() -> None:
    throttled = clients_of(
        cloudwatch={
            "list_metrics": {"Metrics": []},
            "get_metric_data": refusal("Throttling", "GetMetricData"),
        }
    )("cloudwatch")

    found, outcome = scan_instances(1, throttled)

    assert (found, outcome.status) == ([], ItemStatus.FAILED)


type Told = Mapping[str, Sequence[str | None]]
"""Of each metric the status on each page, None where a page does not name it; Complete of all others."""


def watch_telling(told: Told, values: Sequence[float] = ()) -> Any:
    def page(number: int, **asked: Any) -> dict[str, Any]:
        results = []
        for query in asked["MetricDataQueries"]:
            statuses = told.get(query["MetricStat"]["Metric"]["MetricName"], ["Complete"])
            if number < len(statuses) and statuses[number]:
                kept = values if number == 0 else ()
                results.append(
                    {
                        "Id": query["Id"],
                        "StatusCode": statuses[number],
                        "Timestamps": HOURS[: len(kept)],
                        "Values": kept,
                        "Messages": [{"Code": "x", "Value": "no luck"}] if number == 0 else [],
                    }
                )
        return {"MetricDataResults": results}

    pages = [partial(page, number) for number in range(max(map(len, told.values()), default=1))]
    return clients_of(cloudwatch={"get_metric_data": pages, "list_metrics": [{"Metrics": []}]})("cloudwatch")


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        (["Complete"], None),
        (["PartialData", "Complete"], None),
        (["Complete", "Complete"], None),
        ([None, "Complete"], None),
        (["PartialData"], "PartialData: no luck"),
        (["PartialData", "PartialData"], "PartialData: CloudWatch gave no reason"),
        (["Complete", "PartialData"], "PartialData: CloudWatch gave no reason"),
        (["InternalError"], "InternalError: no luck"),
        (["InternalError", "Complete"], "InternalError: no luck"),
        (["PartialData", "InternalError"], "InternalError: CloudWatch gave no reason"),
        (["Forbidden"], "Forbidden: no luck"),
        (["Forbidden", "Complete"], "Forbidden: no luck"),
        (["SomethingNew"], "SomethingNew: no luck"),
        ([None], "Unanswered: CloudWatch gave no reason"),
    ],
)
def test_only_what_cloudwatch_calls_complete_in_the_end_is_measured(
    statuses: list[str | None], reason: str | None
) -> None:
    (found,), outcome = scan_instances(1, watch_telling({"NetworkIn": statuses}, [1.0] * 336))

    denied = reason is not None and reason.startswith("Forbidden")
    assert found.missing_actions == (("cloudwatch:GetMetricData",) if denied else ())
    assert outcome.status is ItemStatus.SCANNED
    if reason:
        assert found.utilization == {"unmeasured": reason}
    else:
        assert found.utilization is not None
        assert found.utilization["observedHours"] == 336


def test_a_resource_without_its_figures_leaves_those_of_the_others() -> None:
    def answer(**asked: Any) -> dict[str, Any]:
        results = []
        for query in asked["MetricDataQueries"]:
            about = query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
            status = "InternalError" if about == "i-1" else "Complete"
            results.append({"Id": query["Id"], "StatusCode": status})
        return {"MetricDataResults": results}

    watch = clients_of(cloudwatch={"get_metric_data": answer})("cloudwatch")

    found, outcome = scan_instances(3, watch)

    assert ["unmeasured" in (one.utilization or {}) for one in found] == [False, True, False]
    assert outcome.resources == 3


BALANCER_ARN = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc"
SERVERS: dict[str, tuple[str, Any]] = {
    "nat-gateways": (
        "ec2",
        {"describe_nat_gateways": {"NatGateways": [{"NatGatewayId": "nat-1", "State": "available"}]}},
    ),
    "classic-load-balancers": (
        "elb",
        {"describe_load_balancers": {"LoadBalancerDescriptions": [{"LoadBalancerName": "web"}]}},
    ),
    **{
        f"load-balancers/{kind}": (
            "elbv2",
            {
                "describe_load_balancers": {
                    "LoadBalancers": [
                        {"LoadBalancerArn": BALANCER_ARN, "LoadBalancerName": "web", "Type": kind}
                    ]
                }
            },
        )
        for kind in ("application", "network", "gateway")
    },
}


@pytest.mark.parametrize(
    ("server", "zeros"),
    [
        ("load-balancers/application", {"requestCount": 0, "errors5xx": 0}),
        ("classic-load-balancers", {"requestCount": 0, "processedBytes": 0, "errors5xx": 0}),
        # These go on reporting while they are idle, so silence says nothing of them.
        ("load-balancers/network", {}),
        ("load-balancers/gateway", {}),
        ("nat-gateways", {"observedHours": 0}),
    ],
)
def test_silence_is_zero_only_of_what_reports_nothing_while_it_is_idle(
    server: str, zeros: dict[str, int]
) -> None:
    service, replies = SERVERS[server]
    found: list[ScannedResource] = []

    scanner = BY_NAME[server.partition("/")[0]]
    scan(clients_of(**{service: replies}), scanner, PLACE, now=NOW, keep=found.extend)

    assert [one.utilization for one in found] == [{**zeros, "periodDays": 14}]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0], 1), ([*range(1, 101)], 95), ([1.0] * 19 + [9.0], 1), ([1.0] * 18 + [9.0] * 2, 9)],
)
def test_p95_is_what_nineteen_of_twenty_do_not_exceed(values: list[float], expected: float) -> None:
    assert p95(values) == expected


def test_hourly_sums_become_a_rate_per_second() -> None:
    assert per_second([7200.0, 0.0]) == 1


def test_figures_keep_six_digits_whatever_their_size() -> None:
    assert [significant(value) for value in (0.00012345678, 123456789.0)] == [0.000123457, 123457000.0]


def test_no_datapoints_make_no_figures() -> None:
    metric = Metric(namespace="n", name="m", dimension="d", statistic="Sum", figures={"most": max})

    assert figures_of(metric, Series()) == {}
    assert observation(Series()) == {"observedHours": 0}
