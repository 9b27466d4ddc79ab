import json
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from cloudops.accounts import use_cases as accounts
from cloudops.accounts.repository import CloudAccountNotFoundError
from cloudops.accounts.use_cases import (
    AccountConnectedError,
    AccountFilter,
    AccountInUseError,
    AccountNotConnectedError,
    ConnectionChangedError,
)
from cloudops.errors import InvalidError
from cloudops.platform.etags import PreconditionFailedError, PreconditionRequiredError, etag_of
from tests.conftest import Database
from tests.integration.accounts.connecting import (
    ANN,
    BAD,
    GOOD,
    NOW,
    PROD,
    ROLE_ARN,
    change,
    connect,
    connected,
    disconnect,
    judge,
    show,
)
from tests.integration.accounts.reading import add_source
from tests.integration.tenant import Tenant, open_tenant


def bill_brings(tenant: Tenant, account_id: str, name: str | None) -> None:
    with tenant.transaction() as connection:
        connection.execute(
            "insert into cloud_accounts (tenant_id, id, project_id, provider, account_id, name)"
            " select tenant_id, gen_random_uuid(), id, 'aws', %s, %s from projects",
            [account_id, name],
        )


def test_a_connection_is_pending_with_an_external_id_of_its_own(tenant: Tenant) -> None:
    prod = connect(tenant, name="Production")
    test = connect(tenant, account_id="444455556666", role_arn="arn:aws:iam::444455556666:role/x/reader")

    assert (prod.status, prod.name, prod.role_arn, prod.regions) == (
        "pending", "Production", ROLE_ARN, ["eu-west-1"],
    )  # fmt: skip
    assert (prod.connected_at, prod.verified_at, prod.readable) == (None, None, False)
    assert prod.external_id != test.external_id
    assert len(str(prod.external_id)) == 43


def test_an_account_found_on_a_bill_keeps_its_row(tenant: Tenant) -> None:
    bill_brings(tenant, PROD, "prod from the bill")
    (before,) = tenant.rows("select id, status from cloud_accounts")

    found = connect(tenant)

    assert (found.id, None) == before
    assert found.name == "prod from the bill"
    assert tenant.count("cloud_accounts") == 1


@pytest.mark.parametrize(
    "role_arn",
    [
        "arn:aws:iam::999988887777:role/reader",
        f"arn:aws:iam::{PROD}:user/reader",
        f"arn:aws:iam::{PROD}:role/",
        f"arn:aws:sts::{PROD}:role/reader",
        f"arn:aws:iam::{PROD}:role/reader\n",
        f"arn:aws:iam::{PROD}:role/*",
        "reader",
    ],
)
def test_a_role_of_another_account_is_refused(tenant: Tenant, role_arn: str) -> None:
    with pytest.raises(InvalidError) as refused:
        connect(tenant, role_arn=role_arn)

    assert refused.value.field == "role_arn"
    assert tenant.count("cloud_accounts") == 0


def test_an_account_is_connected_once(tenant: Tenant) -> None:
    first = connect(tenant)

    with pytest.raises(AccountConnectedError):
        connect(tenant, role_arn=f"arn:aws:iam::{PROD}:role/another")

    assert show(tenant, first.id) == first


def test_two_tenants_get_ids_of_their_own_for_one_account(tenant: Tenant, database: Database) -> None:
    globex = open_tenant(database, name="Globex")

    assert connect(tenant).external_id != connect(globex).external_id


def test_another_tenants_account_is_not_there(tenant: Tenant, database: Database) -> None:
    globex, account = open_tenant(database, name="Globex"), connect(tenant)

    for touch in (
        lambda: show(globex, account.id),
        lambda: change(globex, account.id, name="ours"),
        lambda: disconnect(globex, account.id),
        lambda: judge(globex, account.id, GOOD),
    ):
        with pytest.raises(CloudAccountNotFoundError):
            touch()
    assert show(tenant, account.id) == account


