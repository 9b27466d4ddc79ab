"""EC2 instances, their volumes and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from local.demo import machines, shapes, skus
from local.demo.incidents import FORGOTTEN_GPUS, LOAD_TEST
from local.demo.labels import Owner
from local.demo.lines import Lines, Scenario, usage
from local.demo.organization import (
    CATALOG,
    CHECKOUT,
    DATA,
    DEV,
    INSIGHTS,
    PLATFORM,
    PROD,
    SEARCH,
    SECURITY,
    STAGING,
    TRUST,
    Account,
    Team,
)
from local.demo.tagging import resource_tags
from local.demo.timeline import Floats

ENVIRONMENTS = {PROD: "prod", STAGING: "staging", DEV: "dev", DATA: "prod", SECURITY: "prod"}


class Rhythm(StrEnum):
    ALWAYS = "always"
    OFFICE = "office"
    TRAFFIC = "traffic"
    NIGHTLY = "nightly"


class Paid(StrEnum):
    ON_DEMAND = "on demand"
    SPOT = "spot"
    SAVINGS_PLAN = "savings plan"
    RESERVED = "reserved"


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """Instances of one kind for one purpose; `disk` is each one's volume as (type, GiB).

    The last one was terminated `last_gone` days before the end, or stopped `last_stopped` days before it.
    """

    name: str
    account: Account
    team: Team | None
    kind: str
    count: int
    rhythm: Rhythm = Rhythm.ALWAYS
    paid: Paid = Paid.ON_DEMAND
    region: skus.Region = skus.US
    disk: tuple[str, int] | None = ("gp3", 100)
    born: int | None = None
    last_gone: int | None = None
    last_stopped: int | None = None


@dataclass(frozen=True, kw_only=True)
class Instance:
    owner: Owner
    sku: skus.Sku
    hours: Floats
    fleet: Fleet
    number: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Account, fleet and number, which name it in the demo's own tables."""
        return self.fleet.account.name, self.fleet.name, self.number

    @property
    def is_last(self) -> bool:
        return self.number == self.fleet.count - 1

    @property
    def is_stopped_for_good(self) -> bool:
        return self.is_last and self.fleet.last_stopped is not None

    @property
    def is_running(self) -> bool:
        """By day: nightly machines are not."""
        return bool(self.hours[-1]) and self.fleet.rhythm is not Rhythm.NIGHTLY


FLEETS = (
    Fleet(
        name="checkout-api", account=PROD, team=CHECKOUT, kind="c6i.4xlarge", count=6, paid=Paid.SAVINGS_PLAN
    ),
    Fleet(
        name="catalog-api",
        account=PROD,
        team=CATALOG,
        kind="m6i.2xlarge",
        count=5,
        paid=Paid.SAVINGS_PLAN,
        last_gone=120,
    ),
    Fleet(
        name="search-index",
        account=PROD,
        team=SEARCH,
        kind="r6i.4xlarge",
        count=4,
        paid=Paid.SAVINGS_PLAN,
        disk=("gp3", 1000),
    ),
    Fleet(
        name="search-index-eu",
        account=PROD,
        team=SEARCH,
        kind="r6i.4xlarge",
        count=2,
        paid=Paid.SAVINGS_PLAN,
        region=skus.EU,
        disk=("gp3", 1000),
    ),
    Fleet(
        name="storefront",
        account=PROD,
        team=CATALOG,
        kind="c6i.2xlarge",
        count=8,
        rhythm=Rhythm.TRAFFIC,
        paid=Paid.SAVINGS_PLAN,
        disk=None,
    ),
    # The reservation covers four, the last of which is stopped: a part of it is paid for and unused.
    Fleet(
        name="cluster-node",
        account=PROD,
        team=PLATFORM,
        kind="m5.4xlarge",
        count=4,
        paid=Paid.RESERVED,
        disk=("gp2", 200),
        last_stopped=45,
    ),
    Fleet(name="mail-relay", account=PROD, team=None, kind="t2.large", count=2, disk=("gp2", 80)),
    Fleet(name="recommender", account=PROD, team=SEARCH, kind="m4.2xlarge", count=1, disk=("gp2", 500)),
    Fleet(name="personalization", account=PROD, team=CATALOG, kind="m6i.2xlarge", count=2, born=95),
    Fleet(name="shop", account=STAGING, team=CHECKOUT, kind="m6i.2xlarge", count=3),
    Fleet(name="search", account=STAGING, team=SEARCH, kind="m5.xlarge", count=2, disk=("gp2", 300)),
    Fleet(
        name="sandbox",
        account=DEV,
        team=CATALOG,
        kind="t3.large",
        count=6,
        rhythm=Rhythm.OFFICE,
        disk=("gp2", 60),
    ),
    Fleet(name="notebook", account=DEV, team=INSIGHTS, kind="m5.xlarge", count=3, rhythm=Rhythm.OFFICE),
    Fleet(name="build-agent", account=DEV, team=PLATFORM, kind="m5.xlarge", count=2),
    Fleet(name="prototype", account=DEV, team=None, kind="m5.xlarge", count=1, disk=("gp2", 250)),
    Fleet(
        name="batch",
        account=DATA,
        team=INSIGHTS,
        kind="r5.4xlarge",
        count=4,
        rhythm=Rhythm.NIGHTLY,
        paid=Paid.SPOT,
        disk=None,
    ),
    Fleet(name="closing", account=DATA, team=INSIGHTS, kind="r5.4xlarge", count=2, rhythm=Rhythm.NIGHTLY),
    Fleet(name="scheduler", account=DATA, team=INSIGHTS, kind="m5.xlarge", count=2),
    Fleet(name="stream-broker", account=DATA, team=INSIGHTS, kind="m5.xlarge", count=3, disk=("gp2", 1500)),
    Fleet(name="scanner", account=SECURITY, team=TRUST, kind="t3.large", count=1),
)


