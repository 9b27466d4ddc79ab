from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from daily_costs import daily

from cloudops.anomalies.cost_detector import judge_costs
from cloudops.anomalies.models import DailySeries

BILLS = Path(__file__).parents[4] / "shared" / "data" / "aws_cur1_parquet"
FIRST, LAST = date(2026, 6, 1), date(2026, 8, 20)
AMORTISED_USAGE = """
    SELECT line_item_usage_account_id || '/' || line_item_product_code AS key,
           line_item_usage_start_date::date AS day,
           sum(CASE line_item_line_item_type
               WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
               WHEN 'DiscountedUsage' THEN reservation_effective_cost
               ELSE line_item_unblended_cost END) AS cost
    FROM read_parquet(?, union_by_name := true)
    WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
    GROUP BY ALL
"""

pytestmark = pytest.mark.skipif(not BILLS.is_dir(), reason=f"the shared bills are not at {BILLS}")


def bills() -> list[DailySeries]:
    rows = duckdb.execute(AMORTISED_USAGE, [str(BILLS / "**/*.parquet")]).fetchall()
    costs: dict[str, np.ndarray] = defaultdict(lambda: np.zeros((LAST - FIRST).days + 1))
    for key, day, cost in rows:
        costs[key][(day - FIRST).days] = cost
    return [daily(cost, key=key, first_day=FIRST) for key, cost in sorted(costs.items())]


def test_the_labelled_events_and_nothing_else_are_found() -> None:
    series = bills()

    found = {
        (one.key, verdict.about)
        for one, verdicts in zip(series, judge_costs(series), strict=True)
        for verdict in verdicts
        if verdict.anomaly
    }

    assert found == {
        ("444455556666/AmazonEC2", date(2026, 7, 14)),
        ("222233334444/AmazonS3", date(2026, 7, 1)),
        ("222233334444/AmazonEC2", date(2026, 8, 5)),
        ("333344445555/AmazonRDS", date(2026, 8, 12)),
    }


def test_each_event_is_reported_on_its_first_day() -> None:
    for verdicts in judge_costs(bills()):
        for verdict in verdicts:
            assert not verdict.anomaly or verdict.at - verdict.about == timedelta(0)
