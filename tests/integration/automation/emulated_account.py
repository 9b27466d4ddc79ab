"""A customer's account in the emulated AWS, reached by the sessions that workers are given in AWS.

Every call is held against onboarding/action-role.yaml and against the session's own policy, see tests/permissions.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2.models.elastic_block_store import Volume

from cloudops.accounts.models import ActionRole
from cloudops.automation.access import AssumedAccess
from cloudops.automation.executor import Executor
from cloudops.automation.models import Intended
from cloudops.automation.plans import Call
from cloudops.platform import aws
from cloudops.platform.aws_mutations import Outcome, Refused
from tests.integration.automation.workshop import ACCOUNT, REGION
from tests.permissions.recording import running

ROLE = ActionRole(role_arn=f"arn:aws:iam::{ACCOUNT}:role/cloudops-actor", external_id="e" * 43)
OWNER = aws.AssumedRole(role_arn=f"arn:aws:iam::{ACCOUNT}:role/owner", external_id=None)


@dataclass
class EmulatedAccount:
    """Refuses the call of the number `refuses`, counted from 1, as AWS would; `changes` are those it let through."""

    refuses: int | None = None
    changes: list[str] = field(default_factory=list)
    asked: int = 0
    access: AssumedAccess = field(default_factory=lambda: AssumedAccess(role_of=lambda _account: ROLE))

    def reads(self, action: Intended, executor: Executor) -> Any:
        return self.access.reads(action, executor)

    def reads_anew(self, action: Intended, executor: Executor) -> Any:
        return self.access.reads_anew(action, executor)

    def call(self, action: Intended, executor: Executor, call: Call, arguments: Mapping[str, Any]) -> Outcome:
        self.asked += 1
        if self.asked == self.refuses:
            return Refused(code="UnauthorizedOperation", reason="no")
        self.changes.append(call.operation)
        return self.access.call(action, executor, call, arguments)


def owner(service: str) -> Any:
    """A client of the account's owner, who may do anything."""
    return aws.session_client(service, REGION, aws.SESSIONS.session_of(OWNER))


@contextmanager
def as_the_worker() -> Iterator[None]:
    with running("execute_actions", {}):
        yield


@contextmanager
def emulated_account() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_PROFILE", raising=False)
        volumes_as_aws_has_them(patch)
        forget_clients()
        yield
    forget_clients()


def volumes_as_aws_has_them(patch: pytest.MonkeyPatch) -> None:
    """moto keeps the IOPS and the throughput of another type, and knows none of gp2's."""
    make, modify = Volume.__init__, Volume.modify

    def made(self: Volume, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        settle(self)

    def modified(self: Volume, **named: Any) -> None:
        modify(self, **named)
        settle(self)

    patch.setattr(Volume, "__init__", made)
    patch.setattr(Volume, "modify", modified)


def settle(volume: Volume) -> None:
    if volume.volume_type == "gp2":
        volume.iops = min(max(3 * int(volume.size), 100), 16_000)
    if volume.volume_type != "gp3":
        volume.throughput = None


def forget_clients() -> None:
    for made in (aws.client, aws.session_client, aws.token_service):
        made.cache_clear()
    aws.SESSIONS.forget()
