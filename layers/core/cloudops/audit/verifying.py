"""Whether the trail is as it was written: the chain against itself, and against the heads kept elsewhere."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloudops.audit import repository
from cloudops.audit.heads import Head, StoredHead, foretell, head_names, read_heads
from cloudops.audit.models import Fault, NewEvent, Place, Tampering, Verification
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError
from cloudops.platform.database import Connection

ANCHORED = "trail_anchored"
DETAILS: Mapping[Tampering, str] = {
    Tampering.EDITED: "the event is not the one that was chained here",
    Tampering.REMOVED: "the event that was chained here is gone",
    Tampering.INSERTED: "the event was put in without being chained",
    Tampering.REORDERED: "the event was chained at another place",
}


class BrokenTrailError(ConflictError):
    """The trail was tampered with."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Of the chain, what comes after a place whose hash is known."""

    after: int = 0
    seed: bytes = bytes(32)


def foretell_heads(connection: Connection, tenant_id: UUID, keys: Iterable[str]) -> dict[str, bytes]:
    """Bodies by key of the heads that the chain agrees with, as their names prove: none of them needs to be read."""
    names = head_names(tenant_id, keys)
    return foretell(tenant_id, names, repository.places_at(connection, [name.seq for name in names]))


def verify(connection: Connection, tenant_id: UUID, stored: Sequence[StoredHead]) -> Verification:
    """Hold the whole trail against itself and against heads that were read before this transaction began."""
    heads, forged = read_heads(tenant_id, stored)
    tail = repository.read_tail(connection)
    broken = within(connection, Stretch())
    faults = [*broken, *against_heads(connection, tail, heads, broken), *forged]
    return Verification(
        events=repository.count_events(connection),
        heads=len(heads),
        anchored_seq=max((head.seq for head in heads), default=0),
        faults=sorted(faults, key=lambda fault: fault.seq or sys.maxsize),
    )


def within(connection: Connection, stretch: Stretch) -> list[Fault]:
    """Faults that the chain itself shows."""
    found = repository.list_chain_faults(connection, after=stretch.after, seed=stretch.seed)
    inserted = repository.list_unchained_events(connection)
    return [
        *(told(Tampering(one.kind), one.seq, one.event_id) for one in found),
        *(told(Tampering.INSERTED, None, event_id) for event_id in inserted),
    ]


def told(kind: Tampering, seq: int | None, event_id: UUID | None) -> Fault:
    return Fault(kind=kind, seq=seq, event_id=event_id, detail=DETAILS[kind])


def against_heads(
    connection: Connection, tail: Place | None, heads: Sequence[Head], broken: Sequence[Fault]
) -> list[Fault]:
    """Faults that only somebody sees who remembers: a chain that was cut, or computed anew.

    Where the chain shows by itself, by what is `broken`, why a head contradicts it, that names the culprit better.
    """
    if tail is None:
        return [
            Fault(
                kind=Tampering.WIPED,
                seq=1,
                event_id=None,
                detail="nothing is left; a trail has at least the line of its tenant's opening",
            )
        ]
    places = repository.places_at(connection, [head.seq for head in heads])
    faults = []
    beyond = [head for head in heads if head.seq > tail.seq]
    if beyond:
        faults.append(cut(tail, max(beyond, key=lambda head: head.seq)))
    explained = min((fault.seq for fault in broken if fault.seq), default=sys.maxsize)
    contradicted = [
        head
        for head in heads
        if head.seq in places and places[head.seq].hash != head.hash and head.seq < explained
    ]
    if contradicted:
        faults.append(rewritten(connection, heads, min(contradicted, key=lambda head: head.seq)))
    return faults


def cut(tail: Place, head: Head) -> Fault:
    return Fault(
        kind=Tampering.CUT,
        seq=tail.seq + 1,
        event_id=head.event_id if head.seq == tail.seq + 1 else None,
        detail=f"the trail ends at {tail.seq}, and reached {head.seq} on {head.written_at.isoformat()}",
    )


def rewritten(connection: Connection, heads: Sequence[Head], head: Head) -> Fault:
    """The first that may have been changed: the one after the last head that the chain still agrees with."""
    first = max((one.seq for one in heads if one.seq < head.seq), default=0) + 1
    place = repository.places_at(connection, [first]).get(first)
    return Fault(
        kind=Tampering.REWRITTEN,
        seq=first,
        event_id=place.event_id if place else None,
        detail=f"the chain was computed anew between {first} and {head.seq}, whose hash was another on "
        f"{head.written_at.isoformat()}",
    )


def next_head(
    connection: Connection, tenant_id: UUID, last: StoredHead | None, *, now: datetime
) -> Head | None:
    """The head to write now; None where nothing happened since the last one but the writing of heads.

    Raises BrokenTrailError: a trail that does not follow from its last head gets none that says it does.
    """
    anchored = trusted(tenant_id, last) if last else None
    tail = repository.read_tail(connection)
    broken = within(connection, Stretch(after=anchored.seq, seed=anchored.hash) if anchored else Stretch())
    faults = [*broken, *against_heads(connection, tail, [anchored] if anchored else [], broken)]
    if faults:
        first = faults[0]
        raise BrokenTrailError(f"{first.kind} at {first.seq} ({first.event_id}): {first.detail}")
    if tail is None or not repository.has_news(connection, after=anchored.seq if anchored else 0):
        return None
    return Head.of(tenant_id, tail, previous=last, now=now)


def trusted(tenant_id: UUID, last: StoredHead) -> Head:
    try:
        head = Head.parse(last.body)
    except ValueError as error:
        raise BrokenTrailError(f"{last.key} is no head") from error
    if head.tenant_id != tenant_id or not head.is_named(last.key):
        raise BrokenTrailError(f"{last.key} says another tenant, time or place than its name")
    return head


def record_head(connection: Connection, head: Head) -> None:
    record(
        connection,
        NewEvent(
            entity_type="job",
            entity_id=None,
            event_type=ANCHORED,
            message=f"The trail was anchored at event {head.seq}",
            metadata={"seq": head.seq, "hash": head.hash.hex(), "key": head.key},
        ),
    )
