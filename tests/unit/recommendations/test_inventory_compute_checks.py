"""Instances, databases and functions: what each check answers to what a scan saw."""

import csv
from pathlib import Path
from typing import Any

import pytest
from scanned_holdings import AT, ago, bill_of, holding, per_month, proposed, saved, usage, verdict

from cloudops.recommendations.instance_sizes import half_of, memory_gib
from cloudops.recommendations.instance_types import parse
from cloudops.recommendations.inventory_checks import (
    EC2_IDLE,
    EC2_RIGHTSIZE,
    EC2_STOPPED,
    LAMBDA_MEMORY,
    RDS_IDLE,
    RDS_RIGHTSIZE,
)
from cloudops.recommendations.inventory_checks.models import Holding
from cloudops.recommendations.models import Verdict

FLAGGED, FINE, UNKNOWN = Verdict.FLAGGED, Verdict.FINE, Verdict.NOT_ENOUGH_DATA
NO_PERMISSION = Verdict.NO_PERMISSION
GIB = 2**30
INSTANCE_TYPES = Path(__file__).parents[4] / "shared" / "data" / "pricing" / "ec2_instance_types.csv"
IDLE = {"cpuUtilization": 1.2, "cpuBusiestHour": 3, "networkIn": 200, "networkOut": 100}
BUSY = {"cpuUtilization": 50, "cpuBusiestHour": 95, "networkIn": 9e6, "networkOut": 9e6, "cpuPeakP95": 90}


def instance(use: dict[str, Any] | None = None, **fields: Any) -> Holding:
    config = {"instanceType": "m5.2xlarge", "launchedAt": ago(200), **fields.pop("config", {})}
    line = usage("BoxUsage:m5.2xlarge", "300", operation="RunInstances")
    return holding("EC2", line, status=fields.pop("status", "running"), config=config, use=use, **fields)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (instance(IDLE), FLAGGED, "Stop the idle instance"),
        (instance({**IDLE, "cpuUtilization": 5}), FINE, "5 % of its CPU"),
        (instance({**IDLE, "cpuBusiestHour": 40}), FINE, "busiest hour"),
        (instance({**IDLE, "networkOut": 5000}), FINE, "bytes per second"),
        (instance(IDLE, status="stopped"), FINE, "It is stopped"),
        (instance(IDLE, status="terminated"), FINE, "It is terminated"),
        (instance(IDLE, tags={"aws:autoscaling:groupName": "web"}), FINE, "Auto Scaling group web"),
        (instance(IDLE, tags={"eks:cluster-name": "prod"}), FINE, "EKS cluster prod"),
        (instance({**IDLE, "observedHours": 100}), UNKNOWN, "cover 4 days"),
        (instance({**IDLE, "observedHours": 300}), UNKNOWN, "cover 89%"),
        (instance({**IDLE, "observedHours": 190}, config={"launchedAt": ago(8)}), FLAGGED, "Stop"),
        (instance({"observedHours": 0}), UNKNOWN, "cover 0 days"),
        (instance({"cpuUtilization": 1, "cpuBusiestHour": 1, "networkIn": 0}), UNKNOWN, "no networkOut"),
        (
            instance(None, missing_actions=("cloudwatch:GetMetricData",)),
            NO_PERMISSION,
            "cloudwatch:GetMetricData",
        ),
    ],
)
def test_idle_instances(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EC2_IDLE, found)

    assert (answer, said in reason) == (expected, True), reason


def test_an_idle_instance_saves_its_hours_at_the_net_rate() -> None:
    assert saved(EC2_IDLE, instance(IDLE)) == per_month(300)


def test_an_instance_that_a_commitment_pays_for_saves_nothing_yet() -> None:
    covered = usage("BoxUsage:m5.2xlarge", "300", pricing="Committed")
    found = holding("EC2", covered, status="running", config={"launchedAt": ago(200)}, use=IDLE)

    assert verdict(EC2_IDLE, found)[0] is FINE


def test_an_instance_with_disks_of_its_own_is_flagged_with_less_confidence() -> None:
    with_disks = instance(IDLE, config={"instanceStore": True})

    assert proposed(EC2_IDLE, with_disks).confidence < proposed(EC2_IDLE, instance(IDLE)).confidence


