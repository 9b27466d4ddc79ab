"""Which recommendations can be carried out, by which change, and which are left to people."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cloudops.automation.executors import EXECUTORS
from cloudops.automation.offers import WAYS, offer_of
from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS
from cloudops.recommendations.life import RecommendationDetail

ACCOUNT, REGION = "111122223333", "eu-west-1"
BY_HAND = {
    "CFG-01", "COM-02", "COM-03", "COM-04", "COM-05", "CT-01", "CT-02", "CWL-05",
    "CWM-01", "CWM-03", "DDB-09", "DDB-10", "DDB-14", "EBS-02", "EBS-05", "EBS-13",
    "EBS-14", "EC-03", "EC-05", "EC-06", "EC2-05", "EC2-07", "EC2-09", "EC2-10",
    "EC2-12", "EC2-13", "ECS-06", "EFS-01", "EKS-01", "GOV-01", "GOV-02", "LAM-01",
    "LAM-05", "LAM-06", "NET-03", "NET-04", "NET-07", "NET-09", "NET-11", "NET-15",
    "NET-16", "NET-17", "NET-18", "OPS-02", "OPS-03", "OPS-05", "RDS-05", "RDS-08",
    "RDS-10", "RDS-15", "RDS-16", "RS-04", "S3-08", "S3-13", "S3-14", "SEC-03",
    "SM-02",
}  # fmt: skip


def recommendation(
    check_id: str, resource_id: str | None, recommended: dict[str, Any] | None = None
) -> RecommendationDetail:
    now = datetime(2026, 9, 14, tzinfo=UTC)
    return RecommendationDetail(
        id=uuid4(),
        project_id=uuid4(),
        alert_id=None,
        check_id=check_id,
        kind="cost_optimization",
        type="review",
        severity="low",
        status="open",
        title="Do it",
        description="It saves.",
        action_steps="1. Do it.",
        impact="less",
        owner=None,
        provider="aws",
        account_id=ACCOUNT,
        service_name="service",
        region=REGION,
        resource_id=resource_id,
        monthly_savings=Decimal(10),
        currency="USD",
        overlap_group="group",
        risk=Decimal(5),
        risk_reduction=None,
        confidence=Decimal(1),
        created_at=now,
        updated_at=now,
        done_at=None,
        dismissed_at=None,
        dismissed_reason=None,
        dismissed_until=None,
        current_config={},
        recommended_config=recommended or {},
        evidence={},
    )


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


INSTANCE, VOLUME, SNAPSHOT = "i-0a1b2c3d4e5f60718", "vol-0a1b2c3d4e5f60718", "snap-0a1b2c3d4e5f60718"
DATABASE, GROUP = arn("rds", "db:orders"), arn("logs", "log-group:/aws/lambda/pay")
ADDRESS = "eipalloc-0a1b2c3d4e5f60718"
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/idle/0a1b2c3d4e5f6071")
GP3 = {"volume_type": "gp3", "iops": 3000, "throughput": 125}
TIERED = {"storage_class": "INTELLIGENT_TIERING", "after_days": 0, "abort_uploads_after_days": 7}
OFFERS = [
    ("EC2-01", INSTANCE, {"state": "stopped"}, "ec2.stop", INSTANCE, {}),
    ("EC2-01", arn("ec2", f"instance/{INSTANCE}"), {}, "ec2.stop", INSTANCE, {}),
    ("EC2-02", INSTANCE, {"instanceType": "m5.large"}, "ec2.resize", INSTANCE, {"instance_type": "m5.large"}),
    ("EC2-04", INSTANCE, {"instance_type": "m7i.large"}, "ec2.resize", INSTANCE, {"instance_type": "m7i.large"}),
    ("EBS-01", VOLUME, {"state": "deleted"}, "ebs.delete", VOLUME, {}),
    ("EBS-04", VOLUME, {"volumeType": "gp3", "iops": 3000, "throughput": 125}, "ebs.modify", VOLUME, GP3),
    ("EBS-04", arn("ec2", f"volume/{VOLUME}"), {"iops": "3000", "throughput_mib_s": "125"}, "ebs.modify", VOLUME, GP3),
    ("EBS-10", arn("ec2", f"snapshot/{SNAPSHOT}"), {}, "ebs.delete_snapshot", SNAPSHOT, {}),
    ("EBS-11", SNAPSHOT, {}, "ebs.delete_snapshot", SNAPSHOT, {}),
    ("NET-01", arn("ec2", f"elastic-ip/{ADDRESS}"), {}, "ec2.release_address", ADDRESS, {}),
    ("NET-14", BALANCER, {}, "elb.delete", BALANCER, {}),
    ("RDS-01", DATABASE, {}, "rds.stop", "orders", {}),
    ("RDS-02", DATABASE, {"instanceClass": "db.m5.large"}, "rds.resize", "orders", {"instance_class": "db.m5.large"}),
    ("RDS-04", DATABASE, {"instance_type": "m7g.large"}, "rds.resize", "orders", {"instance_class": "db.m7g.large"}),
    ("S3-01", "acme-logs", {"lifecycleRules": 1}, "s3.lifecycle", "acme-logs", TIERED),
    ("S3-06", "arn:aws:s3:::acme-logs", {"storage_class": "INTELLIGENT_TIERING"}, "s3.lifecycle", "acme-logs", TIERED),
    ("CWL-01", f"{GROUP}:*", {"retentionDays": 90}, "logs.retention", "/aws/lambda/pay", {"days": 90}),
    ("CWL-01", GROUP, {"retentionDays": 90}, "logs.retention", "/aws/lambda/pay", {"days": 90}),
]  # fmt: skip


@pytest.mark.parametrize(("check_id", "resource_id", "recommended", "kind", "name", "params"), OFFERS)
def test_a_recommendation_becomes_a_change_of_the_resource_by_the_name_that_the_change_takes(
    check_id: str, resource_id: str, recommended: dict[str, Any], kind: str, name: str, params: dict[str, Any]
) -> None:
    offered = offer_of(recommendation(check_id, resource_id, recommended))

    assert offered is not None
    assert (offered.type, offered.target.resource_id) == (kind, name)
    EXECUTORS[kind].nature.check_name(name)
    assert EXECUTORS[kind].parameters(offered.params) == params


@pytest.mark.parametrize(
    ("check_id", "resource_id", "recommended"),
    [
        ("EC2-01", None, {}),
        ("EC2-02", INSTANCE, {}),
        ("EC2-04", INSTANCE, {"instance_type": "m5.large, c5.large"}),
        ("EBS-04", VOLUME, {"volume_type": "gp3"}),
        ("EBS-10", "SnapshotUsage", {}),
        ("NET-14", arn("elasticloadbalancing", "loadbalancer/a-classic-one"), {}),
        ("RDS-01", arn("rds", "cluster:orders"), {}),
        ("CWL-01", GROUP, {"retention": "30, 90 or 365 days"}),
        ("EBS-13", VOLUME, {"volume_type": "gp3"}),
    ],
)
def test_what_does_not_say_enough_or_is_of_another_kind_is_left_to_people(
    check_id: str, resource_id: str | None, recommended: dict[str, Any]
) -> None:
    assert offer_of(recommendation(check_id, resource_id, recommended)) is None


@pytest.mark.parametrize(("check_id", "resource_id"), [("EC2-08", INSTANCE), ("RDS-11", "orders")])
def test_off_hours_take_the_role_from_whoever_asks(check_id: str, resource_id: str) -> None:
    offered = offer_of(recommendation(check_id, resource_id))

    assert offered is not None
    role = f"arn:aws:iam::{ACCOUNT}:role/cloudops-scheduler"
    assert EXECUTORS[offered.type].parameters({**offered.params, "role": role})["timezone"] == "UTC"


def test_every_check_is_carried_out_by_a_change_or_by_hand() -> None:
    checks = {one.id for one in CHECKS} | {one.id for one in INVENTORY_CHECKS}

    assert checks - WAYS.keys() == BY_HAND
    assert WAYS.keys() <= checks
    assert {way.type for way in WAYS.values()} <= EXECUTORS.keys()
