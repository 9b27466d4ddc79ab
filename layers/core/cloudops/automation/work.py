"""An action in a worker's hands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cloudops.automation import repository
from cloudops.automation.executor import Executor, Probe
from cloudops.automation.models import Action, ActionStep
from cloudops.automation.permissions import Permissions, permissions_of
from cloudops.automation.surroundings import Surroundings
from cloudops.platform.database import Connection


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Nothing can be done before `until`; the message comes back then. `stalled`: it got nowhere, and not for good."""

    until: datetime
    reason: str
    stalled: bool = False


@dataclass(frozen=True, kw_only=True)
class Work:
    """`action` is as it was when it was last read; its fence and lease are those of this worker."""

    action: Action
    around: Surroundings

    @property
    def executor(self) -> Executor:
        return self.around.executors[self.action.type]

    @property
    def now(self) -> datetime:
        return self.around.clock()

    @contextmanager
    def held(self) -> Iterator[Connection]:
        """A transaction that only the holder of the lease gets. Raises LeaseLostError for anybody else."""
        with self.around.transactions() as connection:
            repository.hold_action(connection, self.action, now=self.now)
            yield connection

    def renewed(self) -> "Work":
        with self.held() as connection:
            return replace(self, action=repository.read_action(connection, self.action.id))

    def permissions(self) -> Permissions:
        with self.held() as connection:
            return permissions_of(repository.read_configuration(connection))

    def steps(self) -> list[ActionStep]:
        with self.held() as connection:
            return repository.list_steps(connection, self.action.id)

    def probe(self) -> Probe:
        clients = self.around.aws.reads(self.action, self.executor)
        return self.executor.probe(clients, self.action.target, self.action.params, str(self.action.id))

    def probe_anew(self) -> Probe:
        """By a session that can only read: what verifies must not be what acted."""
        clients = self.around.aws.reads_anew(self.action, self.executor)
        return self.executor.probe(clients, self.action.target, self.action.params, str(self.action.id))

    def say(self, connection: Connection, message: str, **details: Any) -> None:
        repository.insert_event(connection, self.action.id, message, details, now=self.now)


type Stride = Work | Wait | None
"""Work that goes on at once, a wait, or nothing where the action has ended."""
