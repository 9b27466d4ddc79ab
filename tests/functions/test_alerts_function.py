from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.alerts_seen import DRIVERS, SERIES, alert_id, insert_alert, insert_metric_alert
from tests.functions.conftest import Company
from tests.functions.invoking import request
from tests.functions.people import ADMIN, GLOBEX, OPERATOR, OUTSIDER, VIEWER

UNKNOWN = f"/api/v1/alerts/{alert_id(99)}"
OF_GLOBEX = f"/api/v1/alerts/{alert_id(90)}"
CHANGES = ["alerts.acknowledge", "alerts.resolve"]
SNOOZED = {"until": (datetime.now(UTC) + timedelta(days=1)).isoformat()}


@pytest.fixture
def alerts(company: Company) -> Company:
    insert_alert(company, 1)
    insert_alert(company, 90, tenant=GLOBEX)
    return company


@pytest.fixture(scope="module")
def unchanged(same_company: Company) -> Company:
    """The same for tests that are refused."""
    insert_alert(same_company, 1)
    insert_alert(same_company, 90, tenant=GLOBEX)
    return same_company


def ids(query: dict[str, str]) -> list[str]:
    reply = request("alerts.list", query=query)
    assert reply.status == 200, reply.body
    return [item["id"] for item in reply.json["items"]]


def pages(limit: int) -> Iterator[list[str]]:
    cursor: dict[str, str] = {}
    while True:
        reply = request("alerts.list", query={"limit": str(limit), **cursor})
        yield [item["id"] for item in reply.json["items"]]
        if reply.json["next_cursor"] is None:
            return
        cursor = {"cursor": reply.json["next_cursor"]}


def test_alerts_are_filtered(company: Company) -> None:
    insert_alert(company, 1, day=1, severity="low")
    insert_alert(company, 2, day=2, service="AmazonS3")
    insert_alert(company, 3, day=3, account="222222222222")
    insert_metric_alert(company, 4)
    company.change("update alerts set status = 'resolved', resolved_at = now() where id = %s", [alert_id(2)])
    one, two, three, four = (str(alert_id(number)) for number in range(1, 5))

    assert ids({}) == [four, three, two, one]
    assert ids({"status": "resolved"}) == [two]
    assert ids({"severity": "low"}) == [one]
    assert ids({"severity": "critical"}) == ids({"alert_type": "reliability"}) == [four]
    assert ids({"service": "AmazonEC2"}) == [three, one]
    assert ids({"account": "222222222222", "status": "open"}) == [three]
    assert ids({"service": "AmazonEC2' or true --"}) == []
    assert ids({"id_prefix": three.replace("-", "")}) == [three]
    assert ids({"id_prefix": three[:8]}) == [four, three, two, one]
    assert ids({"id_prefix": "ffff"}) == []


def test_paging_shows_every_alert_once_while_others_arrive(company: Company) -> None:
    """Many windows begin on the same day, and new alerts must not push old ones out of a page."""
    before = {str(insert_alert(company, number, day=number % 3 + 1)) for number in range(1, 12)}
    shown: list[str] = []

    for number, page in enumerate(pages(2), start=20):
        shown += page
        insert_alert(company, number, day=28)

    assert set(shown) == before
    assert len(shown) == len(before)


@pytest.mark.parametrize(
    "cursor", ["x", "e30=", "bnVsbA==", "WzEsMl0=", "WyIyMDI2LTA4LTAxIiwgIm5vIGlkIl0=", "é", "[" * 3000]
)
def test_a_cursor_that_no_page_gave_out_is_named(same_company: Company, cursor: str) -> None:
    reply = request("alerts.list", query={"cursor": cursor})

    assert (reply.status, reply.fields) == (422, ["cursor"])
    assert reply.json["type"] == "/problems/bad-cursor"


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "1001"), ("limit", "many"), ("status", "closed"), ("severity", "urgent")],
)
def test_a_filter_that_is_not_valid_is_named(same_company: Company, name: str, value: str) -> None:
    reply = request("alerts.list", query={name: value})

    assert (reply.status, reply.fields) == (422, [name])


def test_an_alert_comes_with_what_explains_it(unchanged: Company) -> None:
    reply = request("alerts.show")

    assert reply.status == 200
    assert [point["observed"] for point in reply.json["series"]] == [one["observed"] for one in SERIES]
    assert [point["at"] for point in reply.json["series"]] == [one["at"] for one in SERIES]
    assert reply.json["drivers"] == DRIVERS
    assert (reply.json["observed_value"], reply.json["currency"]) == ("610.875", "USD")


