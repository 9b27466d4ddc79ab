"""Plans without an AWS: what they refuse to begin from, and what holds for each of them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.automation.access import LONGEST_POLICY, session_policy
from cloudops.automation.executor import BadParameterError, BadResourceError, Probe, TargetUnfitError
from cloudops.automation.executors import EXECUTORS, FAMILIES
from cloudops.automation.models import NewAction, Target
from cloudops.automation.plans import IrreversibleStepError, Plan, plan_of, same
from tests.template.stack import CHECKOUT

ACCOUNT, REGION = "111122223333", "eu-central-1"
RUNNING = {"exists": True, "state": "running", "instance_type": "m5.xlarge"}
EBS_ROOT = {"root_device": "ebs", "architecture": "x86_64"}
ON_ARM = {**EBS_ROOT, "architecture": "arm64"}
GP2 = {
    "exists": True,
    "state": "in-use",
    "volume_type": "gp2",
    "size_gb": 200,
    "iops": 600,
    "throughput": None,
}
LOOSE = {**GP2, "state": "available", "backup": None}
DATABASE = {"exists": True, "status": "available", "instance_class": "db.m5.xlarge", "pending": []}
ALONE = {"engine": "postgres", "multi_az": False, "cluster": None, "replica_of": None, "replicas": []}
SNAPSHOT = {"exists": True, "state": "completed", "size_gb": 8, "images": []}
BALANCER = {"exists": True, "state": "active", "deletion_protection": False, "healthy_targets": 0}
HOURS = {
    "stop": "cron(0 19 ? * MON-FRI *)",
    "start": "cron(0 7 ? * MON-FRI *)",
    "timezone": "UTC",
    "role": f"arn:aws:iam::{ACCOUNT}:role/cloudops-scheduler",
}
THEIRS = "arn:aws:iam::999988887777:role/scheduler"
GONE = Probe(state={"exists": False})


def probe(state: Mapping[str, Any], configuration: Mapping[str, Any] | None = None, **tags: str) -> Probe:
    return Probe(state=state, configuration=configuration or {}, tags=tags)


def tagged(found: Probe, key: str) -> Probe:
    return Probe(state=found.state, configuration=found.configuration, tags={key: "x"})


# By type: a resource that it can begin with, its name, and what to ask for.
FIT: dict[str, tuple[Probe, str, dict[str, Any]]] = {
    "ec2.stop": (probe(RUNNING, EBS_ROOT), "i-0a1b2c3d4e5f60718", {}),
    "ec2.start": (probe({**RUNNING, "state": "stopped"}, EBS_ROOT), "i-0a1b2c3d4e5f60718", {}),
    "ec2.resize": (probe(RUNNING, EBS_ROOT), "i-0a1b2c3d4e5f60718", {"instance_type": "m5.large"}),
    "ebs.modify": (probe(GP2), "vol-0a1b2c3d4e5f60718", {"volume_type": "gp3"}),
    "ebs.delete": (probe(LOOSE), "vol-0a1b2c3d4e5f60718", {}),
    "ec2.release_address": (
        probe({"exists": True, "associated": False}),
        "eipalloc-0a1b2c3d4e5f60718",
        {},
    ),
    "ebs.delete_snapshot": (probe(SNAPSHOT), "snap-0a1b2c3d4e5f60718", {}),
    "elb.delete": (
        probe(BALANCER),
        f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/{'a' * 32}/0a1b2c3d4e5f6071",
        {},
    ),
    "rds.resize": (probe(DATABASE, ALONE), "d" * 63, {"instance_class": "db.m5.large"}),
    "rds.stop": (probe(DATABASE, ALONE), "d" * 63, {}),
    "s3.lifecycle": (
        probe({"exists": True, "rules": [{"ID": "theirs", "Status": "Enabled"}]}),
        "b" * 63,
        {"storage_class": "GLACIER_IR", "abort_uploads_after_days": 7},
    ),
    "logs.retention": (probe({"exists": True, "retention_days": 365}), "g" * 512, {"days": 30}),
    "schedule.off_hours": (
        probe({"exists": True, "stop": None, "start": None}),
        "d" * 63,
        {**HOURS, "role": f"arn:aws:iam::{ACCOUNT}:role/{'p' * 500}"},
    ),
    "ecr.lifecycle": (probe({"exists": True, "policy": None}), "r" * 256, {"untagged_days": 14}),
    "tags.add": (
        probe({"tags": {"team": None, "environment": None}}),
        f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{'d' * 63}",
        {"tags": {"team": "payments", "environment": "staging"}},
    ),
}  # fmt: skip
UNFIT = [
    *((kind, GONE, {}, "there is no such") for kind in FIT if kind != "tags.add"),
    ("ec2.stop", probe({**RUNNING, "state": "stopped"}, EBS_ROOT), {}, "stopped already"),
    ("ec2.stop", probe({**RUNNING, "state": "stopping"}, EBS_ROOT), {}, "it is stopping"),
    ("ec2.stop", probe(RUNNING, {"root_device": "instance-store"}), {}, "would erase"),
    ("ec2.stop", probe(RUNNING, {**EBS_ROOT, "lifecycle": "spot"}), {}, "a spot instance"),
    ("ec2.stop", tagged(probe(RUNNING, EBS_ROOT), "aws:autoscaling:groupName"), {}, "would replace it"),
    ("ec2.start", probe(RUNNING, EBS_ROOT), {}, "runs already"),
    ("ec2.resize", probe(RUNNING, EBS_ROOT), {"instance_type": "m5.xlarge"}, "a m5.xlarge already"),
    ("ec2.resize", probe(RUNNING, EBS_ROOT), {"instance_type": "m7g.large"}, "does not run"),
    ("ec2.resize", probe(RUNNING, ON_ARM), {"instance_type": "m5.large"}, "does not run"),
    ("ebs.modify", probe({**GP2, "state": "error"}), {"volume_type": "gp3"}, "it is error"),
    ("ebs.modify", probe(GP2), {"volume_type": "gp2"}, "it is so already"),
    ("ebs.modify", probe(GP2, {"modification": "optimizing"}), {"volume_type": "gp3"}, "under way"),
    ("ebs.modify", probe(GP2), {"volume_type": "gp3", "throughput": 1000}, "carry no 1000"),
    ("ebs.delete", probe({**LOOSE, "state": "in-use"}), {}, "not unattached"),
    ("ec2.release_address", probe({"exists": True, "associated": True}), {}, "in use"),
    ("ebs.delete_snapshot", probe({**SNAPSHOT, "images": ["ami-1"]}), {}, "images are made of it"),
    ("ebs.delete_snapshot", probe({**SNAPSHOT, "state": "pending"}), {}, "it is pending"),
    ("ebs.delete_snapshot", tagged(probe(SNAPSHOT), "aws:backup:source-resource"), {}, "AWS Backup decides"),
    ("elb.delete", probe({**BALANCER, "deletion_protection": True}), {}, "protected"),
    ("elb.delete", probe({**BALANCER, "healthy_targets": 2}), {}, "2 healthy targets"),
    ("rds.resize", probe({**DATABASE, "pending": ["EngineVersion"]}, ALONE), {}, "pending"),
    ("rds.resize", probe(DATABASE, ALONE), {"instance_class": "db.m5.xlarge"}, "already"),
    ("rds.stop", probe({**DATABASE, "status": "backing-up"}, ALONE), {}, "backing-up"),
    ("rds.stop", probe(DATABASE, {**ALONE, "cluster": "orders"}), {}, "belongs to a cluster"),
    ("rds.stop", probe(DATABASE, {**ALONE, "replicas": ["copy"]}), {}, "replicas"),
    ("rds.stop", probe(DATABASE, {**ALONE, "engine": "sqlserver-se", "multi_az": True}), {}, "SQL Server"),
    ("s3.lifecycle", probe({"exists": True, "rules": [{"ID": "cloudops-guardrails"}]}), {}, "already"),
    ("logs.retention", probe({"exists": True, "retention_days": 14}), {"days": 30}, "for 14 days already"),
    ("schedule.off_hours", probe({"exists": True, "stop": "cron", "start": None}), HOURS, "schedules of ours"),
    ("schedule.off_hours", FIT["schedule.off_hours"][0], {**HOURS, "role": THEIRS}, "own account"),
    ("ecr.lifecycle", probe({"exists": True, "policy": {"rules": []}}), {"untagged_days": 14}, "would be replaced"),
    ("tags.add", probe({"tags": {"team": "search"}}), {"tags": {"team": "payments"}}, "has team=search already"),
]  # fmt: skip
BAD = [
    ("ec2.stop", {"force": True}, "force"),
    ("ec2.resize", {"instance_type": "huge"}, "instance_type"),
    ("ec2.resize", {"instance_type": "m5.large", "now": True}, "now"),
    ("ebs.modify", {"volume_type": "gp9"}, "volume_type"),
    ("ebs.modify", {"volume_type": "gp2", "iops": 1000}, "iops"),
    ("ebs.modify", {"volume_type": "io2"}, "iops"),
    ("ebs.modify", {"volume_type": "io2", "iops": 1000, "throughput": 500}, "throughput"),
    ("ebs.modify", {"volume_type": "gp3", "iops": True}, "iops"),
    ("rds.resize", {"instance_class": "m5.large"}, "instance_class"),
    ("s3.lifecycle", {}, "storage_class"),
    ("s3.lifecycle", {"storage_class": "STANDARD_IA", "after_days": 7}, "after_days"),
    ("s3.lifecycle", {"storage_class": "DEEP_ARCHIVE"}, "storage_class"),
    ("logs.retention", {"days": 31}, "days"),
    ("schedule.off_hours", {**HOURS, "role": "*"}, "role"),
    ("schedule.off_hours", {**HOURS, "stop": "at midnight"}, "stop"),
    ("schedule.off_hours", {key: value for key, value in HOURS.items() if key != "role"}, "role"),
    ("ecr.lifecycle", {"untagged_days": 0}, "untagged_days"),
    ("tags.add", {"tags": {}}, "tags"),
    ("tags.add", {"tags": {"aws:team": "x"}}, "tags.aws:team"),
]  # fmt: skip


def target(resource_id: str) -> Target:
    return Target(account_id=ACCOUNT, region=REGION, resource_id=resource_id)


def planned(kind: str) -> Plan:
    found, name, asked = FIT[kind]
    executor = EXECUTORS[kind]
    return executor.plan(found, target(name), executor.parameters(asked))


@pytest.mark.parametrize(("kind", "found", "asked", "reason"), UNFIT)
def test_a_resource_that_it_cannot_begin_with_is_refused_with_the_reason(
    kind: str, found: Probe, asked: dict[str, Any], reason: str
) -> None:
    executor, params = EXECUTORS[kind], asked or FIT[kind][2]

    with pytest.raises(TargetUnfitError) as caught:
        executor.plan(found, target(FIT[kind][1]), executor.parameters(params))

    assert reason in caught.value.detail


@pytest.mark.parametrize(("kind", "asked", "field"), BAD)
def test_parameters_that_are_not_valid_are_refused_by_their_names(
    kind: str, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadParameterError) as caught:
        EXECUTORS[kind].parameters(asked)

    assert caught.value.field == field


@pytest.mark.parametrize("kind", EXECUTORS)
def test_a_plan_is_the_same_each_time_and_survives_its_store(kind: str) -> None:
    plan = planned(kind)
    stored = json.loads(json.dumps(plan.to_json()))

    assert planned(kind).digest == plan.digest
    assert plan_of(plan.to_json()) == plan
    assert plan_of(stored).digest == plan.digest


@given(kind=st.sampled_from(sorted(EXECUTORS)), data=st.data())
def test_the_digest_does_not_hang_on_the_order_in_which_a_store_keeps_keys(
    kind: str, data: st.DataObject
) -> None:
    plan = planned(kind)
    shuffled = reordered(plan.to_json(), data)

    assert plan_of(shuffled).digest == plan.digest


@pytest.mark.parametrize("kind", EXECUTORS)
def test_the_way_back_from_every_step_leads_to_the_state_before(kind: str) -> None:
    plan = planned(kind)
    for reached in range(1, len(plan.steps) + 1):
        if all(step.undo for step in plan.steps[:reached]):
            back = plan.back_from(reached)
            assert [step.becomes for step in back] == list(reversed(plan.states[:reached]))
            assert same(back[-1].becomes, plan.before)
        else:
            with pytest.raises(IrreversibleStepError):
                plan.back_from(reached)


@pytest.mark.parametrize("kind", EXECUTORS)
def test_every_state_of_a_plan_tells_how_far_it_is(kind: str) -> None:
    plan = planned(kind)

    assert [plan.reached(state) for state in plan.states] == list(range(len(plan.steps) + 1))


@pytest.mark.parametrize("kind", EXECUTORS)
@pytest.mark.parametrize("name", ["*", "", "i-*", "a?", "$token", "x y", "arn:aws:ec2:*:*:*", "a\n"])
def test_no_name_of_a_resource_widens_a_session(kind: str, name: str) -> None:
    with pytest.raises(BadResourceError):
        EXECUTORS[kind].nature.check_name(name)


@pytest.mark.parametrize("kind", EXECUTORS)
def test_the_longest_names_leave_the_session_policy_short_enough_for_aws(kind: str) -> None:
    _, name, asked = FIT[kind]
    nature = EXECUTORS[kind].nature
    nature.check_name(name)
    action = NewAction(
        id=UUID(int=0),
        type=kind,
        target=Target(account_id=ACCOUNT, region="us-gov-east-1", resource_id=name),
        requested_by=None,
        requested_by_name="olga",
        risk=nature.risk.value,
        params=EXECUTORS[kind].parameters(asked),
    )

    policy = session_policy(action, (*nature.reads, *nature.writes))

    assert len(policy) < LONGEST_POLICY
    assert name in policy or kind in ("schedule.off_hours",)


def test_every_change_belongs_to_one_family() -> None:
    kinds = [kind for family in FAMILIES.values() for kind in family]

    assert sorted(kinds) == sorted(EXECUTORS)


def reordered(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, Mapping):
        keys = data.draw(st.permutations(sorted(value)))
        return {key: reordered(value[key], data) for key in keys}
    return [reordered(one, data) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("kind", EXECUTORS)
def test_the_documentation_tells_of_every_change_as_the_code_does(kind: str) -> None:
    nature = EXECUTORS[kind].nature
    lines = (CHECKOUT / "docs" / "actions.md").read_text(encoding="utf-8").splitlines()

    (row,) = [line for line in lines if line.startswith(f"| `{kind}` |")]

    assert f"| {nature.risk.name} ({nature.risk.value} %) |" in row
    assert row.endswith(f"| {nature.loses or 'nothing'} | {nature.undone_by or 'nothing'} |")
