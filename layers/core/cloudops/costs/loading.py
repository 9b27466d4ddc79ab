"""Load one part of a delivery out of its file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
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

__all__ = ["REFUSALS", "TotalsDifferError", "charges_of", "load_part", "quarantine", "read_part"]


def read_part(connection: Connection, delivery_id: UUID, part_number: int) -> PartToLoad:
    return repository.read_part(connection, delivery_id, part_number)


@contextmanager
def charges_of(part: PartToLoad, file: Path) -> Iterator[Iterator[bytes]]:
    """The charges of a part out of its file.

    Open them before the transaction that takes them in: a large file is read and grouped for minutes until the
    first of them comes, and the server ends a transaction that is idle for so long.
    """
    with stream_charges(
        file, billing_account_id=part.billing_account_id, period=part.period, grain=part.grain
    ) as chunks:
        yield chunks


def load_part(
    connection: Connection,
    tenant_id: UUID,
    part: PartToLoad,
    charges: Iterable[bytes],
    *,
    now: datetime,
    time_left: timedelta | None = None,
) -> Loaded:
    """Load a part in one transaction; a part that was loaded before, or that nobody waits for, changes nothing.

    The charges may come for as long as `time_left`.
    """
    part = repository.read_part(connection, part.delivery_id, part.part_number)
    if not part.waits:
        return "skipped"
    return store_part(connection, tenant_id, part, charges, now=now, time_left=time_left)