def test_an_operator_acknowledges_and_resolves(alerts: Company) -> None:
    acknowledged = request("alerts.acknowledge")
    resolved = request("alerts.resolve", person=ADMIN)

    assert acknowledged.json["status"] == "acknowledged"
    assert acknowledged.json["acknowledged_by"] == OPERATOR.email
    assert (resolved.json["status"], resolved.json["resolution"]) == ("resolved", "The load test is over")
    assert (resolved.json["resolved_by"], resolved.json["acknowledged_by"]) == (ADMIN.email, OPERATOR.email)
    assert request("alerts.show").json == resolved.json


def test_an_operator_snoozes_and_anybody_sees_until_when(alerts: Company) -> None:
    reply = request("alerts.snooze", body=SNOOZED)

    assert (reply.status, reply.json["status"]) == (200, "open")
    assert datetime.fromisoformat(reply.json["snoozed_until"]) == datetime.fromisoformat(SNOOZED["until"])
    assert reply.json["snoozed_by"] == OPERATOR.email
    assert request("alerts.show", person=VIEWER).json == reply.json


@pytest.mark.parametrize(
    "until", ["2020-01-01T00:00:00Z", "2120-01-01T00:00:00Z", "2026-09-15T08:30:00", "soon", None]
)
def test_a_snooze_without_a_fitting_end_is_refused(unchanged: Company, until: str | None) -> None:
    reply = request("alerts.snooze", body={"until": until})

    assert (reply.status, reply.fields) == (422, ["until"])


def test_a_viewer_snoozes_nothing(unchanged: Company) -> None:
    assert request("alerts.snooze", body=SNOOZED, person=VIEWER).status == 403
    assert request("alerts.snooze", body=SNOOZED, person=OUTSIDER).status == 404


def test_an_alert_is_resolved_without_a_word(alerts: Company) -> None:
    reply = request("alerts.resolve", body="")

    assert (reply.status, reply.json["resolution"]) == (200, "resolved")


def test_an_alert_is_resolved_as_planned_until_a_day(alerts: Company) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).date()

    planned = request("alerts.plan", body={"resolution": "load test", "planned_until": until.isoformat()})

    assert (planned.json["status"], planned.json["planned_until"]) == ("resolved", until.isoformat())
    assert len(status_events(alerts)) == 1
    assert "as planned until" in request("events.list").body


def test_a_plan_that_is_over_is_refused_by_its_field(alerts: Company) -> None:
    reply = request("alerts.plan", body={"planned_until": "2020-02-29"})

    assert (reply.status, reply.fields) == (422, ["planned_until"])
    assert request("alerts.show").json["status"] == "open"


def test_acknowledging_again_changes_nothing(alerts: Company) -> None:
    first = request("alerts.acknowledge")
    again = request("alerts.acknowledge", person=ADMIN)

    assert (again.status, again.json) == (200, first.json)
    assert len(status_events(alerts)) == 1


@pytest.mark.parametrize("name", CHANGES)
def test_a_resolved_alert_is_not_changed_again(alerts: Company, name: str) -> None:
    first = request("alerts.resolve")

    reply = request(name)

    assert (reply.status, reply.json["type"]) == (409, "/problems/alert-resolved")
    assert request("alerts.show").json == first.json


@pytest.mark.parametrize("name", CHANGES)
def test_a_viewer_changes_nothing(unchanged: Company, name: str) -> None:
    reply = request(name, person=VIEWER)

    assert (reply.status, reply.json["type"]) == (403, "/problems/role-too-low")
    assert request("alerts.show").json["status"] == "open"
    assert status_events(unchanged) == []


@pytest.mark.parametrize("path", [UNKNOWN, OF_GLOBEX])
@pytest.mark.parametrize(
    ("name", "action"), [("alerts.show", ""), *((name, name.replace("alerts.", "/")) for name in CHANGES)]
)
def test_an_alert_that_is_not_the_tenants_is_not_found(
    unchanged: Company, name: str, action: str, path: str
) -> None:
    reply = request(name, path=path + action, person=ADMIN)

    assert (reply.status, reply.json["type"]) == (404, "/problems/alert-not-found")
    assert request("alerts.show", path=OF_GLOBEX, person=OUTSIDER).json["status"] == "open"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resolution": "fixed", "status": "open"}, "status"),
        ({"resolution": ""}, "resolution"),
        ({"resolution": "x" * 501}, "resolution"),
        ({"resolution": 7}, "resolution"),
        ({"resolution": None}, "resolution"),
        ({"resolution": "a\0b"}, "resolution"),
    ],
)
def test_a_resolution_that_is_not_valid_names_its_field(
    unchanged: Company, body: dict[str, Any], field: str
) -> None:
    reply = request("alerts.resolve", body=body)

    assert (reply.status, reply.fields) == (422, [field])
    assert request("alerts.show").json["status"] == "open"


def status_events(company: Company) -> list[tuple[Any, ...]]:
    return company.rows("select event_type from events where entity_type = 'alert'")
