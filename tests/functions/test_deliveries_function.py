from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.functions import bill
from tests.functions.conftest import BUCKET, Company
from tests.functions.invoking import Reply, request
from tests.functions.people import ADMIN, OPERATOR, OUTSIDER, VIEWER


def show(delivery_id: Any, **changes: Any) -> Reply:
    return request("costs.show-delivery", path=f"/api/v1/deliveries/{delivery_id}", **changes)


def periods(query: dict[str, str]) -> list[str]:
    reply = request("costs.list-deliveries", query=query)
    assert reply.status == 200, reply.body
    return sorted(item["period"] for item in reply.json["items"])


def test_deliveries_say_what_they_were(same_company: Company) -> None:
    august = [line for line in bill.lines() if line.day.month == 8]

    (delivery,) = request("costs.list-deliveries", query={"period": "2026-08-01"}).json["items"]

    assert (delivery["source"], delivery["status"], delivery["grain"]) == ("cur2", "current", "daily")
    assert (delivery["billing_account_id"], delivery["bucket"]) == (bill.PAYER, BUCKET)
    assert delivery["files"] == ["cur2/BILLING_PERIOD=2026-08/acme-00001.snappy.parquet"]
    assert (delivery["parts"], delivery["parts_loaded"], delivery["source_rows"]) == (1, 1, len(august))
    assert {currency: Decimal(total) for currency, total in delivery["totals"].items()} == {
        currency: sum((line.amount for line in august if line.currency == currency), Decimal(0))
        for currency in ("USD", "EUR")
    }
    assert (delivery["first_day"], delivery["last_day"]) == ("2026-08-01", "2026-08-31")
    assert show(delivery["id"]).json == delivery


def test_deliveries_are_filtered(same_company: Company) -> None:
    assert periods({}) == ["2026-06-01", "2026-07-01", "2026-08-01"]
    assert periods({"source": "cur2", "status": "current", "period": "2026-07-01"}) == ["2026-07-01"]
    assert periods({"source": "focus"}) == periods({"status": "quarantined"}) == []


def test_deliveries_are_paged_without_loss(same_company: Company) -> None:
    first = request("costs.list-deliveries", query={"limit": "2"}).json
    second = request("costs.list-deliveries", query={"limit": "2", "cursor": first["next_cursor"]}).json

    shown = [item["id"] for item in [*first["items"], *second["items"]]]
    assert (len(shown), len(set(shown)), second["next_cursor"]) == (3, 3, None)


def test_csv_pages_carry_their_cursor_in_a_header(same_company: Company) -> None:
    as_json = request("costs.list-deliveries", query={"limit": "2"})
    as_csv = request("costs.list-deliveries", query={"limit": "2"}, headers={"Accept": "text/csv"})

    assert as_csv.headers["x-next-cursor"] == as_json.json["next_cursor"]
    assert as_csv.body.count("\r\n") == 3


def test_a_delivery_that_is_not_the_tenants_is_not_found(same_company: Company) -> None:
    of_acme = request("costs.list-deliveries").json["items"][0]["id"]

    for reply in (show(uuid4()), show(of_acme, person=OUTSIDER)):
        assert (reply.status, reply.json["type"]) == (404, "/problems/delivery-not-found")


def test_an_id_that_is_no_uuid_is_named(same_company: Company) -> None:
    reply = show("august")

    assert (reply.status, reply.fields) == (422, ["delivery_id"])


@pytest.mark.parametrize(
    ("name", "value"), [("status", "lost"), ("source", "cur"), ("period", "2026-08"), ("cursor", "x")]
)
def test_a_filter_that_is_not_valid_is_named(same_company: Company, name: str, value: str) -> None:
    reply = request("costs.list-deliveries", query={name: value})

    assert (reply.status, reply.fields) == (422, [name])


@pytest.mark.parametrize("person", [VIEWER, OPERATOR])
def test_only_an_admin_chooses_the_source(same_company: Company, person: Any) -> None:
    assert request("costs.prefer-source", person=person).status == 403
    assert same_company.rows("select * from source_preferences") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"billing_account_id": bill.PAYER, "source": "unknown"}, "source"),
        ({"billing_account_id": "", "source": "cur2"}, "billing_account_id"),
        ({"source": "cur2"}, "billing_account_id"),
        ({"billing_account_id": bill.PAYER, "source": "cur2", "period": "2026-08-01"}, "period"),
    ],
)
def test_a_preference_that_is_not_valid_names_its_field(
    same_company: Company, body: dict[str, str], field: str
) -> None:
    reply = request("costs.prefer-source", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_the_preferred_source_is_the_one_that_counts(company: Company) -> None:
    lines = [line for line in bill.lines() if line.day.month == 8]
    company.change(
        "update deliveries set source = 'cur1', export_name = 'legacy' where period = '2026-08-01'", []
    )
    company.put_object("other/acme2-00001.snappy.parquet", bill.cur2(lines[0].day, lines[:10]))
    company.take_in(prefix="other/")
    before = request("costs.list-deliveries", query={"period": "2026-08-01", "status": "current"})

    reply = request(
        "costs.prefer-source",
        body={"billing_account_id": bill.PAYER, "source": "cur1"},
        person=ADMIN,
    )

    after = request("costs.list-deliveries", query={"period": "2026-08-01", "status": "current"})
    shadows = request("costs.list-deliveries", query={"period": "2026-08-01", "status": "shadow"})
    assert (reply.status, reply.json["source"]) == (200, "cur1")
    assert [one["source"] for one in before.json["items"]] == ["cur2"]
    assert [one["source"] for one in after.json["items"]] == ["cur1"]
    assert [one["source"] for one in shadows.json["items"]] == ["cur2"]
