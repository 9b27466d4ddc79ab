"""Load one part of a delivery out of its file."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from cloudops.costs import repository
from cloudops.costs.exports import stream_charges
from cloudops.costs.models import PartToLoad
from cloudops.costs.publishing import (
    REFUSALS,
    Loaded,
    TotalsDifferError,
    quarantine,
    store_part,
)
from cloudops.platform.database import Connection

__all__ = ["REFUSALS", "TotalsDifferError", "load_part", "quarantine", "read_part"]


def read_part(connection: Connection, delivery_id: UUID, part_number: int) -> PartToLoad:
    return repository.read_part(connection, delivery_id, part_number)


def load_part(
    connection: Connection, tenant_id: UUID, part: PartToLoad, file: Path, *, now: datetime
) -> Loaded:
    """Load a part in one transaction; a part that was loaded before, or that nobody waits for, changes nothing."""
    part = repository.read_part(connection, part.delivery_id, part.part_number)
    if not part.waits:
        return "skipped"
    with stream_charges(
        file, billing_account_id=part.billing_account_id, period=part.period, grain=part.grain
    ) as chunks:
        return store_part(connection, tenant_id, part, chunks, now=now)