def test_a_verdict_is_kept_with_its_reason_and_time(tenant: Tenant) -> None:
    account = connect(tenant)

    refused = judge(tenant, account.id, BAD)
    good = judge(tenant, account.id, GOOD, now=NOW + timedelta(hours=1))
    again = judge(tenant, account.id, GOOD, now=NOW + timedelta(hours=2))

    assert (refused.status, refused.status_reason, refused.verified_at) == ("insecure", BAD.reason, NOW)
    assert (refused.readable, refused.connected_at) == (False, None)
    assert (good.status, good.status_reason, good.readable) == ("connected", None, True)
    assert (again.connected_at, again.verified_at) == (NOW + timedelta(hours=1), NOW + timedelta(hours=2))


def test_a_verdict_on_another_role_is_not_kept(tenant: Tenant) -> None:
    account = connect(tenant)
    with tenant.transaction() as connection:
        tried = accounts.role_to_verify(connection, account.id)
    change(tenant, account.id, role_arn=f"arn:aws:iam::{PROD}:role/another")

    with pytest.raises(ConnectionChangedError), tenant.transaction() as connection:
        accounts.record_verdict(connection, account.id, tried, GOOD, actor=ANN, now=NOW)

    assert show(tenant, account.id).status == "pending"


def test_jobs_get_verified_accounts_only(tenant: Tenant) -> None:
    good = connected(tenant)
    connect(tenant, account_id="444455556666", role_arn="arn:aws:iam::444455556666:role/r")
    judge(
        tenant,
        connect(tenant, account_id="777788889999", role_arn="arn:aws:iam::777788889999:role/r").id,
        BAD,
    )
    bill_brings(tenant, "000011112222", None)

    with tenant.transaction() as connection:
        assert accounts.list_readable(connection) == [good]


def test_a_change_needs_the_version_that_was_read(tenant: Tenant) -> None:
    account = connect(tenant)
    read = etag_of(account.editable())
    renamed = change(tenant, account.id, if_match=read, name="Production")

    with pytest.raises(PreconditionFailedError):
        change(tenant, account.id, if_match=read, name="Prod")
    with pytest.raises(PreconditionRequiredError):
        change(tenant, account.id, if_match="", name="Prod")

    assert show(tenant, account.id) == renamed
    assert renamed.name == "Production"


def test_a_verdict_does_not_outdate_what_was_read(tenant: Tenant) -> None:
    account = connect(tenant)
    judge(tenant, account.id, GOOD)

    assert change(tenant, account.id, if_match=etag_of(account.editable()), name="P").status == "connected"


def test_another_role_has_to_be_verified_anew_with_the_same_id(tenant: Tenant) -> None:
    account = connected(tenant)

    moved = change(tenant, account.id, role_arn=f"arn:aws:iam::{PROD}:role/another")

    assert (moved.status, moved.verified_at, moved.connected_at) == ("pending", None, None)
    assert moved.external_id == account.external_id
    with pytest.raises(InvalidError):
        change(tenant, account.id, role_arn="arn:aws:iam::999988887777:role/reader")


def test_an_account_moves_to_a_project_of_the_tenant(tenant: Tenant, database: Database) -> None:
    project, account = uuid4(), connect(tenant)
    with tenant.transaction() as connection:
        connection.execute("insert into projects select current_tenant(), %s, 'Shop'", [project])
    globex = open_tenant(database, name="Globex")
    foreign = globex.value("select id from projects")

    assert change(tenant, account.id, project_id=project).project_id == project
    for unknown in (foreign, uuid4()):
        with pytest.raises(InvalidError) as refused:
            change(tenant, account.id, project_id=unknown)
        assert refused.value.field == "project_id"


def test_an_account_known_from_bills_is_renamed_and_has_no_role_to_change(tenant: Tenant) -> None:
    bill_brings(tenant, PROD, "from the bill")
    account_id = tenant.value("select id from cloud_accounts")

    assert change(tenant, account_id, name="Production").name == "Production"
    for fields in ({"role_arn": ROLE_ARN}, {"regions": ["eu-west-1"]}):
        with pytest.raises(AccountNotConnectedError):
            change(tenant, account_id, **fields)
    with pytest.raises(AccountNotConnectedError):
        disconnect(tenant, account_id)
    with pytest.raises(AccountNotConnectedError):
        judge(tenant, account_id, GOOD)


