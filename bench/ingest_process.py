"""Takes an export into a database, as the discovery and ingestion functions do, and prints what it took as JSON.

It is a process of its own, so that the peak of its memory is that of ingestion alone. Files are copied from a
folder, where the functions download them from S3.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

from bench.measuring import Stopwatch, peak_rss_mb
from cloudops.costs import loading, registering
from cloudops.costs.discovery import discover
from cloudops.costs.models import Grain
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.seal import sealed_tenant
from cloudops.stored_object import StoredObject

BUCKET = "bench-billing"


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    connection: psycopg.Connection
    tenant_id: UUID
    sealed: str
    folder: Path
    grain: Grain
    watch: Stopwatch

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('cloudops.tenant', %s, true)", [self.sealed])
            prepare_for_batch(self.connection)
            yield self.connection

    def fetch(self, stored: StoredObject, path: Path) -> None:
        shutil.copyfile(self.folder / stored.key, path)


def main() -> None:
    dsn, seal_key, tenant, folder, grain = sys.argv[1:]
    ingestion = Ingestion(
        connection=psycopg.connect(dsn, autocommit=True),
        tenant_id=UUID(tenant),
        sealed=sealed_tenant(UUID(tenant), seal_key),
        folder=Path(folder),
        grain="line_item" if grain == "line_item" else "daily",
        watch=Stopwatch(),
    )
    ingest(ingestion)
    used = os.times()
    print(
        json.dumps(
            {"stages": ingestion.watch.stages, "cpu": used.user + used.system, "rss_mb": peak_rss_mb()}
        )
    )


def ingest(ingestion: Ingestion) -> None:
    with tempfile.TemporaryDirectory() as workspace:
        parts = register(ingestion, Path(workspace))
        for delivery_id, part_number in parts[:-1]:
            with ingestion.watch.stage("load"):
                load(ingestion, delivery_id, part_number, Path(workspace))
        with ingestion.watch.stage("load and publish the last part"):
            load(ingestion, *parts[-1], Path(workspace))


def register(ingestion: Ingestion, workspace: Path) -> Sequence[tuple[UUID, int]]:
    with ingestion.watch.stage("examine"):
        found = discover(listing(ingestion.folder), lambda key: (ingestion.folder / key).read_bytes())
        examine = partial(registering.examine, bucket=BUCKET, grain=ingestion.grain, fetch=ingestion.fetch)
        deliveries = [one for bundle in found.bundles for one in examine(bundle, workspace=workspace)]
    with ingestion.watch.stage("register"), ingestion.transaction() as connection:
        registered = [
            registering.register(connection, ingestion.tenant_id, delivery) for delivery in deliveries
        ]
    return [(one.delivery_id, number) for one in registered for number in one.parts_to_load]


def listing(folder: Path) -> list[StoredObject]:
    return [
        StoredObject(
            key=str(path.relative_to(folder)),
            size=path.stat().st_size,
            etag=f"{path.stat().st_mtime_ns:x}",
            modified_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def load(ingestion: Ingestion, delivery_id: UUID, part_number: int, workspace: Path) -> None:
    with ingestion.transaction() as connection:
        part = loading.read_part(connection, delivery_id, part_number)
    file = workspace / part.stored.name
    ingestion.fetch(part.stored, file)
    with loading.charges_of(part, file) as charges, ingestion.transaction() as connection:
        loading.load_part(connection, ingestion.tenant_id, part, charges, now=datetime.now(UTC))
    file.unlink()


if __name__ == "__main__":
    main()
