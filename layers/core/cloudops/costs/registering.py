"""Turn bundles of files into registered deliveries: each with its parts and the totals that loading must reach."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from cloudops.costs.exports import InspectedFile, InspectedSlice, inspect
from cloudops.costs.formats.errors import ExportRefusedError
from cloudops.costs.models import Bundle, DeliveryStatus, Grain, NewDelivery, NewPart, Source
from cloudops.costs.registry import Registration, already_registered, register
from cloudops.stored_object import StoredObject

__all__ = ["Registration", "already_registered", "examine", "register"]

Fetch = Callable[[StoredObject, Path], None]


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
            estimated_days=sorted({day for _, one in found for day in one.estimated_days}),
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
