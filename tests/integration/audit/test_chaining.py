"""How events get their places: at commit, without gaps, each transaction as one, and each tenant for itself."""

import threading
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors

from cloudops.audit.use_cases import record, record_all
from cloudops.platform.seal import sealed_tenant
from tests.conftest import SEAL_KEY
from tests.integration.audit.tampering import Trail, line
from tests.integration.tenant import Tenant, open_tenant

BULK: LiteralString = """
    insert into events (tenant_id, id, entity_type, event_type, message, actor, created_at)
    select (select current_tenant()), gen_random_uuid(), 'alert', 'created', n::text, 'system', %s
      from generate_series(1, %s) n"""


def places(tenant: Tenant) -> list[int]:
    return [row[0] for row in tenant.rows("select seq from event_chain order by seq")]


def chained_messages(tenant: Tenant) -> list[str]:
    rows = tenant.rows(
        "select e.entity_id from event_chain c join events e on e.id = c.event_id where e.entity_type = 'alert'"
        " order by c.seq"
    )
    return [row[0] for row in rows]


def test_events_stand_in_their_order_without_gaps(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        record_all(connection, [line(number) for number in range(20)])

    assert places(tenant) == list(range(1, 23))
    assert chained_messages(tenant) == [str(number) for number in range(20)]
    assert Trail(tenant=tenant).verify().intact


def test_what_is_rolled_back_leaves_no_gap(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_fail(tenant)
    with tenant.transaction() as connection:
        record(connection, line(2))

    assert places(tenant) == [1, 2, 3]


def test_events_of_nested_transactions_are_chained_with_the_rest(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        record(connection, line(1))
        with connection.transaction():
            record(connection, line(2))
        with connection.transaction(force_rollback=True):
            record(connection, line(3))
        record(connection, line(4))

    assert chained_messages(tenant) == ["1", "2", "4"]


@pytest.mark.parametrize("time", ["-infinity", "1970-01-01", "2026-01-01 00:00:00.000001", "infinity"])
def test_an_event_of_any_time_is_chained(tenant: Tenant, time: str) -> None:
    with tenant.transaction() as connection:
        connection.execute(BULK, [time, 3])

    assert len(places(tenant)) == 5
    assert Trail(tenant=tenant).verify().intact


def test_a_long_transaction_holds_up_nobody_and_stands_where_it_was_committed(tenant: Tenant) -> None:
    with tenant.transaction() as slow:
        record(slow, line(1))
        with tenant.transaction() as quick:
            quick.execute("set local lock_timeout = '100ms'")
            record(quick, line(2))

    assert chained_messages(tenant) == ["2", "1"]
    assert Trail(tenant=tenant).verify().intact


def test_writers_at_once_make_one_chain(tenant: Tenant) -> None:
    def write(number: int) -> None:
        for _ in range(10):
            with tenant.transaction() as connection:
                record_all(connection, [line(number), line(number)])

    writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert places(tenant) == list(range(1, 83))
    assert Trail(tenant=tenant).verify().intact


@pytest.mark.parametrize("setting", ["enable_nestloop", "enable_hashjoin", "enable_indexscan"])
def test_chaining_does_not_depend_on_the_transactions_settings(tenant: Tenant, setting: str) -> None:
    with tenant.transaction(batch=True) as connection:
        connection.execute(
            "select set_config(%s, 'off', true), set_config('timezone', 'Asia/Tokyo', true)", [setting]
        )
        record(connection, line(1))

    assert Trail(tenant=tenant).verify().intact


WRITES: list[LiteralString] = [
    "insert into event_chain values ((select current_tenant()), 99, gen_random_uuid(), sha256(''), sha256(''))",
    "update event_chain set hash = sha256('')",
    "delete from event_chain",
    "truncate event_chain",
    "alter table events disable trigger events_chained",
    "drop trigger events_append_only on events",
    "set session_replication_role = replica",
    "set role cloudops_finder",
    "insert into events (tenant_id, id, entity_type, event_type, message, actor) select (select current_tenant()),"
    " gen_random_uuid(), 'alert', 'created', 'm', 'a';"
    " select extend_chain((select current_tenant()), '-infinity', null)",
]


@pytest.mark.parametrize("write", WRITES)
def test_the_application_cannot_write_the_chain(tenant: Tenant, write: LiteralString) -> None:
    with pytest.raises(errors.InsufficientPrivilege), tenant.transaction() as connection:
        connection.execute(write)


@pytest.mark.parametrize("table", ["events", "event_chain"])
@pytest.mark.parametrize("role", ["owner", "superuser"])
@pytest.mark.parametrize(
    "change", ["update {} set tenant_id = tenant_id", "delete from {}", "truncate {} cascade"]
)
def test_not_even_the_owner_changes_the_chain(tenant: Tenant, role: str, change: str, table: str) -> None:
    statement: Any = change.format(table)

    with (
        psycopg.connect(getattr(tenant.database, f"{role}_dsn")) as connection,
        pytest.raises(errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement)


def test_closing_a_tenant_keeps_its_trail(tenant: Tenant) -> None:
    closed = open_tenant(tenant.database, name="Closed")
    with psycopg.connect(tenant.database.owner_dsn) as owner:
        owner.execute("delete from tenants where id = %s", [closed.id])

    assert Trail(tenant=closed).verify().events == 2
    assert closed.count("users") == 0


def test_emptying_the_tenants_spares_the_trail(tenant: Tenant) -> None:
    with psycopg.connect(tenant.database.owner_dsn) as owner:
        owner.execute("truncate tenants cascade")
        ((left,),) = owner.execute("select count(*) from events where tenant_id = %s", [tenant.id]).fetchall()
        owner.rollback()

    assert left == 2


def test_the_trails_of_two_tenants_are_two_chains(tenant: Tenant) -> None:
    other = open_tenant(tenant.database, name="Other")
    with psycopg.connect(tenant.database.app_dsn) as connection:
        for one in (tenant, other):
            connection.execute(
                "select set_config('cloudops.tenant', %s, true)", [sealed_tenant(one.id, SEAL_KEY)]
            )
            record(connection, line(1))

    assert (places(tenant), places(other)) == ([1, 2, 3], [1, 2, 3])


def record_and_fail(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        record(connection, line(1))
        raise ZeroDivisionError
