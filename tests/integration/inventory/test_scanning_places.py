"""One region of one account into the database: whatever AWS answers, the rest is scanned."""

import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, cast
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from cloudops.inventory import use_cases as inventory
from cloudops.inventory.models import AccountAccess, ItemStatus
from cloudops.inventory.reading import Clients
from cloudops.inventory.scanners import REGIONAL_NAMES, SCANNERS
from cloudops.platform.aws import RoleRefusedError, RoleUnreachableError
from tests.conftest import Database
from tests.integration.inventory.scanned_cloud import (
    ACCOUNT,
    HERE,
    NOW,
    Cloud,
    gateway,
    instance,
    outcomes,
    plan,
    scan,
    stored,
    volume,
)
from tests.integration.tenant import Tenant
from tests.unit.inventory.aws_fakes import InMemoryClient, clients_of, refusal

I1, I2, V1 = "i-00000000000000001", "i-00000000000000002", "vol-00000000000000001"
NAT = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:natgateway/nat-0000000000000000a"
DENIAL = "User: arn:aws:sts::222233334444:assumed-role/reader/x is not authorized to perform: rds:DescribeDBInstances"


@pytest.fixture
def cloud() -> Cloud:
    cloud = Cloud()
    cloud.runs(instance(I1, Tags=[{"Key": "Name", "Value": "web"}]), instance(I2, "stopped"))
    cloud.has_volumes(volume(V1))
    cloud.answers("ec2", describe_nat_gateways={"NatGateways": [gateway("nat-0000000000000000a")]})
    return cloud


def test_a_scan_stores_what_it_finds_and_every_service_has_an_outcome(tenant: Tenant, cloud: Cloud) -> None:
    run_id = scan(tenant, cloud)

    assert stored(tenant) == {I1: "running", I2: "stopped", V1: "in-use", NAT: "available"}
    assert outcomes(tenant, run_id) == {scanner.name: "scanned" for scanner in SCANNERS}
    assert tenant.value("select finished_at from scan_runs where id = %s", [run_id]) == NOW


def test_a_resource_carries_its_configuration_tags_and_where_it_was_seen(
    tenant: Tenant, cloud: Cloud
) -> None:
    scan(tenant, cloud)

    ((name, kind, arn, configuration, scope, last_seen, currency),) = tenant.rows(
        "select name, type, arn, configuration, scan_scope, last_seen, currency from resources"
        " where resource_id = %s",
        [I1],
    )

    assert (name, kind, arn) == ("web", "EC2", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{I1}")
    assert configuration["instanceType"] == "m5.xlarge"
    assert (scope, last_seen, currency) == ("eu-west-1/ec2-instances", NOW.date(), "USD")


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (refusal("ThrottlingException", "DescribeDBInstances", "Rate exceeded"), "failed", "throttling"),
        (refusal("AccessDenied", "DescribeDBInstances", DENIAL), "no_permission", "not authorized"),
        (refusal("AuthFailure", "DescribeDBInstances", "not opted in"), "failed", "not enabled the region"),
        (EndpointConnectionError(endpoint_url="https://rds"), "failed", "did not answer"),
        (ConnectTimeoutError(endpoint_url="https://rds"), "failed", "did not answer"),
        (refusal("InternalFailure", "DescribeDBInstances", "oops"), "failed", "InternalFailure: oops"),
    ],
)
def test_a_service_that_fails_is_an_outcome_and_holds_up_no_other(
    tenant: Tenant, cloud: Cloud, error: Exception, status: str, reason: str
) -> None:
    cloud.answers("rds", describe_db_instances=error)

    run_id = scan(tenant, cloud)

    found = outcomes(tenant, run_id)
    assert found.pop("rds-instances") == status
    assert set(found.values()) == {"scanned"}
    assert reason in tenant.value(
        "select reason from scan_items where run_id = %s and service = 'rds-instances'", [run_id]
    )


def test_a_missing_permission_is_named(tenant: Tenant, cloud: Cloud) -> None:
    cloud.answers("rds", describe_db_instances=refusal("AccessDenied", "DescribeDBInstances", DENIAL))
    cloud.answers("logs", describe_log_groups=refusal("AccessDeniedException", "DescribeLogGroups"))

    run_id = scan(tenant, cloud)

    rows = tenant.rows(
        "select service, missing_actions from scan_items where run_id = %s and status = 'no_permission'"
        " order by service",
        [run_id],
    )
    assert rows == [
        ("log-groups", ["logs:DescribeLogGroups"]),
        ("rds-instances", ["rds:DescribeDBInstances"]),
    ]


