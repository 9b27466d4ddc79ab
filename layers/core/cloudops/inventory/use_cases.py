"""Plan a scan of a tenant's accounts, and carry out one region of one account at a time."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.inventory import repository
from cloudops.inventory.models import (
    GLOBAL,
    AccountAccess,
    ItemStatus,
    Outcome,
    Place,
    ScanItem,
    ScannedResource,
    WorkItem,
)
from cloudops.inventory.reading import Clients
from cloudops.inventory.scanners import BY_NAME, BY_TYPE, GLOBAL_NAMES, REGIONAL_NAMES
from cloudops.inventory.scanning import scan
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain
from cloudops.platform.database import Connection
from cloudops.tenancy.use_cases import reporting_currency

__all__ = [
    "Transactions",
    "abandon_place",
    "accounts_to_scan",
    "latest_outcomes",
    "list_items",
    "plan",
    "scan_place",
    "service_of_type",
]

REGIONS = "regions"
REGIONS_ACTION = "ec2:DescribeRegions"
# A worker that dies this often on one item is not sent to it again.
MOST_ATTEMPTS = 3

type Transactions = Callable[[], AbstractContextManager[Connection]]


def accounts_to_scan(connection: Connection) -> list[AccountAccess]:
    """Those that are connected by a role."""
    return repository.list_accounts(connection)


def list_items(connection: Connection, run_id: UUID) -> list[ScanItem]:
    return repository.list_items(connection, run_id)


def latest_outcomes(connection: Connection) -> dict[tuple[str, str, str], Outcome]:
    """What became of the last scan of each account, region and service."""
    return repository.list_latest_outcomes(connection)


def service_of_type(resource_type: str) -> str | None:
    """The name of the scanner that finds resources of a type."""
    scanner = BY_TYPE.get(resource_type)
    return scanner.name if scanner else None


def plan(
    transactions: Transactions,
    run_id: UUID,
    accounts: Sequence[AccountAccess],
    *,
    clients: Callable[[AccountAccess], Clients],
    now: datetime,
) -> list[Place]:
    """Write down the work of a run, once; the places where some of it waits.

    Regions are asked for outside any transaction, so that a slow answer holds no lock.
    """
    found = [(access, regions_of(access, clients(access))) for access in accounts]
    with transactions() as connection:
        repository.insert_run(connection, run_id, now=now)
        for access, regions in found:
            if isinstance(regions, Outcome):
                place = Place(account_id=access.account_id, region=GLOBAL)
                repository.finish_item(connection, run_id, place, REGIONS, regions, now=now)
            else:
                repository.insert_items(connection, run_id, access.account_id, regions, REGIONAL_NAMES)
                # A service without regions answers in any one of them.
                repository.insert_items(connection, run_id, access.account_id, regions[:1], GLOBAL_NAMES)
        finish_run(connection, run_id, now=now)
        return repository.list_waiting_places(connection, run_id)


def regions_of(access: AccountAccess, clients: Clients) -> Sequence[str] | Outcome:
    """The regions to scan, or why they are not known. Regions that the account has not enabled are left out."""
    if access.regions:
        return access.regions
    try:
        answer = clients("ec2").describe_regions()
    except AWS_ERRORS as error:
        failure = explain(error)
        if failure.kind is FailureKind.DENIED:
            missing = (failure.action or REGIONS_ACTION,)
            return Outcome(status=ItemStatus.NO_PERMISSION, missing_actions=missing, reason=failure.reason)
        return Outcome(status=ItemStatus.FAILED, reason=failure.reason)
    return sorted(region["RegionName"] for region in answer["Regions"])


def scan_place(
    transactions: Transactions,
    run_id: UUID,
    place: Place,
    *,
    clients: Clients,
    clock: Callable[[], datetime],
    has_time: Callable[[], bool],
) -> bool:
    """Scan what waits in a region, service by service; False where time ran out before all was done."""
    with transactions() as connection:
        waiting = repository.list_waiting_items(connection, run_id, place, list(BY_NAME))
    for number, item in enumerate(waiting):
        # Each message gets something done, however little time its function has.
        if number > 0 and not has_time():
            return False
        scan_item(transactions, item, clients=clients, clock=clock)
    with transactions() as connection:
        finish_run(connection, run_id, now=clock())
    return True


def abandon_place(transactions: Transactions, run_id: UUID, place: Place, *, now: datetime) -> None:
    """The account was disconnected after the run was planned."""
    outcome = Outcome(status=ItemStatus.FAILED, reason="the account is no longer connected")
    with transactions() as connection:
        for item in repository.list_waiting_items(connection, run_id, place, list(BY_NAME)):
            repository.finish_item(connection, run_id, place, item.service, outcome, now=now)
        finish_run(connection, run_id, now=now)


def scan_item(
    transactions: Transactions, item: WorkItem, *, clients: Clients, clock: Callable[[], datetime]
) -> Outcome:
    started_at = clock()
    with transactions() as connection:
        repository.start_item(connection, item, now=started_at)
        currency = reporting_currency(connection)
    kept = replace(item, region=GLOBAL) if BY_NAME[item.service].is_global else item
    keep = partial(save, transactions, kept, currency=currency, started_at=started_at)
    outcome = (
        scan(clients, BY_NAME[item.service], item.place, now=started_at, keep=keep)
        if item.attempts < MOST_ATTEMPTS
        else Outcome(status=ItemStatus.FAILED, reason=f"given up after {item.attempts} broken attempts")
    )
    with transactions() as connection:
        if outcome.status is ItemStatus.SCANNED:
            repository.mark_gone(connection, kept, started_at=started_at, now=clock())
        repository.finish_item(connection, item.run_id, item.place, item.service, outcome, now=clock())
    return outcome


def save(
    transactions: Transactions,
    item: WorkItem,
    resources: Sequence[ScannedResource],
    *,
    currency: str,
    started_at: datetime,
) -> None:
    with transactions() as connection:
        repository.save_resources(connection, item, resources, currency=currency, started_at=started_at)


def finish_run(connection: Connection, run_id: UUID, *, now: datetime) -> None:
    if repository.finish_run(connection, run_id, now=now):
        record(connection, run_event(run_id, repository.count_items(connection, run_id)))


def run_event(run_id: UUID, counts: dict[ItemStatus, tuple[int, int]]) -> NewEvent:
    resources = sum(found for _, found in counts.values())
    short = sum(items for status, (items, _) in counts.items() if status is not ItemStatus.SCANNED)
    return NewEvent(
        entity_type="job",
        entity_id=str(run_id),
        event_type="scanned",
        message=f"{resources} resources were seen; {short} services of regions could not be looked at",
        metadata={"resources": resources, "items": {status: items for status, (items, _) in counts.items()}},
    )
