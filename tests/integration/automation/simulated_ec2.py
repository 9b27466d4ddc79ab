"""Instances that behave as EC2's do, with faults on demand and a count of every call that changed something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from cloudops.automation.executor import Clients, Executor
from cloudops.automation.models import Action
from cloudops.automation.plans import Call
from cloudops.platform.aws_mutations import Outcome, call_once

PASSING = {"stopping": "stopped", "pending": "running"}


@dataclass
class Instance:
    type: str = "m5.xlarge"
    state: str = "running"
    tags: dict[str, str] = field(default_factory=dict)
    impaired: bool = False


@dataclass
class SimulatedEc2:
    """`on_call` is told of each mutating call before it and after it, and may raise as if the worker were killed."""

    instances: dict[str, Instance]
    reads_until_settled: int = 1
    effective: list[tuple[str, str]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    throttled: list[str] = field(default_factory=list)
    on_call: Callable[[str, str], None] = lambda _moment, _name: None
    _reads: dict[str, int] = field(default_factory=dict)

    # The client, as far as the executors use it ---------------------------------------------------------------

    def describe_instances(self, *, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's names.
        found = [self._described(one) for one in InstanceIds if one in self.instances]
        if not found:
            raise refusal("InvalidInstanceID.NotFound", "DescribeInstances")
        return {"Reservations": [{"Instances": found}]}

    def describe_instance_status(self, *, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        checks = [
            {
                "SystemStatus": {"Status": "ok"},
                "InstanceStatus": {"Status": self._health(self.instances[one])},
            }
            for one in InstanceIds
            if self.instances[one].state == "running"
        ]
        return {"InstanceStatuses": checks}

    def stop_instances(self, *, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        return self._move(InstanceIds[0], "stop_instances", {"running": "stopping"})

    def start_instances(self, *, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        return self._move(InstanceIds[0], "start_instances", {"stopped": "pending"})

    def modify_instance_attribute(
        self,
        *,
        InstanceId: str,  # noqa: N803
        InstanceType: Mapping[str, str],  # noqa: N803
    ) -> dict[str, Any]:
        instance = self.instances[InstanceId]
        if instance.state != "stopped":
            raise refusal("IncorrectInstanceState", "ModifyInstanceAttribute")
        if instance.type != InstanceType["Value"]:
            instance.type = InstanceType["Value"]
            self.effective.append(("modify_instance_attribute", InstanceId))
        return {}

    # What the worker acts through -----------------------------------------------------------------------------

    def reads(self, _action: Action, _executor: Executor) -> Clients:
        return lambda _service: self

    def reads_anew(self, _action: Action, _executor: Executor) -> Clients:
        return lambda _service: self

    def call(self, _action: Action, _executor: Executor, call: Call, arguments: Mapping[str, Any]) -> Outcome:
        self.on_call("before", call.operation)
        outcome = call_once(Faulty(self), call.operation, arguments)
        self.on_call("after", call.operation)
        return outcome

    def _described(self, instance_id: str) -> dict[str, Any]:
        instance = self.instances[instance_id]
        if instance.state in PASSING:
            self._reads[instance_id] = self._reads.get(instance_id, 0) + 1
            if self._reads[instance_id] > self.reads_until_settled:
                instance.state = PASSING[instance.state]
        return {
            "InstanceId": instance_id,
            "InstanceType": instance.type,
            "State": {"Name": instance.state},
            "RootDeviceType": "ebs",
            "LaunchTime": datetime(2026, 1, 1, tzinfo=UTC),
            "Tags": [{"Key": key, "Value": value} for key, value in instance.tags.items()],
        }

    def _move(self, instance_id: str, name: str, moves: Mapping[str, str]) -> dict[str, Any]:
        instance = self.instances[instance_id]
        if instance.state in moves:
            instance.state = moves[instance.state]
            self._reads[instance_id] = 0
            self.effective.append((name, instance_id))
        return {"Changed": instance.state}

    def _health(self, instance: Instance) -> str:
        return "impaired" if instance.impaired else "ok"


class Faulty:
    """The client with the faults that are due."""

    def __init__(self, cloud: SimulatedEc2) -> None:
        self._cloud = cloud

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return lambda **arguments: self._answer(name, arguments)

    def _answer(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if name in self._cloud.throttled:
            self._cloud.throttled.remove(name)
            raise refusal("RequestLimitExceeded", name)
        if name in self._cloud.refused:
            raise refusal("UnauthorizedOperation", name)
        answer: dict[str, Any] = getattr(self._cloud, name)(**arguments)
        if name in self._cloud.lost:
            self._cloud.lost.discard(name)
            raise ReadTimeoutError(endpoint_url="https://ec2.example")
        return answer


def refusal(code: str, operation: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation
    )
