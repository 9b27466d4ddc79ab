"""What is archived, when, and what an archive is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

DEFAULT_HOT_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class ArchivedTable:
    """A table whose rows have `id` and, once they match `closed`, are over since `closed_at`.

    `closed` is SQL about the row `t`; `children` names tables whose rows go with it, by the column that refers to it.
    Of a table that is `kept` the rows stay: an archive is one more copy of a quarter that is over.
    A file's rows are in memory together, several times over while they are written and read back.
    """

    name: LiteralString
    closed_at: LiteralString
    closed: LiteralString = "true"
    children: Sequence[tuple[LiteralString, LiteralString]] = ()
    kept: bool = False
    rows_per_file: int = 5_000


# In this order, because an alert stays for as long as a recommendation refers to it.
ARCHIVED: tuple[ArchivedTable, ...] = (
    # What was dismissed for good is what keeps a finding from coming back.
    ArchivedTable(
        name="recommendations",
        closed_at="updated_at",
        closed="(t.status in ('done', 'expired') or t.status = 'dismissed' and t.dismissed_until < %(now)s::date)"
        " and not exists (select from actions a where a.tenant_id = t.tenant_id and a.recommendation_id = t.id)",
    ),
    # Detection raises again what it finds within its look back of 95 days and does not find among the alerts.
    ArchivedTable(
        name="alerts",
        closed_at="resolved_at",
        closed="t.status = 'resolved' and t.window_end < %(now)s - interval '100 days'"
        " and coalesce(t.planned_until, '-infinity') < %(now)s - interval '100 days' and not exists"
        " (select from recommendations r where r.tenant_id = t.tenant_id and r.alert_id = t.id)",
        children=(("anomalies", "alert_id"),),
        # With its series an alert has some 50 KB.
        rows_per_file=1_000,
    ),
    ArchivedTable(name="violations", closed_at="fixed_at", closed="t.status = 'fixed'"),
    # The trail is never thinned out: its chain would end to be verifiable.
    ArchivedTable(name="events", closed_at="created_at", kept=True),
)


@dataclass(frozen=True, kw_only=True)
class Retention:
    """`hot_days` is what counts, chosen or not."""

    table_name: str
    hot_days: int
    keeps_rows: bool

    def editable(self) -> dict[str, Any]:
        return {"hot_days": self.hot_days}


@dataclass(frozen=True, kw_only=True)
class ClosedRow:
    """`content` is the row as JSON text, exactly as the database writes it; `digest` its MD5."""

    id: UUID
    closed_at: datetime
    content: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Archive:
    id: UUID
    table_name: str
    quarter: date
    key: str
    row_count: int
    byte_count: int
    sha256: str
    created_at: datetime
    restored_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RestoredRow:
    id: UUID
    closed_at: datetime
    content: dict[str, Any]


def key_of(tenant_id: UUID, table: ArchivedTable, quarter: date, archive_id: UUID) -> str:
    return f"archives/{tenant_id}/{table.name}/{quarter:%Y}-Q{(quarter.month + 2) // 3}/{archive_id}.parquet"


def before(hot_days: int, now: datetime) -> datetime:
    """What was closed by then is past its retention."""
    return now - timedelta(days=hot_days)
