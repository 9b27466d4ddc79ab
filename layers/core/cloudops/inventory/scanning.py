"""Scan one service in one region of one account. Whatever AWS does, there is an outcome."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import batched

from cloudops.inventory.calls import Page
from cloudops.inventory.models import ItemStatus, Outcome, Place, ScannedResource
from cloudops.inventory.reading import Clients, Denials, read_pages
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.utilization import (
    METRICS_ACTION,
    Discovered,
    discover,
    measure,
    without_measures,
)
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain

BATCH = 500
DISCOVERY_ACTION = "cloudwatch:ListMetrics"


class UnexpectedAnswerError(ValueError):
    """A service answered in a shape that its API does not promise."""


def scan(
    clients: Clients,
    scanner: Scanner,
    place: Place,
    *,
    now: datetime,
    keep: Callable[[Sequence[ScannedResource]], None],
) -> Outcome:
    """`keep` is called with each batch; a failure later leaves the batches before it kept."""
    denials, kept = Denials(), 0
    try:
        for batch in scanned_batches(clients, scanner, place, denials, now=now):
            keep(batch)
            kept += len(batch)
    except AWS_ERRORS as error:
        return outcome_of(error, scanner, kept)
    except UnexpectedAnswerError as error:
        return Outcome(status=ItemStatus.FAILED, resources=kept, reason=str(error))
    return Outcome(status=ItemStatus.SCANNED, resources=kept, missing_actions=tuple(sorted(denials.actions)))


def scanned_batches(
    clients: Clients, scanner: Scanner, place: Place, denials: Denials, *, now: datetime
) -> Iterator[list[ScannedResource]]:
    discovered: Discovered | None = None
    for page in read_pages(clients, scanner, place, denials):
        for batch in batched(parsed(scanner, page, place), BATCH):
            if discovered is None:
                discovered = discovered_dimensions(clients, scanner, denials)
            yield measured(clients, scanner, unique(batch), discovered, denials, now=now)


def parsed(scanner: Scanner, page: Page, place: Place) -> Iterator[ScannedResource]:
    # What was denied per resource stands with the resource already.
    denied = tuple(
        detail.permission
        for detail in scanner.details
        if not detail.per_resource and page.denied(detail.operation)
    )
    try:
        for resource in scanner.parse(page, place):
            yield replace(resource, missing_actions=(*resource.missing_actions, *denied))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnexpectedAnswerError(
            f"{scanner.listing.operation} answered unexpectedly: {type(error).__name__} {error}"
        ) from error


def unique(batch: Iterable[ScannedResource]) -> list[ScannedResource]:
    """A list that changes while it is paged shows a resource twice; the later word counts."""
    return list({resource.resource_id: resource for resource in batch}.values())


def discovered_dimensions(clients: Clients, scanner: Scanner, denials: Denials) -> Discovered:
    if not any(metric.discovered for metric in scanner.metrics):
        return {}
    try:
        return discover(clients("cloudwatch"), scanner)
    except AWS_ERRORS as error:
        if explain(error).kind is not FailureKind.DENIED:
            raise
        denials.actions.add(DISCOVERY_ACTION)
        return {}


def measured(
    clients: Clients,
    scanner: Scanner,
    batch: list[ScannedResource],
    discovered: Discovered,
    denials: Denials,
    *,
    now: datetime,
) -> list[ScannedResource]:
    if not scanner.metrics:
        return batch
    if METRICS_ACTION not in denials.actions:
        try:
            batch = measure(clients("cloudwatch"), batch, scanner, discovered, now=now)
        except AWS_ERRORS as error:
            if explain(error).kind is not FailureKind.DENIED:
                raise
            denials.actions.add(METRICS_ACTION)
    missing = sorted(denials.actions & {METRICS_ACTION, DISCOVERY_ACTION})
    return without_measures(batch, missing) if missing else batch


def outcome_of(error: Exception, scanner: Scanner, kept: int) -> Outcome:
    failure = explain(error)
    if failure.kind is FailureKind.DENIED:
        action = failure.action or scanner.listing.permission
        return Outcome(
            status=ItemStatus.NO_PERMISSION, resources=kept, missing_actions=(action,), reason=failure.reason
        )
    return Outcome(status=ItemStatus.FAILED, resources=kept, reason=failure.reason)