@pytest.mark.parametrize(
    ("use", "expected", "said"),
    [
        ({"cpuPeakP95": 39}, FLAGGED, "from m5.2xlarge to m5.xlarge"),
        ({"cpuPeakP95": 41}, FINE, "would not carry 41 % CPU"),
        ({"cpuPeakP95": 10}, FLAGGED, "to m5.xlarge"),
        ({"cpuPeakP95": 10, "memoryBusiestHour": 15}, FLAGGED, "to m5.large"),
        ({"cpuPeakP95": 10, "memoryBusiestHour": 30}, FLAGGED, "to m5.xlarge"),
        ({"cpuPeakP95": 10, "memoryBusiestHour": 70}, FINE, "or its memory"),
        ({}, UNKNOWN, "no CPU peaks"),
        ({"cpuPeakP95": 10, "observedHours": 20}, UNKNOWN, "cover 1 days"),
    ],
)
def test_rightsizing_of_instances(use: dict[str, Any], expected: Verdict, said: str) -> None:
    answer, reason = verdict(EC2_RIGHTSIZE, instance(use))

    assert (answer, said in reason) == (expected, True), reason


@pytest.mark.parametrize("instance_type", ["m5.large", "g5.2xlarge", "m5.metal", "m5.12xlarge", "unknown"])
def test_types_without_a_smaller_half_are_fine(instance_type: str) -> None:
    found = instance({"cpuPeakP95": 5}, config={"instanceType": instance_type})

    assert verdict(EC2_RIGHTSIZE, found)[0] is FINE


def test_half_the_size_costs_half_where_the_bill_shows_no_rate_for_it() -> None:
    assert saved(EC2_RIGHTSIZE, instance({"cpuPeakP95": 10})) == per_month(150)


def test_the_bills_own_rate_of_the_smaller_size_counts_where_it_shows_one() -> None:
    found = instance({"cpuPeakP95": 10})
    other = usage("BoxUsage:m5.xlarge", "180", operation="RunInstances", resource_id="other")

    # 180 of 300 for the same hours.
    assert saved(EC2_RIGHTSIZE, found, bill_of(*found.subject.usages, other)) == per_month(120)


def test_rightsizing_without_a_memory_metric_says_so() -> None:
    assert proposed(EC2_RIGHTSIZE, instance({"cpuPeakP95": 10})).facts["judged_by"] == (
        "CPU only: the agent reports no memory"
    )


STOPPED = {"stoppedAt": ago(45), "volumes": ["vol-1"]}


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (holding("EC2", status="stopped", config=STOPPED), FLAGGED, "stopped for 45 days"),
        (holding("EC2", status="stopped", config={"stoppedAt": ago(29)}), FINE, "29 days"),
        (holding("EC2", status="stopped", config={"stoppedAt": None}), UNKNOWN, "since when"),
        (holding("EC2", status="running", config=STOPPED), FINE, "It is running"),
    ],
)
def test_long_stopped_instances(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EC2_STOPPED, found)

    assert (answer, said in reason) == (expected, True), reason


def test_a_long_stopped_instance_costs_what_its_volumes_cost() -> None:
    found = holding("EC2", status="stopped", config=STOPPED, attached=(usage("EBS:VolumeUsage.gp3", "60"),))

    assert saved(EC2_STOPPED, found) == per_month(60)


