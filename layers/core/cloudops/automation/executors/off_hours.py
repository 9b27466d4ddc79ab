"""Stop an instance or a database at night and start it in the morning, by EventBridge Scheduler in its account."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors import ec2_instances as instances
from cloudops.automation.executors import rds_instances as databases
from cloudops.automation.executors.parameters import only, text
from cloudops.automation.executors.reading import found_or_none
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

NOT_THERE = frozenset(("ResourceNotFoundException",))
CRON = r"cron\([0-9*,/\- A-Z?#L]{9,80}\)"
ROLE = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,500}"
LONGEST_NAME = 64
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
TARGETS = {
    "ec2": ("ec2:stopInstances", "ec2:startInstances"),
    "rds": ("rds:stopDBInstance", "rds:startDBInstance"),
}


class KeepOffHours:
    nature = Nature(
        type="schedule.off_hours",
        title="Stop at night, start in the morning",
        risk=RiskClass.B,
        restarts=True,
        loses="what runs on it outside the hours, and its public address, unless that is an Elastic IP",
        undone_by="taking the two schedules away again",
        reads=(
            Grant(actions=("ec2:DescribeInstances", "rds:DescribeDBInstances")),
            Grant(
                actions=("scheduler:GetSchedule",),
                resources=("arn:{partition}:scheduler:{region}:{account}:schedule/default/cloudops-*",),
            ),
        ),
        writes=(
            Grant(
                actions=("scheduler:CreateSchedule", "scheduler:DeleteSchedule"),
                resources=("arn:{partition}:scheduler:{region}:{account}:schedule/default/cloudops-*",),
            ),
            Grant(
                actions=("iam:PassRole",),
                resources=("{role}",),
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            ),
        ),
        names=rf"{instances.IDS}|{databases.IDS}",
        by_schedules=True,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("stop", "start", "timezone", "role"))
        return {
            "stop": text(given, "stop", CRON, "a time to stop at, such as cron(0 19 ? * MON-FRI *),"),
            "start": text(given, "start", CRON, "a time to start at, such as cron(0 7 ? * MON-FRI *),"),
            "timezone": text(given, "timezone", r"[A-Za-z_+-]+(/[A-Za-z0-9_+-]+)*", "an IANA time zone"),
            "role": text(given, "role", ROLE, "the ARN of the role that the schedules act by"),
        }

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        scheduler, machine = clients("scheduler"), probe_machine(clients, target)
        schedules = {
            name: expression_of(scheduler, schedule_name(target, name)) for name in ("stop", "start")
        }
        return replace(machine, state={"exists": machine.exists, **schedules})

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such instance or database")
        instances.on_its_own(probe)
        if params["role"].split(":")[4] != target.account_id:
            raise TargetUnfitError("the schedules act by a role of the resource's own account")
        if probe.state["stop"] or probe.state["start"]:
            raise TargetUnfitError("it has schedules of ours already")
        both = {**probe.state, "stop": params["stop"], "start": params["start"]}
        # Started in the morning first: then whatever fails, nothing stays stopped.
        first = {**probe.state, "start": both["start"]}
        return planned(
            self.nature,
            target,
            params,
            probe,
            (
                schedule(target, params, "start", becomes=first),
                schedule(target, params, "stop", becomes=both),
            ),
        )

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def probe_machine(clients: Clients, target: Target) -> Probe:
    if is_instance(target):
        return instances.probe_of(instances.instance_of(clients, target))
    return databases.probe_database(clients, target)


def is_instance(target: Target) -> bool:
    return target.resource_id.startswith("i-")


def schedule(target: Target, params: Mapping[str, Any], name: str, *, becomes: Mapping[str, Any]) -> Step:
    full_name = schedule_name(target, name)
    return Step(
        name=f"schedule the {name}",
        call=Call(
            service="scheduler",
            operation="create_schedule",
            arguments={
                "Name": full_name,
                "ClientToken": "$token",
                "ScheduleExpression": params[name],
                "ScheduleExpressionTimezone": params["timezone"],
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": target_of(target, params, name),
            },
        ),
        becomes=becomes,
        undo=Undo(
            name=f"take the {name} away",
            call=Call(service="scheduler", operation="delete_schedule", arguments={"Name": full_name}),
        ),
    )


def target_of(target: Target, params: Mapping[str, Any], name: str) -> dict[str, Any]:
    service = "ec2" if is_instance(target) else "rds"
    stop, start = TARGETS[service]
    about = (
        {"InstanceIds": [target.resource_id]}
        if service == "ec2"
        else {"DbInstanceIdentifier": target.resource_id}
    )
    operation = stop if name == "stop" else start
    return {"Arn": f"{UNIVERSAL}{operation}", "RoleArn": params["role"], "Input": json.dumps(about)}


def schedule_name(target: Target, name: str) -> str:
    """Of up to 64 characters, which a database's identifier may fill alone."""
    full_name = f"cloudops-{name}-{target.resource_id}"
    if len(full_name) <= LONGEST_NAME:
        return full_name
    mark = hashlib.sha256(target.resource_id.encode()).hexdigest()[:8]
    return f"{full_name[: LONGEST_NAME - 9]}-{mark}"


def expression_of(scheduler: Any, name: str) -> str | None:
    found = found_or_none(lambda: scheduler.get_schedule(Name=name), absent=NOT_THERE)
    return found["ScheduleExpression"] if found else None
