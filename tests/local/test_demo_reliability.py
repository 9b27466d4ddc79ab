"""The metrics of the demo's APIs, before anything reads them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from cloudops.anomalies.metric_detector import judge_metric
from cloudops.anomalies.models import MetricSeries
from local.demo.reliability import ApiSeries, deployment, series

MADE_ON = date(2026, 11, 21)
RELEASE = deployment(MADE_ON)
UNTIL = datetime(2026, 11, 21, 9, tzinfo=UTC)


def shop_api(until: datetime) -> ApiSeries:
    return next(one for one in series(RELEASE, until=until) if one.api.name == RELEASE.api)


def test_a_later_look_adds_to_what_an_earlier_one_saw_and_changes_none_of_it() -> None:
    earlier, later = shop_api(UNTIL), shop_api(UNTIL + timedelta(days=9))

    known = len(earlier.starts)
    assert list(later.starts[:known]) == list(earlier.starts)
    assert np.array_equal(later.latency[:known], earlier.latency)
    assert np.array_equal(later.errors[:known], earlier.errors)
    assert len(later.starts) == known + 9 * 96


@pytest.mark.parametrize("weekday", range(7))
def test_the_deployment_is_unusual_on_whatever_weekday_the_demo_is_made(weekday: int) -> None:
    until, release = UNTIL + timedelta(days=weekday), deployment(MADE_ON + timedelta(days=weekday))
    shop = next(iter(series(release, until=until)))
    times = np.array([at.replace(tzinfo=None) for at in shop.starts], dtype="datetime64[s]")

    for values in (shop.latency, shop.errors):
        judged = judge_metric(MetricSeries(key="shop-api", timestamps=times, values=values))
        unusual = [one.at.replace(tzinfo=UTC) for one in judged if one.anomaly]
        assert any(release.start <= at < release.end for at in unusual)
