from typing import Any

import pytest

from tests.functions.alerts_seen import alert_id, insert_alert
from tests.functions.conftest import Company
from tests.functions.invoking import request
from tests.functions.people import ACME, ADMIN, MEMBERS, OPERATOR, OUTSIDER

ACTED_UPON = ["actor", "user_id", "entity_type", "entity_id", "event_type"]


def events(**query: str) -> list[dict[str, Any]]:
    reply = request("events.list", query=query)
    assert reply.status == 200, reply.body
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def user_id(company: Company, email: str) -> str:
    ((found,),) = company.rows("select id from users where email = %s and tenant_id = %s", email, ACME)
    return str(found)


def test_the_trail_begins_with_the_tenant_and_its_people(same_company: Company) -> None:
    people = [person for person in MEMBERS if person.tenant == ACME]

    (opened,) = events(entity_type="tenant")
    joined = events(entity_type="user", event_type="created")

    assert (opened["entity_id"], opened["actor"]) == (str(ACME), "system")
    assert [one["metadata"]["new"]["role"] for one in reversed(joined)] == [one.role for one in people]


def test_events_are_newest_first_and_paged_without_loss(same_company: Company) -> None:
    everything = events(limit="1000")
    shown: list[dict[str, Any]] = []
    reply = request("events.list", query={"limit": "3"})
    while cursor := reply.json["next_cursor"]:
        shown += reply.json["items"]
        reply = request("events.list", query={"limit": "3", "cursor": cursor})
    shown += reply.json["items"]

    assert shown == everything
    assert [one["created_at"] for one in shown] == sorted((one["created_at"] for one in shown), reverse=True)
    assert len(everything) > 6


def test_events_are_filtered_by_what_they_speak_of(same_company: Company) -> None:
    published = events(entity_type="delivery", event_type="published")

    assert [one["message"] for one in published] == [
        f"cur2 acme of 2026-{month} was published" for month in ("08", "07", "06")
    ]
    assert [one["event_type"] for one in events(entity_id=published[0]["entity_id"])] == [
        "published",
        "registered",
    ]


def test_events_are_filtered_by_day(same_company: Company) -> None:
    today = events(limit="1")[0]["created_at"][:10]

    assert len(events(start=today, limit="1000")) == len(events(limit="1000"))
    assert events(end=today) == []
    assert events(start="2099-01-01") == []


def test_a_tenant_sees_its_own_trail_only(same_company: Company) -> None:
    reply = request("events.list", query={"limit": "1000"}, person=OUTSIDER)

    assert {one["entity_type"] for one in reply.json["items"]} == {"tenant", "user"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("start", "today"), ("end", "1785542400"), ("limit", "0"), ("cursor", "x"), ("actor", "ada")],
)
def test_a_filter_that_is_not_valid_is_named(same_company: Company, name: str, value: str) -> None:
    reply = request("events.list", query={name: value})

    assert (reply.status, reply.fields) == (422, [name])


def test_changes_of_an_alert_are_told_with_who_and_what(company: Company) -> None:
    insert_alert(company, 1)
    request("alerts.acknowledge")
    request("alerts.resolve", person=ADMIN)

    resolved, acknowledged = events(entity_type="alert")

    assert [acknowledged[name] for name in ACTED_UPON] == [
        OPERATOR.email,
        user_id(company, OPERATOR.email),
        "alert",
        str(alert_id(1)),
        "status_changed",
    ]
    assert acknowledged["metadata"]["old"] == {"status": "open"}
    assert acknowledged["metadata"]["new"]["status"] == "acknowledged"
    assert (resolved["actor"], resolved["user_id"]) == (ADMIN.email, user_id(company, ADMIN.email))
    assert resolved["metadata"] == {
        "old": {"status": "acknowledged"},
        "new": {"status": "resolved", "resolution": "The load test is over"},
    }


def test_setting_and_removing_a_limit_is_told(company: Company) -> None:
    limit = request("alerts.set-cost-limit").json["id"]
    request("alerts.remove-limit", path=f"/api/v1/limits/{limit}", person=ADMIN)

    removed, created = events(entity_type="limit")

    assert [created[name] for name in ACTED_UPON] == [
        OPERATOR.email,
        user_id(company, OPERATOR.email),
        "limit",
        limit,
        "created",
    ]
    assert created["metadata"]["new"] == {"threshold": "250.00", "currency": "USD"}
    assert (removed["actor"], removed["entity_id"], removed["event_type"]) == (ADMIN.email, limit, "deleted")


def test_preferring_a_source_is_told(company: Company) -> None:
    assert request("costs.prefer-source").status == 200

    (preferred,) = events(entity_type="billing_account")

    assert [preferred[name] for name in ACTED_UPON] == [
        ADMIN.email,
        user_id(company, ADMIN.email),
        "billing_account",
        "100000000000",
        "source_preferred",
    ]
    assert preferred["metadata"]["new"] == {"source": "focus"}
