"""EBS volumes and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local.demo import price_book, shapes, skus
from local.demo.compute import ENVIRONMENTS, Instance, instances
from local.demo.labels import Owner
from local.demo.lines import Lines, Scenario, usage
from local.demo.organization import CHECKOUT, DATA, DEV, INSIGHTS, PLATFORM, PROD, SEARCH, STAGING
from local.demo.tagging import resource_tags
from local.demo.timeline import Floats


@dataclass(frozen=True, kw_only=True)
class Volume:
    """`kept` is 1 on the days on which it is there; `instance` has it, or nobody."""

    owner: Owner
    kind: str
    gib: int
    region: skus.Region
    kept: Floats
    instance: Instance | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`gib` is what it holds at the end."""

    owner: Owner
    number: int
    gib: int
    yearly_growth: float

    @property
    def id(self) -> str:
        return str(self.owner.resource_id).rpartition("/")[2]


UNATTACHED = ((DEV, None, 300), (DEV, None, 500), (STAGING, SEARCH, 400), (PROD, None, 1000))
SNAPSHOTS = (
    (PROD, CHECKOUT, 4200, 0.7),
    (PROD, SEARCH, 9500, 0.9),
    (PROD, None, 2600, 1.6),
    (STAGING, PLATFORM, 1800, 0.5),
    (DEV, None, 2400, 1.1),
    (DATA, INSIGHTS, 6400, 0.8),
)


def volumes(scenario: Scenario) -> tuple[Volume, ...]:
    return (*_disks(scenario), *_left_over(scenario))


def _disks(scenario: Scenario) -> Iterator[Volume]:
    """They stay when an instance stops, for the night or for good, and go when it is terminated."""
    for machine in instances(scenario):
        fleet = machine.fleet
        if fleet.disk:
            kind, size = fleet.disk
            gone = fleet.last_gone if machine.is_last else None
            yield Volume(
                owner=Owner(
                    account=machine.owner.account,
                    tags=machine.owner.tags,
                    resource_id=f"vol-{scenario.identifier(f'disk of {machine.owner.resource_id}')}",
                ),
                kind=kind,
                gib=size,
                region=fleet.region,
                kept=shapes.alive(scenario.timeline, born=fleet.born, gone=gone),
                instance=machine,
            )


def _left_over(scenario: Scenario) -> Iterator[Volume]:
    for number, (account, team, size) in enumerate(UNATTACHED):
        key = f"left-over/{number}"
        tags = resource_tags(scenario, key, team=team, environment=ENVIRONMENTS[account], service="search")
        yield Volume(
            owner=Owner(account=account, resource_id=f"vol-{scenario.identifier(key)}", tags=tags),
            kind="gp2",
            gib=size,
            region=skus.US,
            kept=shapes.alive(scenario.timeline, born=250 - 50 * number),
        )


def volume_lines(scenario: Scenario) -> Iterator[Lines]:
    for volume in volumes(scenario):
        change, size = scenario.change_of(volume.owner), volume.gib * volume.kept
        if change is None or change.kind is None:
            yield _stored(scenario, volume.owner, _sku(volume, volume.kind), size)
            continue
        since = scenario.timeline.since(change.since)
        yield _stored(scenario, volume.owner, _sku(volume, volume.kind), size * ~since)
        yield _stored(scenario, volume.owner, _sku(volume, change.kind), size * since)


def _sku(volume: Volume, kind: str) -> skus.Sku:
    return skus.in_region(price_book.volume(kind), volume.region)


def snapshots(scenario: Scenario) -> Iterator[Snapshot]:
    for number, (account, team, size, yearly) in enumerate(SNAPSHOTS):
        identifier = scenario.identifier(f"snapshot/{number}")
        owner = Owner(
            account=account,
            resource_id=f"arn:aws:ec2:us-east-1:{account.number}:snapshot/snap-{identifier}",
            tags=resource_tags(
                scenario, identifier, team=team, environment=ENVIRONMENTS[account], service="backup"
            ),
        )
        yield Snapshot(owner=owner, number=number, gib=size, yearly_growth=yearly)


def snapshot_lines(scenario: Scenario) -> Iterator[Lines]:
    for snapshot in snapshots(scenario):
        size = snapshot.gib * shapes.growth(scenario.timeline, snapshot.yearly_growth)
        yield _stored(scenario, snapshot.owner, price_book.SNAPSHOT, size)


def _stored(scenario: Scenario, owner: Owner, sku: skus.Sku, size: Floats) -> Lines:
    """Storage is billed by GB-month: a day is one part of its month."""
    return usage(scenario, owner, sku, size / scenario.timeline.days_in_month)
