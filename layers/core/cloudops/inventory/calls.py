"""The calls that a scanner declares, and what they answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cloudops.inventory.models import Place

# botocore's answers are untyped JSON-like mappings.
type Answer = Mapping[str, Any]
type Arguments = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The call that lists a service's resources; `items` is the path to them, as Reservations.Instances.

    Empty `items` say that the answer itself is the one resource.
    `region_argument` is the one that confines a global list to a region.
    """

    client: str
    operation: str
    items: str
    permission: str
    arguments: Arguments = field(default_factory=dict)
    region_argument: str | None = None

    def arguments_in(self, region: str) -> dict[str, Any]:
        named = {self.region_argument: region} if self.region_argument else {}
        return {**self.arguments, **named}

    def items_in(self, answer: Answer) -> list[Any]:
        return found_at(answer, self.items) if self.items else [answer]


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Calls that tell more about a page of items. Without their permission the resources are kept without it.

    `absent` are error codes that mean there is no such thing. Where `per_resource`, one denial says nothing about
    the next call. Where `required`, its answers are the resources, so that a denial is one of the whole list.
    """

    client: str
    operation: str
    permission: str
    requests: Callable[[Sequence[Any], Place], Iterable[Arguments]]
    absent: frozenset[str] = frozenset()
    per_resource: bool = False
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Answered:
    """`answer` is None where there is no such thing and where the call was denied."""

    arguments: Arguments
    answer: Answer | None
    denied: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a listing with the answers of its details, by operation."""

    items: Sequence[Any]
    details: Mapping[str, Sequence[Answered]] = field(default_factory=dict)

    def answers(self, operation: str) -> Iterator[Answer]:
        return (one.answer for one in self.details.get(operation, ()) if one.answer is not None)

    def found(self, operation: str, path: str) -> list[Any]:
        return [item for answer in self.answers(operation) for item in found_at(answer, path)]

    def denied(self, operation: str) -> bool:
        return any(one.denied for one in self.details.get(operation, ()))

    def by(self, operation: str, argument: str) -> dict[str, Answered]:
        """What the calls about one resource each answered, by the argument that names it."""
        return {str(one.arguments.get(argument)): one for one in self.details.get(operation, ())}


def found_at(answer: Answer, path: str) -> list[Any]:
    found: list[Any] = [answer]
    for key in path.split("."):
        found = [item for one in found for item in one.get(key) or ()]
    return found


def chunks[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
