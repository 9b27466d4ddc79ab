"""/api/v1/cloud-accounts/{id}/permissions: what the last readings were denied, and the policy that adds it."""

from typing import Any

import pytest

from tests.functions.asking_accounts import ask, connected_by_role
from tests.functions.conftest import Company
from tests.functions.invoking import Reply
from tests.functions.people import ACME, OUTSIDER, VIEWER

ACCOUNT = "111111111111"


@pytest.fixture
def account(company: Company) -> dict[str, Any]:
    return connected_by_role(company, ACCOUNT)


def permissions(account: dict[str, Any], **changes: Any) -> Reply:
    return ask("permissions", "cloud-accounts", account, action="/permissions", **changes)


def scanned(company: Company, at: str, service: str, *missing: str, region: str = "eu-west-1") -> None:
    company.change(
        """
        with run as (insert into scan_runs (tenant_id, id, started_at) values (%(tenant)s, gen_random_uuid(), %(at)s)
                     returning tenant_id, id)
        insert into scan_items (tenant_id, run_id, account_id, region, service, status, missing_actions, finished_at)
        select tenant_id, id, %(account)s, %(region)s, %(service)s, 'scanned', %(missing)s, %(at)s from run
        """,
        {
            "tenant": ACME,
            "at": at,
            "account": ACCOUNT,
            "region": region,
            "service": service,
            "missing": list(missing),
        },
    )


def test_nothing_is_missing_before_anything_was_refused(company: Company, account: dict[str, Any]) -> None:
    scanned(company, "2026-09-14T05:00:00Z", "ec2-instances")

    found = permissions(account).json

    assert found == {"items": [], "next_cursor": None, "account_id": ACCOUNT, "policy": None}


def test_each_missing_action_is_listed_with_what_waits_for_it_and_one_policy_adds_them_all(
    company: Company, account: dict[str, Any]
) -> None:
    scanned(company, "2026-09-14T05:00:00Z", "rds-instances", "rds:DescribeDBInstances")
    scanned(company, "2026-09-14T05:01:00Z", "ec2-instances", "cloudwatch:GetMetricData", "sts:AssumeRole")
    company.change(
        "insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, currency,"
        " first_seen, last_seen, missing_actions)"
        " select %s, %s, 'i-' || n, 'aws', 'AmazonEC2', 'EC2', 'web', 'eu-west-1', 'USD', now(), now(), %s"
        " from generate_series(1, 3) n",
        [ACME, ACCOUNT, ["cloudwatch:GetMetricData"]],
    )
    company.change(
        "insert into data_sources (tenant_id, id, kind, bucket, prefix, cloud_account_id, schedule, backfill_months,"
        " missing_actions) values (%s, gen_random_uuid(), 'cur2', 'acme-exports', 'cur2/', %s, 'rate(1 hour)', 1, %s),"
        " (%s, gen_random_uuid(), 'cost_explorer', null, '', %s, 'rate(1 day)', 1, %s)",
        [ACME, account["id"], ["s3:GetObject", "kms:Decrypt"], ACME, account["id"], ["ce:GetCostAndUsage"]],
    )

    found = permissions(account, person=VIEWER).json

    metrics = {one["action"]: one for one in found["items"]}["cloudwatch:GetMetricData"]
    assert metrics["needed_for"] == ["EC2 resources in eu-west-1", "ec2-instances in eu-west-1"]
    assert (metrics["resource"], metrics["resources"]) == ("*", 3)
    assert metrics["refused_at"].startswith("2026-09-14T05:01:00")
    assert [(one["action"], one["resource"]) for one in found["items"]] == [
        ("ce:GetCostAndUsage", "*"),
        ("cloudwatch:GetMetricData", "*"),
        ("kms:Decrypt", f"arn:aws:kms:*:{ACCOUNT}:key/*"),
        ("rds:DescribeDBInstances", "*"),
        ("s3:GetObject", "arn:aws:s3:::acme-exports/cur2/*"),
        ("sts:AssumeRole", account["role_arn"]),
    ]
    assert found["policy"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ce:GetCostAndUsage", "cloudwatch:GetMetricData", "rds:DescribeDBInstances"],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": f"arn:aws:kms:*:{ACCOUNT}:key/*",
                "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com*"}},
            },
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::acme-exports/cur2/*"},
        ],
    }


def test_what_the_last_scan_of_a_place_could_do_is_missing_no_more(
    company: Company, account: dict[str, Any]
) -> None:
    scanned(company, "2026-09-13T05:00:00Z", "rds-instances", "rds:DescribeDBInstances")
    scanned(company, "2026-09-13T05:00:00Z", "rds-clusters", "rds:DescribeDBClusters")
    scanned(company, "2026-09-14T05:00:00Z", "rds-instances")
    # A region that is looked at no more.
    scanned(company, "2026-09-13T05:00:00Z", "log-groups", "logs:DescribeLogGroups", region="us-west-2")

    assert [one["action"] for one in permissions(account).json["items"]] == ["rds:DescribeDBClusters"]


def test_it_comes_as_csv(company: Company, account: dict[str, Any]) -> None:
    scanned(company, "2026-09-14T05:00:00Z", "rds-instances", "rds:DescribeDBInstances")

    reply = permissions(account, headers={"Accept": "text/csv"})

    assert reply.body.splitlines()[0] == "action,resource,needed_for,resources,refused_at"


def test_another_tenants_account_is_not_found(company: Company, account: dict[str, Any]) -> None:
    assert permissions(account, person=OUTSIDER).status == 404
