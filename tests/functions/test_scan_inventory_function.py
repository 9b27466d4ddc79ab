"""The scan job from a schedule's tick to stored resources, over an emulated AWS with assumed roles and pages."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import psycopg
import pytest

from cloudops.platform import aws
from local.runtime import Context
from scan_inventory import handler
from tests.functions.conftest import REGION, Company
from tests.functions.invoking import context_of, event, invoke, messages
from tests.functions.people import ACME, GLOBEX

ACCOUNT = "222233334444"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cloudops-reader"
EXTERNAL_ID = "issued-by-us-" + "0" * 24


@pytest.fixture
def connected(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """ACME has connected one account, of which one region is to be scanned."""
    url = boto3.client("sqs").create_queue(QueueName=f"inventory-{id(company)}")["QueueUrl"]
    monkeypatch.setenv("INVENTORY_QUEUE_URL", url)
    company.queues["INVENTORY_QUEUE_URL"] = url
    with psycopg.connect(company.database.owner_dsn) as connection:
        connection.execute(
            """
            insert into cloud_accounts (tenant_id, id, project_id, provider, account_id, role_arn, external_id, regions,
                                        status, verified_at, connected_at)
            select tenant_id, gen_random_uuid(), id, 'aws', %s, %s, %s, %s, 'connected', now(), now()
              from projects where tenant_id = %s
            """,
            [ACCOUNT, ROLE, EXTERNAL_ID, [REGION], ACME],
        )
    # The tests' functions have less time than the deployed one.
    monkeypatch.setattr(handler, "MARGIN_MS", 0)
    aws.SESSIONS.forget()
    yield company
    aws.SESSIONS.forget()


def in_account(service: str) -> Any:
    """A client of the scanned account: the emulated AWS keeps accounts apart by the role that was assumed."""
    found = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test", ExternalId=EXTERNAL_ID)
    return boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id=found["Credentials"]["AccessKeyId"],
        aws_secret_access_key=found["Credentials"]["SecretAccessKey"],
        aws_session_token=found["Credentials"]["SessionToken"],
    )


def run_queue(company: Company) -> int:
    """Handle what waits until nothing does; how many messages there were."""
    handled = 0
    while bodies := company.receive("INVENTORY_QUEUE_URL"):
        handled += len(bodies)
        found = invoke("scan_inventory", messages("scan_inventory.plan", bodies), unhurried())
        assert found == {"batchItemFailures": []}
    return handled


def unhurried() -> Context:
    """On a busy machine half a minute may be too short for a whole scan, which then asks for another message."""
    return replace(context_of("scan_inventory"), deadline=time.monotonic() + 900)


def scanned(company: Company, kind: str) -> list[tuple[Any, ...]]:
    return company.rows(
        "select tenant_id, account_id, resource_id from resources where type = %s and scanned_at is not null"
        " order by resource_id",
        kind,
    )


def test_a_tick_scans_every_connected_account_and_stores_what_it_has(connected: Company) -> None:
    ec2 = in_account("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp2")["VolumeId"]
    in_account("s3").create_bucket(
        Bucket="scanned-archive", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    iam = in_account("iam")
    iam.create_user(UserName="deployer")
    key = iam.create_access_key(UserName="deployer")["AccessKey"]["AccessKeyId"]

    dispatched = invoke("dispatch_jobs", event("dispatch_jobs.inventory"))
    handled = run_queue(connected)

    assert dispatched == {"dispatched": 2}
    # One plan per tenant, and one region of the one connected account.
    assert handled == 3
    assert (ACME, ACCOUNT, volume) in scanned(connected, "EBS")
    assert {tenant for tenant, _, _ in scanned(connected, "EBS")} == {ACME}
    assert (ACME, ACCOUNT, "scanned-archive") in scanned(connected, "S3")
    assert scanned(connected, "IAM Access Key") == [(ACME, ACCOUNT, key)]


def test_lists_of_several_pages_are_read_to_their_end(connected: Company) -> None:
    table, groups = in_account("dynamodb"), in_account("logs")
    for number in range(120):
        table.create_table(
            TableName=f"table-{number:03}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        groups.create_log_group(logGroupName=f"/group/{number:03}")

    invoke("dispatch_jobs", event("dispatch_jobs.inventory"))
    run_queue(connected)

    assert len(scanned(connected, "DynamoDB")) == 120
    assert len(scanned(connected, "Log Group")) == 120


def test_the_same_message_twice_makes_one_run(connected: Company) -> None:
    bodies = [json.loads(json.dumps(event("scan_inventory.plan")["Records"][0]["body"]))] * 2

    invoke("scan_inventory", messages("scan_inventory.plan", bodies))
    run_queue(connected)

    assert len(connected.rows("select id from scan_runs where tenant_id = %s", ACME)) == 1
    assert connected.rows("select count(*) from scan_runs where finished_at is null") == [(0,)]


def test_a_message_about_an_account_that_is_not_connected_does_nothing(connected: Company) -> None:
    answer = invoke("scan_inventory", event("scan_inventory.one-region"))

    assert answer == {"batchItemFailures": []}
    assert connected.rows("select count(*) from scan_items where account_id <> %s", ACCOUNT) == [(0,)]


def test_a_scan_short_of_time_puts_the_rest_into_a_new_message(
    connected: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("dispatch_jobs", event("dispatch_jobs.inventory"))
    plans = connected.receive("INVENTORY_QUEUE_URL")
    invoke("scan_inventory", messages("scan_inventory.plan", plans))
    regions = connected.receive("INVENTORY_QUEUE_URL")
    monkeypatch.setattr(handler, "MARGIN_MS", 10**9)

    invoke("scan_inventory", messages("scan_inventory.plan", regions))

    assert connected.rows("select count(*) from scan_items where status = 'waiting'") == [(19,)]
    assert len(connected.receive("INVENTORY_QUEUE_URL")) == 1


def test_a_tenant_without_connected_accounts_has_an_empty_finished_run(connected: Company) -> None:
    invoke("dispatch_jobs", event("dispatch_jobs.inventory"))
    run_queue(connected)

    rows = connected.rows("select finished_at is not null from scan_runs where tenant_id = %s", GLOBEX)
    assert rows == [(True,)]
