from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

from local.demo import skus
from local.demo.aws import applications, compute, databases, metrics, network, storage
from local.demo.aws.roles import make_owner
from local.demo.lines import Scenario
from local.demo.organization import ACCOUNTS
from local.demo.reliability import Deployment
from local.demo.timeline import Timeline
from local.demo.utilization import Observer, Window

REGIONS = (skus.US.code, skus.EU.code)
PLACES = (compute.place, network.place, databases.place, storage.place, applications.place)
BEFORE, AFTER = timedelta(days=15), timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Seeded:
    resources: int
    datapoints: int


def seed(*, end: date, release: Deployment, now: datetime, seed: int = 7) -> Seeded:
    """What runs on the bill's last day, `end`, and what CloudWatch measured of it up to two days from `now`."""
    scenario = Scenario(timeline=Timeline(end=end, days=1), seed=seed)
    lay_networks(seed)
    for account in ACCOUNTS:
        make_owner(account.number)
    resources = 0
    for number, place in enumerate(PLACES):
        mock_random.seed(f"{seed}/{number}")
        resources += place(scenario, now)
    mock_random.seed()
    window = Window.around(now, before=BEFORE, after=AFTER)
    datapoints = metrics.record(Observer(scenario=scenario, window=window).series())
    datapoints += metrics.record_apis(release, until=now + AFTER)
    return Seeded(resources=resources, datapoints=datapoints)


def lay_networks(seed: int) -> None:
    """The default networks of all accounts. No bill names them, yet their ids are the same at every start as well."""
    found = [ec2_backends[account.number][region] for account in ACCOUNTS for region in REGIONS]
    mock_random.seed(f"{seed}/networks")
    for backend in found:
        backend.reset()
