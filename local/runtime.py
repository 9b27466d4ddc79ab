"""One execution environment of a function: a process of its own that handles one event at a time.

Run as a script with the file number of a socket and the handler's dotted name. It imports nothing of the
laptop stack, because the functions' own packages come first on its path.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Context:
    """What Lambda hands to a handler beside the event; `deadline` is on the monotonic clock."""

    function_name: str
    memory_limit_in_mb: int
    aws_request_id: str
    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def context_of(request: dict[str, Any]) -> Context:
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    region = os.environ["AWS_REGION"]
    return Context(
        function_name=name,
        memory_limit_in_mb=int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        aws_request_id=request["request_id"],
        invoked_function_arn=f"arn:aws:lambda:{region}:123456789012:function:{name}",
        log_group_name=f"/aws/lambda/{name}",
        log_stream_name=str(os.getpid()),
        deadline=time.monotonic() + request["timeout"],
    )


def load(handler: str) -> Callable[[Any, Context], Any]:
    module, _, name = handler.rpartition(".")
    found: Callable[[Any, Context], Any] = getattr(importlib.import_module(module), name)
    return found


def answer(handler: Callable[[Any, Context], Any], request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": json.loads(json.dumps(handler(request["event"], context_of(request))))}
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is the caller's answer
        return failure(error)


def failure(error: Exception) -> dict[str, Any]:
    traceback.print_exc()
    return {"error": {"errorType": type(error).__name__, "errorMessage": str(error)}}


def serve(connection: Connection, handler_name: str) -> None:
    try:
        handler = load(handler_name)
    except Exception as error:  # noqa: BLE001 - a module that cannot be imported answers every event so
        broken = failure(error)
        connection.recv_bytes()
        connection.send_bytes(json.dumps(broken).encode())
        return
    while True:
        request = json.loads(connection.recv_bytes())
        os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
        connection.send_bytes(json.dumps(answer(handler, request)).encode())


if __name__ == "__main__":
    try:
        serve(Connection(int(sys.argv[1])), sys.argv[2])
    except (EOFError, ConnectionResetError, BrokenPipeError):
        # The stack has gone, and its environments with it.
        sys.exit(0)
