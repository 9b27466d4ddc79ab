"""RDS, DynamoDB, ElastiCache and Redshift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local.demo import machines, price_book, shapes, skus
from local.demo.incidents import STAGING_RESIZE
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
    SECURITY,
    STAGING,
    Account,
    Team,
)
from local.demo.tagging import resource_tags, tagged_arn
from local.demo.timeline import Floats

ENGINE_PORTS = {"PostgreSQL": "postgres", "MySQL": "mysql"}


@dataclass(frozen=True, kw_only=True)
class Database:
    name: str
    account: Account
    team: Team | None
    environment: str
    kind: str
    engine: str = "PostgreSQL"
    multi_az: bool = False
    storage_gib: int = 200
    storage: skus.Sku = price_book.DATABASE_STORAGE_GP3
    yearly_growth: float = 0.2
    extended_support: bool = False
    region: skus.Region = skus.US


ORDERS_STAGING = Database(
    name="orders-staging", account=STAGING, team=CHECKOUT, environment="staging", kind="db.t4g.large"
)
DATABASES = (
    Database(
        name="orders",
        account=PROD,
        team=CHECKOUT,
        environment="prod",
        kind="db.r6g.2xlarge",
        multi_az=True,
        storage_gib=1500,
        yearly_growth=0.5,
    ),
    Database(
        name="orders-replica",
        account=PROD,
        team=CHECKOUT,
        environment="prod",
        kind="db.r6g.2xlarge",
        storage_gib=1500,
        yearly_growth=0.5,
        region=skus.EU,
    ),
    Database(
        name="catalog",
        account=PROD,
        team=CATALOG,
        environment="prod",
        kind="db.r5.2xlarge",
        engine="MySQL",
        storage_gib=800,
        storage=price_book.DATABASE_STORAGE_GP2,
        extended_support=True,
    ),
    ORDERS_STAGING,
    Database(
        name="catalog-staging",
        account=STAGING,
        team=CATALOG,
        environment="staging",
        kind="db.t4g.large",
        engine="MySQL",
        storage=price_book.DATABASE_STORAGE_GP2,
    ),
    Database(name="sandbox", account=DEV, team=None, environment="dev", kind="db.t3.medium", storage_gib=100),
    Database(name="metadata", account=DATA, team=INSIGHTS, environment="prod", kind="db.t4g.large"),
    Database(
        name=GUARDRAILS,
        account=SECURITY,
        team=PLATFORM,
        environment="prod",
        kind="db.t4g.medium",
        multi_az=True,
        storage_gib=40,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A DynamoDB table; reads and writes are millions a day on demand, or provisioned units."""

    name: str
    team: Team
    reads: float
    writes: float
    storage_gib: float
    provisioned: bool = False


@dataclass(frozen=True, kw_only=True)
class Cache:
    owner: Owner
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    name: str
    team: Team
    service: str
    sku: skus.Sku
    nodes: int
    storage_gib: int = 0

    @property
    def node_type(self) -> str:
        return self.sku.usage_type.partition(":")[2]


WAREHOUSES = (
    Warehouse(
        name="warehouse",
        team=INSIGHTS,
        service="warehouse",
        sku=price_book.WAREHOUSE_NODE,
        nodes=3,
        storage_gib=18_000,
    ),
    Warehouse(
        name="reports-2021", team=PLATFORM, service="reports", sku=price_book.WAREHOUSE_OLD_NODE, nodes=2
    ),
)
TABLES = (
    Table(name="sessions", team=CHECKOUT, reads=95.0, writes=38.0, storage_gib=60),
    Table(name="stock", team=CATALOG, reads=60.0, writes=9.0, storage_gib=35),
    Table(name="carts", team=CHECKOUT, reads=1200, writes=500, storage_gib=90, provisioned=True),
)


def database_lines(scenario: Scenario) -> Iterator[Lines]:
    for database in DATABASES:
        owner = database_owner(scenario, database)
        if database is ORDERS_STAGING:
            yield from _resized_lines(scenario, owner, database)
        else:
            yield from _running_lines(scenario, owner, database)
        yield from _database_storage_lines(scenario, owner, database)
        if database.extended_support:
            cores = machines.DATABASES[database.kind].vcpu
            yield usage(scenario, owner, price_book.EXTENDED_SUPPORT, cores * _all_day(scenario))


def database_owner(scenario: Scenario, database: Database) -> Owner:
    arn = f"arn:aws:rds:{database.region.code}:{database.account.number}:db:{database.name}"
    tags = resource_tags(
        scenario,
        arn,
        team=database.team,
        environment=database.environment,
        service=database.name,
        project=ENGINE_PORTS[database.engine],
    )
    return Owner(account=database.account, resource_id=arn, tags=tags)


