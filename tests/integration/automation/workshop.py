"""A tenant with an instance to resize, a worker over the real store, and a clock that a test moves."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from cloudops.actor import Actor
from cloudops.automation import approval_repository, approving, repository, requesting
from cloudops.automation.approving import Approver
from cloudops.automation.executor import Executor
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.models import Action, Target
from cloudops.automation.permissions import KEYS
from cloudops.automation.strides import work_on
from cloudops.automation.surroundings import AwsAccess, Surroundings
from cloudops.automation.work import Wait
from cloudops.platform.principal import Role
from tests.integration.automation.simulated_ec2 import Instance, SimulatedEc2
from tests.integration.tenant import Tenant

ACCOUNT, REGION = "111122223333", "eu-central-1"
MONDAY = datetime(2026, 9, 14, 21, 0, tzinfo=UTC)
PERMISSIVE = {
    "agent.autonomous_mode": "false",
    "agent.max_autonomous_risk_level": "40",
    "agent.approval_required_above_savings": "10000000",
    "agent.auto_execute_types": "resize",
    "actions.enabled": "true",
    "actions.allowed_accounts": ACCOUNT,
    "actions.max_per_run": "5",
    "actions.max_per_day": "20",
    "actions.max_savings_per_run": "1000000",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    "actions.change_windows": "mon-sun 00:00-23:59",
    "actions.protect_tags": "cloudops:protect",
}


class InMemoryEvidence:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, path: str, content: bytes) -> str | None:
        self.kept[path] = content
        return None


@dataclass
class Workshop:
    tenant: Tenant
    cloud: SimulatedEc2 = field(default_factory=lambda: SimulatedEc2(instances={}))
    evidence: InMemoryEvidence = field(default_factory=InMemoryEvidence)
    now: datetime = MONDAY
    pages: list[str] = field(default_factory=list)
    transactions: Callable[[], AbstractContextManager[Connection[Any]]] | None = None
    executors: Mapping[str, Executor] = field(default_factory=lambda: dict(EXECUTORS))
    aws: AwsAccess | None = None

    def __post_init__(self) -> None:
        self.configure(**{key.replace(".", "__"): value for key, value in PERMISSIVE.items()})

    @property
    def around(self) -> Surroundings:
        return Surroundings(
            tenant=str(self.tenant.id),
            transactions=self.transactions or self.tenant.transaction,
            aws=self.aws or self.cloud,
            evidence=self.evidence,
            executors=self.executors,
            clock=lambda: self.now,
            page=lambda _connection, _action, reason: self.pages.append(reason),
        )

    def configure(self, **values: str | None) -> None:
        """Keys with __ for the dot; None takes a key away."""
        described = {key.name: key.description for key in KEYS}
        with self.tenant.transaction() as connection:
            for name, value in values.items():
                key = name.replace("__", ".")
                if value is None:
                    repository.delete_configuration(connection, key)
                else:
                    repository.save_configuration(
                        connection, key, value, description=described[key], updated_by="ann", now=self.now
                    )

    def instance(self, **fields: Any) -> str:
        instance_id = f"i-{uuid4().hex[:17]}"
        self.cloud.instances[instance_id] = Instance(**fields)
        return instance_id

    def asked(self, instance_id: str, *, wanted: str = "m5.large", by: str = "olga@acme.example") -> UUID:
        return self.asked_for("ec2.resize", instance_id, {"instance_type": wanted}, by=by)

    def asked_for(
        self, type_name: str, resource_id: str, params: Mapping[str, Any], *, by: str = "olga@acme.example"
    ) -> UUID:
        with self.tenant.transaction() as connection:
            new = requesting.change_of(
                connection,
                self.executors,
                type_name=type_name,
                target=Target(account_id=ACCOUNT, region=REGION, resource_id=resource_id),
                params=params,
                key=str(uuid4()),
                actor=Actor(name=by),
            )
            requesting.ask(connection, new, actor=Actor(name=by), now=self.now)
        return new.id

    def approved(self, instance_id: str, **request: Any) -> UUID:
        """Planned and approved, ready to begin."""
        action_id = self.asked(instance_id, **request)
        self.work(action_id)
        self.approve(action_id)
        return action_id

    def approve(self, action_id: UUID, *, by: Approver | None = None) -> None:
        with self.tenant.transaction() as connection:
            (request,) = approval_repository.list_approvals_of(connection, action_id)
            approving.approve(connection, request.id, comment=None, by=by or finance(), now=self.now)

    def work(self, action_id: UUID) -> Wait | None:
        return work_on(action_id, self.around)

    def finish(self, action_id: UUID, *, within: timedelta = timedelta(days=3)) -> Action:
        """Deliver the message again and again, each time when the action says that it is due, until it ends."""
        until = self.now + within
        while self.now < until:
            self.work(action_id)
            action = self.action(action_id)
            if action.ended:
                return action
            self.now = max(action.due_at, action.leased_until or self.now, self.now + timedelta(seconds=1))
        raise AssertionError(f"stuck as {action.status} with {action.plan}")

    def action(self, action_id: UUID) -> Action:
        with self.tenant.transaction() as connection:
            return repository.read_action(connection, action_id)

    def said(self, action_id: UUID) -> list[str]:
        with self.tenant.transaction() as connection:
            return [one.message for one in repository.list_events(connection, action_id)]


def finance(name: str = "carl@acme.example") -> Approver:
    return Approver(actor=Actor(name=name), user_id=uuid4(), role=Role.APPROVER, finance_approver=True)
