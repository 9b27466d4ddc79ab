import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudops.accounts import sources
from cloudops.accounts.access import AccountNotReadableError
from cloudops.accounts.models import ExplorerReading, Reading
from cloudops.accounts.repository import DataSourceExistsError, DataSourceNotFoundError
from cloudops.accounts.sources import SourceFilter, SourceNotReadableError
from cloudops.errors import InvalidError
from cloudops.platform.etags import PreconditionFailedError, PreconditionRequiredError, etag_of
from tests.conftest import Database
from tests.integration.accounts.connecting import ANN, BAD, NOW, PROD, ROLE_ARN, connect, connected, judge
from tests.integration.accounts.reading import add_source, change_source, record_run, show_source, take_due
from tests.integration.tenant import Tenant, open_tenant

EXPLORER: dict[str, Any] = {"kind": "cost_explorer", "bucket": None, "prefix": ""}


def opened(tenant: Tenant, source_id: UUID) -> Reading:
    with tenant.transaction() as connection:
        return sources.open_source(connection, source_id)


def explored(tenant: Tenant, source_id: UUID) -> ExplorerReading:
    with tenant.transaction() as connection:
        return sources.open_explorer(connection, source_id)


def known_from_bills(tenant: Tenant, number: str = PROD) -> UUID:
    found: UUID = tenant.value(
        "insert into cloud_accounts (tenant_id, id, project_id, provider, account_id)"
        " select tenant_id, gen_random_uuid(), id, 'aws', %s from projects returning id",
        [number],
    )
    return found


def deliver(tenant: Tenant, *, bucket: str, key: str, at: datetime, **fields: Any) -> UUID:
    delivery = {
        "id": uuid4(), "source": "cur2", "account": PROD, "status": "superseded", "reason": None, **fields,
    }  # fmt: skip
    with tenant.transaction() as connection:
        connection.execute(
            "insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period, version,"
            " assembled_at, status, reason, bucket, fingerprint, created_at)"
            " values (current_tenant(), %(id)s, %(source)s, %(id)s, %(account)s, '2026-08-01', '1',"
            " %(at)s, %(status)s, %(reason)s, %(bucket)s, 'f', %(at)s)",
            {**delivery, "bucket": bucket, "at": at},
        )
        connection.execute(
            "insert into delivery_parts (tenant_id, delivery_id, part_number, key, size, etag)"
            " values (current_tenant(), %s, 1, %s, 1, 'e')",
            [delivery["id"], key],
        )
    return UUID(str(delivery["id"]))


