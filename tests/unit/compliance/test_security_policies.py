"""The built-in security policies over what the scanners bring of resources."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloudops.compliance.policies.evaluating import evaluate
from cloudops.compliance.policies.expressions import parse
from cloudops.compliance.policies.fields import Subject
from cloudops.compliance.policies.security_policies import SECURITY_POLICIES
from cloudops.inventory.models import ItemStatus, Place, ScannedResource
from cloudops.inventory.scanners import BY_NAME, BY_TYPE
from cloudops.inventory.scanning import scan
from tests.unit.inventory.aws_fakes import Reply, clients_of, refusal

PLACE = Place(account_id="222233334444", region="eu-west-1")
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
ALL_USERS = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
SHUT = {
    "PublicAccessBlockConfiguration": dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
}
NO_BLOCK = refusal("NoSuchPublicAccessBlockConfiguration", "GetPublicAccessBlock")
NO_POLICY = refusal("NoSuchBucketPolicy", "GetBucketPolicyStatus")
DENIED = refusal("AccessDenied", "GetBucketPolicyStatus")


def flagged(scanner: str, service: str, **replies: Reply) -> dict[str, bool | None]:
    """What the policies say of the only resource that a scanner finds; those that do not concern it say nothing."""
    found: list[ScannedResource] = []
    outcome = scan(clients_of(**{service: replies}), BY_NAME[scanner], PLACE, now=NOW, keep=found.extend)
    assert outcome.status is ItemStatus.SCANNED
    (resource,) = found
    subject = subject_of(resource)
    return {
        one.id: evaluate(parse(one.expression), subject, now=NOW)
        for one in SECURITY_POLICIES
        if resource.type in one.resource_types
    }


def subject_of(resource: ScannedResource) -> Subject:
    return Subject(
        account=PLACE.account_id,
        resource_id=resource.resource_id,
        type=resource.type,
        service=resource.service,
        name=resource.name,
        status=resource.status,
        tags=resource.tags,
        configuration=resource.configuration,
        complete=not resource.missing_actions,
    )


def test_each_has_a_name_an_id_steps_and_types_that_a_scanner_brings() -> None:
    assert len({one.id for one in SECURITY_POLICIES}) == len({one.name for one in SECURITY_POLICIES}) == 11
    for one in SECURITY_POLICIES:
        assert parse(one.expression)
        assert one.remediation.strip()
        assert set(one.resource_types) <= BY_TYPE.keys()


@pytest.mark.parametrize(
    ("block", "policy", "grants", "public", "unblocked"),
    [
        (NO_BLOCK, NO_POLICY, [], False, True),
        (NO_BLOCK, {"PolicyStatus": {"IsPublic": True}}, [], True, True),
        (NO_BLOCK, NO_POLICY, [ALL_USERS], True, True),
        (SHUT, {"PolicyStatus": {"IsPublic": True}}, [ALL_USERS], False, False),
        (NO_BLOCK, DENIED, [], None, True),
        (NO_BLOCK, DENIED, [ALL_USERS], True, True),
        (SHUT, DENIED, [], False, False),
        (DENIED, NO_POLICY, [], False, None),
        (DENIED, NO_POLICY, [ALL_USERS], None, None),
    ],
)
def test_a_bucket_is_public_by_policy_or_grant_unless_its_block_overrules_them(
    block: Reply, policy: Reply, grants: list[Any], public: bool | None, unblocked: bool | None
) -> None:
    said = flagged(
        "s3-buckets",
        "s3",
        list_buckets={"Buckets": [{"Name": "logs"}]},
        get_public_access_block=block,
        get_bucket_policy_status=policy,
        get_bucket_acl={"Grants": grants},
    )

    assert said == {"aws-s3-public-bucket": public, "aws-s3-public-access-block": unblocked}


def rule(
    protocol: str, first: int | None = None, last: int | None = None, cidr: str = "0.0.0.0/0"
) -> dict[str, Any]:
    ports = {} if first is None else {"FromPort": first, "ToPort": first if last is None else last}
    version = {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
    return {"IpProtocol": protocol, **ports, **version}


@pytest.mark.parametrize(
    ("rules", "admin", "other"),
    [
        ([], False, False),
        ([rule("tcp", 80), rule("tcp", 443)], False, False),
        ([rule("tcp", 443), rule("udp", 443, cidr="::/0")], False, False),
        ([rule("tcp", 22)], True, True),
        ([rule("tcp", 3389, cidr="::/0")], True, True),
        ([rule("tcp", 22, cidr="10.0.0.0/8")], False, False),
        ([rule("tcp", 0, 1024)], True, True),
        ([rule("tcp", 80, 443)], False, True),
        ([rule("tcp", 5432)], False, True),
        ([rule("-1")], True, True),
        ([rule("icmp", 8, -1)], False, False),
        (
            [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": "sg-2"}]}],
            False,
            False,
        ),
    ],
)
def test_a_security_group_is_judged_by_what_everybody_reaches(
    rules: list[Any], admin: bool, other: bool
) -> None:
    group = {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "IpPermissions": rules}

    said = flagged("security-groups", "ec2", describe_security_groups={"SecurityGroups": [group]})

    assert said == {"aws-sg-admin-ports-open": admin, "aws-sg-open-to-the-world": other}


@pytest.mark.parametrize(
    ("status", "days", "expected"), [("Active", 91, True), ("Active", 89, False), ("Inactive", 400, False)]
)
def test_an_active_access_key_is_old_after_ninety_days(status: str, days: int, expected: bool) -> None:
    key = {
        "UserName": "ann",
        "AccessKeyId": "AKIAEXAMPLE",
        "Status": status,
        "CreateDate": NOW - timedelta(days=days),
    }

    said = flagged(
        "iam-access-keys",
        "iam",
        list_users={"Users": [{"UserName": "ann", "Arn": "arn:aws:iam::222233334444:user/ann"}]},
        list_access_keys={"AccessKeyMetadata": [key]},
    )

    assert said == {"aws-iam-old-access-key": expected}


def test_keys_that_may_not_be_listed_are_no_empty_list() -> None:
    clients = clients_of(
        iam={
            "list_users": {"Users": [{"UserName": "ann"}]},
            "list_access_keys": refusal("AccessDenied", "ListAccessKeys"),
        }
    )

    outcome = scan(clients, BY_NAME["iam-access-keys"], PLACE, now=NOW, keep=lambda _batch: None)

    assert outcome.status is ItemStatus.NO_PERMISSION


@pytest.mark.parametrize(("mfa", "keys"), [(1, 0), (0, 1)])
def test_the_root_user_has_a_second_factor_and_no_key(mfa: int, keys: int) -> None:
    summary = {"SummaryMap": {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys, "Users": 3}}

    said = flagged("iam-account", "iam", get_account_summary=summary)

    assert said == {"aws-root-access-key": keys == 1, "aws-root-mfa": mfa == 0}


@pytest.mark.parametrize(("encrypted", "public"), [(True, False), (False, True)])
def test_a_database_is_encrypted_and_private(encrypted: bool, public: bool) -> None:
    item = {
        "DBInstanceIdentifier": "orders",
        "Engine": "postgres",
        "StorageEncrypted": encrypted,
        "PubliclyAccessible": public,
    }

    said = flagged("rds-instances", "rds", describe_db_instances={"DBInstances": [item]})

    assert said == {"aws-rds-unencrypted": not encrypted, "aws-rds-publicly-accessible": public}


@pytest.mark.parametrize("encrypted", [True, False])
def test_volumes_and_snapshots_are_encrypted(encrypted: bool) -> None:
    volume = {"VolumeId": "vol-1", "State": "in-use", "Encrypted": encrypted}
    snapshot = {"SnapshotId": "snap-1", "Encrypted": encrypted}

    assert flagged("ebs-volumes", "ec2", describe_volumes={"Volumes": [volume]}) == {
        "aws-ebs-unencrypted": not encrypted
    }
    assert flagged("ebs-snapshots", "ec2", describe_snapshots={"Snapshots": [snapshot]}) == {
        "aws-ebs-snapshot-unencrypted": not encrypted
    }
