"""Turn bundles of files into registered deliveries: each with its parts and the totals that loading must reach."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository
from cloudops.costs.exports import InspectedFile, InspectedSlice, inspect
from cloudops.costs.formats.errors import ExportRefusedError
from cloudops.costs.models import Bundle, DeliveryStatus, Grain, NewDelivery, NewPart, Source
from cloudops.platform.database import Connection
from cloudops.stored_object import StoredObject

Fetch = Callable[[StoredObject, Path], None]
Outcome = Literal["registered", "resumed", "unchanged", "quarantined"]


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What became of a delivery, and which of its parts are still to be loaded."""

    delivery_id: UUID
    outcome: Outcome
    parts_to_load: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class InspectedPart:
    stored: StoredObject
    file: InspectedFile


class MixedKindsError(ExportRefusedError):
    """The parts of one export are of different kinds."""


def examine(bundle: Bundle, *, bucket: str, grain: Grain, fetch: Fetch, workspace: Path) -> list[NewDelivery]:
    """The deliveries in a bundle: one per billing account and period, or a single refused one with its reason."""
    if bundle.refusal:
        return [refused(bundle, bundle.refusal, bucket=bucket, grain=grain)]
    try:
        parts = [inspect_part(part, fetch, workspace) for part in bundle.parts]
        source = one_source(parts)
    except ExportRefusedError as error:
        return [refused(bundle, str(error), bucket=bucket, grain=grain)]
    return deliveries_of(bundle, parts, source, bucket=bucket, grain=grain)


def inspect_part(part: StoredObject, fetch: Fetch, workspace: Path) -> InspectedPart:
    path = workspace / part.name
    try:
        fetch(part, path)
        return InspectedPart(stored=part, file=inspect(path))
    except ExportRefusedError as error:
        raise type(error)(f"{part.name}: {error}") from error
    finally:
        path.unlink(missing_ok=True)


def one_source(parts: Sequence[InspectedPart]) -> Source:
    sources = {part.file.source for part in parts}
    if len(sources) > 1:
        raise MixedKindsError(f"the parts are of different kinds: {', '.join(sorted(sources))}")
    return sources.pop()


def deliveries_of(
    bundle: Bundle, parts: Sequence[InspectedPart], source: Source, *, bucket: str, grain: Grain
) -> list[NewDelivery]:
    by_bill: dict[tuple[str, date], list[tuple[StoredObject, InspectedSlice]]] = defaultdict(list)
    for part in parts:
        for one in part.file.slices:
            by_bill[one.billing_account_id, one.period].append((part.stored, one))
    return [
        NewDelivery(
            id=uuid4(),
            source=source,
            export_name=bundle.export_name,
            billing_account_id=billing_account_id,
            period=period,
            version=bundle.version,
            assembled_at=bundle.made_at,
            grain=grain,
            status=DeliveryStatus.LOADING,
            reason=None,
            bucket=bucket,
            fingerprint=bundle.fingerprint,
            parts=[
                NewPart(part_number=number, stored=stored, source_rows=one.rows, totals=one.totals)
                for number, (stored, one) in enumerate(found, start=1)
            ],
        )
        for (billing_account_id, period), found in sorted(by_bill.items())
    ]


def refused(bundle: Bundle, reason: str, *, bucket: str, grain: Grain) -> NewDelivery:
    return NewDelivery(
        id=uuid4(),
        source=Source.UNKNOWN,
        export_name=bundle.export_name,
        billing_account_id="",
        period=None,
        version=f"{bundle.version}-{bundle.fingerprint[:8]}",
        assembled_at=bundle.made_at,
        grain=grain,
        status=DeliveryStatus.QUARANTINED,
        reason=reason,
        bucket=bucket,
        fingerprint=bundle.fingerprint,
        parts=[
            NewPart(part_number=n, stored=part, source_rows=0, totals={})
            for n, part in enumerate(bundle.parts, 1)
        ],
    )


def already_registered(connection: Connection, bundle: Bundle, grain: Grain) -> list[Registration]:
    """The registrations of a bundle that came before with the same content, empty where it must be looked at."""
    known = repository.find_by_fingerprint(connection, bundle.fingerprint, grain)
    if any(one.status == DeliveryStatus.QUARANTINED for one in known):
        return []
    return [continued(connection, one.id, one.status) for one in known]


def register(connection: Connection, tenant_id: UUID, delivery: NewDelivery) -> Registration:
    """Write a delivery down once. What was quarantined is tried anew; what is loading goes on where it stopped."""
    repository.lock_period(connection, delivery.billing_account_id, delivery.period)
    known = repository.find_delivery(connection, delivery)
    if known and known.status == DeliveryStatus.QUARANTINED:
        if known.reason == delivery.reason:
            return Registration(delivery_id=known.id, outcome="quarantined", parts_to_load=[])
        repository.delete_delivery(connection, known.id)
    elif known and known.fingerprint != delivery.fingerprint:
        return register(connection, tenant_id, contradicted(delivery))
    elif known:
        return continued(connection, known.id, known.status)
    repository.insert_delivery(connection, delivery)
    record(connection, event_of(delivery))
    quarantined = delivery.status == DeliveryStatus.QUARANTINED
    return Registration(
        delivery_id=delivery.id,
        outcome="quarantined" if quarantined else "registered",
        parts_to_load=[] if quarantined else [part.part_number for part in delivery.parts],
    )


def continued(connection: Connection, delivery_id: UUID, status: str) -> Registration:
    """A delivery whose loading was interrupted goes on with the parts that are missing."""
    if status != DeliveryStatus.LOADING:
        return Registration(delivery_id=delivery_id, outcome="unchanged", parts_to_load=[])
    missing = repository.list_unloaded_parts(connection, delivery_id)
    return Registration(delivery_id=delivery_id, outcome="resumed", parts_to_load=missing)


def contradicted(delivery: NewDelivery) -> NewDelivery:
    """An assembly never changes: other content under a known id is a damaged copy, and the good one stays."""
    return replace(
        delivery,
        version=f"{delivery.version}-{delivery.fingerprint[:8]}",
        status=DeliveryStatus.QUARANTINED,
        reason=f"assembly {delivery.version} was loaded before with other content",
    )


def event_of(delivery: NewDelivery) -> NewEvent:
    what = f"{delivery.source} {delivery.export_name}"
    return NewEvent(
        entity_type="delivery",
        entity_id=str(delivery.id),
        event_type="quarantined" if delivery.reason else "registered",
        message=f"{what} was quarantined: {delivery.reason}" if delivery.reason else f"{what} was registered",
        metadata={
            "period": str(delivery.period) if delivery.period else None,
            "version": delivery.version,
            "rows": delivery.source_rows,
            "parts": len(delivery.parts),
        },
    )
