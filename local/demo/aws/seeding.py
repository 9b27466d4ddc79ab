from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moto.moto_api._internal import mock_random

from local.demo.aws import applications, compute, databases, metrics, network, storage
from local.demo.lines import Scenario
from local.demo.reliability import Deployment
from local.demo.timeline import Timeline
from local.demo.utilization import Observer, Window

BEFORE, AFTER = timedelta(days=15), timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Seeded:
    resources: int
    datapoints: int


def seed(*, end: date, release: Deployment, now: datetime, seed: int = 7) -> Seeded:
    """What runs on the bill's last day, `end`, and what CloudWatch measured of it up to two days from `now`."""
    scenario = Scenario(timeline=Timeline(end=end, days=1), seed=seed)
    # What is not on the bill, as networks, gets the same ids at every start as well.
    mock_random.seed(seed)
    resources = compute.place(scenario, now=now) + sum(
        module.place(scenario) for module in (network, databases, storage, applications)
    )
    mock_random.seed()
    window = Window.around(now, before=BEFORE, after=AFTER)
    datapoints = metrics.record(Observer(scenario=scenario, window=window).series())
    datapoints += metrics.record_apis(release, until=now + AFTER)
    return Seeded(resources=resources, datapoints=datapoints)
