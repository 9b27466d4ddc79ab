"""What every check concluded about every resource, in the database."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import batched

from psycopg.types.json import Jsonb

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


def count_by_check(connection: Connection) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for check_id, verdict, subjects in connection.execute(SQL["count_coverage"]):
        counts.setdefault(check_id, {})[verdict] = subjects
    return counts
