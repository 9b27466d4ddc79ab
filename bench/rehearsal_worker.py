"""A worker of the rehearsal: a process that tells its parent of every boundary, and goes on when it is let."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection as Pipe
from typing import Any
from uuid import UUID, uuid4

import psycopg
from botocore.exceptions import ClientError, ReadTimeoutError
from psycopg import sql

from bench.rehearsal_cloud import Kind, refusal
from cloudops.actor import Actor
from cloudops.automation import approval_repository, approving, repository, requesting
from cloudops.automation.approving import Approver
from cloudops.automation.executor import Clients, Executor
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.models import Action, Intended, Target
from cloudops.automation.paging_people import page
from cloudops.automation.permissions import KEYS
from cloudops.automation.plans import Call
from cloudops.automation.strides import work_on
from cloudops.automation.surroundings import Surroundings
from cloudops.platform.aws_mutations import Outcome, call_once
from cloudops.platform.principal import Role
from cloudops.platform.seal import sealed_tenant
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.use_cases import create_tenant

ACCOUNT, REGION = "111122223333", "eu-central-1"
BEGINNING = datetime(2026, 9, 14, 21, 0, tzinfo=UTC)
PERMISSIVE = {
    "agent.approval_required_above_savings": "10000000",
    "actions.enabled": "true",
    "actions.allowed_accounts": ACCOUNT,
    "actions.max_per_day": "20",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    "actions.change_windows": "mon-sun 00:00-23:59",
    "actions.protect_tags": "cloudops:protect",
}


def work(pipe: Pipe, clock: Any, dsn: str, key: str, before: Callable[[], None]) -> None:
    """Until the pipe is closed. The fork held no connection; this one opens its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    before()
    with psycopg.connect(dsn, autocommit=True) as connection:
        worker = Worker(pipe=pipe, clock=clock, connection=connection, key=key)
        while True:
            try:
                name, arguments = pipe.recv()
            except EOFError:
                os._exit(0)
            pipe.send(("done", worker.do(name, arguments)))


@dataclass
class Worker:
    pipe: Pipe
    clock: Any
    connection: psycopg.Connection
    key: str
    tenant: UUID = field(default_factory=uuid4)
    loud: bool = False

    def do(self, name: str, arguments: Mapping[str, Any]) -> Any:
        self.loud = name == "deliver"
        self.tenant = arguments.get("tenant", self.tenant)
        given = {key: value for key, value in arguments.items() if key != "tenant"}
        try:
            return getattr(self, name)(**given)
        except Exception as error:  # noqa: BLE001 - a message that failed; it comes again, and the parent is told.
            return {"failed": f"{type(error).__name__}: {error}"}

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.clock.value)

    def strike(self, moment: str) -> None:
        if self.loud:
            self.ask("at", moment)

    def ask(self, *question: Any) -> Any:
        self.pipe.send(question)
        return self.pipe.recv()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        self.strike("before a transaction")
        sealed = sealed_tenant(self.tenant, self.key)
        # In one go: half of a rehearsal's time is round trips to the database.
        self.connection.execute(
            sql.SQL("begin; select set_config('cloudops.tenant', {}, true)").format(sql.Literal(sealed))
        )
        try:
            yield self.connection
            self.strike("before its commit")
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")
        self.strike("after its commit")

    # What the parent asks for ---------------------------------------------------------------------------------

    def open_tenant(self, **configured: str) -> None:
        admin = NewUser(sub=f"sub-{self.tenant}", email="ann@acme.example", role="admin")
        with self.transaction() as connection:
            create_tenant(connection, self.tenant, name="Acme", admin=admin, reporting_currency="USD")
        self.configure(**{**PERMISSIVE, **configured})

    def configure(self, **values: str) -> None:
        described = {one.name: one.description for one in KEYS}
        with self.transaction() as connection:
            for name, value in values.items():
                repository.save_configuration(
                    connection, name, value, description=described[name], updated_by="ann", now=self.now()
                )

    def ask_for(self, kind: Kind, resource: str) -> UUID:
        actor = Actor(name="olga@acme.example")
        with self.transaction() as connection:
            new = requesting.change_of(
                connection,
                EXECUTORS,
                type_name=kind.type,
                target=Target(account_id=ACCOUNT, region=REGION, resource_id=resource),
                params=kind.params,
                key=str(self.tenant),
                actor=actor,
            )
            requesting.ask(connection, new, actor=actor, now=self.now())
        return new.id

    def approve(self, action: UUID, people: int = 2) -> None:
        for number in range(people):
            name = f"finance-{number}@acme.example"
            by = Approver(actor=Actor(name=name), user_id=uuid4(), role=Role.APPROVER, finance_approver=True)
            with self.transaction() as connection:
                for request in approval_repository.list_approvals_of(connection, action):
                    if request.status == "pending" and request.expires_at > self.now():
                        approving.approve(connection, request.id, comment=None, by=by, now=self.now())

    def due(self) -> list[UUID]:
        with self.transaction() as connection:
            return requesting.list_due(connection, now=self.now())

    def glance(self, actions: list[UUID]) -> list[Action]:
        with self.transaction() as connection:
            return [repository.read_action(connection, one) for one in actions]

    def look(self, action: UUID) -> dict[str, Any]:
        with self.transaction() as connection:
            trail = connection.execute(
                "select event_type, message from events where entity_type = 'action' and entity_id = %s",
                [str(action)],
            ).fetchall()
            return {
                "action": repository.read_action(connection, action),
                "steps": repository.list_steps(connection, action),
                "approvals": approval_repository.list_approvals_of(connection, action),
                "trail": [event_type for event_type, _ in trail],
                "pages": [message for event_type, message in trail if event_type == "needs_attention"],
            }

    def deliver(self, action: UUID) -> None:
        work_on(action, self.around())

    def around(self) -> Surroundings:
        return Surroundings(
            tenant=str(self.tenant),
            transactions=self.transaction,
            aws=RemoteCloud(worker=self),
            evidence=RemoteEvidence(worker=self),
            executors=EXECUTORS,
            clock=self.now,
            page=partial(page, now=self.now()),
        )


@dataclass(frozen=True)
class RemoteCloud:
    """The parent's cloud, over the pipe."""

    worker: Worker

    def reads(self, action: Intended, executor: Executor) -> Clients:
        return lambda _service: Remote(self.worker, ("read", action.target.resource_id))

    def reads_anew(self, action: Intended, executor: Executor) -> Clients:
        return lambda _service: Remote(self.worker, ("look", action.target.resource_id))

    def call(self, action: Action, executor: Executor, call: Call, arguments: Mapping[str, Any]) -> Outcome:
        question = ("call", action.resource_id, str(action.id), action.undoing)
        return call_once(Remote(self.worker, question), call.operation, arguments)


@dataclass(frozen=True)
class Remote:
    worker: Worker
    question: tuple[Any, ...]

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **arguments: self.answer(operation, arguments)

    def answer(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        match self.worker.ask(*self.question, operation, dict(arguments)):
            case ("ok", answer):
                return answer
            case ("lost", _):
                raise ReadTimeoutError(endpoint_url="https://ec2.example")
            case (_, code):
                raise refusal(code, operation)
        raise ClientError({}, operation)


@dataclass(frozen=True)
class RemoteEvidence:
    worker: Worker

    def put(self, path: str, content: bytes) -> str | None:
        return str(self.worker.ask("put", path, content))
