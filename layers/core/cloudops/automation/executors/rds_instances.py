"""Another class for a database, or stop one that nobody uses."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.parameters import only, text, without_parameters
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Passing, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

INSTANCE = "arn:{partition}:rds:{region}:{account}:db:{resource}"
IDS = r"[A-Za-z][A-Za-z0-9-]{0,62}"
DESCRIBE = Grant(actions=("rds:DescribeDBInstances",))
NOT_THERE = frozenset(("DBInstanceNotFound", "DBInstanceNotFoundFault"))
MODIFYING = [
    "modifying",
    "rebooting",
    "configuring-enhanced-monitoring",
    "storage-optimization",
    "backing-up",
]


def probe_database(clients: Clients, target: Target) -> Probe:
    answer = found_or_none(
        lambda: clients("rds").describe_db_instances(DBInstanceIdentifier=target.resource_id),
        absent=NOT_THERE,
    )
    database = next(iter(answer["DBInstances"]), None) if answer else None
    if database is None or database["DBInstanceStatus"] == "deleting":
        return Probe(state=GONE)
    return Probe(
        state={
            "exists": True,
            "status": database["DBInstanceStatus"],
            "instance_class": database["DBInstanceClass"],
            "pending": sorted(database.get("PendingModifiedValues") or ()),
        },
        tags=tags_in(database.get("TagList", ())),
        configuration={
            "engine": database.get("Engine"),
            "multi_az": database.get("MultiAZ"),
            "cluster": database.get("DBClusterIdentifier"),
            "replica_of": database.get("ReadReplicaSourceDBInstanceIdentifier"),
            "replicas": database.get("ReadReplicaDBInstanceIdentifiers", []),
        },
    )


class ResizeDatabase:
    nature = Nature(
        type="rds.resize",
        title="Change a database's instance class",
        risk=RiskClass.B,
        restarts=True,
        loses="its connections while it restarts, for some minutes",
        undone_by="changing the class back, with another restart",
        reads=(DESCRIBE,),
        writes=(Grant(actions=("rds:ModifyDBInstance",), resources=(INSTANCE,)),),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("instance_class",))
        pattern = r"db\.[a-z0-9]+\.[a-z0-9]+"
        return {"instance_class": text(given, "instance_class", pattern, "a class, such as db.m7g.large,")}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_database(clients, target)

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        available(probe)
        wanted, present = params["instance_class"], probe.state["instance_class"]
        if wanted == present:
            raise TargetUnfitError(f"it is a {wanted} already")
        passing: Passing = {"status": MODIFYING, "pending": [["DBInstanceClass"]]}
        step = Step(
            name="change the class",
            call=classed(target, wanted),
            becomes={**probe.state, "instance_class": wanted},
            passing=passing,
            undo=Undo(name="change the class back", call=classed(target, present), passing=passing),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return probe_database(clients, target).state.get("status") == "available"


class StopDatabase:
    nature = Nature(
        type="rds.stop",
        title="Stop a database",
        risk=RiskClass.B,
        restarts=True,
        loses="its connections; AWS starts it again by itself after seven days",
        undone_by="starting it again",
        reads=(DESCRIBE,),
        writes=(Grant(actions=("rds:StopDBInstance", "rds:StartDBInstance"), resources=(INSTANCE,)),),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        return probe_database(clients, target)

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        available(probe)
        if probe.configuration["cluster"]:
            raise TargetUnfitError("it belongs to a cluster, which is stopped as a whole")
        if probe.configuration["replica_of"] or probe.configuration["replicas"]:
            raise TargetUnfitError("it has replicas or is one, and AWS stops neither")
        if probe.configuration["multi_az"] and str(probe.configuration["engine"]).startswith("sqlserver"):
            raise TargetUnfitError("AWS does not stop SQL Server in several zones")
        step = Step(
            name="stop the database",
            call=named("stop_db_instance", target),
            becomes={**probe.state, "status": "stopped"},
            passing={"status": ["stopping"]},
            undo=Undo(
                name="start it again",
                call=named("start_db_instance", target),
                passing={"status": ["starting", "configuring-enhanced-monitoring", "backing-up"]},
            ),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def available(probe: Probe) -> None:
    if not probe.exists:
        raise TargetUnfitError("there is no such database")
    if probe.state["status"] != "available":
        raise TargetUnfitError(f"it is {probe.state['status']}")
    if probe.state["pending"]:
        raise TargetUnfitError("other changes of it are pending")


def named(operation: str, target: Target, **more: Any) -> Call:
    arguments = {"DBInstanceIdentifier": target.resource_id, **more}
    return Call(service="rds", operation=operation, arguments=arguments)


def classed(target: Target, wanted: str) -> Call:
    return named("modify_db_instance", target, DBInstanceClass=wanted, ApplyImmediately=True)
