"""Machine types of the price book, and the usage of running one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from local.demo.price_book import EC2, ELASTICACHE, RDS
from local.demo.skus import Machine, Sku, hardware, listed

GENERAL, COMPUTE, MEMORY, GPU = "General purpose", "Compute optimized", "Memory optimized", "GPU instance"
INSTANCES = {
    "t2.large": Machine(rate=0.0928, vcpu=2, memory_gib=8, family=GENERAL, current=False),
    "t3.large": Machine(rate=0.0832, vcpu=2, memory_gib=8, family=GENERAL),
    "m4.2xlarge": Machine(rate=0.40, vcpu=8, memory_gib=32, family=GENERAL, current=False),
    "m5.xlarge": Machine(rate=0.192, vcpu=4, memory_gib=16, family=GENERAL),
    "m5.4xlarge": Machine(rate=0.768, vcpu=16, memory_gib=64, family=GENERAL),
    "m6i.2xlarge": Machine(rate=0.384, vcpu=8, memory_gib=32, family=GENERAL),
    "c6i.2xlarge": Machine(rate=0.34, vcpu=8, memory_gib=16, family=COMPUTE),
    "c6i.4xlarge": Machine(rate=0.68, vcpu=16, memory_gib=32, family=COMPUTE),
    "r5.4xlarge": Machine(rate=1.008, vcpu=16, memory_gib=128, family=MEMORY),
    "r6i.4xlarge": Machine(rate=1.008, vcpu=16, memory_gib=128, family=MEMORY),
    "g5.12xlarge": Machine(rate=5.672, vcpu=48, memory_gib=192, family=GPU),
}
DATABASES = {
    "db.t3.medium": Machine(rate=0.072, vcpu=2, memory_gib=4, family=GENERAL),
    "db.t4g.large": Machine(rate=0.129, vcpu=2, memory_gib=8, family=GENERAL),
    "db.t4g.medium": Machine(rate=0.065, vcpu=2, memory_gib=4, family=GENERAL),
    "db.r5.2xlarge": Machine(rate=1.00, vcpu=8, memory_gib=64, family=MEMORY),
    "db.r6g.2xlarge": Machine(rate=0.90, vcpu=8, memory_gib=64, family=MEMORY),
    "db.r6g.8xlarge": Machine(rate=3.598, vcpu=32, memory_gib=256, family=MEMORY),
}
CACHE_NODES = {
    "cache.m4.large": Machine(rate=0.156, vcpu=2, memory_gib=6.42, family=GENERAL, current=False),
    "cache.r6g.large": Machine(rate=0.206, vcpu=2, memory_gib=13.07, family=MEMORY),
}


# Sizes of a family cost in proportion: https://aws.amazon.com/ec2/pricing/on-demand/
SIZES = {"micro": 0.125, "small": 0.25, "medium": 0.5, "large": 1.0, "xlarge": 2.0}


def sized(book: Mapping[str, Machine], kind: str) -> Machine:
    """As the book has it, or in proportion to another size of its family. Raises KeyError for a family it lacks."""
    if kind in book:
        return book[kind]
    family = kind.rpartition(".")[0]
    known = next(one for one in (*book, kind) if one.rpartition(".")[0] == family)
    machine, times = book[known], size_of(kind) / size_of(known)
    return replace(
        machine,
        rate=round(machine.rate * times, 4),
        vcpu=max(1, int(machine.vcpu * times)),
        memory_gib=machine.memory_gib * times,
    )


def size_of(kind: str) -> float:
    """In units of a large one. Raises KeyError for a size that has a price of its own, as metal."""
    times, size = re.fullmatch(r"([0-9]*)(.*)", kind.rpartition(".")[2]).groups()  # type: ignore[union-attr]
    return int(times or 1) * SIZES[size]


def instance(kind: str, *, spot: bool = False) -> Sku:
    machine = sized(INSTANCES, kind)
    rate = round(machine.rate * 0.38, 4) if spot else machine.rate
    sku = listed(
        EC2,
        "Compute Instance",
        f"{'SpotUsage' if spot else 'BoxUsage'}:{kind}",
        "RunInstances:SV001" if spot else "RunInstances",
        unit="Hrs",
        rate=rate,
        operating_system="Linux",
        tenancy="Shared",
        pre_installed_sw="NA",
        license_model="No License required",
        marketoption="Spot" if spot else "OnDemand",
    )
    return hardware(sku, kind, machine)


def database(kind: str, engine: str, *, multi_az: bool = False) -> Sku:
    machine = sized(DATABASES, kind)
    operation = {"PostgreSQL": "CreateDBInstance:0014", "MySQL": "CreateDBInstance:0002"}[engine]
    sku = listed(
        RDS,
        "Database Instance",
        f"{'Multi-AZUsage' if multi_az else 'InstanceUsage'}:{kind}",
        operation,
        unit="Hrs",
        rate=machine.rate * (2 if multi_az else 1),
        database_engine=engine,
        deployment_option="Multi-AZ" if multi_az else "Single-AZ",
        license_model="No license required",
    )
    return hardware(sku, kind, machine)


def cache_node(kind: str) -> Sku:
    machine = CACHE_NODES[kind]
    sku = listed(
        ELASTICACHE,
        "Cache Instance",
        f"NodeUsage:{kind}",
        "CreateCacheCluster:0002",
        unit="Hrs",
        rate=machine.rate,
        cache_engine="Redis",
    )
    return hardware(sku, kind, machine)