def instances(scenario: Scenario) -> tuple[Instance, ...]:
    return tuple(_instance(scenario, fleet, number) for fleet in FLEETS for number in range(fleet.count))


def billed(scenario: Scenario) -> Iterator[Instance]:
    """The usage type changes with the type, so one that was resized is two of them, one after the other."""
    for machine in instances(scenario):
        change = scenario.change_of(machine.owner)
        if change is None:
            yield machine
            continue
        since = scenario.timeline.since(change.since)
        yield replace(machine, hours=machine.hours * ~since)
        if not change.stopped:
            yield replace(machine, hours=machine.hours * since, sku=_sku(machine.fleet, change.kind))


def _sku(fleet: Fleet, kind: str | None = None) -> skus.Sku:
    sku = machines.instance(kind or fleet.kind, spot=fleet.paid is Paid.SPOT)
    return skus.in_region(sku, fleet.region)


def _instance(scenario: Scenario, fleet: Fleet, number: int) -> Instance:
    key = f"{fleet.account.name}/{fleet.name}/{number}"
    owner = Owner(
        account=fleet.account,
        resource_id=f"i-{scenario.identifier(key)}",
        zone=f"{fleet.region.code}{'abc'[number % 3]}",
        tags=resource_tags(
            scenario, key, team=fleet.team, environment=ENVIRONMENTS[fleet.account], service=fleet.name
        ),
    )
    ended = fleet.last_gone if fleet.last_stopped is None else fleet.last_stopped
    on = shapes.alive(scenario.timeline, born=fleet.born, gone=ended if number == fleet.count - 1 else None)
    hours = np.round(_hours(scenario, fleet.rhythm, key) * on, 4)
    return Instance(owner=owner, sku=_sku(fleet), hours=hours, fleet=fleet, number=number)


def _hours(scenario: Scenario, rhythm: Rhythm, key: str) -> Floats:
    timeline = scenario.timeline
    if rhythm is Rhythm.ALWAYS:
        return np.full(timeline.days, 24.0)
    hours = {
        Rhythm.OFFICE: 10.0 * shapes.weekly(timeline, shapes.OFFICE),
        Rhythm.TRAFFIC: 13.0 * shapes.weekly(timeline, shapes.SHOPPERS) * shapes.growth(timeline, 0.35),
        Rhythm.NIGHTLY: 6.0 * shapes.weekly(timeline, shapes.PIPELINES) * shapes.month_start(timeline, 2.3),
    }[rhythm]
    return np.minimum(hours * scenario.noise(f"hours/{key}", 0.05), 24.0)


def instance_lines(scenario: Scenario) -> Iterator[Lines]:
    """The instances that no commitment covers."""
    for machine in billed(scenario):
        if machine.fleet.paid in {Paid.ON_DEMAND, Paid.SPOT}:
            yield usage(scenario, machine.owner, machine.sku, machine.hours)
    yield from _temporary_lines(scenario)


def _temporary_lines(scenario: Scenario) -> Iterator[Lines]:
    timeline = scenario.timeline
    gpu_hours = np.where(FORGOTTEN_GPUS.days(timeline), 24.0, 0.0)
    for number in range(3):
        owner = _temporary_owner(scenario, f"finetune-{number}", DEV, None)
        yield usage(scenario, owner, machines.instance("g5.12xlarge"), gpu_hours, cause=FORGOTTEN_GPUS)
    load_hours = np.where(LOAD_TEST.days(timeline), 9.0, 0.0)
    for number in range(10):
        owner = _temporary_owner(scenario, f"load-generator-{number}", STAGING, PLATFORM)
        yield usage(scenario, owner, machines.instance("c6i.4xlarge"), load_hours, cause=LOAD_TEST)


def _temporary_owner(scenario: Scenario, name: str, account: Account, team: Team | None) -> Owner:
    tags = resource_tags(
        scenario, name, team=team, environment=ENVIRONMENTS[account], service=name.rpartition("-")[0]
    )
    return Owner(account=account, resource_id=f"i-{scenario.identifier(name)}", zone="us-east-1b", tags=tags)
