"""The demo's incidents are on the bill where their labels say, and the rest of it is calm."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import duckdb
import numpy as np
import pytest

from cloudops.anomalies.cost_detector import judge_costs
from cloudops.anomalies.models import DailySeries
from local.demo import EXPORT_NAME, DemoTruth, Expected, Incident, generate
from local.demo.timeline import Timeline

END = date(2026, 11, 20)
USAGE = """
    SELECT line_item_usage_account_id, line_item_product_code, line_item_usage_start_date::date, sum(
        CASE line_item_line_item_type
            WHEN 'DiscountedUsage' THEN reservation_effective_cost
            WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
            ELSE line_item_unblended_cost
        END)
    FROM read_parquet(?)
    WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
    GROUP BY ALL
"""

type Key = tuple[str, str]
type Costs = Mapping[Key, Mapping[date, float]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoTruth:
    return generate(tmp_path_factory.mktemp("incidents"), end=END)


@pytest.fixture(scope="module")
def costs(demo: DemoTruth) -> Costs:
    """Amortised usage by (account, service) and day."""
    with duckdb.connect() as connection:
        files = str(demo.directory / EXPORT_NAME / "data" / "*" / "*.parquet")
        found: dict[Key, dict[date, float]] = {}
        for account, service, day, cost in connection.execute(USAGE, [files]).fetchall():
            found.setdefault((account, service), {})[day] = cost
    return found


def labelled(demo: DemoTruth, slug: str) -> Incident:
    return next(incident for incident in (*demo.incidents, *demo.benign) if incident.slug == slug)


def before_and_during(costs: Costs, incident: Incident) -> tuple[list[float], list[float]]:
    series = costs[incident.account_id, incident.service]
    weeks = [incident.start - timedelta(days=age) for age in range(1, 29)]
    days = [incident.start + timedelta(days=age) for age in range((incident.end - incident.start).days)]
    return [series[day] for day in weeks], [series[day] for day in days]


def week_shape(costs: Costs, key: Key) -> tuple[float, float]:
    """Mean cost of working days and of weekends."""
    series = costs[key]
    weekend = [cost for day, cost in series.items() if day.weekday() >= 5]
    working = [cost for day, cost in series.items() if day.weekday() < 5]
    return mean(working), mean(weekend)


def test_seven_incidents_are_labelled_most_of_them_in_the_last_sixty_days(demo: DemoTruth) -> None:
    recent = [incident for incident in demo.incidents if incident.start > END - timedelta(days=60)]

    assert len(demo.incidents) == 7
    assert len(recent) == 6
    assert {incident.expected for incident in recent} == {
        Expected.ANOMALY,
        Expected.LEVEL_SHIFT,
        Expected.RAMP,
    }


@pytest.mark.parametrize(
    ("slug", "factor"),
    [
        ("debug-logging", 5),
        ("forgotten-gpus", 8),
        ("egress-spike", 2.5),
        ("staging-resize", 5),
        ("retry-storm", 6),
    ],
)
def test_a_spike_towers_over_the_weeks_before(
    demo: DemoTruth, costs: Costs, slug: str, factor: float
) -> None:
    before, during = before_and_during(costs, labelled(demo, slug))

    assert min(during) > factor * median(before)


def test_storage_steps_up_and_stays(demo: DemoTruth, costs: Costs) -> None:
    before, during = before_and_during(costs, labelled(demo, "storage-retention"))

    assert min(during) > 1.3 * max(before)
    assert max(during) < 1.2 * min(during)


def test_the_leak_rises_week_by_week(demo: DemoTruth, costs: Costs) -> None:
    _, during = before_and_during(costs, labelled(demo, "nat-leak"))

    weeks = [median(during[start : start + 7]) for start in range(0, len(during), 7)]

    assert len(weeks) == 4
    assert all(later > earlier for earlier, later in pairwise(weeks))
    assert weeks[-1] > 1.5 * weeks[0]


def test_the_extra_cost_of_a_label_is_what_the_bill_shows_beyond_the_usual(
    demo: DemoTruth, costs: Costs
) -> None:
    for slug in ("forgotten-gpus", "egress-spike", "staging-resize", "retry-storm"):
        incident = labelled(demo, slug)
        before, during = before_and_during(costs, incident)
        beyond = sum(during) - mean(before) * len(during)

        assert float(incident.extra_cost) == pytest.approx(beyond, rel=0.1)


def test_a_label_names_the_resources_behind_it(demo: DemoTruth) -> None:
    assert all(resource.startswith("i-") for resource in labelled(demo, "forgotten-gpus").resource_ids)
    assert labelled(demo, "staging-resize").resource_ids == (
        "arn:aws:rds:us-east-1:700100200303:db:orders-staging",
    )
    assert labelled(demo, "storage-retention").resource_ids == ("larkmoor-clickstream",)


def test_shops_sell_more_at_the_weekend_and_offices_rest(costs: Costs) -> None:
    working, weekend = week_shape(costs, ("700100200302", "AmazonCloudFront"))
    assert 1.05 < weekend / working < 1.25
    working, weekend = week_shape(costs, ("700100200304", "AmazonEC2"))
    assert weekend / working < 0.85
    working, weekend = week_shape(costs, ("700100200305", "AmazonAthena"))
    assert weekend / working < 0.3


def test_cost_grows_over_the_year(demo: DemoTruth) -> None:
    months = list(demo.by_billing_period.values())

    assert float(months[-2]) > 1.08 * float(months[1])


def test_a_month_starts_with_a_batch_that_is_labelled_benign(demo: DemoTruth, costs: Costs) -> None:
    series = costs["700100200305", "AmazonEC2"]
    batches = [label for label in demo.benign if label.kind == "batch" and label.service == "AmazonEC2"]
    leak = labelled(demo, "nat-leak")

    assert len(batches) == 12
    for batch in (batch for batch in batches if batch.end < leak.start):
        ordinary = median(series[batch.start + timedelta(days=age)] for age in range(4, 9))
        assert series[batch.start] > 1.15 * ordinary


def test_the_detector_alerts_on_the_incidents_and_in_the_end_on_nothing_else(
    demo: DemoTruth, costs: Costs
) -> None:
    days = [demo.first_day + timedelta(days=age) for age in range((END - demo.first_day).days + 1)]
    keys = sorted(costs)
    series = [
        DailySeries(
            key="/".join(key),
            first_day=demo.first_day,
            settled=np.array([costs[key].get(day, 0.0) for day in days]),
        )
        for key in keys
    ]

    verdicts = zip(keys, judge_costs(series), strict=True)
    found = {
        (key, verdict.about)
        for key, series_verdicts in verdicts
        for verdict in series_verdicts
        if verdict.anomaly
    }

    for incident in demo.incidents:
        key = (incident.account_id, incident.service)
        assert any(key == where and incident.start <= day < incident.end for where, day in found), (
            incident.slug
        )
    explained = (*demo.incidents, labelled(demo, "load-test"))
    recent = {(where, day) for where, day in found if day > END - timedelta(days=60)}
    assert [
        alert
        for alert in recent
        if not any(
            alert[0] == (label.account_id, label.service) and label.start <= alert[1] < label.end
            for label in explained
        )
    ] == []


def test_a_short_demo_leaves_out_what_lies_before_it(tmp_path: Path) -> None:
    truth = generate(tmp_path, end=END, days=20)

    assert [incident.slug for incident in truth.incidents] == [
        "egress-spike",
        "staging-resize",
        "retry-storm",
    ]
    assert truth.first_day == END - timedelta(days=19)


def test_the_first_of_january_1970_was_a_thursday() -> None:
    timeline = Timeline(end=date(2026, 11, 20), days=7)

    assert [int(day) for day in timeline.weekday] == [date(2026, 11, 14 + n).weekday() for n in range(7)]
