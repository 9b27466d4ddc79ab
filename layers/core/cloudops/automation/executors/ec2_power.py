"""Stop an instance that nobody uses, or start it again."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
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
from cloudops.automation.executors.parameters import without_parameters
from cloudops.automation.models import Target
from cloudops.automation.plans import Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

POWER = Grant(actions=("ec2:StopInstances", "ec2:StartInstances"), resources=(INSTANCE,))


class StopInstance:
    nature = Nature(
        type="ec2.stop",
        title="Stop an instance",
        risk=RiskClass.B,
        restarts=True,
        loses="its public address, unless that is an Elastic IP, and what is on instance stores",
        undone_by="starting it again",
        reads=(DESCRIBE,),
        writes=(POWER,),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_of(instance_of(clients, target))

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        fit_to_stop(probe)
        if probe.state["state"] != "running":
            raise TargetUnfitError("it is stopped already")
        step = Step(
            name="stop the instance",
            call=stop(target),
            becomes={**probe.state, "state": "stopped"},
            passing=STOPPING,
            undo=Undo(name="start it again", call=start(target), passing=STARTING),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


class StartInstance:
    nature = Nature(
        type="ec2.start",
        title="Start an instance",
        risk=RiskClass.A,
        restarts=False,
        loses=None,
        undone_by="stopping it again",
        reads=(DESCRIBE,),
        writes=(POWER,),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_of(instance_of(clients, target))

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        fit_to_stop(probe)
        if probe.state["state"] != "stopped":
            raise TargetUnfitError("it runs already")
        step = Step(
            name="start the instance",
            call=start(target),
            becomes={**probe.state, "state": "running"},
            passing=STARTING,
            undo=Undo(name="stop it again", call=stop(target), passing=STOPPING),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return is_running_well(clients, target)