def test_disconnecting_forgets_the_role_and_keeps_the_account(tenant: Tenant) -> None:
    account = connected(tenant, name="Production")

    disconnect(tenant, account.id)

    left = show(tenant, account.id)
    assert (left.role, left.status, left.regions, left.name) == (None, None, [], "Production")
    again = connect(tenant)
    assert (again.id, again.status) == (account.id, "pending")
    assert again.external_id != account.external_id


def test_an_account_that_sources_are_read_through_stays_connected(tenant: Tenant) -> None:
    account = connected(tenant)
    add_source(tenant, cloud_account_id=account.id)

    with pytest.raises(AccountInUseError):
        disconnect(tenant, account.id)

    assert show(tenant, account.id) == account


def test_the_database_itself_refuses_another_external_id(tenant: Tenant) -> None:
    account = connect(tenant)

    for statement in (
        "update cloud_accounts set external_id = repeat('x', 43) where id = %s",
        "update cloud_accounts set external_id = null where id = %s",
        "update cloud_accounts set role_arn = null where id = %s",
        "update cloud_accounts set status = null where id = %s",
    ):
        with pytest.raises(psycopg.errors.IntegrityError):
            tenant.rows(statement, [account.id])


def test_every_change_is_in_the_trail_and_the_external_id_is_not(tenant: Tenant) -> None:
    account = connected(tenant, name="Production")
    change(tenant, account.id, name="Prod", regions=["us-east-1"])
    change(tenant, account.id, name="Prod")
    disconnect(tenant, account.id)

    trail = tenant.rows(
        "select event_type, actor, metadata from events where entity_type = 'cloud_account' order by created_at"
    )

    assert [kind for kind, _, _ in trail] == ["connecting", "verified", "changed", "disconnected"]
    assert {actor for _, actor, _ in trail} == {ANN.name}
    assert trail[1][2] == {"old": {"status": "pending"}, "new": {"status": "connected"}}
    assert trail[2][2] == {
        "old": {"name": "Production", "regions": ["eu-west-1"]},
        "new": {"name": "Prod", "regions": ["us-east-1"]},
    }
    assert str(account.external_id) not in json.dumps(tenant.rows("select message, metadata from events"))


def test_accounts_come_in_pages_by_filter(tenant: Tenant) -> None:
    for number in range(5):
        account = f"{number:012}"
        connect(tenant, account_id=account, role_arn=f"arn:aws:iam::{account}:role/r")
    bill_brings(tenant, PROD, None)

    seen, cursor = [], None
    with tenant.transaction() as connection:
        while True:
            chosen = AccountFilter(status="pending", provider="aws")
            page = accounts.list_accounts(connection, chosen, limit=2, cursor=cursor)
            seen += [one.account_id for one in page.items]
            if (cursor := page.next_cursor) is None:
                break
        everything = accounts.list_accounts(connection, AccountFilter(), limit=100, cursor=None).items

    assert sorted(seen) == [f"{number:012}" for number in range(5)]
    assert len(everything) == 6


def test_the_quick_create_link_carries_the_id_and_our_account(tenant: Tenant) -> None:
    role = connect(tenant, role_arn=f"arn:aws:iam::{PROD}:role/teams/a/reader").role
    assert role is not None

    url = accounts.quick_create_url(
        role, template_url="https://b.s3.amazonaws.com/r.yaml", our_account="123456789012", region="eu-west-1"
    )

    assert url.startswith(
        "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate?"
        "templateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Fr.yaml&"
    )
    assert f"param_ExternalId={role.external_id}&param_TrustedAccountId=123456789012&" in url
    assert url.endswith("param_RoleName=reader&param_RolePath=%2Fteams%2Fa%2F")


def test_a_role_that_is_open_to_strangers_is_told_each_time_it_becomes_so(tenant: Tenant) -> None:
    account = connect(tenant)

    for hour, verdict in enumerate((BAD, BAD, GOOD, BAD)):
        judge(tenant, account.id, verdict, now=NOW + timedelta(hours=hour))

    told = tenant.rows("select topic, severity, entity_id from notifications")
    assert told == [("account.insecure", "critical", str(account.id))] * 2
