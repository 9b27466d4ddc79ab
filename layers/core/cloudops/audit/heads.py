"""Heads: what a chain's end was at a time, kept where whoever has the database cannot write.

Each head names the one before it by its digest, so heads are a chain of their own.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cloudops.audit.models import Fault, Place, Tampering

FORM = 1


@dataclass(frozen=True, kw_only=True)
class Head:
    tenant_id: UUID
    seq: int
    event_id: UUID
    hash: bytes
    written_at: datetime
    previous: str | None

    @staticmethod
    def of(tenant_id: UUID, tail: Place, *, previous: "StoredHead | None", now: datetime) -> "Head":
        return Head(
            tenant_id=tenant_id,
            seq=tail.seq,
            event_id=tail.event_id,
            hash=tail.hash,
            written_at=now.astimezone(UTC).replace(microsecond=0),
            previous=previous.digest if previous else None,
        )

    @property
    def key(self) -> str:
        return f"{prefix_of(self.tenant_id)}{self.written_at:%Y%m%dT%H%M%SZ}-{self.seq:012}.json"

    def to_json(self) -> bytes:
        return json.dumps(
            {
                "form": FORM,
                "tenant_id": str(self.tenant_id),
                # The chain counts without gaps, so the last place is the number of events, too.
                "seq": self.seq,
                "events": self.seq,
                "event_id": str(self.event_id),
                "hash": self.hash.hex(),
                "written_at": self.written_at.isoformat(),
                "previous": self.previous,
            },
            indent=1,
        ).encode()

    @staticmethod
    def parse(body: bytes) -> "Head":
        """Raises ValueError for what is no head."""
        try:
            fields: dict[str, Any] = json.loads(body)
            return Head(
                tenant_id=UUID(fields["tenant_id"]),
                seq=int(fields["seq"]),
                event_id=UUID(fields["event_id"]),
                hash=bytes.fromhex(fields["hash"]),
                written_at=datetime.fromisoformat(fields["written_at"]),
                previous=fields["previous"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class StoredHead:
    """An object as the bucket holds it: its first version, and how many versions and deletions came after."""

    key: str
    body: bytes
    later_versions: int = 0

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def prefix_of(tenant_id: UUID) -> str:
    return f"tenants/{tenant_id}/trail/"


def read_heads(tenant_id: UUID, stored: Sequence[StoredHead]) -> tuple[list[Head], list[Fault]]:
    """The heads that follow one from another, the oldest first, and a fault for each that does not.

    The first follows from nothing, and each from one before it that no other follows from.
    """
    heads: list[Head] = []
    faults: list[Fault] = []
    unfollowed: set[str | None] = {None}
    for one in sorted(stored, key=lambda one: one.key):
        if one.later_versions:
            faults.append(forged(one, "it was written over or deleted; its first version counts"))
        try:
            head = Head.parse(one.body)
        except ValueError as error:
            faults.append(forged(one, f"it is no head: {error}"))
            continue
        if head.tenant_id != tenant_id or head.key != one.key:
            faults.append(forged(one, "it says another tenant, time or place than its name", head.seq))
        else:
            if head.previous in unfollowed:
                heads.append(head)
            else:
                faults.append(forged(one, "it does not follow from the head before it", head.seq))
            unfollowed = (unfollowed - {head.previous}) | {one.digest}
    return heads, faults


def forged(stored: StoredHead, reason: str, seq: int | None = None) -> Fault:
    return Fault(kind=Tampering.FORGED_HEAD, seq=seq, event_id=None, detail=f"{stored.key}: {reason}")
