import os
import signal
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.commands.ingest import check_path, ingest
from local.errors import LocalError
from local.home import Home
from local.stack import Options, Stack
from local.web import application


def add(commands: Subparsers) -> None:
    parser = add_command(commands, "up", run, about="Run the whole platform until Ctrl-C or `cloudops down`.")
    parser.add_argument("--port", type=int, default=8080, help="port of the API (default: %(default)s)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of exports to ingest first")


def run(arguments: Namespace) -> None:
    if arguments.data:
        check_path(arguments.data)
    home = home_of(arguments)
    with listening(arguments.port) as port, announced(home):
        address = f"http://localhost:{port.getsockname()[1]}"
        with Stack(home, Options(origin=address)) as stack:
            if arguments.data:
                ingest(stack, arguments.data)
            serve(stack, port, address)


def serve(stack: Stack, port: socket.socket, address: str) -> None:
    server = uvicorn.Server(uvicorn.Config(application(stack.gateway), log_config=None, lifespan="off"))

    def end(*_: object) -> None:
        server.should_exit = True

    # An exception out of a signal handler could end an import half-way, and other threads wait for its lock.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    stack.start_background()
    write(f"{address} is up (see {address}/health); `cloudops token` prints a token for it")
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
