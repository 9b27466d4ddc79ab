"""How hard the demo's machines work. What is planted as idle or oversized is so by these figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.demo.compute import Instance
from local.demo.databases import Database


@dataclass(frozen=True, kw_only=True)
class Load:
    """Percentages on average and at peak; `memory` where the agent runs; `network` is bytes per second each way."""

    cpu: float
    peak: float
    memory: float | None = None
    network: float = 900_000.0


@dataclass(frozen=True, kw_only=True)
class DatabaseLoad:
    """`free_memory` is the share of the class's memory that is never used."""

    cpu: float
    peak: float
    connections: float
    free_memory: float


FLEETS: Mapping[str, Load] = {
    "checkout-api": Load(cpu=46, peak=68, memory=57),
    "catalog-api": Load(cpu=41, peak=66, memory=62),
    "search-index": Load(cpu=37, peak=63, memory=81),
    "search-index-eu": Load(cpu=33, peak=58, memory=79),
    "storefront": Load(cpu=52, peak=74),
    "cluster-node": Load(cpu=55, peak=78),
    "mail-relay": Load(cpu=28, peak=61),
    "recommender": Load(cpu=43, peak=72),
    "personalization": Load(cpu=8, peak=13, memory=15),
    "shop": Load(cpu=19, peak=57),
    "search": Load(cpu=31, peak=64),
    "sandbox": Load(cpu=22, peak=55),
    "notebook": Load(cpu=30, peak=70),
    "build-agent": Load(cpu=34, peak=92),
    "scheduler": Load(cpu=7, peak=21),
    "stream-broker": Load(cpu=44, peak=69),
    "scanner": Load(cpu=26, peak=60),
}
IDLE = Load(cpu=1.1, peak=3.5, network=180.0)
IDLE_INSTANCES = frozenset((("larkmoor-dev", "prototype", 0), ("larkmoor-prod", "mail-relay", 1)))
OVERSIZED_FLEETS = frozenset(("personalization", "scheduler"))
# The data volume of a model that was moved elsewhere: attached, never read or written.
UNUSED_DISKS = frozenset((("larkmoor-prod", "recommender", 0),))

BUSY_DATABASE = DatabaseLoad(cpu=38, peak=62, connections=140, free_memory=0.18)
DATABASES: Mapping[str, DatabaseLoad] = {
    "catalog": DatabaseLoad(cpu=11, peak=19, connections=46, free_memory=0.71),
    "sandbox": DatabaseLoad(cpu=3, peak=6, connections=0, free_memory=0.45),
}
IDLE_DATABASES = frozenset(("sandbox",))
OVERSIZED_DATABASES = frozenset(("catalog",))

# MB that a function uses at most, where Lambda Insights is on for it.
USED_MEMORY: Mapping[str, int] = {"thumbnail": 410, "loader": 2300}
OVERSIZED_FUNCTIONS = frozenset(("thumbnail",))


def load_of(machine: Instance) -> Load:
    return IDLE if machine.key in IDLE_INSTANCES else FLEETS[machine.fleet.name]


def database_load_of(database: Database) -> DatabaseLoad:
    return DATABASES.get(database.name, BUSY_DATABASE)