@pytest.mark.parametrize(
    ("error", "status", "missing"),
    [
        (RoleRefusedError("AWS denies us the role"), "no_permission", ["sts:AssumeRole"]),
        (RoleUnreachableError("AWS answers Throttling to AssumeRole"), "failed", []),
        (
            refusal("AccessDenied", "AssumeRole", "not authorized to perform: sts:AssumeRole on x"),
            "no_permission",
            ["sts:AssumeRole"],
        ),
    ],
)
def test_a_role_that_cannot_be_assumed_is_an_outcome_of_every_service_of_its_account(
    tenant: Tenant, error: Exception, status: str, missing: list[str]
) -> None:
    run_id = plan(tenant)

    def clients(_service: str) -> NoReturn:
        raise error

    inventory.scan_place(
        tenant.transaction, run_id, HERE, clients=clients, clock=lambda: NOW, has_time=lambda: True
    )

    rows = tenant.rows("select distinct status, missing_actions from scan_items where run_id = %s", [run_id])
    assert rows == [(status, missing)]
    assert tenant.value("select finished_at from scan_runs where id = %s", [run_id]) == NOW


def test_a_role_that_cannot_be_assumed_leaves_the_plan_of_other_accounts_alone(tenant: Tenant) -> None:
    closed, open_ = AccountAccess(account_id=ACCOUNT), AccountAccess(account_id="333344445555")
    regions = {"Regions": [{"RegionName": "eu-west-1"}]}

    def clients(access: AccountAccess) -> Clients:
        def refuse(_service: str) -> NoReturn:
            raise RoleRefusedError("AWS denies us the role")

        return refuse if access == closed else clients_of(ec2={"describe_regions": regions})

    places = inventory.plan(tenant.transaction, uuid4(), [closed, open_], clients=clients, now=NOW)

    assert [(place.account_id, place.region) for place in places] == [("333344445555", "eu-west-1")]
    rows = tenant.rows("select status, missing_actions from scan_items where account_id = %s", [ACCOUNT])
    assert rows == [("no_permission", ["sts:AssumeRole"])]


def test_an_answer_in_an_unexpected_shape_fails_its_own_service_only(tenant: Tenant, cloud: Cloud) -> None:
    cloud.answers("redshift", describe_clusters={"Clusters": [{"NodeType": "ra3"}]})

    run_id = scan(tenant, cloud)

    found = outcomes(tenant, run_id)
    assert found.pop("redshift-clusters") == "failed"
    assert set(found.values()) == {"scanned"}


def test_what_is_kept_before_a_later_page_fails_stays_and_nothing_is_called_gone(
    tenant: Tenant, cloud: Cloud
) -> None:
    scan(tenant, cloud)
    pages: list[Any] = [
        {"Reservations": [{"Instances": [instance(I1, "stopping")]}]},
        refusal("RequestLimitExceeded", "DescribeInstances"),
    ]
    cloud.answers("ec2", describe_instances=pages)

    run_id = scan(tenant, cloud, at=NOW + timedelta(days=1))

    assert outcomes(tenant, run_id)["ec2-instances"] == "failed"
    assert stored(tenant)[I1] == "stopping"
    assert stored(tenant)[I2] == "stopped"


def test_what_a_later_scan_no_longer_finds_is_gone_and_keeps_its_last_day(
    tenant: Tenant, cloud: Cloud
) -> None:
    scan(tenant, cloud)
    cloud.runs(instance(I1))

    scan(tenant, cloud, at=NOW + timedelta(days=1))

    assert stored(tenant) == {I1: "running", I2: "gone", V1: "in-use", NAT: "available"}
    assert tenant.value("select last_seen from resources where resource_id = %s", [I2]) == NOW.date()


def test_what_came_back_is_no_longer_gone(tenant: Tenant, cloud: Cloud) -> None:
    scan(tenant, cloud)
    scan(tenant, Cloud(), at=NOW + timedelta(days=1))

    scan(tenant, cloud, at=NOW + timedelta(days=2))

    assert stored(tenant)[I2] == "stopped"


def test_the_same_scan_twice_changes_nothing(tenant: Tenant, cloud: Cloud) -> None:
    scan(tenant, cloud)
    before = tenant.rows("select resource_id, status, configuration, first_seen from resources order by 1")

    scan(tenant, cloud)

    assert (
        tenant.rows("select resource_id, status, configuration, first_seen from resources order by 1")
        == before
    )


def test_a_scan_out_of_time_goes_on_where_it_stopped(tenant: Tenant, cloud: Cloud) -> None:
    run_id = plan(tenant)
    time_left = iter([True, False])
    clients = clients_of(**cloud.replies)

    complete = inventory.scan_place(
        tenant.transaction, run_id, HERE, clients=clients, clock=lambda: NOW, has_time=lambda: next(time_left)
    )

    assert not complete
    assert sorted(outcomes(tenant, run_id).values()) == ["scanned"] * 2 + ["waiting"] * (len(SCANNERS) - 2)
    scan(tenant, cloud, run_id=run_id)
    assert set(outcomes(tenant, run_id).values()) == {"scanned"}


