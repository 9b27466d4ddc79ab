"""Ask for compliance scans and read what they found."""

from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.compliance.tagging import repository
from cloudops.compliance.tagging.models import Scan, Score, UntaggedResource
from cloudops.compliance.tagging.repository import ScanFilter, UntaggedFilter
from cloudops.compliance.tagging.scanning import STUCK_AFTER
from cloudops.paging import Cursor, Page, Place
from cloudops.platform.database import Connection

__all__ = [
    "ScanFilter",
    "UntaggedFilter",
    "list_scans",
    "list_scores",
    "list_untagged",
    "request_scan",
    "show_scan",
]


def request_scan(connection: Connection, scan_id: UUID, *, actor: Actor, now: datetime) -> tuple[Scan, bool]:
    """The scan to wait for, and whether it is new: while one is under way, nobody needs another."""
    under_way = repository.find_scan_in_progress(connection, since=now - STUCK_AFTER)
    if under_way:
        return under_way, False
    repository.insert_scan(connection, scan_id, requested_by=actor.name, now=now)
    record(connection, requested_event(scan_id, actor))
    return repository.read_scan(connection, scan_id), True


def requested_event(scan_id: UUID, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="compliance_scan",
        entity_id=str(scan_id),
        event_type="requested",
        message=f"{actor.name} asked for a compliance scan",
        actor=actor,
    )


def list_scans(connection: Connection, chosen: ScanFilter, *, limit: int, cursor: str | None) -> Page[Scan]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_scans(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.scan_date, id=row.id))


def show_scan(connection: Connection, scan_id: UUID) -> Scan:
    return repository.read_scan(connection, scan_id)


def list_untagged(
    connection: Connection, chosen: UntaggedFilter, *, scan_id: UUID | None, limit: int, cursor: str | None
) -> Page[UntaggedResource]:
    """Of the latest completed scan unless another is named. The cursor names its scan: later pages stay with it."""
    if cursor:
        scan_text, place = Place.decode(cursor, UUID, int).key
        scan = repository.read_scan(connection, UUID(scan_text))
    else:
        scan, place = chosen_scan(connection, scan_id), "0"
    rows = repository.list_untagged(connection, scan.id, chosen, limit=limit + 1, after=int(place))
    return Page.of(rows, limit, lambda row: Place(key=(str(row.scan_id), str(row.place))))


def list_scores(connection: Connection, dimension: str, *, scan_id: UUID | None) -> tuple[Scan, list[Score]]:
    """How the groups of a scan fared, those with the most untagged resources first."""
    scan = chosen_scan(connection, scan_id)
    lines = repository.list_scores(connection, scan.id, dimension)
    scores = [
        Score(value=value, name=group[0].name, lines=group)
        for value, found in groupby(lines, attrgetter("value"))
        if (group := list(found))
    ]
    return scan, sorted(scores, key=lambda one: (one.tagged_resources - one.total_resources, one.value))


def chosen_scan(connection: Connection, scan_id: UUID | None) -> Scan:
    if scan_id:
        return repository.read_scan(connection, scan_id)
    return repository.read_latest_completed(connection)
