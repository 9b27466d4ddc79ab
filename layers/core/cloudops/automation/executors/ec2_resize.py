"""Another type for an instance: stopped, changed, started."""

import re
from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import (
    BadParameterError,
    Clients,
    Grant,
    Nature,
    Probe,
    TargetUnfitError,
    planned,
)
from cloudops.automation.executors.ec2_instances import (
    DESCRIBE,
    IDS,
    INSTANCE,
    STARTING,
    STOPPING,
    fit_to_stop,
    instance_of,
    is_running_well,
    probe_of,
    start,
    stop,
)
from cloudops.automation.executors.parameters import only
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
# Graviton's families carry a g behind their generation; a1 came before that.
ARM = re.compile(r"(a1|[a-z]+[0-9]+g[a-z]*|x2gd|im4gn|is4gen)\..*")


class ResizeInstance:
    nature = Nature(
        type="ec2.resize",
        title="Change an instance's type",
        risk=RiskClass.B,
        restarts=True,
        loses="its public address, unless that is an Elastic IP, and what is on instance stores",
        undone_by="changing the type back, with another restart",
        reads=(DESCRIBE,),
        writes=(
            Grant(
                actions=("ec2:StopInstances", "ec2:StartInstances", "ec2:ModifyInstanceAttribute"),
                resources=(INSTANCE,),
            ),
        ),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("instance_type",))
        wanted = given.get("instance_type")
        if not isinstance(wanted, str) or not TYPE.fullmatch(wanted):
            raise BadParameterError("an instance type, such as m5.large, is asked for", field="instance_type")
        return {"instance_type": wanted}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_of(instance_of(clients, target))

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        fit_to_stop(probe)
        before, wanted = dict(probe.state), params["instance_type"]
        if before["instance_type"] == wanted:
            raise TargetUnfitError(f"it is a {wanted} already")
        same_architecture(probe, wanted)
        return planned(self.nature, target, params, probe, steps(before, target, wanted))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        instance = instance_of(clients, target)
        if instance is not None and instance["State"]["Name"] == "stopped":
            return True
        return is_running_well(clients, target)


def same_architecture(probe: Probe, wanted: str) -> None:
    """AWS refuses it only once the instance is stopped."""
    present = probe.configuration.get("architecture")
    if present in ("x86_64", "arm64") and (present == "arm64") != bool(ARM.fullmatch(wanted)):
        raise TargetUnfitError(f"its image is for {present}, which a {wanted} does not run")


def steps(before: Mapping[str, Any], target: Target, wanted: str) -> tuple[Step, ...]:
    """An instance that is stopped is changed only, and left stopped."""
    stopped = {**before, "state": "stopped"}
    changed = {**stopped, "instance_type": wanted}
    change = Step(
        name="change the type",
        call=typed(target, wanted),
        becomes=changed,
        undo=Undo(name="change the type back", call=typed(target, before["instance_type"])),
    )
    if before["state"] == "stopped":
        return (change,)
    return (
        Step(
            name="stop the instance",
            call=stop(target),
            becomes=stopped,
            passing=STOPPING,
            undo=Undo(name="start it again", call=start(target), passing=STARTING),
        ),
        change,
        Step(
            name="start the instance",
            call=start(target),
            becomes={**changed, "state": "running"},
            passing=STARTING,
            undo=Undo(name="stop it again", call=stop(target), passing=STOPPING),
        ),
    )


def typed(target: Target, wanted: str) -> Call:
    return Call(
        service="ec2",
        operation="modify_instance_attribute",
        arguments={"InstanceId": target.resource_id, "InstanceType": {"Value": wanted}},
    )
