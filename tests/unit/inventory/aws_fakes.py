"""Clients that answer from a table, so that no test of a scanner needs a network."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cloudops.inventory.reading import Clients

type Reply = Mapping[str, Any] | list[Mapping[str, Any]] | Exception | Callable[..., Any]


@dataclass
class InMemoryClient:
    """`replies` by operation: an answer, a list of pages, an error to raise, or a function of the arguments."""

    replies: Mapping[str, Reply]
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def can_paginate(self, operation: str) -> bool:
        return isinstance(self.replies.get(operation), list)

    def get_paginator(self, operation: str) -> "InMemoryPaginator":
        return InMemoryPaginator(client=self, operation=operation)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("__"):
            raise AttributeError(operation)
        return lambda **arguments: self.answer(operation, arguments)

    def answer(self, operation: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((operation, arguments))
        reply = self.replies.get(operation, {})
        if isinstance(reply, Exception):
            raise reply
        return reply(**arguments) if callable(reply) else reply


@dataclass(frozen=True)
class InMemoryPaginator:
    client: InMemoryClient
    operation: str

    def paginate(self, **arguments: Any) -> Iterator[Any]:
        """Each page is given or raised in its turn; metrics that nobody set are completely empty."""
        asked = arguments.get("MetricDataQueries", ())
        results = [{"Id": query["Id"], "StatusCode": "Complete"} for query in asked]
        empty: dict[str, list[Any]] = {"Metrics": [], "MetricDataResults": results}
        reply = self.client.replies.get(self.operation, empty)
        pages = reply if isinstance(reply, list) else [self.client.answer(self.operation, arguments)]
        for page in pages if self.operation in self.client.replies else [empty]:
            if isinstance(page, Exception):
                raise page
            yield page(**arguments) if callable(page) else page


def clients_of(**replies: Mapping[str, Reply]) -> Clients:
    """By service, `lambda` as lambda_; a service without replies answers emptily."""
    made = {name.rstrip("_"): InMemoryClient(replies=table) for name, table in replies.items()}

    def client(service: str) -> Any:
        return made.setdefault(service, InMemoryClient(replies={}))

    return client


def refusal(code: str, operation: str, message: str = "", *, status: int = 400) -> ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)  # type: ignore[arg-type]
