"""Write deliveries down: each once, however often it is brought."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository
from cloudops.costs.models import Bundle, DeliveryStatus, Grain, NewDelivery
from cloudops.platform.database import Connection

Outcome = Literal["registered", "resumed", "unchanged", "quarantined"]


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What became of a delivery, and which of its parts are still to be loaded."""

    delivery_id: UUID
    outcome: Outcome
    parts_to_load: Sequence[int]


def already_registered(connection: Connection, bundle: Bundle, grain: Grain) -> list[Registration]:
    """The registrations of a bundle that came before with the same content, empty where it must be looked at."""
    known = repository.find_by_content(connection, bundle, grain)
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
