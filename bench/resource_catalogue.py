"""The resources of the large month, each with what all of its line items say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from local.demo import machines, price_book
from local.demo.labels import Owner, line_labels, product_map, rate_labels
from local.demo.organization import Account
from local.demo.skus import EU, US, Region, Sku, in_region

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

ACCOUNTS = tuple(
    Account(number=f"{800_000_000_000 + number * 7_919}", name=f"bench-{number:02d}", business_group="Bench")
    for number in range(24)
)
REGIONS = (US, EU, Region(code="eu-central-1", location="EU (Frankfurt)", prefix="EUC1-", premium=1.15))
SKUS: tuple[tuple[str, Sku], ...] = (
    *(("i-{}", machines.instance(kind)) for kind in ("m5.xlarge", "m6i.2xlarge", "c6i.4xlarge", "t3.large")),
    *(("vol-{}", price_book.volume(kind)) for kind in ("gp2", "gp3")),
    ("arn:aws:ec2:us-east-1:{1}:snapshot/snap-{0}", price_book.SNAPSHOT),
    ("arn:aws:rds:us-east-1:{1}:db:{0}", machines.database("db.r6g.2xlarge", "PostgreSQL", multi_az=True)),
    ("bucket-{}", price_book.bucket_storage("standard")),
    ("bucket-{}", price_book.BUCKET_READS),
    ("arn:aws:lambda:us-east-1:{1}:function:{0}", price_book.FUNCTION_SECONDS),
    ("arn:aws:logs:us-east-1:{1}:log-group:/bench/{0}", price_book.LOG_INGESTION),
    ("arn:aws:dynamodb:us-east-1:{1}:table/{0}", price_book.TABLE_READS),
    ("arn:aws:ec2:us-east-1:{1}:natgateway/nat-{0}", price_book.NAT_BYTES),
    ("i-{}", price_book.TRANSFER_OUT),
)
TEAMS = tuple(f"team-{number:02d}" for number in range(40))
ENVIRONMENTS = ("prod", "staging", "dev")


class Kind(StrEnum):
    USAGE = "Usage"
    RESERVED = "DiscountedUsage"
    COVERED = "SavingsPlanCoveredUsage"
    NEGATION = "SavingsPlanNegation"


@dataclass(frozen=True, kw_only=True)
class Entry:
    labels: Mapping[str, str]
    product: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)
    rate: float
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Entries by number; `negation_of` maps what a Savings Plan covers to the entry that negates it."""

    entries: Sequence[Entry]
    ordinary: Integers
    covered: Integers
    negation_of: Integers
    popularity: Floats

    @cached_property
    def rates(self) -> Floats:
        return np.array([entry.rate for entry in self.entries])

    def numbered(self, kind: Kind) -> NDArray[np.bool_]:
        return np.array([entry.kind is kind for entry in self.entries])


def catalogue(resources: int, *, seed: int) -> Catalogue:
    """`resources` entries with three to six tags each, and one negation per covered SKU and account."""
    dice = np.random.default_rng([seed, resources])
    entries = [_resource(dice, number) for number in range(resources)]
    covered = np.array([number for number, entry in enumerate(entries) if entry.kind is Kind.COVERED])
    ordinary = np.setdiff1d(np.arange(resources), covered)
    negation_of = np.full(resources, -1, dtype=np.int64)
    negations: dict[tuple[str, str], int] = {}
    for number in covered:
        labels = entries[number].labels
        key = (labels["line_item_usage_account_id"], labels["product_sku"])
        if key not in negations:
            negations[key] = len(entries)
            entries.append(_negation(entries[number]))
        negation_of[number] = negations[key]
    popularity = dice.lognormal(0.0, 0.8, resources)
    return Catalogue(
        entries=entries, ordinary=ordinary, covered=covered, negation_of=negation_of, popularity=popularity
    )


def _resource(dice: np.random.Generator, number: int) -> Entry:
    account = ACCOUNTS[int(dice.integers(len(ACCOUNTS)))]
    pattern, listed = SKUS[number % len(SKUS)]
    region = REGIONS[int(dice.integers(len(REGIONS)))]
    sku = listed if region is US else in_region(listed, region)
    tags = _tags(dice)
    owner = Owner(
        account=account, resource_id=pattern.format(f"{dice.integers(2**62):017x}", account.number), tags=tags
    )
    kind = _kind(dice, sku)
    return Entry(
        labels={**line_labels(owner, sku, kind=kind), **rate_labels(sku), **_commitment_labels(kind)},
        product=product_map(sku),
        tags=tags,
        rate=sku.rate,
        kind=kind,
    )


def _kind(dice: np.random.Generator, sku: Sku) -> Kind:
    if not sku.usage_type.endswith(tuple(machines.INSTANCES)):
        return Kind.USAGE
    return (Kind.USAGE, Kind.RESERVED, Kind.COVERED)[int(dice.choice(3, p=(0.5, 0.2, 0.3)))]


def _commitment_labels(kind: Kind) -> dict[str, str]:
    arns = {
        Kind.RESERVED: (
            "reservation_reservation_a_r_n",
            f"arn:aws:ec2:us-east-1:{ACCOUNTS[1].number}:reserved-instances/5b1e",
        ),
        Kind.COVERED: (
            "savings_plan_savings_plan_a_r_n",
            f"arn:aws:savingsplans::{ACCOUNTS[0].number}:savingsplan/9c4d",
        ),
    }
    return dict([arns[kind]]) if kind in arns else {}


def _negation(covered: Entry) -> Entry:
    dropped = {"line_item_resource_id", "line_item_line_item_type"}
    labels = {name: value for name, value in covered.labels.items() if name not in dropped}
    return Entry(
        labels={**labels, "line_item_line_item_type": Kind.NEGATION},
        product=covered.product,
        rate=covered.rate,
        kind=Kind.NEGATION,
    )


def _tags(dice: np.random.Generator) -> dict[str, str]:
    team = TEAMS[int(dice.integers(len(TEAMS)))]
    tags = {
        "user_team": team,
        "user_environment": ENVIRONMENTS[int(dice.integers(3))],
        "user_service": f"service-{dice.integers(300):03d}",
        "user_cost_center": f"CC-{dice.integers(100):03d}",
        "user_owner": f"{team}@bench.example",
        "user_project": f"project-{dice.integers(120):03d}",
    }
    return dict(list(tags.items())[: int(dice.integers(3, 7))])
