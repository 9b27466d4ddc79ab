"""Charges that come slowly: the statement that takes them in lasts for as long as they come."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from cloudops.costs import repository
from cloudops.costs.formats.models import CHARGE_COLUMNS
from tests.integration.tenant import Tenant

CHARGE = {"charge_date": "2026-07-01", "currency": "USD", "billed_cost": "1"}
ROW = (",".join(CHARGE.get(column, r"\N") for column in CHARGE_COLUMNS) + "\n").encode()
SHORT, LONG = timedelta(milliseconds=200), timedelta(minutes=5)


def test_charges_that_come_for_longer_than_other_statements_may_last_are_taken_in(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        connection.execute("select set_config('statement_timeout', '200ms', true)")
        charges = until_older_than(SHORT, tenant, connection.info.backend_pid)

        sums = repository.stage_charges(connection, charges, time_left=LONG)

    assert sums["USD"] > 0


@pytest.mark.parametrize("time_left", [SHORT, None], ids=["its own time", "the transaction's"])
def test_charges_that_come_for_longer_than_that_are_given_up(
    tenant: Tenant, time_left: timedelta | None
) -> None:
    with tenant.transaction() as connection:
        connection.execute("select set_config('statement_timeout', '200ms', true)")
        charges = until_older_than(3 * SHORT, tenant, connection.info.backend_pid)

        with pytest.raises(psycopg.OperationalError), connection.transaction():
            repository.stage_charges(connection, charges, time_left=time_left)


def until_older_than(age: timedelta, tenant: Tenant, pid: int) -> Iterator[bytes]:
    """Charges until the statement that takes them in has lasted for more than `age`."""
    with psycopg.connect(tenant.database.superuser_dsn, autocommit=True) as observer:
        while True:
            yield ROW
            ((old, statement),) = observer.execute(
                "select clock_timestamp() - query_start > %s, query from pg_stat_activity where pid = %s",
                [age, pid],
            ).fetchall()
            if old and statement.startswith("copy"):
                return
