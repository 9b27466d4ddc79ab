"""CloudFormation, which asks the function of a custom resource and waits for the answer at an address of its own."""

import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.functions.invoking import Event, context_of, invoke


class Waiting(ThreadingHTTPServer):
    """CloudFormation at the address of its answer, which is taken at the last of `statuses`."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.statuses = list(statuses)
        self.answers: list[tuple[str | None, dict[str, Any]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/signed?for=one"


class Answering(BaseHTTPRequestHandler):
    server: Waiting

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.answers.append((self.headers["Content-Type"], body))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing, which no test reads."""


@contextmanager
def cloudformation(*statuses: int) -> Iterator[Waiting]:
    with Waiting(*statuses or (200,)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def told(function: str, payload: Event, *statuses: int, seconds: float = 60) -> list[dict[str, Any]]:
    """The answers that the function sends until one of them is taken."""
    with cloudformation(*statuses) as server:
        payload["ResponseURL"] = server.address
        context = dataclasses.replace(context_of(function), deadline=time.monotonic() + seconds)
        invoke(function, payload, context)
    assert {content_type for content_type, _ in server.answers} == {""}
    return [answer for _, answer in server.answers]
