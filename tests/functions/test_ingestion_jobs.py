"""discover_deliveries -> the queue -> ingest_part, as EventBridge, SQS and Lambda carry it."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from cloudops.costs import exports, repository
from cloudops.errors import InvalidError
from tests.functions import bill
from tests.functions.bill import Line
from tests.functions.conftest import BUCKET, Company, restart_environment
from tests.functions.invoking import context_of, event, invoke, messages
from tests.functions.people import ACME, GLOBEX
from tests.unit.costs.full_pipes import full_pipes

SESSIONS = (
    "select state from pg_stat_activity where usename = 'cloudops_app' and datname = current_database()"
)
SEPTEMBER = date(2026, 9, 1)
TWO_PARTS = ("new/acme9-00001.snappy.parquet", "new/acme9-00002.snappy.parquet")


def lines(amount: int = 1) -> list[Line]:
    return [
        Line(day=SEPTEMBER, account=bill.PROD, service="AmazonEC2", amount=Decimal(amount)) for _ in range(4)
    ]


def put_two_parts(company: Company) -> None:
    for key in TWO_PARTS:
        company.put_object(key, bill.cur2(SEPTEMBER, lines()))


def discover(**wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = invoke(
        "discover_deliveries", {"bucket": BUCKET, "prefix": "new/", "tenant_id": str(ACME), **wanted}
    )
    return found


def outcomes(found: dict[str, Any]) -> list[str]:
    return [one["outcome"] for one in found["deliveries"]]


def ingest(*bodies: str) -> list[str]:
    """The ids of the messages that go back to the queue."""
    answer = invoke("ingest_part", messages("ingest_part.one-part", list(bodies)))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def september(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select status, (select coalesce(sum(billed_cost), 0) from charges c where c.delivery_id = d.id),"
        " (select coalesce(sum(billed_cost), 0) from daily_costs c where c.delivery_id = d.id)"
        " from deliveries d where period = %s order by created_at",
        SEPTEMBER,
    )


def test_discovery_queues_one_envelope_per_part(company: Company) -> None:
    put_two_parts(company)

    found = discover()

    envelopes = [json.loads(body) for body in company.receive("INGEST_QUEUE_URL")]
    (delivery,) = found["deliveries"]
    assert (delivery["outcome"], found["ignored"]) == ("registered", [])
    assert [one["params"] for one in envelopes] == [
        {"delivery_id": delivery["id"], "part_number": number} for number in (1, 2)
    ]
    for one in envelopes:
        assert set(one) == {"id", "tenant_id", "type", "params", "idempotency_key", "created_at"}
        assert (one["tenant_id"], one["type"]) == (str(ACME), "costs.ingest_part")
    assert len({one["idempotency_key"] for one in envelopes}) == 2


def test_the_last_part_publishes(company: Company) -> None:
    put_two_parts(company)
    discover()
    first, second = company.receive("INGEST_QUEUE_URL")

    assert ingest(second) == []
    assert september(company) == [("loading", Decimal(4), Decimal(0))]

    assert ingest(first) == []
    assert september(company) == [("current", Decimal(8), Decimal(8))]


def test_a_redelivered_message_changes_nothing(company: Company) -> None:
    put_two_parts(company)
    discover()
    first, second = company.receive("INGEST_QUEUE_URL")
    ingest(first, first, second)
    before = company.rows("select id, entity_id, event_type from events order by created_at")

    assert ingest(second, first) == []

    assert september(company) == [("current", Decimal(8), Decimal(8))]
    assert company.rows("select id, entity_id, event_type from events order by created_at") == before


def test_discovering_again_queues_nothing_that_was_loaded(company: Company) -> None:
    put_two_parts(company)
    discover()
    first, _lost = company.receive("INGEST_QUEUE_URL")
    ingest(first)

    assert outcomes(discover()) == ["resumed"]
    (missing,) = company.receive("INGEST_QUEUE_URL")
    assert json.loads(missing)["params"]["part_number"] == 2

    ingest(missing)
    assert outcomes(discover()) == ["unchanged"]
    assert company.receive("INGEST_QUEUE_URL") == []


def envelope(**fields: Any) -> str:
    (record,) = event("ingest_part.one-part")["Records"]
    return json.dumps({**json.loads(record["body"]), **fields})


def test_bad_envelopes_fail_alone_and_say_why_in_the_log(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    put_two_parts(company)
    discover()
    first, second = company.receive("INGEST_QUEUE_URL")
    unknown = {"delivery_id": "de11fe70-0000-4000-8000-000000000001", "part_number": 1}
    bad = [
        "no envelope",
        "[]",
        envelope(tenant_id="acme"),
        envelope(created_at="yesterday"),
        envelope(params={}),
        envelope(params=unknown),
    ]

    failed = ingest(first, *bad, second)

    assert failed == [f"message-{number}" for number in range(1, 7)]
    assert september(company) == [("current", Decimal(8), Decimal(8))]
    explained = [getattr(one, "message_id", None) for one in caplog.records if one.exc_info]
    assert explained == failed


def test_another_tenants_envelope_reaches_no_delivery(company: Company) -> None:
    put_two_parts(company)
    discover()
    first, _ = company.receive("INGEST_QUEUE_URL")

    assert ingest(json.dumps({**json.loads(first), "tenant_id": str(GLOBEX)})) == ["message-0"]
    assert september(company) == [("loading", Decimal(0), Decimal(0))]


def test_a_refused_file_is_quarantined_with_its_reason_and_fails_no_message(company: Company) -> None:
    company.put_object(TWO_PARTS[0], bill.cur2(SEPTEMBER, lines())[:-20])

    assert outcomes(discover()) == ["quarantined"]
    assert company.receive("INGEST_QUEUE_URL") == []
    ((reason,),) = company.rows("select reason from deliveries where status = 'quarantined'")
    assert "acme9-00001.snappy.parquet: the Parquet file is cut off" in reason
    ((message,),) = company.rows(
        "select message from events where entity_type = 'delivery' and event_type = 'quarantined'"
    )
    assert reason in message


def test_totals_that_are_not_reached_quarantine_the_delivery_and_keep_the_last_good_figures(
    company: Company,
) -> None:
    put_two_parts(company)
    discover()
    ingest(*company.receive("INGEST_QUEUE_URL"))
    for key in TWO_PARTS:
        company.put_object(key, bill.cur2(SEPTEMBER, lines(amount=5)))
    discover()
    company.change("""update deliveries set totals = '{"USD": "41"}' where status = 'loading'""", [])

    assert ingest(*company.receive("INGEST_QUEUE_URL")) == []

    assert september(company) == [
        ("current", Decimal(8), Decimal(8)),
        ("quarantined", Decimal(0), Decimal(0)),
    ]


def test_an_object_that_was_replaced_or_removed_fails_its_message(company: Company) -> None:
    put_two_parts(company)
    discover()
    company.put_object(TWO_PARTS[0], bill.cur2(SEPTEMBER, lines(amount=9)))

    assert ingest(*company.receive("INGEST_QUEUE_URL")) == ["message-0"]
    assert september(company)[0][0] == "loading"


def test_a_part_waits_for_the_database(company: Company) -> None:
    put_two_parts(company)
    discover()
    bodies = company.receive("INGEST_QUEUE_URL")
    company.point_to(port=1)
    restart_environment()

    assert ingest(*bodies) == ["message-0", "message-1"]

    company.point_to()
    restart_environment()
    assert ingest(*bodies) == []
    assert september(company) == [("current", Decimal(8), Decimal(8))]


def test_no_transaction_waits_for_the_first_charges(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends one that is idle for 15 s, and DuckDB may group a file for minutes."""
    put_two_parts(company)
    discover()
    bodies = company.receive("INGEST_QUEUE_URL")
    waiting: list[str] = []
    read = exports.read_chunks

    def watched(*arguments: Any) -> Iterator[bytes]:
        with psycopg.connect(company.database.superuser_dsn) as observer:
            waiting.extend(state for (state,) in observer.execute(SESSIONS).fetchall())
        yield from read(*arguments)

    monkeypatch.setattr(exports, "read_chunks", watched)

    assert ingest(*bodies) == []
    assert set(waiting) == {"idle"}
    assert september(company) == [("current", Decimal(8), Decimal(8))]


