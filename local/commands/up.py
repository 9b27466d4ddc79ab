import os
import signal
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import uvicorn

from local import api_client
from local.commands.arguments import Subparsers, add_command, home_of, write
from local.commands.ingest import ingest
from local.commands.jobs import run_job
from local.demo_home import demo_exports, record_demo_metrics
from local.errors import LocalError
from local.exports import Exports, locate
from local.first_tenant import admin_of
from local.home import Home
from local.stack import Options, Stack
from local.web import application


def add(commands: Subparsers) -> None:
    parser = add_command(commands, "up", run, about="Run the whole platform until Ctrl-C or `cloudops down`.")
    parser.add_argument("--port", type=int, default=8080, help="port of the API (default: %(default)s)")
    parser.add_argument(
        "--data",
        metavar="PATH",
        help="folder, file or s3://bucket/prefix of exports to load first; without it, and in a home without "
        "bills, a demo organisation is made up",
    )


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    exports = locate(arguments.data, home) if arguments.data else None
    with listening(arguments.port) as port, announced(home):
        address = f"http://localhost:{port.getsockname()[1]}"
        with Stack(home, Options(origin=address)) as stack:
            fill(stack, exports)
            serve(stack, port, address)


def fill(stack: Stack, exports: Exports | None) -> None:
    """Load and judge what was asked for, or the demo where the home has no bills; else show what it has."""
    if exports is None and has_bills(stack):
        return
    try:
        if exports is None:
            write("making a demo organisation ...")
            exports = demo_exports(stack.home, end=datetime.now(UTC).date() - timedelta(days=1))
            record_demo_metrics(stack)
        ingest(stack, exports)
    except LocalError as error:
        # What could be loaded is worth looking at; the line says what could not.
        write(str(error))
    write("judging ...")
    run_job(stack, "anomalies.detect", {})
    run_job(stack, "scans.finops", {})


def has_bills(stack: Stack) -> bool:
    return bool(api_client.get(stack, "/api/v1/deliveries", [("limit", "1")])["items"])


def serve(stack: Stack, port: socket.socket, address: str) -> None:
    server = uvicorn.Server(uvicorn.Config(application(stack.gateway), log_config=None, lifespan="off"))

    def end(*_: object) -> None:
        server.should_exit = True

    # An exception out of a signal handler could end an import half-way, and other threads wait for its lock.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    stack.start_background()
    write(f"{address} is up (try {address}/health)")
    write(
        f"sign in as {admin_of(stack.home).email}: `cloudops token --home {stack.home.path}` prints a token"
    )
    server.run(sockets=[port])


@contextmanager
def announced(home: Home) -> Iterator[None]:
    """Tells `cloudops down` whom to stop, until everything is stopped."""
    home.replace("up", str(os.getpid()))
    try:
        yield
    finally:
        home.forget("up")


def listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise LocalError(f"port {port} cannot be used: {error.strerror}; choose another by --port") from error
