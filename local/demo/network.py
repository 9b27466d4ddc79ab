"""NAT gateways, load balancers, public addresses, data transfer and the content delivery network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local.demo import price_book, shapes
from local.demo.incidents import EGRESS_SPIKE, NAT_LEAK
from local.demo.labels import Owner
from local.demo.lines import Lines, Scenario, usage
from local.demo.organization import (
    CATALOG,
    CHECKOUT,
    DATA,
    DEV,
    GUARDRAILS,
    INSIGHTS,
    PLATFORM,
    PROD,
    SEARCH,
    SECURITY,
    STAGING,
)
from local.demo.tagging import resource_tags, tagged_arn
from local.demo.timeline import Floats

GATEWAYS = (
    (PROD, PLATFORM, "network", "prod", 420.0),
    (PROD, PLATFORM, "network", "prod", 390.0),
    (DATA, INSIGHTS, "network", "prod", 260.0),
    (STAGING, None, "network", "staging", 25.0),
    (SECURITY, PLATFORM, GUARDRAILS, "prod", 3.0),
)
# The last one receives no requests: hours without capacity units.
BALANCERS = (
    ("checkout", PROD, CHECKOUT, "prod", 9.0),
    ("catalog", PROD, CATALOG, "prod", 16.0),
    ("search", PROD, SEARCH, "prod", 7.0),
    ("shop-staging", STAGING, CHECKOUT, "staging", 0.6),
    ("old-shop", DEV, None, "dev", 0.0),
)
ADDRESSES_IN_USE = (
    (PROD, PLATFORM, "network", "prod"),
    (PROD, PLATFORM, "network", "prod"),
    (PROD, None, "network", "prod"),
    (DATA, INSIGHTS, "network", "prod"),
    (SECURITY, PLATFORM, GUARDRAILS, "prod"),
)
ADDRESSES_IDLE = (
    (DEV, None, "network", "dev"),
    (DEV, CATALOG, "network", "dev"),
    (STAGING, None, "network", "staging"),
)


def network_lines(scenario: Scenario) -> Iterator[Lines]:
    yield from _gateway_lines(scenario)
    yield from _balancer_lines(scenario)
    yield from _address_lines(scenario)
    yield from _transfer_lines(scenario)
    yield from _edge_lines(scenario)


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """Carries `gigabytes` a day."""

    owner: Owner
    gigabytes: float

    @property
    def id(self) -> str:
        return str(self.owner.resource_id).rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Balancer:
    """`units` is its capacity units in use."""

    owner: Owner
    name: str
    units: float


@dataclass(frozen=True, kw_only=True)
class Address:
    owner: Owner
    in_use: bool

    @property
    def allocation_id(self) -> str:
        return str(self.owner.resource_id).rpartition("/")[2]


def gateways(scenario: Scenario) -> Iterator[Gateway]:
    for number, (account, team, service, environment, gigabytes) in enumerate(GATEWAYS):
        identifier = scenario.identifier(f"nat/{number}")
        path = f"ec2:us-east-1:{account.number}:natgateway/nat-{identifier}"
        owner = tagged_arn(scenario, account, team, path=path, service=service, environment=environment)
        yield Gateway(owner=owner, gigabytes=gigabytes)


def _gateway_lines(scenario: Scenario) -> Iterator[Lines]:
    timeline = scenario.timeline
    for gateway in gateways(scenario):
        owner = gateway.owner
        profile = shapes.PIPELINES if owner.account is DATA else shapes.SHOPPERS
        usual = gateway.gigabytes * scenario.busy(path_of(owner), profile)
        yield usage(scenario, owner, price_book.NAT_HOURS, np.full(timeline.days, 24.0))
        yield _processed_line(scenario, owner, usual)


def _processed_line(scenario: Scenario, owner: Owner, usual: Floats) -> Lines:
    if owner.account is not DATA:
        return usage(scenario, owner, price_book.NAT_BYTES, usual)
    rising = shapes.ramp(scenario.timeline, from_age=NAT_LEAK.from_age, daily=0.095)
    return usage(scenario, owner, price_book.NAT_BYTES, usual * rising, usual=usual, cause=NAT_LEAK)


def balancers(scenario: Scenario) -> Iterator[Balancer]:
    for name, account, team, environment, units in BALANCERS:
        identifier = scenario.identifier(f"balancer/{name}", 16)
        path = f"elasticloadbalancing:us-east-1:{account.number}:loadbalancer/app/{name}/{identifier}"
        owner = tagged_arn(scenario, account, team, path=path, service=name, environment=environment)
        yield Balancer(owner=owner, name=name, units=units)


def _balancer_lines(scenario: Scenario) -> Iterator[Lines]:
    timeline = scenario.timeline
    for balancer in balancers(scenario):
        yield usage(scenario, balancer.owner, price_book.BALANCER_HOURS, np.full(timeline.days, 24.0))
        busy = scenario.busy(path_of(balancer.owner), shapes.SHOPPERS, yearly=0.3)
        yield usage(scenario, balancer.owner, price_book.BALANCER_UNITS, 24 * balancer.units * busy)


def path_of(owner: Owner) -> str:
    return str(owner.resource_id).removeprefix("arn:aws:")


def addresses(scenario: Scenario) -> Iterator[Address]:
    for sku, places in (
        (price_book.ADDRESS_IN_USE, ADDRESSES_IN_USE),
        (price_book.ADDRESS_IDLE, ADDRESSES_IDLE),
    ):
        for number, (account, team, service, environment) in enumerate(places):
            identifier = scenario.identifier(f"{sku.usage_type}/{number}")
            path = f"ec2:us-east-1:{account.number}:elastic-ip/eipalloc-{identifier}"
            owner = tagged_arn(scenario, account, team, path=path, service=service, environment=environment)
            yield Address(owner=owner, in_use=sku is price_book.ADDRESS_IN_USE)


def _address_lines(scenario: Scenario) -> Iterator[Lines]:
    for address in addresses(scenario):
        sku = price_book.ADDRESS_IN_USE if address.in_use else price_book.ADDRESS_IDLE
        yield usage(scenario, address.owner, sku, np.full(scenario.timeline.days, 24.0))


def _transfer_lines(scenario: Scenario) -> Iterator[Lines]:
    """Transfer carries the instance it leaves, and no tags where the instance has none."""
    for name, account, team, gigabytes in (
        ("checkout-api", PROD, CHECKOUT, 120.0),
        ("bulk-export", PROD, None, 90.0),
        ("scheduler", DATA, INSIGHTS, 40.0),
    ):
        identifier = scenario.identifier(f"transfer/{name}")
        tags = resource_tags(scenario, identifier, team=team, environment="prod", service=name)
        owner = Owner(account=account, resource_id=f"i-{identifier}", tags=tags)
        usual = gigabytes * scenario.busy(identifier, shapes.SHOPPERS, yearly=0.25, sigma=0.06)
        yield _outbound_line(scenario, owner, usual, spiking=name == "bulk-export")
        yield usage(scenario, owner, price_book.TRANSFER_ZONES, 6 * usual)


def _outbound_line(scenario: Scenario, owner: Owner, usual: Floats, *, spiking: bool) -> Lines:
    if not spiking:
        return usage(scenario, owner, price_book.TRANSFER_OUT, usual)
    spike = 11_500.0 * EGRESS_SPIKE.days(scenario.timeline)
    return usage(scenario, owner, price_book.TRANSFER_OUT, usual + spike, usual=usual, cause=EGRESS_SPIKE)


def _edge_lines(scenario: Scenario) -> Iterator[Lines]:
    for name, team, gigabytes, requests in (
        ("shop", CATALOG, 1250.0, 62e6),
        ("images", CATALOG, 880.0, 41e6),
    ):
        identifier = scenario.identifier(f"edge/{name}", 13).upper()
        owner = tagged_arn(
            scenario, PROD, team, path=f"cloudfront::{PROD.number}:distribution/E{identifier}", service=name
        )
        busy = scenario.busy(name, shapes.SHOPPERS, yearly=0.4)
        yield usage(scenario, owner, price_book.EDGE_BYTES, gigabytes * busy)
        yield usage(scenario, owner, price_book.EDGE_REQUESTS, np.round(requests * busy))
