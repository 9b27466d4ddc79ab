"""A tenant with open and closed rows of every age, and a bucket in memory."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from cloudops.retention.archiving import archive_rows, read_back, restore
from cloudops.retention.models import Archive
from cloudops.retention.use_cases import list_archives
from tests.integration.tenant import Tenant
from tests.migrations.rows import insert, row_of

NOW = datetime(2026, 11, 10, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
LATELY = NOW - timedelta(days=10)


@dataclass
class InMemoryFiles:
    content: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: bytes) -> None:
        self.content[key] = content

    def read(self, key: str) -> bytes:
        return self.content[key]


class ForgetfulFiles(InMemoryFiles):
    """Keeps less than it was given."""

    def put(self, key: str, content: bytes) -> None:
        super().put(key, content[:-1])


@dataclass(frozen=True, kw_only=True)
class ArchivedTenant:
    tenant: Tenant
    files: InMemoryFiles = field(default_factory=InMemoryFiles)

    def transactions(self) -> AbstractContextManager[psycopg.Connection]:
        return self.tenant.transaction(batch=True)

    def archive(self, *, now: datetime = NOW) -> dict[str, int]:
        return archive_rows(self.transactions, self.files, self.tenant.id, now=now)

    def archives(self, table: str) -> list[Archive]:
        with self.tenant.transaction() as connection:
            return list(list_archives(connection, table_name=table, limit=100, cursor=None).items)

    def restore(self, archive: Archive) -> None:
        rows = read_back(self.files, archive)
        with self.tenant.transaction() as connection:
            restore(connection, archive, rows, now=NOW)

    def alert(self, *, resolved_at: datetime | None, window_end: datetime = LONG_AGO) -> UUID:
        """With one anomaly."""
        alert_id = uuid4()
        status = {"status": "resolved", "resolved_at": resolved_at} if resolved_at else {}
        alert = {"id": alert_id, "window_start": window_end, "window_end": window_end, **status}
        self.insert("alerts", **alert)
        self.insert("anomalies", id=uuid4(), alert_id=alert_id)
        return alert_id

    def recommendation(self, **values: Any) -> UUID:
        recommendation_id = uuid4()
        self.insert("recommendations", **{"id": recommendation_id, "alert_id": None, **values})
        return recommendation_id

    def violation(self, *, fixed_at: datetime | None) -> UUID:
        """Of a resource of its own."""
        violation_id = uuid4()
        fixed = {"status": "fixed", "fixed_at": fixed_at} if fixed_at else {}
        self.put("resources", resource_id=str(violation_id))
        self.put("violations", id=violation_id, policy_id=None, resource_id=str(violation_id), **fixed)
        return violation_id

    def insert(self, table: str, **values: Any) -> None:
        self.put(table, project_id=self.tenant.value("select id from projects"), **values)

    def put(self, table: str, **values: Any) -> None:
        row = {**row_of(table, self.tenant.id), **values}
        with self.owner() as connection:
            insert(connection, table, row)

    def ids(self, table: str) -> set[UUID]:
        statement: Any = f"select id from {table}"  # noqa: S608 - a name written in a test.
        return {row[0] for row in self.tenant.rows(statement)}

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.tenant.database.owner_dsn) as connection:
            yield connection
