"""Connections to AWS, and the pause between two runs of a function."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from cloudops.platform import aws
from cloudops.platform.telemetry import observed

CONTEXT: Any = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=128,
    invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:test",
    aws_request_id="1",
)


class Mailbox(BaseHTTPRequestHandler):
    """Says yes to everything, on connections that it keeps open."""

    protocol_version = "HTTP/1.1"
    opened = 0

    def setup(self) -> None:
        super().setup()
        Mailbox.opened += 1

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mailbox)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setattr(Mailbox, "opened", 0)
    aws.client.cache_clear()
    yield
    aws.client("sesv2", attempts=1).close()
    aws.client("sesv2").close()
    aws.client.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("attempts", "connections"), [(1, 2), (4, 1)])
def test_a_client_that_never_repeats_a_call_begins_each_run_with_a_new_connection(
    attempts: int, connections: int
) -> None:
    @observed
    def handler(_event: dict[str, Any], _context: Any) -> None:
        for _ in range(2):
            aws.client("sesv2", attempts=attempts).get_account()

    for _ in range(2):
        handler({}, CONTEXT)

    assert Mailbox.opened == connections


def test_a_run_that_fails_closes_them_too() -> None:
    @observed
    def handler(_event: dict[str, Any], _context: Any) -> None:
        aws.client("sesv2", attempts=1).get_account()
        raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            handler({}, CONTEXT)

    assert Mailbox.opened == 2
