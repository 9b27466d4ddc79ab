"""Heads: what a chain's end was at a time, kept where whoever has the database cannot write.

Each head names the one before it by its digest, so heads are a chain of their own. Its own digest is in its key:
whoever lists heads can tell which of them the chain agrees with, and opens only the others.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cloudops.audit.models import Fault, Place, Tampering

FORM = 1
TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"([0-9]{8}T[0-9]{6}Z)-([0-9]{12})-([0-9a-f]{64})\.json")


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
        return f"{self.place_and_time}-{digest_of(self.to_json())}.json"

    def is_named(self, key: str) -> bool:
        """The first heads had no digest in their names."""
        return key in {self.key, f"{self.place_and_time}.json"}

    @property
    def place_and_time(self) -> str:
        return f"{prefix_of(self.tenant_id)}{self.written_at.strftime(TIME)}-{self.seq:012}"

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
        return digest_of(self.body)


@dataclass(frozen=True, kw_only=True)
class HeadName:
    """What a head's key tells of it."""

    key: str
    written_at: datetime
    seq: int
    digest: str


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def prefix_of(tenant_id: UUID) -> str:
    return f"tenants/{tenant_id}/trail/"


def head_names(tenant_id: UUID, keys: Iterable[str]) -> list[HeadName]:
    """Of the keys that carry a digest, the oldest head's first."""
    named = ((key, NAME.fullmatch(key.removeprefix(prefix_of(tenant_id)))) for key in sorted(keys))
    return [
        HeadName(key=key, written_at=time_of(found[1]), seq=int(found[2]), digest=found[3])
        for key, found in named
        if found
    ]


def tells_digest(key: str) -> bool:
    return NAME.fullmatch(key.rpartition("/")[2]) is not None


def time_of(text: str) -> datetime:
    """What is no time is one that no head was written at."""
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def foretell(tenant_id: UUID, names: Sequence[HeadName], places: Mapping[int, Place]) -> dict[str, bytes]:
    """Bodies by key of the heads that hold what `places` say.

    The places need not be trusted: a body counts only where it has the digest that the head's name has.
    """
    bodies = {}
    for name, previous in zip(names, [None, *(name.digest for name in names)], strict=False):
        if place := places.get(name.seq):
            head = Head(
                tenant_id=tenant_id,
                seq=name.seq,
                event_id=place.event_id,
                hash=place.hash,
                written_at=name.written_at,
                previous=previous,
            )
            body = head.to_json()
            if digest_of(body) == name.digest:
                bodies[name.key] = body
    return bodies


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
        if head.tenant_id != tenant_id or not head.is_named(one.key):
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
