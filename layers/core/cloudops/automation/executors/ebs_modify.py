"""Another type for a volume, or other IOPS and throughput: while it is in use."""

from collections.abc import Mapping
from dataclasses import replace
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
from cloudops.automation.executors.ebs_volumes import DESCRIBE, IDS, VOLUME, probe_of, volume_of
from cloudops.automation.executors.parameters import choice, only, optional_whole
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

TYPES = ("gp2", "gp3", "io1", "io2", "st1", "sc1")
PROVISIONED = ("io1", "io2")
TAKES_IOPS = ("gp3", *PROVISIONED)
# What gp3 comes with, and what gp2 gets by its size:
# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
GP3_IOPS, GP3_THROUGHPUT, IOPS_PER_THROUGHPUT = 3000, 125, 4
GP2_IOPS_PER_GIB, GP2_LEAST_IOPS, GP2_MOST_IOPS = 3, 100, 16_000
UNDER_WAY = ("modifying", "optimizing")


class ModifyVolume:
    nature = Nature(
        type="ebs.modify",
        title="Change a volume's type, IOPS or throughput",
        risk=RiskClass.A,
        restarts=False,
        loses=None,
        undone_by="changing it back, which AWS allows six hours later",
        reads=(DESCRIBE, Grant(actions=("ec2:DescribeVolumesModifications",))),
        writes=(Grant(actions=("ec2:ModifyVolume",), resources=(VOLUME,)),),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("volume_type", "iops", "throughput"))
        volume_type = choice(given, "volume_type", TYPES)
        iops = optional_whole(given, "iops", 100, 256_000)
        throughput = optional_whole(given, "throughput", 125, 2_000)
        if iops is not None and volume_type not in TAKES_IOPS:
            raise BadParameterError(f"a {volume_type} volume takes no IOPS", field="iops")
        if iops is None and volume_type in PROVISIONED:
            raise BadParameterError(f"a {volume_type} volume is given IOPS", field="iops")
        if throughput is not None and volume_type != "gp3":
            raise BadParameterError("only gp3 takes a throughput", field="throughput")
        return {"volume_type": volume_type, "iops": iops, "throughput": throughput}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        probe = probe_of(volume_of(clients, target))
        modification = modification_of(clients, target) if probe.exists else None
        return replace(probe, configuration={**probe.configuration, "modification": modification})

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such volume")
        if probe.state["state"] not in ("available", "in-use"):
            raise TargetUnfitError(f"it is {probe.state['state']}")
        if probe.configuration.get("modification") in UNDER_WAY:
            raise TargetUnfitError("another modification of it is under way")
        wanted = wanted_of(probe, params)
        if (wanted["throughput"] or 0) * IOPS_PER_THROUGHPUT > (wanted["iops"] or 0):
            raise TargetUnfitError(f"{wanted['iops']} IOPS carry no {wanted['throughput']} MiB/s")
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
        return modification_of(clients, target) != "failed"


def modification_of(clients: Clients, target: Target) -> str | None:
    """Of the last one. Asked for by id, AWS takes a volume that was never modified for a mistake."""
    answer = clients("ec2").describe_volumes_modifications(
        Filters=[{"Name": "volume-id", "Values": [target.resource_id]}]
    )
    states = [one["ModificationState"] for one in answer["VolumesModifications"]]
    return states[0] if states else None


def wanted_of(probe: Probe, params: Mapping[str, Any]) -> dict[str, Any]:
    """As AWS will describe it: what was not asked for stays, or is what the type comes with."""
    volume_type = params["volume_type"]
    same = probe.state["volume_type"] == volume_type
    match volume_type:
        case "gp3":
            iops = params["iops"] or (probe.state["iops"] if same else GP3_IOPS)
            throughput = params["throughput"] or (probe.state["throughput"] if same else GP3_THROUGHPUT)
            return {"volume_type": volume_type, "iops": iops, "throughput": throughput}
        case "gp2":
            return {"volume_type": volume_type, "iops": gp2_iops(probe.state["size_gb"]), "throughput": None}
        case _:
            return {"volume_type": volume_type, "iops": params["iops"], "throughput": None}


def gp2_iops(gib: int) -> int:
    return min(max(GP2_IOPS_PER_GIB * gib, GP2_LEAST_IOPS), GP2_MOST_IOPS)


def modify(target: Target, wanted: Mapping[str, Any]) -> Call:
    """IOPS and throughput are only said of types that take them."""
    arguments = {"VolumeId": target.resource_id, "VolumeType": wanted["volume_type"]}
    if wanted["volume_type"] in TAKES_IOPS:
        arguments["Iops"] = wanted["iops"]
    if wanted["volume_type"] == "gp3":
        arguments["Throughput"] = wanted["throughput"]
    return Call(service="ec2", operation="modify_volume", arguments=arguments)
