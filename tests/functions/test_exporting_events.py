"""Files of the trail from asking for one to downloading it."""

import csv
import hashlib
import io
import json
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow.parquet as pq
import pytest

from cloudops.platform import aws
from tests.functions.conftest import ARCHIVE, Company
from tests.functions.invoking import Reply, invoke, messages, request
from tests.functions.people import ACME, OPERATOR, OUTSIDER, VIEWER

QUEUE = "EXPORT_EVENTS_QUEUE_URL"


def asked(**body: Any) -> Reply:
    return request("events.export", body={"format": "csv", **body})


def run_queue(company: Company) -> None:
    bodies = company.receive(QUEUE)
    assert invoke("export_events", messages("export_events.one-export", bodies)) == {"batchItemFailures": []}


def shown(export_id: str, **changes: Any) -> Reply:
    return request("events.show-export", path=f"/api/v1/events/exports/{export_id}", **changes)


def content(export: dict[str, Any]) -> bytes:
    """What the link leads to; its signature is for AWS to check."""
    assert "X-Amz-Signature" in export["url"] or "Signature" in export["url"]
    key = urlsplit(export["url"]).path.lstrip("/").removeprefix(f"{ARCHIVE}/")
    return bytes(aws.client("s3").get_object(Bucket=ARCHIVE, Key=key)["Body"].read())


def exported(company: Company, **body: Any) -> tuple[dict[str, Any], bytes]:
    export_id = asked(**body).json["id"]
    run_queue(company)
    export = shown(export_id).json
    return export, content(export)


def test_an_export_waits_until_the_job_has_written_it(company: Company) -> None:
    reply = asked()

    waiting = shown(reply.json["id"]).json
    assert (reply.status, reply.json["status"]) == (202, "queued")
    assert (waiting["status"], waiting["url"]) == ("queued", None)


def test_the_whole_trail_comes_as_csv_in_the_order_of_its_chain(company: Company) -> None:
    export, body = exported(company)

    rows = list(csv.DictReader(io.StringIO(body.decode())))
    # The line of the export's request is the last that it holds.
    ((count,),) = company.rows("select count(*) from events where tenant_id = %s", ACME)
    assert [int(row["seq"]) for row in rows] == list(range(1, count))
    assert (export["row_count"], export["byte_count"]) == (len(rows), len(body))
    assert export["sha256"] == hashlib.sha256(body).hexdigest()
    assert json.loads(rows[0]["metadata"]) is not None


def test_parquet_holds_the_same_events(company: Company) -> None:
    _, as_csv = exported(company)
    _, as_parquet = exported(company, format="parquet")

    first = list(csv.DictReader(io.StringIO(as_csv.decode())))
    second = pq.read_table(io.BytesIO(as_parquet)).to_pylist()
    assert [row["id"] for row in second[: len(first)]] == [row["id"] for row in first]
    assert [row["hash"] for row in second[: len(first)]] == [row["hash"] for row in first]
    assert len(second) > len(first)


def test_a_formula_in_an_event_is_text_in_a_spreadsheet(company: Company) -> None:
    company.change(
        "insert into events (tenant_id, id, entity_type, entity_id, event_type, message, actor)"
        " values (%s, gen_random_uuid(), 'alert', '@SUM(1)', 'created', '=cmd|calc', 'system')",
        [ACME],
    )

    _, body = exported(company)

    (row,) = [row for row in csv.DictReader(io.StringIO(body.decode())) if "cmd" in row["message"]]
    assert (row["message"], row["entity_id"]) == ("'=cmd|calc", "'@SUM(1)")


@pytest.mark.parametrize(
    ("period", "empty"),
    [({"start": "2099-01-01"}, True), ({"end": "2001-01-01"}, True), ({"start": "2001-01-01"}, False)],
)
def test_a_period_is_kept_to(company: Company, period: dict[str, str], empty: bool) -> None:
    export, _ = exported(company, **period)

    assert (export["row_count"] == 0) == empty


def test_a_message_that_comes_twice_tells_once(company: Company) -> None:
    asked()
    bodies = company.receive(QUEUE)

    for _ in range(2):
        invoke("export_events", messages("export_events.one-export", bodies))

    told = request("events.list", query={"entity_type": "event_export"}).json["items"]
    assert [one["event_type"] for one in told] == ["exported", "requested"]


def test_a_file_older_than_a_week_is_gone(company: Company) -> None:
    export, _ = exported(company)
    company.change("update event_exports set finished_at = finished_at - interval '7 days'", [])

    found = shown(export["id"]).json

    assert (found["status"], found["url"]) == ("expired", None)


@pytest.mark.parametrize("person", [VIEWER, OPERATOR])
def test_only_admins_export_the_trail(company: Company, person: Any) -> None:
    export_id = asked().json["id"]

    assert request("events.export", person=person).status == 403
    assert shown(export_id, person=person).status == 403


def test_another_tenants_export_is_not_there(company: Company) -> None:
    export_id = asked().json["id"]

    assert shown(export_id, person=OUTSIDER).status == 404
    assert shown(str(uuid4())).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"format": "xlsx"}, "format"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-02-01", "end": "2026-02-01"}, "end"),
        ({"team": "x"}, "team"),
    ],
)
def test_what_cannot_be_exported_is_named(company: Company, body: dict[str, str], field: str) -> None:
    reply = asked(**body)

    assert (reply.status, reply.fields) == (422, [field])
