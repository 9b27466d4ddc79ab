"""/api/v1/data-sources -> the queue -> discover_deliveries -> ingest_part, by schedule and on request."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cloudops.costs.billing_months import months_before
from cloudops.platform import aws
from tests.functions import bill
from tests.functions.asking_accounts import ROLE_ARN, added, connected, of_account, of_source, trusting
from tests.functions.bill import Line
from tests.functions.conftest import BUCKET, Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, CONSULTANT, GLOBEX, OPERATOR, OUTSIDER, VIEWER
from tests.permissions.recording import recording
from tests.permissions.roles import role_of_customers
from tests.sts import TrustingSts, nobody

ANY = {"If-Match": "*"}


@pytest.fixture(autouse=True)
def no_objects_of_other_tests(aws_of_module: None) -> None:
    aws.SESSIONS.forget()
    s3 = aws.client("s3")
    for stored in s3.list_objects_v2(Bucket=BUCKET, Prefix="new/").get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=stored["Key"])


def month(back: int) -> date:
    return months_before(datetime.now(UTC).date(), back)


def put(company: Company, first: date, *, prefix: str = "new/") -> None:
    line = Line(day=first, account=bill.PROD, service="AmazonEC2", amount=Decimal(3))
    key = f"{prefix}acme/data/BILLING_PERIOD={first:%Y-%m}/acme-00001.snappy.parquet"
    company.put_object(key, bill.cur2(first, [line]))


def discover(company: Company) -> list[str]:
    """Handle what waits in the queue; the ids of the messages that go back to it."""
    waiting = company.receive("DISCOVER_QUEUE_URL")
    answer = invoke("discover_deliveries", messages("discover_deliveries.data-source", waiting))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def ingest(company: Company) -> list[Any]:
    waiting = company.receive("INGEST_QUEUE_URL")
    failures: list[Any] = invoke("ingest_part", messages("ingest_part.one-part", waiting))[
        "batchItemFailures"
    ]
    return failures


def periods(company: Company) -> set[date]:
    rows = company.rows("select period from deliveries where exists (select from delivery_parts p"
                        " where p.delivery_id = deliveries.id and p.key like %s)", "new/%")  # fmt: skip
    return {row[0] for row in rows}


def test_a_source_is_read_by_its_accounts_role_from_the_request_to_the_last_row(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch))
    sts: TrustingSts = aws.token_service()
    put(company, month(1))

    queued = of_source("run-source", source)
    assert discover(company) == []
    assert ingest(company) == []

    assert queued.status == 202
    read = of_source("show-source", source).json
    assert (read["last_error"], read["last_delivery"]["status"]) == (None, "current")
    assert read["last_delivery"]["period"] == month(1).isoformat()
    assert read["last_run_at"]
    assert company.rows("select sum(billed_cost) from daily_costs where charge_date >= %s", month(1)) == [
        (Decimal(3),)
    ]
    session, of_loading = [one for one in sts.asked if one["RoleSessionName"] == "cloudops-bills"]
    assert of_loading == session
    assert session["RoleArn"] == ROLE_ARN
    assert "acme-exports/new/*" in session["Policy"]


def test_a_run_looks_as_many_months_back_as_it_is_told(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch), backfill_months=2)
    for back in range(6):
        put(company, month(back))

    of_source("run-source", source, body={})
    discover(company)
    assert periods(company) == {month(0), month(1), month(2)}

    of_source("run-source", source, body={"backfill_months": 4})
    discover(company)
    assert periods(company) == {month(back) for back in range(5)}


def test_the_month_before_is_always_looked_at(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = added(connected(monkeypatch), backfill_months=0)
    for back in range(3):
        put(company, month(back))

    of_source("run-source", source, body={})
    discover(company)

    assert periods(company) == {month(0), month(1)}


def test_a_tick_queues_each_source_that_is_due(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    account = connected(monkeypatch)
    due = [added(account, prefix=prefix)["id"] for prefix in ("a/", "b/")]
    added(account, prefix="off/", enabled=False)

    assert invoke("dispatch_jobs", event("dispatch_jobs.discover")) == {"dispatched": 2}

    envelopes = [json.loads(body) for body in company.receive("DISCOVER_QUEUE_URL")]
    assert {one["params"]["data_source_id"] for one in envelopes} == set(due)
    assert {(one["tenant_id"], one["type"]) for one in envelopes} == {(str(ACME), "costs.discover")}
    assert len({one["idempotency_key"] for one in envelopes}) == 2
    assert invoke("dispatch_jobs", event("dispatch_jobs.discover")) == {"dispatched": 0}


def test_what_the_customer_has_to_mend_is_shown_and_not_repeated(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(monkeypatch)
    monkeypatch.setattr(recording(), "customers", role_of_customers("*"))
    missing = added(account, bucket="no-such-bucket")
    good = added(account)
    put(company, month(1))
    invoke("dispatch_jobs", event("dispatch_jobs.discover"))

    assert discover(company) == []

    assert "no-such-bucket" in of_source("show-source", missing).json["last_error"]
    assert of_source("show-source", good).json["last_error"] is None

    aws.SESSIONS.forget()
    trusting(monkeypatch, nobody)
    of_source("run-source", good)
    assert discover(company) == []
    assert "denies us the role" in of_source("show-source", good).json["last_error"]

    of_account("verify", account)
    of_source("run-source", good)
    discover(company)
    assert "is unreachable" in of_source("show-source", good).json["last_error"]


def test_what_is_our_fault_is_shown_and_goes_back_to_the_queue(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch))
    monkeypatch.setattr("discover_deliveries.handler.discover", lambda *_: 1 // 0)
    of_source("run-source", source)

    assert discover(company) == ["message-0"]

    assert of_source("show-source", source).json["last_error"] == "unexpected: ZeroDivisionError"


def test_a_source_that_was_removed_is_no_failure(company: Company) -> None:
    answer = invoke("discover_deliveries", event("discover_deliveries.data-source"))

    assert answer == {"batchItemFailures": []}


def test_a_direct_call_reads_a_source_and_says_what_failed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch))
    put(company, month(1))
    call = {"data_source_id": source["id"], "tenant_id": str(ACME)}

    (delivery,) = invoke("discover_deliveries", call)["deliveries"]
    trusting(monkeypatch, nobody)
    aws.SESSIONS.forget()

    assert delivery["outcome"] == "registered"
    assert "denies us" in invoke("discover_deliveries", call)["error"]


def test_our_own_role_reads_for_an_only_tenant(company: Company) -> None:
    wanted = {"kind": "cur2", "bucket": "acme-exports", "prefix": "new/"}
    refused = request("accounts.add-source", body=wanted)
    company.change("delete from tenants where id = %s", [GLOBEX])
    put(company, month(1))

    source = request("accounts.add-source", body=wanted).json
    found = invoke("discover_deliveries", {"data_source_id": source["id"]})

    assert (refused.status, refused.fields) == (422, ["cloud_account_id"])
    assert [one["outcome"] for one in found["deliveries"]] == ["registered"]
    assert ingest(company) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "csv"}, "kind"),
        ({"bucket": "UPPER"}, "bucket"),
        ({"bucket": None}, "bucket"),
        ({"prefix": "/cur2"}, "prefix"),
        ({"prefix": "cur*/"}, "prefix"),
        ({"prefix": "${aws:username}/"}, "prefix"),
        ({"cloud_account_id": "910bec00-0000-4000-8000-0000000000ff"}, "cloud_account_id"),
        ({"schedule": "hourly"}, "schedule"),
        ({"schedule": "rate(1 hours)"}, "schedule"),
        ({"schedule": "cron(61 * * * ? *)"}, "schedule"),
        ({"enabled": "perhaps"}, "enabled"),
        ({"backfill_months": -1}, "backfill_months"),
        ({"backfill_months": 121}, "backfill_months"),
        ({"grain": "hourly"}, "grain"),
        ({"last_error": None}, "last_error"),
        ({"kind": "cost_explorer"}, "bucket"),
    ],
)
def test_a_source_that_is_not_valid_names_its_field(
    same_company: Company, change: dict[str, Any], field: str
) -> None:
    body = {"kind": "cur2", "bucket": "acme-exports", "prefix": "cur2/", **change}

    reply = request("accounts.add-source", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_a_source_is_edited_by_whoever_read_it_last(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch))
    read = of_source("show-source", source)

    changed = of_source("change-source", source, headers={"If-Match": read.headers["etag"]})
    stale = of_source("change-source", source, headers={"If-Match": read.headers["etag"]})
    bad = of_source("change-source", source, headers=ANY, body={"schedule": "rate(1 hours)"})
    doubled = request(
        "accounts.add-source", body={"kind": "cur2", "bucket": "acme-exports", "prefix": "new/",
                                     "cloud_account_id": source["cloud_account_id"]}
    )  # fmt: skip
    silent = of_source("remove-source", source, headers={"If-Match": ""})
    removed = of_source("remove-source", source, headers={"If-Match": changed.headers["etag"]})

    assert (changed.status, changed.json["enabled"]) == (200, False)
    assert [stale.status, bad.status, doubled.status, silent.status] == [412, 422, 409, 428]
    assert bad.fields == ["schedule"]
    assert (removed.status, removed.body) == (204, "")
    assert of_source("show-source", source).status == 404
    trail = request("events.list", query={"entity_type": "data_source"}).json["items"]
    assert [one["event_type"] for one in trail] == ["deleted", "changed", "created"]


def test_viewers_read_sources_and_admins_write_them(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = added(connected(monkeypatch))

    for person in (VIEWER, OPERATOR, CONSULTANT):
        assert of_source("show-source", source, person=person).json == source
        assert request("accounts.list-sources", person=person).json["items"] == [source]
        assert request("accounts.add-source", person=person).status == 403
        for name in ("change-source", "remove-source", "run-source"):
            assert of_source(name, source, person=person, headers=ANY).status == 403
    assert company.receive("DISCOVER_QUEUE_URL") == []


def test_another_tenants_source_is_not_found(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = added(connected(monkeypatch))

    for name in ("show-source", "change-source", "remove-source", "run-source"):
        reply = of_source(name, source, person=OUTSIDER, headers=ANY)
        assert (reply.status, reply.json["type"]) == (404, "/problems/data-source-not-found")
    wanted = {"kind": "cur2", "bucket": "acme-exports", "cloud_account_id": source["cloud_account_id"]}
    stolen = request("accounts.add-source", person=OUTSIDER, body=wanted)
    assert (stolen.status, stolen.fields) == (422, ["cloud_account_id"])
    assert request("accounts.list-sources", person=OUTSIDER).json["items"] == []
    assert company.receive("DISCOVER_QUEUE_URL") == []
