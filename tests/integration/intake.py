"""Takes a folder of exports in, as the functions discover_deliveries and ingest_part do with a bucket."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cloudops.costs import loading, registering
from cloudops.costs.discovery import discover
from cloudops.costs.models import Bundle, Grain, PartToLoad
from cloudops.costs.registering import Registration
from cloudops.stored_object import StoredObject
from tests.integration.tenant import Tenant

NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """`folder` stands for the bucket; `modified_at` tells when objects were written, by key, where that matters."""

    tenant: Tenant
    folder: Path
    grain: Grain = "daily"
    now: datetime = NOW
    modified_at: Mapping[str, datetime] = field(default_factory=dict)

    def take_in(self) -> list[str]:
        """Register and load everything; the outcome of each delivery's last part, or of its registration."""
        return [self.load_all(one) for one in self.register()]

    def register(self) -> list[Registration]:
        found = discover(self.listing(), lambda key: (self.folder / key).read_bytes())
        return [one for bundle in found.bundles for one in self.register_bundle(bundle)]

    def register_bundle(self, bundle: Bundle) -> list[Registration]:
        with self.tenant.transaction() as connection:
            known = registering.already_registered(connection, bundle, self.grain)
        if known:
            return known
        with tempfile.TemporaryDirectory() as workspace:
            deliveries = registering.examine(
                bundle, bucket="exports", grain=self.grain, fetch=self.fetch, workspace=Path(workspace)
            )
        with self.tenant.transaction() as connection:
            return [registering.register(connection, self.tenant.id, one) for one in deliveries]

    def load_all(self, registration: Registration) -> str:
        outcomes = [self.load(registration.delivery_id, number) for number in registration.parts_to_load]
        return outcomes[-1] if outcomes else registration.outcome

    def load(self, delivery_id: UUID, part_number: int) -> str:
        part = self.part(delivery_id, part_number)
        try:
            return self.load_part(part)
        except loading.REFUSALS as error:
            with self.tenant.transaction(batch=True) as connection:
                loading.quarantine(connection, delivery_id, error)
            return "quarantined"

    def part(self, delivery_id: UUID, part_number: int) -> PartToLoad:
        with self.tenant.transaction() as connection:
            return loading.read_part(connection, delivery_id, part_number)

    def load_part(self, part: PartToLoad) -> str:
        with tempfile.TemporaryDirectory() as workspace:
            file = Path(workspace) / Path(part.key).name
            self.fetch(part.stored, file)
            with (
                loading.charges_of(part, file) as charges,
                self.tenant.transaction(batch=True) as connection,
            ):
                return loading.load_part(connection, self.tenant.id, part, charges, now=self.now)

    def fetch(self, stored: StoredObject, path: Path) -> None:
        shutil.copyfile(self.folder / stored.key, path)

    def listing(self) -> list[StoredObject]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [self.stored(path) for path in files]

    def stored(self, path: Path) -> StoredObject:
        key = path.relative_to(self.folder).as_posix()
        return StoredObject(
            key=key,
            size=path.stat().st_size,
            etag=hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(),
            modified_at=self.modified_at.get(key, NOW),
        )


def take_in(tenant: Tenant, folder: Path, *, grain: Grain = "daily") -> list[str]:
    return Intake(tenant=tenant, folder=folder, grain=grain).take_in()