class Deadly(InMemoryClient):
    """Kills its own process when RDS is asked for its instances."""

    def answer(self, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "describe_db_instances":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(operation, arguments)


@dataclass(frozen=True)
class Reach:
    """All that a process of its own needs of a tenant's database."""

    app_dsn: str


def scan_until_killed(app_dsn: str, tenant_id: UUID, run_id: UUID) -> None:
    tenant = Tenant(id=tenant_id, database=cast(Database, Reach(app_dsn)))
    cloud = Cloud()
    cloud.runs(instance(I1))
    clients = {"rds": Deadly(replies={}), "ec2": InMemoryClient(replies=cloud.replies["ec2"])}

    def client(service: str) -> InMemoryClient:
        return clients.setdefault(service, InMemoryClient(replies={}))

    inventory.scan_place(
        tenant.transaction, run_id, HERE, clients=client, clock=lambda: NOW, has_time=lambda: True
    )


def test_a_killed_scan_is_completed_by_the_next_without_repeating_what_was_done(
    tenant: Tenant, cloud: Cloud
) -> None:
    run_id = plan(tenant)
    reach = (tenant.database.app_dsn, tenant.id, run_id)
    worker = multiprocessing.get_context("spawn").Process(target=scan_until_killed, args=reach)
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert stored(tenant) == {I1: "running"}
    done = {name for name, status in outcomes(tenant, run_id).items() if status == "scanned"}
    assert "ec2-instances" in done
    assert "rds-instances" not in done

    cloud.runs(instance(I2))
    scan(tenant, cloud, run_id=run_id, at=NOW + timedelta(minutes=5))

    assert set(outcomes(tenant, run_id).values()) == {"scanned"}
    assert I2 not in stored(tenant)
    assert (
        tenant.value(
            "select attempts from scan_items where run_id = %s and service = 'rds-instances'", [run_id]
        )
        == 2
    )


def test_an_item_that_breaks_its_worker_again_and_again_is_given_up_after_the_others(
    tenant: Tenant, cloud: Cloud
) -> None:
    run_id = plan(tenant)
    with tenant.transaction() as connection:
        connection.execute("update scan_items set attempts = 3 where service = 'ec2-instances'")

    scan(tenant, cloud, run_id=run_id)

    found = outcomes(tenant, run_id)
    assert found.pop("ec2-instances") == "failed"
    assert set(found.values()) == {"scanned"}
    assert I1 not in stored(tenant)


def test_planning_twice_plans_once(tenant: Tenant) -> None:
    access = AccountAccess(account_id=ACCOUNT, regions=("eu-west-1", "us-east-1"))
    run_id = plan(tenant, access)

    places = inventory.plan(
        tenant.transaction, run_id, [access], clients=lambda _access: clients_of(), now=NOW
    )

    assert [place.region for place in places] == ["eu-west-1", "us-east-1"]
    assert tenant.count("scan_items") == len(REGIONAL_NAMES) + len(SCANNERS)


def test_an_account_without_regions_is_scanned_in_all_that_it_enabled(tenant: Tenant) -> None:
    cloud = Cloud()
    cloud.answers(
        "ec2", describe_regions={"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}
    )

    run_id = plan(tenant, AccountAccess(account_id=ACCOUNT), cloud=cloud)

    rows = tenant.rows("select distinct region from scan_items where run_id = %s order by 1", [run_id])
    assert rows == [("eu-west-1",), ("us-east-1",)]


def test_regions_that_cannot_be_listed_are_an_outcome_and_other_accounts_are_planned(tenant: Tenant) -> None:
    cloud = Cloud()
    cloud.answers("ec2", describe_regions=refusal("UnauthorizedOperation", "DescribeRegions"))
    other = AccountAccess(account_id="333344445555", regions=("eu-west-1",))

    run_id = plan(tenant, AccountAccess(account_id=ACCOUNT), other, cloud=cloud)

    rows = tenant.rows(
        "select account_id, region, status, missing_actions from scan_items"
        " where run_id = %s and service = 'regions'",
        [run_id],
    )
    assert rows == [(ACCOUNT, "global", "no_permission", ["ec2:DescribeRegions"])]
    assert tenant.count("scan_items") == 1 + len(SCANNERS)


def test_an_account_that_was_disconnected_does_not_leave_the_run_unfinished(tenant: Tenant) -> None:
    run_id = plan(tenant)

    inventory.abandon_place(tenant.transaction, run_id, HERE, now=NOW)

    with tenant.transaction() as connection:
        items = inventory.list_items(connection, run_id)
    assert {(item.status, item.reason) for item in items} == {
        (ItemStatus.FAILED, "the account is no longer connected")
    }
    assert tenant.value("select finished_at from scan_runs where id = %s", [run_id]) == NOW


def test_without_a_connected_role_there_is_nothing_to_scan(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        assert inventory.accounts_to_scan(connection) == []


def test_the_end_of_a_run_is_a_line_of_the_trail(tenant: Tenant, cloud: Cloud) -> None:
    scan(tenant, cloud)

    assert tenant.events()[-1] == ("job", "scanned")