def test_a_source_is_added_with_nothing_read_yet(tenant: Tenant) -> None:
    source = add_source(tenant, schedule="cron(0 6 * * ? *)", backfill_months=24, grain="line_item")

    assert (source.kind, source.place, source.schedule) == (
        "cur2",
        "s3://acme-exports/cur2/",
        "cron(0 6 * * ? *)",
    )
    assert (source.enabled, source.backfill_months, source.grain) == (True, 24, "line_item")
    assert (source.last_run_at, source.last_error, source.last_delivery) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"schedule": "hourly"}, "schedule"),
        ({"bucket": None}, "bucket"),
        ({"cloud_account_id": UUID(int=7)}, "cloud_account_id"),
        ({"kind": "cost_explorer"}, "bucket"),
        ({"kind": "cost_explorer", "bucket": None}, "prefix"),
        ({"kind": "cost_explorer", "bucket": None, "prefix": "", "grain": "line_item"}, "grain"),
        ({"kind": "cost_explorer", "bucket": None, "prefix": ""}, "cloud_account_id"),
        ({"kind": "cost_explorer", "bucket": None, "prefix": "", "metrics": ["AmortizedCost"]}, "metrics"),
        ({"metrics": ["UnblendedCost"]}, "metrics"),
    ],
)
def test_a_source_that_is_not_valid_names_its_field(
    tenant: Tenant, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        add_source(tenant, **fields)

    assert refused.value.field == field
    assert tenant.count("data_sources") == 0


def test_an_account_without_a_role_reads_nothing(tenant: Tenant, database: Database) -> None:
    foreign = connect(open_tenant(database, name="Globex"))
    billed = known_from_bills(tenant)

    for unconnected in (foreign.id, billed):
        with pytest.raises(InvalidError) as refused:
            add_source(tenant, cloud_account_id=unconnected)
        assert refused.value.field == "cloud_account_id"


def test_our_own_role_reads_for_an_only_tenant_and_for_no_other(tenant: Tenant, database: Database) -> None:
    source = add_source(tenant)
    assert opened(tenant, source.id).role is None

    open_tenant(database, name="Globex")

    with pytest.raises(SourceNotReadableError):
        opened(tenant, source.id)
    with pytest.raises(InvalidError) as refused:
        add_source(tenant, prefix="focus/")
    assert refused.value.field == "cloud_account_id"


def test_a_place_is_read_once(tenant: Tenant) -> None:
    account = connected(tenant)
    source = add_source(tenant)
    add_source(tenant, grain="line_item")
    explorer = {"kind": "cost_explorer", "bucket": None, "prefix": "", "cloud_account_id": account.id}
    add_source(tenant, **explorer)

    for doubled in ({}, explorer):
        with pytest.raises(DataSourceExistsError):
            add_source(tenant, **doubled)
    with pytest.raises(DataSourceExistsError):
        change_source(tenant, source.id, grain="line_item")


def test_a_source_is_opened_by_a_verified_role_alone(tenant: Tenant) -> None:
    account = connect(tenant)
    source = add_source(tenant, cloud_account_id=account.id)
    with pytest.raises(AccountNotReadableError, match="pending"):
        opened(tenant, source.id)

    judge(tenant, account.id, BAD)
    with pytest.raises(AccountNotReadableError, match="insecure"):
        opened(tenant, source.id)

    connected_now = connected(tenant, account_id="444455556666", role_arn="arn:aws:iam::444455556666:role/r")
    change_source(tenant, source.id, cloud_account_id=connected_now.id)
    assert opened(tenant, source.id).role == connected_now.role


def test_a_session_is_confined_to_the_sources_prefix(tenant: Tenant) -> None:
    source = add_source(tenant, cloud_account_id=connected(tenant, role_arn=ROLE_ARN).id)

    policy = json.loads(opened(tenant, source.id).session_policy or "")

    assert {one["Effect"] for one in policy["Statement"]} == {"Allow"}
    listing, reading, decrypting = policy["Statement"]
    assert (listing["Resource"], listing["Condition"]) == (
        "arn:aws:s3:::acme-exports", {"StringLike": {"s3:prefix": "cur2/*"}},
    )  # fmt: skip
    assert (reading["Action"], reading["Resource"]) == ("s3:GetObject", "arn:aws:s3:::acme-exports/cur2/*")
    assert decrypting["Action"] == "kms:Decrypt"
    assert decrypting["Condition"]


def test_a_change_needs_the_version_that_was_read(tenant: Tenant) -> None:
    source = add_source(tenant)
    read = etag_of(source.editable())
    record_run(tenant, source.id, registered=1)

    changed = change_source(tenant, source.id, if_match=read, enabled=False, now=NOW + timedelta(hours=1))

    assert (changed.enabled, changed.updated_at) == (False, NOW + timedelta(hours=1))
    with pytest.raises(PreconditionFailedError):
        change_source(tenant, source.id, if_match=read, enabled=True)
    with pytest.raises(PreconditionRequiredError):
        change_source(tenant, source.id, if_match=None, enabled=True)
    with pytest.raises(InvalidError):
        change_source(tenant, source.id, schedule="rate(1 hours)")


def test_a_removed_source_is_gone_and_its_deliveries_are_not(tenant: Tenant) -> None:
    source = add_source(tenant)
    deliver(tenant, bucket="acme-exports", key="cur2/a.parquet", at=NOW)

    with tenant.transaction() as connection:
        sources.remove(connection, source.id, if_match=etag_of(source.editable()), actor=ANN)

    with pytest.raises(DataSourceNotFoundError):
        show_source(tenant, source.id)
    assert tenant.count("deliveries") == 1


def test_another_tenants_source_is_not_there(tenant: Tenant, database: Database) -> None:
    source = add_source(tenant)
    globex = open_tenant(database, name="Globex")

    for touch in (
        lambda: show_source(globex, source.id),
        lambda: change_source(globex, source.id, enabled=False),
        lambda: opened(globex, source.id),
        lambda: record_run(globex, source.id),
    ):
        with pytest.raises(DataSourceNotFoundError):
            touch()
    assert take_due(globex, NOW) == []


def test_the_last_run_and_its_error_are_shown(tenant: Tenant) -> None:
    source = add_source(tenant)

    record_run(tenant, source.id, "S3 denies us the bucket acme-exports")
    failed = show_source(tenant, source.id)
    record_run(tenant, source.id, registered=2, unchanged=1)
    mended = show_source(tenant, source.id)

    assert failed.last_error == "S3 denies us the bucket acme-exports"
    assert failed.last_run_at is not None
    assert mended.last_error is None
    assert mended.last_run_at is not None
    assert mended.last_run_at > failed.last_run_at


def test_the_last_delivery_is_the_newest_below_the_prefix(tenant: Tenant) -> None:
    account = connected(tenant)
    source = add_source(tenant)
    explorer = add_source(tenant, kind="cost_explorer", bucket=None, prefix="", cloud_account_id=account.id)
    deliver(tenant, bucket="acme-exports", key="cur2/old.parquet", at=NOW)
    bad = deliver(
        tenant, bucket="acme-exports", key="cur2/bad.parquet", at=NOW + timedelta(hours=1),
        status="quarantined", reason="it is torn",
    )  # fmt: skip
    deliver(tenant, bucket="acme-exports", key="cur2x/a.parquet", at=NOW + timedelta(hours=2))
    deliver(tenant, bucket="other", key="cur2/a.parquet", at=NOW + timedelta(hours=2))
    asked = deliver(tenant, bucket="", key="", at=NOW, source="cost_explorer", status="shadow")
    deliver(
        tenant, bucket="", key="", at=NOW + timedelta(1), source="cost_explorer", account="9", status="shadow"
    )

    found = show_source(tenant, source.id).last_delivery

    assert found is not None
    assert (found.id, found.status, found.reason, found.period) == (
        bad, "quarantined", "it is torn", date(2026, 8, 1),
    )  # fmt: skip
    of_explorer = show_source(tenant, explorer.id).last_delivery
    assert of_explorer is not None
    assert of_explorer.id == asked


def test_sources_are_due_at_once_and_then_by_their_schedule(tenant: Tenant) -> None:
    hourly = add_source(tenant, prefix="hourly/").id
    daily = add_source(tenant, prefix="daily/", schedule="cron(0 6 * * ? *)").id
    add_source(tenant, prefix="off/", enabled=False)
    add_source(tenant, kind="cost_explorer", bucket=None, prefix="", cloud_account_id=connected(tenant).id)
    tick = datetime(2026, 9, 14, 8, 30, 12, tzinfo=UTC)

    assert sorted(take_due(tenant, tick)) == sorted([hourly, daily])
    assert take_due(tenant, tick) == []
    assert take_due(tenant, tick + timedelta(minutes=59)) == []
    assert take_due(tenant, datetime(2026, 9, 14, 9, 30, 3, tzinfo=UTC)) == [hourly]
    assert sorted(take_due(tenant, datetime(2026, 9, 15, 6, 0, 1, tzinfo=UTC))) == sorted([hourly, daily])


def test_cost_explorer_is_no_bucket_and_a_bucket_no_cost_explorer(tenant: Tenant) -> None:
    account = connected(tenant)
    explorer = add_source(tenant, **EXPLORER, cloud_account_id=account.id)
    bucket = add_source(tenant)

    with pytest.raises(SourceNotReadableError):
        opened(tenant, explorer.id)
    with pytest.raises(SourceNotReadableError):
        explored(tenant, bucket.id)


def test_cost_explorer_is_asked_by_its_accounts_role_for_the_usual_costs(tenant: Tenant) -> None:
    account = connected(tenant)
    usual = add_source(tenant, **EXPLORER, cloud_account_id=account.id)

    reading = explored(tenant, usual.id)
    change_source(tenant, usual.id, metrics=["NetUnblendedCost", "UnblendedCost"])

    assert (reading.billing_account_id, reading.metrics) == (PROD, ["AmortizedCost", "UnblendedCost"])
    assert reading.role == account.role
    assert explored(tenant, usual.id).metrics == ["NetUnblendedCost", "UnblendedCost"]


def test_cost_explorer_of_an_account_without_a_role_is_asked_as_ourselves_by_an_only_tenant(
    tenant: Tenant, database: Database
) -> None:
    source = add_source(tenant, **EXPLORER, cloud_account_id=known_from_bills(tenant))
    assert explored(tenant, source.id).role is None

    open_tenant(database, name="Globex")

    with pytest.raises(AccountNotReadableError, match="is not connected"):
        explored(tenant, source.id)


def test_another_accounts_answers_are_not_taken_for_known(tenant: Tenant) -> None:
    source = add_source(tenant, **EXPLORER, cloud_account_id=connected(tenant).id)
    with tenant.transaction() as connection:
        sources.note_fetched(connection, source.id, fetched_from=date(2026, 6, 1), fetched_at=NOW)
        sources.note_fetched(connection, source.id, fetched_from=date(2026, 8, 1))
    known = explored(tenant, source.id)

    change_source(tenant, source.id, backfill_months=24)
    kept = explored(tenant, source.id)
    change_source(tenant, source.id, cloud_account_id=known_from_bills(tenant, "999988887777"))
    other = explored(tenant, source.id)

    assert (known.fetched_at, known.fetched_from) == (NOW, date(2026, 6, 1))
    assert (kept.fetched_at, kept.fetched_from) == (NOW, date(2026, 6, 1))
    assert (other.fetched_at, other.fetched_from) == (None, None)


def test_every_change_is_in_the_trail_with_old_and_new_values(tenant: Tenant) -> None:
    source = add_source(tenant)
    change_source(tenant, source.id, enabled=False, schedule="rate(2 hours)")
    change_source(tenant, source.id, enabled=False)
    with tenant.transaction() as connection:
        sources.request_run(connection, source.id, actor=ANN)
        sources.remove(connection, source.id, if_match="*", actor=ANN)

    trail = tenant.rows(
        "select event_type, actor, metadata from events where entity_type = 'data_source' order by created_at"
    )

    assert [kind for kind, _, _ in trail] == ["created", "changed", "run_requested", "deleted"]
    assert {actor for _, actor, _ in trail} == {ANN.name}
    assert trail[1][2] == {
        "old": {"enabled": True, "schedule": "rate(1 hour)"},
        "new": {"enabled": False, "schedule": "rate(2 hours)"},
    }
    assert trail[3][2]["old"]["bucket"] == "acme-exports"


def test_sources_come_in_pages_by_filter(tenant: Tenant) -> None:
    for number in range(5):
        add_source(tenant, prefix=f"{number}/", enabled=number != 3, kind="focus" if number == 4 else "cur2")

    seen, cursor = [], None
    with tenant.transaction() as connection:
        while True:
            chosen = SourceFilter(kind="cur2", enabled=True)
            page = sources.list_sources(connection, chosen, limit=2, cursor=cursor)
            seen += [one.prefix for one in page.items]
            if (cursor := page.next_cursor) is None:
                break

    assert sorted(seen) == ["0/", "1/", "2/"]
