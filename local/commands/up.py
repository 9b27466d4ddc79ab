import os
import signal
import socket
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import uvicorn

from local import api_client
from local.commands.arguments import Subparsers, add_command, home_of, write
from local.commands.ingest import ingest
from local.commands.jobs import run_job
from local.demo_actions import (
    allow_changes,
    answer_first_changes,
    ask_for_first_changes,
    ask_for_last_change,
)
from local.demo_home import (
    accept_a_violation,
    add_people,
    connect_accounts,
    count_orders,
    demo_exports,
    found_organization,
    hand_out_accounts,
    is_demo,
    sign_ins,
    start_accounts,
    watch_apis,
)
from local.errors import LocalError
from local.exports import Exports, locate
from local.home import Home
from local.people import People
from local.stack import Options, Stack
from local.web import application
from local.web_ui import WebUi


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
    if exports is not None:
        load(stack, exports)
        judge(stack)
    elif not has_bills(stack):
        now = datetime.now(UTC)
        make_demo(stack, end=now.date() - timedelta(days=1), now=now)
    elif is_demo(stack.home):
        write("starting the demo's accounts again ...")
        write(start_accounts(stack, now=datetime.now(UTC)))


def load(stack: Stack, exports: Exports) -> None:
    try:
        ingest(stack, exports)
    except LocalError as error:
        # What could be loaded is worth looking at; the line says what could not.
        write(str(error))


def make_demo(stack: Stack, *, end: date, now: datetime, days: int = 365) -> None:
    """Everything but the bills comes the way it comes in the cloud: by roles, scans and CloudWatch."""
    write("making a demo organisation ...")
    exports = demo_exports(stack.home, end=end, days=days)
    add_people(stack)
    write("starting its accounts ...")
    write(start_accounts(stack, now=now))
    write("connecting them ...")
    connect_accounts(stack)
    watch_apis(stack)
    found_organization(stack)
    hand_out_accounts(stack)
    write("loading its bills ...")
    load(stack, exports)
    count_orders(stack, end=end)
    write("scanning its accounts ...")
    run_job(stack, "inventory.scan", {})
    write("reading its metrics ...")
    run_job(stack, "reliability.ingest", {})
    judge(stack)
    write("holding it against its rules and changing its accounts ...")
    allow_changes(stack)
    # Each job waits until all queues are empty, so that changes are planned and made meanwhile.
    asked = ask_for_first_changes(stack)
    hold_against_rules(stack)
    answer_first_changes(stack, asked)
    accept_a_violation(stack, until=now + timedelta(days=90))
    run_job(stack, "scans.policy", {})
    ask_for_last_change(stack)


def hold_against_rules(stack: Stack) -> None:
    for job in ("costs.attribute", "scans.compliance", "scans.policy", "scans.security"):
        run_job(stack, job, {})


def judge(stack: Stack) -> None:
    write("judging ...")
    run_job(stack, "anomalies.detect", {})
    run_job(stack, "scans.finops", {})


def has_bills(stack: Stack) -> bool:
    return bool(api_client.get(stack, "/api/v1/deliveries", [("limit", "1")])["items"])


def serve(stack: Stack, port: socket.socket, address: str) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            application(
                stack.gateway, before=stack.login.routes(), pages=WebUi(stack.template.page_headers).routes()
            ),
            log_config=None,
            lifespan="off",
        )
    )

    def end(*_: object) -> None:
        server.should_exit = True

    # An exception out of a signal handler could end an import half-way, and other threads wait for its lock.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    stack.start_background()
    stack.home.replace("address", address)
    write(f"{address} is up (try {address}/health)")
    admin = People(stack.home).admin()
    write(f"sign in as {admin.email} with the password {admin.password}")
    for line in sign_ins(stack.home):
        write(f"or as {line}")
    write(f"`cloudops token --home {stack.home.path}` prints a token for scripts")
    server.run(sockets=[port])


@contextmanager
def announced(home: Home) -> Iterator[None]:
    """Tells `cloudops down` whom to stop, until everything is stopped."""
    home.replace("up", str(os.getpid()))
    try:
        yield
    finally:
        home.forget("address")
        home.forget("up")


def listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise LocalError(f"port {port} cannot be used: {error.strerror}; choose another by --port") from error