def _running_lines(scenario: Scenario, owner: Owner, database: Database) -> Iterator[Lines]:
    change, hours = scenario.change_of(owner), _all_day(scenario)
    since = scenario.timeline.since(change.since) if change else np.zeros(scenario.timeline.days, dtype=bool)
    yield usage(scenario, owner, _compute(database, database.kind), hours * ~since)
    if change and not change.stopped:
        yield usage(scenario, owner, _compute(database, change.kind or database.kind), hours * since)


def _compute(database: Database, kind: str) -> skus.Sku:
    return skus.in_region(
        machines.database(kind, database.engine, multi_az=database.multi_az), database.region
    )


def _resized_lines(scenario: Scenario, owner: Owner, database: Database) -> Iterator[Lines]:
    """The usage type changes with the class, so a resized database is two series of one resource."""
    large = STAGING_RESIZE.days(scenario.timeline)
    small, big = _compute(database, database.kind), _compute(database, "db.r6g.8xlarge")
    hours = _all_day(scenario)
    saved = hours * large * small.rate / big.rate
    yield usage(scenario, owner, small, hours * ~large)
    yield usage(scenario, owner, big, hours * large, usual=saved, cause=STAGING_RESIZE)


def _database_storage_lines(scenario: Scenario, owner: Owner, database: Database) -> Iterator[Lines]:
    size = database.storage_gib * shapes.growth(scenario.timeline, database.yearly_growth)
    copies = 2 if database.multi_az else 1
    storage = skus.in_region(database.storage, database.region)
    yield usage(scenario, owner, storage, copies * size / scenario.timeline.days_in_month)
    backup = skus.in_region(price_book.DATABASE_BACKUP, database.region)
    yield usage(scenario, owner, backup, 0.6 * size / scenario.timeline.days_in_month)


def table_owner(scenario: Scenario, table: Table) -> Owner:
    path = f"dynamodb:us-east-1:{PROD.number}:table/{table.name}"
    return tagged_arn(scenario, PROD, table.team, path=path, service=table.name)


def table_lines(scenario: Scenario) -> Iterator[Lines]:
    for table in TABLES:
        owner = table_owner(scenario, table)
        yield from _throughput_lines(scenario, owner, table)
        stored = table.storage_gib * shapes.growth(scenario.timeline, 0.4) / scenario.timeline.days_in_month
        yield usage(scenario, owner, price_book.TABLE_STORAGE, stored)


def _throughput_lines(scenario: Scenario, owner: Owner, table: Table) -> Iterator[Lines]:
    if table.provisioned:
        yield usage(scenario, owner, price_book.PROVISIONED_READS, table.reads * _all_day(scenario))
        yield usage(scenario, owner, price_book.PROVISIONED_WRITES, table.writes * _all_day(scenario))
        return
    millions = 1e6 * scenario.busy(f"table/{table.name}", shapes.SHOPPERS, yearly=0.3)
    yield usage(scenario, owner, price_book.TABLE_READS, np.round(table.reads * millions))
    yield usage(scenario, owner, price_book.TABLE_WRITES, np.round(table.writes * millions))


def caches(scenario: Scenario) -> Iterator[Cache]:
    for name, team, kind, count in (
        ("sessions", CHECKOUT, "cache.r6g.large", 2),
        ("catalog-pages", CATALOG, "cache.m4.large", 3),
    ):
        for number in range(count):
            identifier = f"{name}-{number + 1:03d}"
            path = f"elasticache:us-east-1:{PROD.number}:cluster:{identifier}"
            owner = tagged_arn(scenario, PROD, team, path=path, service=name)
            yield Cache(owner=owner, name=identifier, kind=kind)


def cache_lines(scenario: Scenario) -> Iterator[Lines]:
    for cache in caches(scenario):
        yield usage(scenario, cache.owner, machines.cache_node(cache.kind), _all_day(scenario))


def warehouse_owner(scenario: Scenario, warehouse: Warehouse) -> Owner:
    path = f"redshift:us-east-1:{DATA.number}:cluster:{warehouse.name}"
    return tagged_arn(scenario, DATA, warehouse.team, path=path, service=warehouse.service)


def warehouse_lines(scenario: Scenario) -> Iterator[Lines]:
    for warehouse in WAREHOUSES:
        owner = warehouse_owner(scenario, warehouse)
        yield usage(scenario, owner, warehouse.sku, warehouse.nodes * _all_day(scenario))
        if warehouse.storage_gib:
            size = warehouse.storage_gib * shapes.growth(scenario.timeline, 0.5)
            yield usage(scenario, owner, price_book.WAREHOUSE_STORAGE, size / scenario.timeline.days_in_month)


def _all_day(scenario: Scenario) -> Floats:
    return np.full(scenario.timeline.days, 24.0)
