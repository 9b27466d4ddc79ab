"""RDS, DynamoDB, ElastiCache and Redshift, which let their ids be chosen."""

from __future__ import annotations

from datetime import datetime
from inspect import signature
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.elasticache.models import elasticache_backends
from moto.rds.models import rds_backends
from moto.redshift.models import redshift_backends

from local.demo import databases
from local.demo.aws.tags import pairs_of, tags_of
from local.demo.aws.times import ago
from local.demo.lines import Scenario
from local.demo.organization import DATA, PROD

REGION = "us-east-1"
PASSWORD = "not-a-secret"  # noqa: S105 - the emulation wants one and never asks for it
ENGINES = {"PostgreSQL": ("postgres", "16.4"), "MySQL": ("mysql", "5.7.44")}


def place(scenario: Scenario, _now: datetime) -> int:
    for database in databases.DATABASES:
        place_database(scenario, database)
    for table in databases.TABLES:
        place_table(scenario, table)
    caches = list(databases.caches(scenario))
    for cache in caches:
        place_cache(scenario, cache)
    for warehouse in databases.WAREHOUSES:
        place_warehouse(scenario, warehouse)
    return len(databases.DATABASES) + len(databases.TABLES) + len(caches) + len(databases.WAREHOUSES)


def place_database(scenario: Scenario, database: databases.Database) -> None:
    backend: Any = rds_backends[database.account.number][database.region.code]
    engine, version = ENGINES[database.engine]
    made = backend.create_db_instance(
        {
            "db_instance_identifier": database.name,
            "db_instance_class": database.kind,
            "engine": engine,
            "engine_version": version,
            "allocated_storage": database.storage_gib,
            "storage_type": "gp2" if "GP2" in database.storage.usage_type else "gp3",
            "multi_az": database.multi_az,
            "master_username": "larkmoor",
            "master_user_password": PASSWORD,
            "tags": pairs_of(tags_of(databases.database_owner(scenario, database))),
        }
    )
    made.instance_create_time = made.created = ago(scenario)
    # They differ between databases in AWS, and in the emulation they do not.
    made.dbi_resource_id = f"db-{scenario.identifier(f'{database.account.name}/{database.name}', 26).upper()}"


def place_table(scenario: Scenario, table: databases.Table) -> None:
    backend: Any = dynamodb_backends[PROD.number][REGION]
    units = {"ReadCapacityUnits": int(table.reads), "WriteCapacityUnits": int(table.writes)}
    made = backend.create_table(
        table.name,
        schema=[{"AttributeName": "id", "KeyType": "HASH"}],
        attr=[{"AttributeName": "id", "AttributeType": "S"}],
        throughput=units if table.provisioned else None,
        billing_mode="PROVISIONED" if table.provisioned else "PAY_PER_REQUEST",
        global_indexes=[],
        indexes=[],
        streams=None,
        sse_specification=None,
        tags=pairs_of(tags_of(databases.table_owner(scenario, table))),
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    made.created_at = ago(scenario)


def place_cache(scenario: Scenario, cache: databases.Cache) -> None:
    backend: Any = elasticache_backends[PROD.number][REGION]
    # It has over thirty parameters without defaults, of which the cluster needs these.
    unset = dict.fromkeys(signature(backend.create_cache_cluster).parameters)
    wanted = {
        "cache_cluster_id": cache.name,
        "cache_node_type": cache.kind,
        "engine": "redis",
        "engine_version": "7.1",
        "num_cache_nodes": 1,
        "tags": pairs_of(tags_of(cache.owner)),
    }
    made = backend.create_cache_cluster(**{**unset, **wanted})
    made.cache_cluster_create_time = ago(scenario)


def place_warehouse(scenario: Scenario, warehouse: databases.Warehouse) -> None:
    backend: Any = redshift_backends[DATA.number][REGION]
    unset = dict.fromkeys(
        (
            "cluster_security_groups",
            "cluster_subnet_group_name",
            "availability_zone",
            "preferred_maintenance_window",
            "cluster_parameter_group_name",
            "automated_snapshot_retention_period",
            "port",
            "cluster_version",
        )
    )
    made = backend.create_cluster(
        **unset,
        vpc_security_group_ids=[],
        cluster_identifier=warehouse.name,
        node_type=warehouse.node_type,
        master_username="larkmoor",
        master_user_password=PASSWORD,
        db_name="larkmoor",
        cluster_type="multi-node",
        allow_version_upgrade=True,
        number_of_nodes=str(warehouse.nodes),
        publicly_accessible=False,
        encrypted=True,
        region_name=REGION,
        tags=pairs_of(tags_of(databases.warehouse_owner(scenario, warehouse))),
    )
    made.create_time = ago(scenario)
