"""Data sources as the tests add them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.accounts import sources
from cloudops.accounts.models import DataSource, SourceFields
from tests.integration.accounts.connecting import ANN, NOW
from tests.integration.tenant import Tenant


def add_source(tenant: Tenant, **fields: Any) -> DataSource:
    wanted = SourceFields(**{"kind": "cur2", "bucket": "acme-exports", "prefix": "cur2/", **fields})
    with tenant.transaction() as connection:
        return sources.add(connection, wanted, actor=ANN, now=NOW)


def change_source(
    tenant: Tenant, source_id: UUID, *, if_match: str | None = "*", now: datetime = NOW, **fields: Any
) -> DataSource:
    with tenant.transaction() as connection:
        return sources.change(connection, source_id, fields, if_match=if_match, actor=ANN, now=now)


def show_source(tenant: Tenant, source_id: UUID) -> DataSource:
    with tenant.transaction() as connection:
        return sources.show_source(connection, source_id)


def record_run(tenant: Tenant, source_id: UUID, error: str | None = None, **outcomes: int) -> None:
    with tenant.transaction() as connection:
        sources.record_run(connection, source_id, error=error, outcomes=outcomes)


def take_due(tenant: Tenant, now: datetime) -> list[UUID]:
    with tenant.transaction() as connection:
        return sources.take_due(connection, now=now)
