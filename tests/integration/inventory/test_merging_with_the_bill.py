"""A resource that a bill and a scan both name is one row, whatever each calls it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.inventory.scanned_cloud import ACCOUNT, NOW, Cloud, gateway, instance, scan, stored
from tests.integration.tenant import Tenant, open_tenant

I1 = "i-00000000000000001"
ARN = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{I1}"
NAT_ID = "nat-0000000000000000a"
NAT_ARN = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:natgateway/{NAT_ID}"


@pytest.fixture
def cloud() -> Cloud:
    cloud = Cloud()
    cloud.runs(instance(I1))
    return cloud


def bill_names(tenant: Tenant, resource_id: str, cost: str = "70", **fields: Any) -> None:
    row = {
        "resource_id": resource_id,
        "account_id": ACCOUNT,
        "service": "Amazon Elastic Compute Cloud",
        "cost": Decimal(cost),
        "first": date(2026, 6, 1),
        "last": date(2026, 8, 4),
        **fields,
    }
    with tenant.transaction() as connection:
        connection.execute(
            """
            insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region,
                                   monthly_cost, currency, first_seen, last_seen)
            values ((select current_tenant()), %(account_id)s, %(resource_id)s, 'aws', %(service)s, 'EC2', 'thing',
                    'eu-west-1', %(cost)s, 'EUR', %(first)s, %(last)s)
            """,
            row,
        )


def test_the_scan_completes_the_row_that_the_bill_made(tenant: Tenant, cloud: Cloud) -> None:
    bill_names(tenant, I1)

    scan(tenant, cloud)

    rows = tenant.rows(
        "select resource_id, status, monthly_cost, currency, service, first_seen, last_seen, configuration <> '{}'"
        " from resources"
    )
    cost, service = Decimal(70), "Amazon Elastic Compute Cloud"
    assert rows == [(I1, "running", cost, "EUR", service, date(2026, 6, 1), NOW.date(), True)]


def test_an_arn_on_the_bill_and_an_id_of_the_api_are_one_resource_under_the_bills_name(
    tenant: Tenant, cloud: Cloud
) -> None:
    bill_names(tenant, ARN)

    scan(tenant, cloud)

    assert stored(tenant) == {ARN: "running"}


def test_an_id_on_the_bill_and_an_arn_of_the_scanner_are_one_resource_under_the_bills_name(
    tenant: Tenant,
) -> None:
    bill_names(tenant, NAT_ID)
    cloud = Cloud()
    cloud.answers("ec2", describe_nat_gateways={"NatGateways": [gateway(NAT_ID)]})

    scan(tenant, cloud)

    assert stored(tenant) == {NAT_ID: "available"}


def test_a_bill_that_comes_after_the_scan_and_says_it_otherwise_takes_the_row_over_at_the_next_scan(
    tenant: Tenant, cloud: Cloud
) -> None:
    scan(tenant, cloud)
    bill_names(tenant, ARN)

    scan(tenant, cloud, at=NOW + timedelta(days=1))

    assert stored(tenant) == {ARN: "running"}


def test_of_two_names_on_the_bill_the_dearer_one_is_completed_and_both_stay(
    tenant: Tenant, cloud: Cloud
) -> None:
    bill_names(tenant, ARN, "3")
    bill_names(tenant, I1, "70")

    scan(tenant, cloud)

    assert stored(tenant) == {ARN: None, I1: "running"}


def test_the_same_id_in_another_account_is_another_resource(tenant: Tenant, cloud: Cloud) -> None:
    bill_names(tenant, I1, account_id="999988887777")

    scan(tenant, cloud)

    rows = tenant.rows("select account_id, status from resources order by account_id")
    assert rows == [(ACCOUNT, "running"), ("999988887777", None)]


def test_what_only_a_bill_names_is_never_called_gone(tenant: Tenant) -> None:
    bill_names(tenant, I1)

    scan(tenant, Cloud())

    assert stored(tenant) == {I1: None}


def test_a_scan_sees_and_changes_the_rows_of_its_own_tenant_only(tenant: Tenant, cloud: Cloud) -> None:
    other = open_tenant(tenant.database, name="Globex")
    bill_names(other, I1)

    scan(tenant, cloud)
    scan(tenant, Cloud(), at=NOW + timedelta(days=1))

    assert stored(other) == {I1: None}
    assert stored(tenant) == {I1: "gone"}
