"""Required tags and scans in the database. A scan's own tables last for its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.compliance.tagging.models import (
    Counts,
    Exemption,
    RequiredTag,
    Scan,
    ScanStatus,
    ScoreLine,
    TagSettings,
    UntaggedResource,
    tag_row,
)
from cloudops.errors import NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
ALL_TYPES = ""


class ScanNotFoundError(NotFoundError):
    """There is no such compliance scan."""


class NoScanYetError(NotFoundError):
    """No compliance scan was completed yet."""


@dataclass(frozen=True, kw_only=True)
class ScanFilter:
    status: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class UntaggedFilter:
    """`missing_tag` is a key in any spelling; `unattributed` leaves only resources without a team."""

    account: str | None = None
    region: str | None = None
    type: str | None = None
    team: UUID | None = None
    unattributed: bool = False
    missing_tag: str | None = None


def lock_settings(connection: Connection) -> None:
    connection.execute(SQL["lock_settings"])


def read_settings(connection: Connection) -> TagSettings:
    required = {
        name: [RequiredTag(**tag) for tag in tags]
        for name, tags in connection.execute(SQL["list_required_tags"])
    }
    with connection.cursor(row_factory=class_row(Exemption)) as cursor:
        exemptions = cursor.execute(SQL["list_exemptions"]).fetchall()
    return TagSettings(default=required.pop(ALL_TYPES), types=required, exemptions=exemptions)


def replace_settings(connection: Connection, settings: TagSettings, *, now: datetime) -> None:
    lists = {ALL_TYPES: settings.default, **settings.types}
    types = [{"resource_type": name, "tags": [tag_row(tag) for tag in tags]} for name, tags in lists.items()]
    connection.execute(SQL["delete_required_tags"])
    connection.execute(SQL["delete_exemptions"])
    connection.execute(SQL["insert_required_tags"], {"types": Jsonb(types), "now": now})
    exemptions = Jsonb([vars(one) for one in settings.exemptions])
    connection.execute(SQL["insert_exemptions"], {"exemptions": exemptions})


def insert_scan(connection: Connection, scan_id: UUID, *, requested_by: str, now: datetime) -> bool:
    """Whether it is new."""
    parameters = {"id": scan_id, "requested_by": requested_by, "now": now}
    return connection.execute(SQL["insert_scan"], parameters).rowcount == 1


def lock_scan(connection: Connection, scan_id: UUID) -> Scan:
    with connection.cursor(row_factory=class_row(Scan)) as cursor:
        found = cursor.execute(SQL["lock_scan"], {"id": scan_id}).fetchone()
    if found is None:
        raise ScanNotFoundError
    return found


def resume_scan(connection: Connection, scan_id: UUID) -> None:
    connection.execute(SQL["resume_scan"], {"id": scan_id})


def fail_scan(connection: Connection, scan_id: UUID, reason: str) -> bool:
    return connection.execute(SQL["fail_scan"], {"id": scan_id, "reason": reason}).rowcount == 1


def fail_stuck_scans(connection: Connection, *, before: datetime) -> list[UUID]:
    return [row[0] for row in connection.execute(SQL["fail_stuck_scans"], {"before": before})]


def find_scan_in_progress(connection: Connection, *, since: datetime) -> Scan | None:
    with connection.cursor(row_factory=class_row(Scan)) as cursor:
        return cursor.execute(SQL["find_scan_in_progress"], {"since": since}).fetchone()


def judge_resources(connection: Connection, *, now: datetime) -> Counts:
    """Hold every resource against its required tags, in a table that the rest of the scan reads."""
    connection.execute(SQL["judge_resources"], {"now": now})
    connection.execute(SQL["analyze_judged"])
    with connection.cursor(row_factory=class_row(Counts)) as cursor:
        found = cursor.execute(SQL["count_judged"]).fetchone()
    assert found is not None  # noqa: S101 - counting always gives a row.
    return found


def insert_findings(connection: Connection, scan_id: UUID, *, now: datetime) -> None:
    connection.execute(SQL["insert_untagged"], {"id": scan_id, "now": now})
    connection.execute(SQL["insert_scores"], {"id": scan_id})


def complete_scan(connection: Connection, scan_id: UUID, counts: Counts, **fields: Any) -> None:
    connection.execute(SQL["complete_scan"], {"id": scan_id, **vars(counts), **fields})


def delete_old_scans(connection: Connection, *, before: datetime) -> int:
    return connection.execute(SQL["delete_old_scans"], {"before": before}).rowcount


def list_scans(
    connection: Connection, chosen: ScanFilter, *, limit: int, after: Cursor | None = None
) -> list[Scan]:
    parameters = {
        **vars(chosen),
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor(row_factory=class_row(Scan)) as cursor:
        return cursor.execute(SQL["list_scans"], parameters).fetchall()


def read_scan(connection: Connection, scan_id: UUID) -> Scan:
    found = list_scans(connection, ScanFilter(id=scan_id), limit=1)
    if not found:
        raise ScanNotFoundError
    return found[0]


def read_latest_completed(connection: Connection) -> Scan:
    found = list_scans(connection, ScanFilter(status=ScanStatus.COMPLETED), limit=1)
    if not found:
        raise NoScanYetError
    return found[0]


def list_untagged(
    connection: Connection, scan_id: UUID, chosen: UntaggedFilter, *, limit: int, after: int
) -> list[UntaggedResource]:
    parameters = {**vars(chosen), "scan_id": scan_id, "limit": limit, "after": after}
    with connection.cursor(row_factory=class_row(UntaggedResource)) as cursor:
        return cursor.execute(SQL["list_untagged"], parameters).fetchall()


def list_scores(connection: Connection, scan_id: UUID, dimension: str) -> Sequence[ScoreLine]:
    with connection.cursor(row_factory=class_row(ScoreLine)) as cursor:
        return cursor.execute(SQL["list_scores"], {"scan_id": scan_id, "dimension": dimension}).fetchall()
