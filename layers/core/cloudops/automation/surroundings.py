"""What a worker acts through. The handler puts it together; tests put other things in its place."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from cloudops.automation.executor import Clients, Executor
from cloudops.automation.models import Action, Intended
from cloudops.automation.plans import Call
from cloudops.errors import ConflictError
from cloudops.platform.aws_mutations import CALL_SECONDS, Outcome
from cloudops.platform.database import Connection

type Transactions = Callable[[], AbstractContextManager[Connection]]

# A Lambda function lives fifteen minutes at most, so after that nobody can be at work any more.
LEASE = timedelta(minutes=16)
# The last call of a lease has to be over before it ends.
CALL_TAKES = timedelta(seconds=CALL_SECONDS)


class AccountReadOnlyError(ConflictError):
    """The account has no role that changes are made by."""


class AwsAccess(Protocol):
    """The resource's account, as far as this one action may reach into it.

    Raises AccountReadOnlyError, RoleRefusedError or RoleUnreachableError where the account does not let us in.
    """

    def reads(self, action: Intended, executor: Executor) -> Clients:
        """To look at the resource by the session that acts."""

    def reads_anew(self, action: Intended, executor: Executor) -> Clients:
        """By a session of its own that can only read: what verifies must not be what acted."""

    def call(self, action: Action, executor: Executor, call: Call, arguments: Mapping[str, Any]) -> Outcome:
        """Made once, never repeated."""


class EvidenceStore(Protocol):
    def put(self, path: str, content: bytes) -> str | None:
        """Kept as it is from now on; the version, where the store keeps several of one path."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """`page` tells somebody that an action needs a person, in the transaction that ends or halts it.

    It may be told the same more than once.
    """

    tenant: str
    transactions: Transactions
    aws: AwsAccess
    evidence: EvidenceStore
    executors: Mapping[str, Executor]
    clock: Callable[[], datetime]
    page: Callable[[Connection, Action, str], None]
    has_time: Callable[[], bool] = lambda: True
    lease: timedelta = LEASE
