"""Another type for a volume, or other IOPS and throughput: while it is in use."""

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
from cloudops.automation.executors.ebs_volumes import DESCRIBE, VOLUME, probe_of, volume_of
from cloudops.automation.executors.parameters import choice, only, optional_whole
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

TYPES = ("gp2", "gp3", "io1", "io2", "st1", "sc1")
TAKES_IOPS = ("gp3", "io1", "io2")
# gp3 comes with these: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
GP3_IOPS, GP3_THROUGHPUT = 3000, 125


class ModifyVolume:
    nature = Nature(
        type="ebs.modify",
        title="Change a volume's type, IOPS or throughput",
        risk=RiskClass.A,
        restarts=False,
        loses=None,
        undone_by="changing it back, which AWS allows six hours later",
        reads=(DESCRIBE,),
        writes=(Grant(actions=("ec2:ModifyVolume",), resources=(VOLUME,)),),
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("volume_type", "iops", "throughput"))
        volume_type = choice(given, "volume_type", TYPES)
        iops = optional_whole(given, "iops", 100, 256_000)
        throughput = optional_whole(given, "throughput", 125, 2_000)
        if iops is not None and volume_type not in TAKES_IOPS:
            raise BadParameterError(f"a {volume_type} volume takes no IOPS", field="iops")
        if throughput is not None and volume_type != "gp3":
            raise BadParameterError("only gp3 takes a throughput", field="throughput")
        return {"volume_type": volume_type, "iops": iops, "throughput": throughput}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_of(volume_of(clients, target))

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such volume")
        if probe.state["state"] not in ("available", "in-use"):
            raise TargetUnfitError(f"it is {probe.state['state']}")
        wanted = wanted_of(probe, params)
        after = {**probe.state, **wanted}
        if after == probe.state:
            raise TargetUnfitError("it is so already")
        step = Step(
            name="change the volume",
            call=modify(target, wanted),
            becomes=after,
            passing={name: [value] for name, value in wanted.items()},
            undo=Undo(
                name="change it back", call=modify(target, {name: probe.state[name] for name in wanted})
            ),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        """The volume serves while AWS moves it; a modification that failed left it as it was."""
        answer = clients("ec2").describe_volumes_modifications(VolumeIds=[target.resource_id])
        states = [one["ModificationState"] for one in answer["VolumesModifications"]]
        return "failed" not in states


def wanted_of(probe: Probe, params: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS would give it: IOPS and throughput that were not asked for stay, or are those of gp3."""
    volume_type = params["volume_type"]
    if volume_type == "gp3":
        same = probe.state["volume_type"] == "gp3"
        return {
            "volume_type": volume_type,
            "iops": params["iops"] or (probe.state["iops"] if same else GP3_IOPS),
            "throughput": params["throughput"] or (probe.state["throughput"] if same else GP3_THROUGHPUT),
        }
    wanted: dict[str, Any] = {"volume_type": volume_type}
    return {**wanted, "iops": params["iops"]} if params["iops"] else wanted


def modify(target: Target, wanted: Mapping[str, Any]) -> Call:
    names = {"volume_type": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
    taken = TAKES_IOPS if wanted["volume_type"] != "gp3" else ("gp3",)
    arguments = {
        names[name]: value
        for name, value in wanted.items()
        if value is not None
        and (name == "volume_type" or wanted["volume_type"] in taken)
        and not (name == "throughput" and wanted["volume_type"] != "gp3")
    }
    return Call(
        service="ec2", operation="modify_volume", arguments={"VolumeId": target.resource_id, **arguments}
    )
