"""/api/v1/saved-views: who keeps, sees, shares and changes the filters of a list."""

from typing import Any

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import ADMIN, APPROVER, OPERATOR, OUTSIDER, VIEWER, Person

ANY = {"If-Match": "*"}
QUERY = "status=open&severity=high"


def save(person: Person, **fields: Any) -> dict[str, Any]:
    wanted = {"list": "alerts", "name": "Open and high", "query": QUERY, **fields}
    reply = request("tenants.save-view", person=person, body=wanted)
    assert reply.status == 201, reply.body
    saved: dict[str, Any] = reply.json
    return saved


def of_view(name: str, view: dict[str, Any], person: Person, **changes: Any) -> Reply:
    return request(f"tenants.{name}", path=f"/api/v1/saved-views/{view['id']}", person=person, **changes)


def seen_by(person: Person, **query: str) -> list[str]:
    return [one["name"] for one in request("tenants.list-views", person=person, query=query).json["items"]]


def team_with(person: Person) -> str:
    """The id of a new team with one member."""
    team = request("organization.add-team", body={"name": "Checkout"}).json["id"]
    users = request("tenants.list-users").json["items"]
    member = next(one["id"] for one in users if one["email"] == person.email)
    added = request(
        "organization.add-member",
        path=f"/api/v1/teams/{team}/members",
        body={"user_id": member, "role": "member"},
    )
    assert added.status == 201, added.body
    return str(team)


def test_anybody_keeps_a_view_and_finds_it_again(company: Company) -> None:
    made = request("tenants.save-view", person=VIEWER)

    (listed,) = request("tenants.list-views", person=VIEWER).json["items"]
    assert made.status == 201
    assert made.headers["etag"] == made.json["etag"] == listed["etag"]
    assert listed == made.json == of_view("show-view", made.json, VIEWER).json
    assert (listed["owner"], listed["mine"], listed["visibility"]) == (VIEWER.email, True, "private")
    assert (listed["name"], listed["query"], listed["pinned"]) == ("Open and high", QUERY, True)


def test_a_private_view_is_for_its_owner_alone(company: Company) -> None:
    view = save(VIEWER)

    assert seen_by(ADMIN) == []
    for name in ("show-view", "change-view", "delete-view"):
        assert of_view(name, view, ADMIN, headers=ANY).status == 404


def test_a_team_sees_what_is_shared_with_it(company: Company) -> None:
    team = team_with(OPERATOR)

    view = save(VIEWER, visibility="team", team_id=team)

    assert (view["team"], view["mine"]) == ("Checkout", True)
    assert (seen_by(OPERATOR), seen_by(VIEWER), seen_by(APPROVER)) == ([view["name"]], [view["name"]], [])
    assert not of_view("show-view", view, OPERATOR).json["mine"]
    assert of_view("show-view", view, APPROVER).status == 404


def test_what_is_for_everyone_stays_within_the_tenant(company: Company) -> None:
    view = save(VIEWER, visibility="everyone")

    assert seen_by(APPROVER) == [view["name"]]
    assert seen_by(OUTSIDER) == []
    for name in ("show-view", "change-view", "delete-view"):
        assert of_view(name, view, OUTSIDER, headers=ANY).status == 404


def test_only_its_owner_or_an_admin_changes_a_view(company: Company) -> None:
    view = save(VIEWER, visibility="everyone")

    for name in ("change-view", "delete-view"):
        refused = of_view(name, view, OPERATOR, headers=ANY)
        assert (refused.status, refused.json["type"]) == (403, "/problems/not-your-view")
    assert of_view("change-view", view, ADMIN, headers=ANY).json["name"] == "High"
    assert of_view("delete-view", view, VIEWER, headers=ANY).status == 204
    assert seen_by(VIEWER) == []


def test_a_change_keeps_what_it_does_not_name_and_needs_the_etag(company: Company) -> None:
    view = save(VIEWER, pinned=True)

    changed = of_view("change-view", view, VIEWER, headers={"If-Match": view["etag"]})
    stale = of_view("change-view", view, VIEWER, headers={"If-Match": view["etag"]})
    blind = of_view("delete-view", view, VIEWER, headers={"If-Match": ""})

    assert (changed.json["name"], changed.json["query"]) == ("High", "severity=high")
    assert (changed.json["visibility"], changed.json["pinned"]) == ("everyone", True)
    assert (stale.status, blind.status) == (412, 428)


def test_everything_about_a_view_is_in_the_trail(company: Company) -> None:
    view = save(VIEWER)
    of_view("change-view", view, VIEWER, headers=ANY)
    of_view("change-view", view, VIEWER, headers=ANY)
    of_view("delete-view", view, VIEWER, headers=ANY)

    trail = request("events.list", query={"entity_type": "saved_view"}).json["items"]

    assert [one["event_type"] for one in trail] == ["deleted", "changed", "created"]
    assert {one["actor"] for one in trail} == {VIEWER.email}
    assert trail[1]["metadata"]["old"]["query"] == QUERY
    assert trail[1]["metadata"]["new"]["query"] == "severity=high"


def test_a_name_is_taken_once_per_person_and_list(company: Company) -> None:
    save(VIEWER)
    save(VIEWER, list="recommendations")
    save(OPERATOR)

    twice = request("tenants.save-view", person=VIEWER)

    assert (twice.status, twice.json["type"]) == (409, "/problems/saved-view-exists")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"list": "Alerts"}, "list"),
        ({"name": ""}, "name"),
        ({"query": "x" * 2001}, "query"),
        ({"visibility": "public"}, "visibility"),
        ({"visibility": "team"}, "team_id"),
        ({"team_id": "00000000-0000-4000-8000-000000000001"}, "team_id"),
        ({"visibility": "team", "team_id": "00000000-0000-4000-8000-000000000001"}, "team_id"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_a_view_that_is_not_valid_names_its_field(
    same_company: Company, body: dict[str, Any], field: str
) -> None:
    wanted = {"list": "alerts", "name": "Mine", "query": ""}

    reply = request("tenants.save-view", body={**wanted, **body})

    assert (reply.status, reply.fields) == (422, [field])


def test_views_come_by_list_and_name_in_pages(company: Company) -> None:
    for of_list, name in (("recommendations", "b"), ("alerts", "b"), ("alerts", "a")):
        save(VIEWER, list=of_list, name=name)

    first = request("tenants.list-views", person=VIEWER, query={"limit": "2"}).json
    rest = request("tenants.list-views", person=VIEWER, query={"cursor": first["next_cursor"]}).json

    assert [(one["list"], one["name"]) for one in first["items"]] == [("alerts", "a"), ("alerts", "b")]
    assert [(one["list"], one["name"]) for one in rest["items"]] == [("recommendations", "b")]
    assert seen_by(VIEWER, list="recommendations") == ["b"]