def test_charges_may_come_for_as_long_as_the_function_has_left(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_two_parts(company)
    discover()
    bodies = company.receive("INGEST_QUEUE_URL")
    allowed: list[timedelta] = []
    stage = repository.stage_charges

    def watched(*arguments: Any, time_left: timedelta) -> dict[str, Decimal]:
        allowed.append(time_left)
        return stage(*arguments, time_left=time_left)

    monkeypatch.setattr(repository, "stage_charges", watched)
    quarter = replace(context_of("ingest_part"), deadline=time.monotonic() + 900)

    invoke("ingest_part", messages("ingest_part.one-part", bodies), quarter)

    assert len(allowed) == 2
    assert all(timedelta(minutes=10) < one < timedelta(minutes=15) for one in allowed)


def test_a_part_waits_for_room_to_write(company: Company) -> None:
    put_two_parts(company)
    discover()
    bodies = company.receive("INGEST_QUEUE_URL")

    with full_pipes():
        assert ingest(*bodies) == ["message-0", "message-1"]
    assert september(company) == [("loading", Decimal(0), Decimal(0))]

    assert ingest(*bodies) == []
    assert september(company) == [("current", Decimal(8), Decimal(8))]


def test_the_schedule_finds_the_only_tenant(company: Company) -> None:
    with pytest.raises(InvalidError, match="name the tenant: there are 2"):
        invoke("discover_deliveries", event("discover_deliveries.schedule"))

    company.change("delete from tenants where id = %s", [GLOBEX])
    company.put_object("cur2/acme9-00001.snappy.parquet", bill.cur2(SEPTEMBER, lines()))

    assert outcomes(invoke("discover_deliveries", event("discover_deliveries.schedule"))) == ["registered"]


def test_a_direct_call_asks_for_line_items(company: Company) -> None:
    company.put_object("focus/acme9-00001.snappy.parquet", bill.cur2(SEPTEMBER, lines()))

    invoke("discover_deliveries", event("discover_deliveries.direct"))
    ingest(*company.receive("INGEST_QUEUE_URL"))

    ((rows,),) = company.rows("select count(*) from charges where charge_date = %s", SEPTEMBER)
    assert rows == len(lines())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [({"bucket": ""}, "bucket"), ({"grain": "hourly"}, "grain"), ({"tenant_id": "acme"}, "tenant_id")],
)
def test_a_call_that_is_not_valid_names_its_field(
    same_company: Company, wanted: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidError) as error:
        discover(**wanted)

    assert error.value.field == field


def test_superseded_versions_are_pruned_after_their_retention(company: Company) -> None:
    put_two_parts(company)
    company.take_in(prefix="new/")
    for key in TWO_PARTS:
        company.put_object(key, bill.cur2(SEPTEMBER, lines(amount=5)))
    company.take_in(prefix="new/")
    assert [status for status, *_ in september(company)] == ["superseded", "current"]

    assert invoke("prune_deliveries", event("prune_deliveries.schedule")) == {"pruned": 0}
    company.change(
        "update deliveries set superseded_at = now() - interval '91 days' where status = 'superseded'", []
    )
    assert invoke("prune_deliveries", event("prune_deliveries.schedule")) == {"pruned": 1}

    assert september(company) == [("current", Decimal(40), Decimal(40))]
    ((charges,),) = company.rows("select count(*) from charges where charge_date = %s", SEPTEMBER)
    assert charges == 1 * 2
    ((tenant, metadata),) = company.rows("select tenant_id, metadata from events where event_type = 'pruned'")
    assert (tenant, len(metadata["deliveries"])) == (ACME, 1)
