"""Volumes, snapshots, buckets, logs and what carries traffic: each check's answers to what a scan saw."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scanned_holdings import AT, ago, bill_of, evaluated, holding, per_month, proposed, saved, usage, verdict

from cloudops.recommendations.inventory_checks import (
    EBS_GP2_VOLUME,
    EBS_OLD_SNAPSHOT,
    EBS_ORPHAN_SNAPSHOT,
    EBS_UNATTACHED,
    EBS_UNUSED,
    IDLE_ADDRESS,
    IDLE_LOAD_BALANCER,
    IDLE_NAT_GATEWAY,
    INVENTORY_CHECKS,
    LOG_RETENTION,
    S3_LIFECYCLE,
)
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_evaluation import evaluate_holding
from cloudops.recommendations.models import Acceptance, Acceptances, NoPermission, Verdict

FLAGGED, FINE, UNKNOWN = Verdict.FLAGGED, Verdict.FINE, Verdict.NOT_ENOUGH_DATA
NO_PERMISSION = Verdict.NO_PERMISSION
CATALOGUE = Path(__file__).parents[4] / "shared" / "check-catalogue.csv"
NOT_USED: dict[str, Any] = {"observedHours": 0}


def volume(status: str, use: dict[str, Any] | None, kind: str = "gp3", **config: Any) -> Holding:
    config = {"volumeType": kind, "sizeGB": 500, "createdAt": ago(300), **config}
    line = usage(f"EBS:VolumeUsage.{kind}", "50", amount="500")
    return holding("EBS", line, status=status, config=config, use=use)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (volume("available", NOT_USED), FLAGGED, "Delete the unattached volume"),
        (volume("available", {"lastObserved": ago(8), "observedHours": 100}), FLAGGED, "Delete"),
        (volume("available", {"lastObserved": ago(6), "observedHours": 100}), FINE, "in use 6 days ago"),
        (volume("available", NOT_USED, createdAt=ago(2)), FINE, "in use 2 days ago"),
        (volume("available", NOT_USED, createdAt=None), UNKNOWN, "When it was made"),
        (volume("available", None), FLAGGED, "Delete"),
        (volume("in-use", NOT_USED), FINE, "It is in-use"),
        (volume("creating", NOT_USED), FINE, "It is creating"),
    ],
)
def test_unattached_volumes(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EBS_UNATTACHED, found)

    assert (answer, said in reason) == (expected, True), reason


def test_an_unattached_volume_saves_all_that_it_costs() -> None:
    assert saved(EBS_UNATTACHED, volume("available", NOT_USED)) == per_month(50)


def test_a_volume_that_a_cluster_may_claim_again_is_flagged_with_less_confidence() -> None:
    claimed = holding(
        "EBS",
        status="available",
        config={"createdAt": ago(300)},
        use=NOT_USED,
        tags={"kubernetes.io/created-for/pvc/name": "data"},
    )

    assert (
        proposed(EBS_UNATTACHED, claimed).confidence
        < proposed(EBS_UNATTACHED, volume("available", None)).confidence
    )


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (volume("in-use", {"readOps": 0, "writeOps": 0}), FLAGGED, "Delete the unused volume"),
        (volume("in-use", {"readOps": 6, "writeOps": 7}), FLAGGED, "Delete"),
        (volume("in-use", {"readOps": 7, "writeOps": 7}), FINE, "14 times in 14 days"),
        (volume("in-use", {"readOps": 0, "writeOps": 0}, isRoot=True), FINE, "root volume"),
        (volume("in-use", {"observedHours": 100}), UNKNOWN, "cover 4 days"),
        (volume("in-use", {"readOps": 0}), UNKNOWN, "no writeOps"),
        (volume("in-use", {"writeOps": 0}), UNKNOWN, "no readOps"),
        (volume("available", NOT_USED), FINE, "It is available"),
    ],
)
def test_volumes_without_io(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EBS_UNUSED, found)

    assert (answer, said in reason) == (expected, True), reason


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (volume("in-use", {}, kind="gp2"), FLAGGED, "from gp2 to gp3"),
        (volume("in-use", {}, kind="gp2", sizeGB=None), UNKNOWN, "size"),
        (volume("in-use", {}, kind="gp3"), FINE, "It is gp3"),
        (volume("in-use", {}, kind="io1"), FINE, "It is io1"),
    ],
)
def test_gp2_volumes(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EBS_GP2_VOLUME, found)

    assert (answer, said in reason) == (expected, True), reason


def test_gp3_keeps_the_iops_and_throughput_that_the_size_gave() -> None:
    large = volume("in-use", {}, kind="gp2", sizeGB=2000)

    assert proposed(EBS_GP2_VOLUME, large).recommended == {
        "volumeType": "gp3",
        "sizeGB": 2000,
        "iops": 6000,
        "throughput": 250,
    }


def snapshot(days: float | None, **config: Any) -> Holding:
    started = None if days is None else ago(days)
    config = {"startedAt": started, "volumeId": "vol-1", "volumeExists": True, "images": [], **config}
    return holding("EBS Snapshot", usage("EBS:SnapshotUsage", "20"), status="completed", config=config)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (snapshot(91), FLAGGED, "Delete the old snapshot"),
        (snapshot(89), FINE, "89 days old"),
        (snapshot(400, images=["ami-1"]), FINE, "image ami-1"),
        (snapshot(400, managedBy="AWS Backup"), FINE, "AWS Backup decides"),
        (snapshot(400, storageTier="archive"), FINE, "archive"),
        (snapshot(None), UNKNOWN, "When it was taken"),
    ],
)
def test_old_snapshots(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EBS_OLD_SNAPSHOT, found)

    assert (answer, said in reason) == (expected, True), reason


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (snapshot(10, volumeExists=False), FLAGGED, "Delete the orphaned snapshot"),
        (snapshot(2, volumeExists=False), FINE, "last 3 days"),
        (snapshot(10, volumeExists=True), FINE, "still exists"),
        (snapshot(10, volumeExists=None), UNKNOWN, "It is a copy"),
        (snapshot(10, volumeExists=False, images=["ami-1"]), FINE, "image ami-1"),
        (snapshot(10, volumeExists=False, managedBy="Data Lifecycle Manager"), FINE, "decides"),
    ],
)
def test_orphaned_snapshots(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(EBS_ORPHAN_SNAPSHOT, found)

    assert (answer, said in reason) == (expected, True), reason


def test_an_old_orphan_is_counted_once() -> None:
    found = snapshot(400, volumeExists=False)

    old, orphan = evaluated(EBS_OLD_SNAPSHOT, found)[1], evaluated(EBS_ORPHAN_SNAPSHOT, found)[1]

    assert old is not None
    assert orphan is not None
    assert old.overlap_group == orphan.overlap_group


@pytest.mark.parametrize(
    ("status", "config", "expected", "said"),
    [
        ("unassociated", {"publicIp": "203.0.113.7"}, FLAGGED, "Release the idle address 203.0.113.7"),
        ("unassociated", {"publicIp": "203.0.113.7", "ownPool": True}, FINE, "of your own"),
        ("associated", {"associatedWith": "i-1"}, FINE, "It serves i-1"),
    ],
)
def test_addresses(status: str, config: dict[str, Any], expected: Verdict, said: str) -> None:
    found = holding("Elastic IP", usage("PublicIPv4:IdleAddress", "3.6"), status=status, config=config)

    answer, reason = verdict(IDLE_ADDRESS, found)

    assert (answer, said in reason) == (expected, True), reason


SILENT = {"bytesOutToDestination": 0, "bytesInFromDestination": 0, "activeConnections": 0}


def gateway(use: dict[str, Any], status: str = "available", age: float = 100) -> Holding:
    line = usage("NatGateway-Hours", "32")
    return holding("NAT Gateway", line, status=status, config={"createdAt": ago(age)}, use=use)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (gateway(SILENT), FLAGGED, "Delete the idle NAT gateway"),
        (gateway({**SILENT, "observedHours": 190}, age=8), FLAGGED, "Delete"),
        (gateway({}), UNKNOWN, "no bytesOutToDestination"),
        (gateway({"bytesOutToDestination": 0, "activeConnections": 0}), UNKNOWN, "no bytesInFromDestination"),
        (gateway({"bytesOutToDestination": 0, "bytesInFromDestination": 0}), UNKNOWN, "no activeConnections"),
        (gateway({**SILENT, "observedHours": 0}), UNKNOWN, "cover 0 days"),
        (gateway({**SILENT, "observedHours": 200}), UNKNOWN, "cover 60%"),
        (gateway({"bytesOutToDestination": 1}), FINE, "It carried"),
        (gateway({"bytesInFromDestination": 1}), FINE, "It carried"),
        (gateway({"activeConnections": 3}), FINE, "3 connections"),
        (gateway({}, age=5), UNKNOWN, "5 days old"),
        (gateway({}, status="deleted"), FINE, "It is deleted"),
    ],
)
def test_nat_gateways(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(IDLE_NAT_GATEWAY, found)

    assert (answer, said in reason) == (expected, True), reason


def balancer(kind: str, use: dict[str, Any], age: float = 100, **config: Any) -> Holding:
    line = usage("LoadBalancerUsage", "16")
    return holding(kind, line, status="active", config={"createdAt": ago(age), **config}, use=use)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (balancer("ALB", {"requestCount": 0}), FLAGGED, "Delete the idle load balancer"),
        (balancer("ALB", {}), UNKNOWN, "no requestCount"),
        (balancer("ALB", {"requestCount": 139}), FLAGGED, "Delete"),
        (balancer("ALB", {"requestCount": 140}), FINE, "10 requests a day"),
        (balancer("ELB", {"requestCount": 1399, "processedBytes": 0}), FLAGGED, "Delete"),
        (balancer("ELB", {"requestCount": 1399}), UNKNOWN, "no processedBytes"),
        (balancer("ELB", {"processedBytes": 0}), UNKNOWN, "no requestCount"),
        (balancer("ELB", {"requestCount": 1400}), FINE, "100 requests a day"),
        (balancer("ELB", {"processedBytes": 5e9}, protocols=["TCP"]), FINE, "carried 5.000 GB"),
        (balancer("ELB", {"requestCount": 0, "processedBytes": 5e3}, protocols=["HTTP"]), FLAGGED, "Delete"),
        (balancer("NLB", {"processedBytes": 0}), FLAGGED, "Delete"),
        (balancer("NLB", {}), UNKNOWN, "no processedBytes"),
        (balancer("GWLB", {"processedBytes": 0}), FLAGGED, "Delete"),
        (balancer("GWLB", {}), UNKNOWN, "no processedBytes"),
        (balancer("NLB", {"processedBytes": 5e9}), FINE, "carried 5.000 GB"),
        (balancer("ALB", {}, age=13), UNKNOWN, "13 days old"),
        (balancer("ALB", {}, age=-1), UNKNOWN, "days old"),
    ],
)
def test_load_balancers(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(IDLE_LOAD_BALANCER, found)

    assert (answer, said in reason) == (expected, True), reason


def bucket(rules: list[dict[str, Any]] | None, size: float | None = 500, **fields: Any) -> Holding:
    line = usage("TimedStorage-ByteHrs", "12", service="AmazonS3")
    return holding("S3", line, config={"lifecycleRules": rules, "sizeGB": size}, **fields)


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (bucket([]), FLAGGED, "Give the bucket"),
        (bucket([{"enabled": False}]), FLAGGED, "Give the bucket"),
        (bucket([], size=None), FLAGGED, "Give the bucket"),
        (bucket([{"enabled": True}]), FINE, "It has 1 lifecycle rules"),
        (bucket([], size=0.2), FINE, "less than 1 GB"),
        (bucket(None), UNKNOWN, "were not read"),
        (bucket(None, missing_actions=("s3:GetLifecycleConfiguration",)), NO_PERMISSION, "s3:GetLifecycle"),
    ],
)
def test_buckets_without_lifecycle(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(S3_LIFECYCLE, found)

    assert (answer, said in reason) == (expected, True), reason


def test_what_a_lifecycle_saves_is_not_guessed() -> None:
    assert saved(S3_LIFECYCLE, bucket([])) is None


def log_group(retention: int | None, stored: float, age: float | None) -> Holding:
    created = None if age is None else ago(age)
    config = {"retentionDays": retention, "storedGB": stored, "createdAt": created}
    return holding(
        "Log Group", usage("TimedStorage-ByteHrs", "30", service="AmazonCloudWatch"), config=config
    )


@pytest.mark.parametrize(
    ("found", "expected", "said"),
    [
        (log_group(None, 900, 360), FLAGGED, "Set a retention"),
        (log_group(None, 900, None), FLAGGED, "Set a retention"),
        (log_group(30, 900, 360), FINE, "for 30 days"),
        (log_group(None, 0, 360), FINE, "holds nothing"),
        (log_group(None, 900, 60), FINE, "less than 1 USD"),
    ],
)
def test_log_groups_without_retention(found: Holding, expected: Verdict, said: str) -> None:
    answer, reason = verdict(LOG_RETENTION, found)

    assert (answer, said in reason) == (expected, True), reason


def test_a_retention_saves_the_share_that_is_older() -> None:
    assert saved(LOG_RETENTION, log_group(None, 900, 360)) == per_month(22.5)


LOOKS_IDLE = {
    "createdAt": ago(300),
    "launchedAt": ago(300),
    "lifecycleRules": [],
    "instanceType": "m5.2xlarge",
    "instanceClass": "db.r5.2xlarge",
    "memoryMB": 2048,
}


@pytest.mark.parametrize("use", [None, {"unmeasured": "InternalError: no luck"}, {"periodDays": 14}])
@pytest.mark.parametrize(
    "check", [one for one in INVENTORY_CHECKS if GET_METRICS in one.needs], ids=lambda c: c.id
)
def test_no_check_of_metrics_finds_anything_without_figures(check: Any, use: dict[str, Any] | None) -> None:
    for kind in check.types:
        for status in ("available", "running", "in-use", "active"):
            line, finding = evaluated(check, holding(kind, status=status, config=LOOKS_IDLE, utilization=use))

            assert (line.verdict in (UNKNOWN, FINE), finding) == (True, None)


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (EBS_UNATTACHED, volume("available", None)),
        (EBS_UNUSED, volume("in-use", None)),
        (IDLE_NAT_GATEWAY, holding("NAT Gateway", config={"createdAt": ago(100)})),
        (IDLE_LOAD_BALANCER, holding("ALB", status="active", config={"createdAt": ago(100)})),
        (S3_LIFECYCLE, holding("S3", config={"lifecycleRules": []})),
    ],
    ids=lambda one: getattr(one, "id", ""),
)
def test_what_cloudwatch_did_not_tell_is_said_and_nothing_proposed(
    check: InventoryCheck, found: Holding
) -> None:
    told = replace(found, utilization={"unmeasured": "InternalError: no luck"})

    assert verdict(check, told) == (UNKNOWN, "CloudWatch did not tell its metrics (InternalError: no luck).")


@pytest.mark.parametrize("check", INVENTORY_CHECKS, ids=lambda check: check.id)
def test_every_check_without_its_permission_names_it(check: Any) -> None:
    for action in check.needs:
        for kind in check.types:
            answer, reason = verdict(check, holding(kind, missing_actions=(action,)))

            assert (answer, action in reason) == (NO_PERMISSION, True)


@pytest.mark.parametrize("check", INVENTORY_CHECKS, ids=lambda check: check.id)
def test_every_check_says_something_about_a_resource_that_no_scan_has_seen(check: Any) -> None:
    for kind in check.types:
        unseen = holding(kind, scanned_at=None, unseen=NoPermission(action="sts:AssumeRole"))

        assert verdict(check, unseen) == (NO_PERMISSION, "The role in this account lacks sts:AssumeRole.")


@pytest.mark.parametrize("check", INVENTORY_CHECKS, ids=lambda check: check.id)
def test_every_check_survives_a_resource_of_which_nothing_is_known(check: Any) -> None:
    for kind in check.types:
        for status in ("available", "running", "stopped", "in-use", "unassociated"):
            line, _ = evaluated(check, holding(kind, status=status))

            assert line.verdict in Verdict


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="the catalogue lies in ../shared, which is missing")
def test_ids_and_risks_are_those_of_the_catalogue_and_used_once() -> None:
    with CATALOGUE.open(encoding="utf-8") as file:
        risks = {row["id"]: row["risk"] for row in csv.DictReader(file)}

    assert len({check.id for check in INVENTORY_CHECKS}) == len(INVENTORY_CHECKS) == 16
    for check in INVENTORY_CHECKS:
        assert risks[check.id].startswith(check.risk.name), check.id


def test_an_acceptance_turns_a_flag_into_an_exception() -> None:
    found = volume("available", NOT_USED)
    accepted = Acceptance(check_id="EBS-01", resource_id="thing-1", until=AT.date())

    report = evaluate_holding(
        found, bill_of(*found.subject.usages), checks=(EBS_UNATTACHED,), acceptances=Acceptances([accepted])
    )

    assert report.findings == ()
    assert report.coverage[0].verdict is Verdict.EXCEPTED


def test_the_owner_is_who_the_scanned_tags_name() -> None:
    found = holding(
        "EBS", status="available", config={"createdAt": ago(300)}, use=NOT_USED, tags={"Owner": "team-a"}
    )

    _, finding = evaluated(EBS_UNATTACHED, found)

    assert finding is not None
    assert finding.owner == "team-a"
