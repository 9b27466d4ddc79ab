"""Ask a service for its resources, page by page, each with the details that its scanner declares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cloudops.inventory.calls import Answer, Answered, Arguments, Detail, Listing, Page
from cloudops.inventory.models import Place
from cloudops.inventory.scanner import Scanner
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain

# Fewer than the ten connections that a client of botocore keeps.
SIDE_BY_SIDE = 8

type Clients = Callable[[str], Any]
"""A client of the scanned account and region by its service."""


@dataclass
class Denials:
    """Permissions that turned out to be missing while details were read."""

    actions: set[str] = field(default_factory=set)

    def __contains__(self, detail: Detail) -> bool:
        return detail.permission in self.actions and not detail.per_resource


def read_pages(clients: Clients, scanner: Scanner, place: Place, denials: Denials) -> Iterator[Page]:
    for answer in answers_of(clients(scanner.listing.client), scanner.listing, place):
        items = scanner.listing.items_in(answer)
        if items:
            yield Page(items=items, details=read_details(clients, scanner, items, place, denials))


def answers_of(client: Any, listing: Listing, place: Place) -> Iterator[Answer]:
    arguments = listing.arguments_in(place.region)
    if client.can_paginate(listing.operation):
        yield from client.get_paginator(listing.operation).paginate(**arguments)
    else:
        yield getattr(client, listing.operation)(**arguments)


def read_details(
    clients: Clients, scanner: Scanner, items: Sequence[Any], place: Place, denials: Denials
) -> Mapping[str, Sequence[Answered]]:
    return {
        detail.operation: answers_about(clients, detail, list(detail.requests(items, place)), denials)
        for detail in scanner.details
    }


def answers_about(
    clients: Clients, detail: Detail, requests: Sequence[Arguments], denials: Denials
) -> list[Answered]:
    """In the order of the requests. Where each resource decides for itself, some are asked about side by side."""
    if not detail.per_resource:
        return [ask(clients(detail.client), detail, arguments, denials) for arguments in requests]
    # A client may be shared by threads, and must not be made in them.
    asked = partial(ask, clients(detail.client), detail, denials=denials)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(asked, requests))


def ask(client: Any, detail: Detail, arguments: Arguments, denials: Denials) -> Answered:
    """A denied detail is noted and, unless each resource decides for itself, not asked for again."""
    if detail in denials:
        return Answered(arguments=arguments, answer=None, denied=True)
    try:
        return Answered(arguments=arguments, answer=getattr(client, detail.operation)(**arguments))
    except AWS_ERRORS as error:
        failure = explain(error)
        if failure.kind is FailureKind.DENIED and not detail.required:
            denials.actions.add(detail.permission)
            return Answered(arguments=arguments, answer=None, denied=True)
        if failure.code in detail.absent:
            return Answered(arguments=arguments, answer=None)
        raise
