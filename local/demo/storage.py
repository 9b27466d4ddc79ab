"""S3 buckets and container images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local.demo import price_book, shapes
from local.demo.incidents import STORAGE_RETENTION
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
    SECURITY,
    STAGING,
    TRUST,
    Account,
    Team,
)
from local.demo.tagging import resource_tags
from local.demo.timeline import Floats


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """`tiers` holds (storage class, GB at the end); requests are millions a day."""

    name: str
    account: Account
    team: Team | None
    environment: str
    tiers: tuple[tuple[str, int], ...]
    yearly_growth: float
    writes: float
    reads: float
    profile: tuple[float, ...] = shapes.SHOPPERS


CLICKSTREAM = Bucket(
    name="larkmoor-clickstream",
    account=DATA,
    team=INSIGHTS,
    environment="prod",
    yearly_growth=0.3,
    tiers=(("standard", 62_000), ("infrequent", 45_000)),
    writes=5.5,
    reads=14.0,
    profile=shapes.PIPELINES,
)
BUCKETS = (
    Bucket(
        name="larkmoor-product-images",
        account=PROD,
        team=CATALOG,
        environment="prod",
        yearly_growth=0.45,
        tiers=(("standard", 21_000), ("intelligent", 30_000)),
        writes=0.4,
        reads=85.0,
    ),
    Bucket(
        name="larkmoor-web-assets",
        account=PROD,
        team=CATALOG,
        environment="prod",
        yearly_growth=0.1,
        tiers=(("standard", 900),),
        writes=0.05,
        reads=40.0,
    ),
    Bucket(
        name="larkmoor-order-archive",
        account=PROD,
        team=CHECKOUT,
        environment="prod",
        yearly_growth=0.6,
        tiers=(("infrequent", 14_000), ("glacier", 52_000), ("archive", 88_000)),
        writes=0.3,
        reads=0.2,
    ),
    Bucket(
        name="larkmoor-lake-raw",
        account=DATA,
        team=INSIGHTS,
        environment="prod",
        yearly_growth=0.55,
        tiers=(("standard", 74_000),),
        writes=3.2,
        reads=20.0,
        profile=shapes.PIPELINES,
    ),
    Bucket(
        name="larkmoor-lake-curated",
        account=DATA,
        team=INSIGHTS,
        environment="prod",
        yearly_growth=0.4,
        tiers=(("intelligent", 48_000), ("glacier", 60_000)),
        writes=1.1,
        reads=9.0,
        profile=shapes.PIPELINES,
    ),
    CLICKSTREAM,
    Bucket(
        name="larkmoor-trail",
        account=SECURITY,
        team=TRUST,
        environment="prod",
        yearly_growth=0.9,
        tiers=(("standard", 9_500),),
        writes=0.9,
        reads=0.4,
        profile=shapes.EVEN,
    ),
    Bucket(
        name="larkmoor-terraform",
        account=STAGING,
        team=PLATFORM,
        environment="staging",
        yearly_growth=0.1,
        tiers=(("standard", 40),),
        writes=0.01,
        reads=0.05,
        profile=shapes.OFFICE,
    ),
    Bucket(
        name="larkmoor-experiments",
        account=DEV,
        team=None,
        environment="dev",
        yearly_growth=1.2,
        tiers=(("standard", 16_500),),
        writes=0.2,
        reads=1.5,
        profile=shapes.OFFICE,
    ),
)
COPIED_GB = 175_000


def bucket_owner(scenario: Scenario, bucket: Bucket) -> Owner:
    tags = resource_tags(
        scenario,
        bucket.name,
        team=bucket.team,
        environment=bucket.environment,
        service=bucket.name.removeprefix("larkmoor-"),
    )
    return Owner(account=bucket.account, resource_id=bucket.name, tags=tags)


def bucket_lines(scenario: Scenario) -> Iterator[Lines]:
    for bucket in BUCKETS:
        owner = bucket_owner(scenario, bucket)
        yield from _stored_lines(scenario, owner, bucket)
        yield from _request_lines(scenario, owner, bucket)


def _stored_lines(scenario: Scenario, owner: Owner, bucket: Bucket) -> Iterator[Lines]:
    """Storage has no weekday: it grows with little noise and is billed by the month's length."""
    timeline = scenario.timeline
    for tier, size in bucket.tiers:
        steady = (
            size
            * shapes.growth(timeline, bucket.yearly_growth)
            * scenario.noise(f"{bucket.name}/{tier}", 0.004)
        )
        if bucket is CLICKSTREAM and tier == "standard":
            yield _copied_line(scenario, owner, steady)
        else:
            yield usage(scenario, owner, price_book.bucket_storage(tier), steady / timeline.days_in_month)


def _copied_line(scenario: Scenario, owner: Owner, steady: Floats) -> Lines:
    timeline = scenario.timeline
    usual = steady / timeline.days_in_month
    copied = COPIED_GB * STORAGE_RETENTION.days(timeline) / timeline.days_in_month
    return usage(
        scenario,
        owner,
        price_book.bucket_storage("standard"),
        usual + copied,
        usual=usual,
        cause=STORAGE_RETENTION,
    )


def _request_lines(scenario: Scenario, owner: Owner, bucket: Bucket) -> Iterator[Lines]:
    for sku, millions in ((price_book.BUCKET_WRITES, bucket.writes), (price_book.BUCKET_READS, bucket.reads)):
        busy = scenario.busy(f"{bucket.name}/{sku.usage_type}", bucket.profile, yearly=0.25)
        yield usage(scenario, owner, sku, np.round(1e6 * millions * busy))


def image_lines(scenario: Scenario) -> Iterator[Lines]:
    """Images pile up, since nothing expires them."""
    timeline = scenario.timeline
    for account, environment in ((PROD, "prod"), (DEV, "dev")):
        arn = f"arn:aws:ecr:us-east-1:{account.number}:repository/shop"
        tags = resource_tags(scenario, arn, team=PLATFORM, environment=environment, service="images")
        stored = 1_400 * shapes.growth(timeline, 1.5) / timeline.days_in_month
        yield usage(
            scenario, Owner(account=account, resource_id=arn, tags=tags), price_book.IMAGE_STORAGE, stored
        )
