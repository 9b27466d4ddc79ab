"""Runs, their items and scanned resources in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.inventory.models import (
    AccountAccess,
    ImportedResource,
    ItemStatus,
    Outcome,
    Place,
    ScanItem,
    ScannedResource,
    WorkItem,
)
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


def list_accounts(connection: Connection) -> list[AccountAccess]:
    return [
        AccountAccess(
            account_id=account_id, role_arn=role_arn, external_id=external_id, regions=tuple(regions)
        )
        for account_id, role_arn, external_id, regions in connection.execute(SQL["list_accounts"])
    ]


def insert_run(connection: Connection, run_id: UUID, *, now: datetime) -> None:
    connection.execute(SQL["insert_run"], {"id": run_id, "started_at": now})


def insert_items(
    connection: Connection, run_id: UUID, account_id: str, regions: Sequence[str], services: Sequence[str]
) -> None:
    parameters = {
        "run_id": run_id,
        "account_id": account_id,
        "regions": list(regions),
        "services": list(services),
    }
    connection.execute(SQL["insert_items"], parameters)


def list_waiting_places(connection: Connection, run_id: UUID) -> list[Place]:
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        return cursor.execute(SQL["list_waiting_places"], {"run_id": run_id}).fetchall()


def list_waiting_items(
    connection: Connection, run_id: UUID, place: Place, services: Sequence[str]
) -> list[WorkItem]:
    """Those that were tried least come first, so that one that kills its worker holds up no other."""
    parameters = {"run_id": run_id, **vars(place), "services": list(services)}
    with connection.cursor(row_factory=class_row(WorkItem)) as cursor:
        return cursor.execute(SQL["list_waiting_items"], parameters).fetchall()


def start_item(connection: Connection, item: WorkItem, *, now: datetime) -> None:
    connection.execute(SQL["start_item"], {**vars(item), "now": now})


def finish_item(
    connection: Connection, run_id: UUID, place: Place, service: str, outcome: Outcome, *, now: datetime
) -> None:
    parameters = {
        "run_id": run_id,
        **vars(place),
        "service": service,
        **vars(outcome),
        "missing_actions": list(outcome.missing_actions),
        "now": now,
    }
    connection.execute(SQL["finish_item"], parameters)


def finish_run(connection: Connection, run_id: UUID, *, now: datetime) -> bool:
    """Whether this call finished it: no item waits, and nobody finished it before."""
    return connection.execute(SQL["finish_run"], {"run_id": run_id, "now": now}).fetchone() is not None


def count_items(connection: Connection, run_id: UUID) -> dict[ItemStatus, tuple[int, int]]:
    """Items and their resources by status."""
    rows = connection.execute(SQL["count_items"], {"run_id": run_id})
    return {ItemStatus(status): (items, resources) for status, items, resources in rows}


def list_items(connection: Connection, run_id: UUID) -> list[ScanItem]:
    with connection.cursor(row_factory=class_row(ScanItem)) as cursor:
        return cursor.execute(SQL["list_items"], {"run_id": run_id}).fetchall()


def list_latest_outcomes(connection: Connection) -> dict[tuple[str, str, str], Outcome]:
    """By account, region and service."""
    return {
        (account_id, region, service): Outcome(
            status=ItemStatus(status), missing_actions=tuple(missing), reason=reason
        )
        for account_id, region, service, status, missing, reason in connection.execute(
            SQL["list_latest_outcomes"]
        )
    }


def save_resources(
    connection: Connection,
    item: WorkItem,
    resources: Sequence[ScannedResource],
    *,
    currency: str,
    started_at: datetime,
) -> None:
    rows = Jsonb([row_of(resource) for resource in resources])
    parameters = {
        "resources": rows,
        "account_id": item.account_id,
        "region": item.region,
        "scan_scope": item.scope,
        "currency": currency,
        "day": started_at.date(),
        "scanned_at": started_at,
    }
    connection.execute(SQL["save_resources"], parameters)
    connection.execute(SQL["remove_twins"], {"resources": rows, "account_id": item.account_id})


def row_of(resource: ScannedResource) -> dict[str, Any]:
    fields = ("resource_id", "known_as", "type", "service", "name", "arn", "group_name", "status")
    rest = ("instance_type", "tags", "configuration", "utilization", "missing_actions")
    return {name: getattr(resource, name) for name in (*fields, *rest)}


def mark_gone(connection: Connection, item: WorkItem, *, started_at: datetime, now: datetime) -> int:
    parameters = {
        "account_id": item.account_id,
        "scan_scope": item.scope,
        "started_at": started_at,
        "now": now,
    }
    return connection.execute(SQL["mark_gone"], parameters).rowcount


def refresh_imported(connection: Connection, one: ImportedResource, *, now: datetime) -> int:
    """How many resources have this id already."""
    return connection.execute(SQL["refresh_imported"], imported_row(one, now)).rowcount


def insert_imported(connection: Connection, one: ImportedResource, *, currency: str, now: datetime) -> None:
    connection.execute(SQL["insert_imported"], {**imported_row(one, now), "currency": currency})


def imported_row(one: ImportedResource, now: datetime) -> dict[str, Any]:
    documents = {
        "configuration": Jsonb(dict(one.configuration)),
        "tags": Jsonb(dict(one.tags)),
        "utilization": None if one.utilization is None else Jsonb(dict(one.utilization)),
    }
    return {**vars(one), **documents, "now": now}