def database(use: dict[str, Any] | None, status: str = "available", **config: Any) -> Holding:
    config = {"instanceClass": "db.r5.xlarge", "engine": "postgres", "createdAt": ago(400), **config}
    lines = (usage("InstanceUsage:db.r5.xlarge", "200"), usage("RDS:GP2-Storage", "50"))
    return holding("RDS", *lines, status=status, config=config, use=use)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (database({"connectionsMax": 0}), FLAGGED, "Stop the idle database"),
        (database({"connectionsMax": 1}), FINE, "up to 1 connections"),
        (database({}), UNKNOWN, "no connections metric"),
        (database({"connectionsMax": 0, "observedHours": 150}), UNKNOWN, "cover 6 days"),
        (database({"connectionsMax": 0, "observedHours": 200}), UNKNOWN, "cover 60%"),
        (database({"connectionsMax": 0}, replicaOf="main"), FINE, "It replicates"),
        (database({"connectionsMax": 0}, replicas=["copy"]), FINE, "It replicates"),
        (database({"connectionsMax": 0}, status="stopped"), FINE, "It is stopped"),
    ],
)
def test_idle_databases(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(RDS_IDLE, found)

    assert (answer, said in reason) == (expected, True), reason


def test_an_idle_database_saves_its_hours_and_not_its_storage() -> None:
    assert saved(RDS_IDLE, database({"connectionsMax": 0})) == per_month(200)


@pytest.mark.parametrize(
    ("use", "instance_class", "expected", "said"),
    [
        ({"cpuPeakP95": 20, "freeableMemoryMin": 24 * GIB}, "db.r5.xlarge", FLAGGED, "to db.r5.large"),
        ({"cpuPeakP95": 20, "freeableMemoryMin": 10 * GIB}, "db.r5.xlarge", FINE, "69 % memory"),
        ({"cpuPeakP95": 60, "freeableMemoryMin": 24 * GIB}, "db.r5.xlarge", FINE, "60 % CPU"),
        ({"cpuPeakP95": 20, "freeableMemoryMin": 15 * GIB}, "db.r5.large", FINE, "would not carry"),
        ({"cpuPeakP95": 20, "freeableMemoryMin": 1 * GIB}, "db.strange.large", UNKNOWN, "not known"),
        ({"cpuPeakP95": 20}, "db.r5.xlarge", UNKNOWN, "not known"),
        ({"cpuPeakP95": 20, "freeableMemoryMin": 1.5 * GIB}, "db.t3.small", FLAGGED, "to db.t3.micro"),
        ({"cpuPeakP95": 20, "freeableMemoryMin": 0.9 * GIB}, "db.t3.micro", FINE, "would not carry"),
    ],
)
def test_rightsizing_of_databases(
    use: dict[str, Any], instance_class: str, expected: Verdict, said: str
) -> None:
    answer, reason = verdict(RDS_RIGHTSIZE, database(use, instanceClass=instance_class))

    assert (answer, said in reason) == (expected, True), reason


def function(use: dict[str, Any] | None, memory: int | None = 1024) -> Holding:
    return holding("Lambda", usage("Lambda-GB-Second", "80"), config={"memoryMB": memory}, use=use)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (function({"usedMemoryMB": 200}), FLAGGED, "from 1024 to 256 MB"),
        (function({"usedMemoryMB": 60}), FLAGGED, "to 128 MB"),
        (function({"usedMemoryMB": 512}), FINE, "up to 512 of 1024"),
        (function({}), UNKNOWN, "Lambda Insights is not on"),
        (function({}, memory=128), FINE, "the smallest size"),
        (function({}, memory=None), UNKNOWN, "not known"),
    ],
)
def test_memory_of_functions(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(LAMBDA_MEMORY, found)

    assert (answer, said in reason) == (expected, True), reason


def test_less_memory_saves_its_share_of_the_duration_billed() -> None:
    assert saved(LAMBDA_MEMORY, function({"usedMemoryMB": 200})) == per_month(60)


@pytest.mark.parametrize(
    ("of", "expected"),
    [("db.r5.xlarge", 32), ("db.m6g.large", 8), ("db.t3.medium", 4), ("db.q1.large", None)],
)
def test_memory_of_a_class_follows_its_family(of: str, expected: float | None) -> None:
    found = parse(of)

    assert found is not None
    assert memory_gib(found) == expected


@pytest.mark.skipif(
    not INSTANCE_TYPES.is_file(), reason="the instance types lie in ../shared, which is missing"
)
def test_every_half_is_a_type_that_exists_with_half_of_the_memory() -> None:
    with INSTANCE_TYPES.open(encoding="utf-8") as file:
        memory = {row["instance_type"]: int(row["memory_mib"]) for row in csv.DictReader(file)}
    halves = {
        name: str(half) for name in memory if (found := parse(name)) is not None and (half := half_of(found))
    }

    assert len(halves) > 500
    assert {half for half in halves.values() if half not in memory} == set()
    # The first generations gave a few per cent less than half.
    assert all(0.45 <= memory[half] / memory[name] <= 0.5 for name, half in halves.items())


def test_a_check_answers_for_the_time_of_the_scan_not_for_today() -> None:
    found = holding("EC2", status="stopped", config={"stoppedAt": ago(29)}, scanned_at=AT.replace(year=2027))

    assert verdict(EC2_STOPPED, found)[0] is FLAGGED
