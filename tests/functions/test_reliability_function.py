"""/api/v1/monitored-targets and /api/v1/metrics."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cloudops.platform import database
from cloudops.reliability.models import Datapoint
from cloudops.reliability.use_cases import record_datapoints
from cloudops.tenancy.use_cases import default_project
from tests.functions.conftest import Company
from tests.functions.invoking import request
from tests.functions.people import ACME, OUTSIDER, VIEWER

NOON = datetime(2026, 9, 13, 12, tzinfo=UTC)
BODY = {
    "kind": "api_gateway",
    "name": "orders",
    "stage": "live",
    "account_id": "111111111111",
    "region": "eu-west-1",
}
LIST = "reliability.list-targets"


def add(**fields: Any) -> Any:
    return request("reliability.add-target", body={**BODY, **fields})


def measure(count: int, *, resource_id: str = "orders") -> None:
    points = [
        Datapoint(
            resource_id=resource_id,
            metric_name="p95_latency_ms",
            at=NOON + timedelta(minutes=5 * n),
            value=Decimal(100 + n),
            namespace="AWS/ApiGateway",
        )
        for n in range(count)
    ]
    with database.transaction(ACME) as connection:
        record_datapoints(connection, default_project(connection).id, points)


def series(**query: str) -> Any:
    return request(
        "reliability.metrics", query={"resource_id": "orders", "metric": "p95_latency_ms", **query}
    )


def test_a_target_is_watched_under_its_name_and_stage(company: Company) -> None:
    reply = add()

    assert reply.status == 201
    (listed,) = request(LIST).json["items"]
    assert listed == reply.json
    assert (listed["resource_id"], listed["period_seconds"], listed["created_by"]) == (
        "orders/live",
        300,
        "oscar@acme.example",
    )
    assert (listed["last_read_at"], listed["last_error"]) == (None, None)


def test_a_resource_id_is_taken_as_it_is_given_and_once(company: Company) -> None:
    assert add(resource_id="shop").json["resource_id"] == "shop"

    again = add(resource_id="shop", name="another")

    assert (again.status, again.json["type"]) == (409, "/problems/already-monitored")


def test_targets_come_in_pages(company: Company) -> None:
    added = {add(name=f"api-{n}").json["id"] for n in range(3)}

    first = request(LIST, query={"limit": "2"}).json
    second = request(LIST, query={"limit": "2", "cursor": first["next_cursor"]}).json

    assert {one["id"] for one in [*first["items"], *second["items"]]} == added
    assert second["next_cursor"] is None


def test_a_removed_target_is_gone_and_both_are_in_the_trail(company: Company) -> None:
    target_id = add().json["id"]
    path = f"/api/v1/monitored-targets/{target_id}"

    assert request("reliability.remove-target", path=path).status == 204
    assert request("reliability.remove-target", path=path).status == 404

    assert request(LIST).json["items"] == []
    trail = company.rows(
        "select event_type, entity_id, actor from events where entity_type = 'monitored_target' order by created_at"
    )
    assert trail == [(kind, target_id, "oscar@acme.example") for kind in ("created", "deleted")]


def test_another_tenant_sees_and_removes_no_target(company: Company) -> None:
    path = f"/api/v1/monitored-targets/{add().json['id']}"

    assert request(LIST, person=OUTSIDER).json["items"] == []
    assert request("reliability.remove-target", path=path, person=OUTSIDER).status == 404
    assert len(request(LIST).json["items"]) == 1


@pytest.mark.parametrize("name", ["reliability.add-target", "reliability.remove-target"])
def test_viewers_change_nothing(same_company: Company, name: str) -> None:
    assert request(name, person=VIEWER).status == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "database"}, "kind"),
        ({"name": ""}, "name"),
        ({"account_id": "acme"}, "account_id"),
        ({"region": "mars"}, "region"),
        ({"period_seconds": 7}, "period_seconds"),
        ({"kind": "function"}, "body"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_target_that_is_not_valid_names_its_field(
    same_company: Company, fields: dict[str, Any], field: str
) -> None:
    reply = add(**fields)

    assert (reply.status, reply.fields) == (422, [field])


def test_a_series_ends_with_its_last_datapoint(company: Company) -> None:
    measure(3)

    found = series().json

    assert [(point["at"], point["value"]) for point in found["items"]] == [
        ("2026-09-13T12:00:00Z", "100"),
        ("2026-09-13T12:05:00Z", "101"),
        ("2026-09-13T12:10:00Z", "102"),
    ]
    assert (found["unit"], found["metric"]) == ("ms", "p95_latency_ms")
    assert found["end"] == "2026-09-13T12:10:01Z"


def test_a_range_has_its_start_and_not_its_end(company: Company) -> None:
    measure(4)

    found = series(start="2026-09-13T12:05:00Z", end="2026-09-13T14:15:00+02:00").json

    assert [point["value"] for point in found["items"]] == ["101", "102"]


def test_a_series_comes_in_pages(company: Company) -> None:
    measure(5)
    span = {"start": "2026-09-13T00:00:00Z", "end": "2026-09-14T00:00:00Z", "limit": "2"}

    pages = [series(**span).json]
    while pages[-1]["next_cursor"]:
        pages.append(series(**span, cursor=pages[-1]["next_cursor"]).json)

    assert [[point["value"] for point in page["items"]] for page in pages] == [
        ["100", "101"],
        ["102", "103"],
        ["104"],
    ]


def test_another_tenants_series_is_empty(company: Company) -> None:
    measure(3)

    found = request("reliability.metrics", person=OUTSIDER)

    assert (found.status, found.json["items"]) == (200, [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"metric": "cpu"}, "metric"),
        ({"start": "2026-09-13T00:00:00"}, "start"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-09-14T00:00:00Z", "end": "2026-09-13T00:00:00Z"}, "start"),
        ({"cursor": "WyJub29uIl0="}, "cursor"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_a_question_that_is_not_valid_names_its_field(
    same_company: Company, query: dict[str, str], field: str
) -> None:
    reply = series(**query)

    assert (reply.status, reply.fields) == (422, [field])
