"""What every check concluded about every resource, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import batched

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.models import Coverage
from cloudops.recommendations.repository import SQL

LINES_PER_STATEMENT = 5000

type Judged = frozenset[tuple[str, str | None, str | None]]
"""Check, account and resource."""


class Source(StrEnum):
    BILL = "bill"
    INVENTORY = "inventory"


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """What a check concluded about a resource, and why; without a resource about a service or an account."""

    check_id: str
    provider: str
    account_id: str
    service: str | None
    region: str | None
    resource_id: str | None
    source: str
    verdict: str
    reason: str
    judged_at: datetime

    @property
    def key(self) -> Place:
        place = (self.account_id, self.resource_id, self.service, self.region, self.provider)
        return Place(key=(self.check_id, *(part or "" for part in place)))


@dataclass(frozen=True, kw_only=True)
class LedgerFilter:
    check_id: str | None = None
    verdict: str | None = None
    account: str | None = None
    resource: str | None = None


KEY = ("after_check", "after_account", "after_resource", "after_service", "after_region", "after_provider")


def list_lines(
    connection: Connection, chosen: LedgerFilter, *, limit: int, cursor: str | None
) -> Page[LedgerLine]:
    after = Place.decode(cursor, *[str] * len(KEY)).key if cursor else [None] * len(KEY)
    parameters = {**vars(chosen), **dict(zip(KEY, after, strict=True)), "limit": limit + 1}
    with connection.cursor(row_factory=class_row(LedgerLine)) as rows:
        found = rows.execute(SQL["list_coverage"], parameters).fetchall()
    return Page.of(found, limit, lambda line: line.key)


def save(connection: Connection, coverage: Iterable[Coverage], source: Source, *, now: datetime) -> None:
    """A later line about the same check and subject replaces the one before."""
    for batch in batched(coverage, LINES_PER_STATEMENT):
        # One bill per currency may judge a subject more than once.
        lines = {key_of(one): vars(one) for one in batch}
        parameters = {"lines": Jsonb(list(lines.values())), "source": source, "now": now}
        connection.execute(SQL["save_coverage"], parameters)


def key_of(one: Coverage) -> tuple[str | None, ...]:
    return one.check_id, one.provider, one.account_id, one.service, one.region, one.resource_id


def forget_older(connection: Connection, source: Source, *, now: datetime) -> None:
    """Lines that this run did not write again: their subjects are gone."""
    connection.execute(SQL["delete_old_coverage"], {"source": source, "now": now})


def judged_by_inventory(connection: Connection) -> Judged:
    """Of the checks that can read the bill alone, what a scan already decided."""
    check_ids = [check.id for check in CHECKS]
    rows = connection.execute(SQL["list_judged_by_inventory"], {"check_ids": check_ids})
    return frozenset((check_id, account_id, resource_id) for check_id, account_id, resource_id in rows)


def count(connection: Connection, *, check_id: str | None = None) -> None:
    """To be called by whoever wrote lines, of one check or of all."""
    connection.execute(SQL["count_coverage"], {"check_id": check_id})


def count_by_check(connection: Connection) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for check_id, verdict, subjects in connection.execute(SQL["list_coverage_counts"]):
        counts.setdefault(check_id, {})[verdict] = subjects
    return counts
