from typing import Any

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import CONSULTANT, OPERATOR, OUTSIDER, VIEWER

ANY = {"If-Match": "*"}
PLACES = {"group": "business-groups", "unit": "business-units", "team": "teams", "service": "services"}
YAML = {"Accept": "application/yaml"}


def ask(verb: str, noun: str, row_id: str, **changes: Any) -> Reply:
    return request(f"organization.{verb}-{noun}", path=f"/api/v1/{PLACES[noun]}/{row_id}", **changes)


def members_of(team: dict[str, Any], verb: str, member_id: str = "", **changes: Any) -> Reply:
    path = f"/api/v1/teams/{team['id']}/members" + (f"/{member_id}" if member_id else "")
    return request(f"organization.{verb}", path=path, **changes)


def add(noun: str, **body: Any) -> dict[str, Any]:
    reply = request(f"organization.add-{noun}", body=body)
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json
    return made


def user_id(email: str) -> str:
    users = request("tenants.list-users").json["items"]
    return next(str(one["id"]) for one in users if one["email"] == email)


@pytest.fixture
def tree(company: Company) -> dict[str, dict[str, Any]]:
    """Commerce > Shop > Checkout with a service, an account, a lead and a member."""
    group = add("group", name="Commerce")
    shop = add("unit", name="Shop", business_group_id=group["id"])
    team = add("team", name="Checkout", business_unit_id=shop["id"])
    service = add("service", name="cart", team_id=team["id"])
    for person, role in ((VIEWER, "lead"), (OPERATOR, "member")):
        wanted = {"user_id": user_id(person.email), "role": role}
        assert members_of(team, "add-member", body=wanted).status == 201
    account = request("accounts.list-accounts").json["items"][0]
    owned = request(
        "accounts.change-account",
        path=f"/api/v1/cloud-accounts/{account['id']}",
        headers=ANY,
        body={"team_id": team["id"]},
    )
    assert (owned.status, owned.json["team_id"]) == (200, team["id"])
    return {"group": group, "unit": shop, "team": team, "service": service, "account": account}


def test_an_entry_is_added_shown_changed_and_listed(company: Company) -> None:
    made = request("organization.add-group")
    shown = ask("show", "group", made.json["id"])
    changed = ask("change", "group", made.json["id"], headers={"If-Match": made.headers["etag"]})
    stale = ask("change", "group", made.json["id"], headers={"If-Match": made.headers["etag"]})

    assert (made.status, made.json["name"], made.json["team_count"]) == (201, "Commerce", 0)
    assert (shown.json, shown.headers["etag"]) == (made.json, made.headers["etag"])
    assert (changed.status, changed.json["description"]) == (200, "Shops and markets.")
    assert (stale.status, ask("change", "group", made.json["id"], headers={"If-Match": ""}).status) == (
        412,
        428,
    )
    assert request("organization.list-groups").json["items"] == [changed.json]
    trail = request("events.list", query={"entity_type": "business_group"}).json["items"]
    assert [one["event_type"] for one in trail] == ["changed", "created"]
    assert trail[0]["metadata"] == {
        "old": {"description": "All that sells."},
        "new": {"description": "Shops and markets."},
    }


def test_counts_and_filters_follow_the_hierarchy(tree: dict[str, dict[str, Any]]) -> None:
    other = add("group", name="Corporate")
    add("team", name="Outside")

    group, none = (one for one in request("organization.list-groups").json["items"])
    assert [group[f"{one}_count"] for one in ("unit", "team", "service", "account")] == [1, 1, 1, 1]
    assert [none[f"{one}_count"] for one in ("unit", "team", "service", "account")] == [0, 0, 0, 0]
    team = ask("show", "team", tree["team"]["id"]).json
    assert [team[f"{one}_count"] for one in ("member", "service", "account")] == [2, 1, 1]
    for kind, query, count in (
        ("units", {"business_group_id": tree["group"]["id"]}, 1),
        ("units", {"business_group_id": other["id"]}, 0),
        ("teams", {"business_unit_id": tree["unit"]["id"]}, 1),
        ("teams", {"user_id": user_id(VIEWER.email)}, 1),
        ("teams", {}, 2),
        ("services", {"team_id": tree["team"]["id"]}, 1),
        ("services", {"service_type": "Web"}, 0),
    ):
        assert len(request(f"organization.list-{kind}", query=query).json["items"]) == count, (kind, query)
    accounts = request("accounts.list-accounts", query={"team_id": tree["team"]["id"]}).json["items"]
    assert [one["id"] for one in accounts] == [tree["account"]["id"]]


def test_lists_come_in_pages_by_name(company: Company) -> None:
    for name in ("Beta", "Alpha", "Gamma"):
        add("team", name=name)

    first = request("organization.list-teams", query={"limit": "2"}).json
    rest = request("organization.list-teams", query={"limit": "2", "cursor": first["next_cursor"]}).json

    assert [one["name"] for one in first["items"] + rest["items"]] == ["Alpha", "Beta", "Gamma"]
    assert rest["next_cursor"] is None


def test_the_whole_tree_comes_in_one_call(tree: dict[str, dict[str, Any]]) -> None:
    wiki = add("service", name="wiki")

    found = request("organization.show-organization", person=VIEWER).json

    (group,) = found["business_groups"]
    (team,) = group["business_units"][0]["teams"]
    assert (team["name"], [one["name"] for one in team["services"]]) == ("Checkout", ["cart"])
    assert {one["email"]: one["role"] for one in team["members"]} == {
        VIEWER.email: "lead",
        OPERATOR.email: "member",
    }
    assert (found["teams"], found["services"]) == ([], [wiki])


def test_a_group_goes_with_all_that_is_below_it_and_the_trail_names_it(
    tree: dict[str, dict[str, Any]], company: Company
) -> None:
    gone = ask("remove", "group", tree["group"]["id"], headers=ANY)

    assert (gone.status, gone.body) == (204, "")
    for noun in ("group", "unit", "team"):
        assert ask("show", noun, tree[noun]["id"]).status == 404
    assert ask("show", "service", tree["service"]["id"]).json["team_id"] is None
    account = request("accounts.show-account", path=f"/api/v1/cloud-accounts/{tree['account']['id']}").json
    assert account["team_id"] is None
    assert company.rows("select count(*) from team_members") == [(0,)]
    (event, *_) = request("events.list", query={"entity_type": "business_group"}).json["items"]
    assert event["metadata"]["old"] == {
        "name": "Commerce",
        "description": None,
        "went_along": {
            "business_units": ["Shop"],
            "teams": ["Checkout"],
            "members": [f"Checkout: {OPERATOR.email}", f"Checkout: {VIEWER.email}"],
            "services": ["cart"],
            "cloud_accounts": [tree["account"]["account_id"]],
        },
    }


def test_names_are_unique_in_their_place(tree: dict[str, dict[str, Any]]) -> None:
    for noun, body in (
        ("group", {"name": "Commerce"}),
        ("unit", {"name": "Shop", "business_group_id": tree["group"]["id"]}),
        ("team", {"name": "Checkout", "business_unit_id": tree["unit"]["id"]}),
        ("service", {"name": "cart"}),
    ):
        reply = request(f"organization.add-{noun}", body=body)
        assert (reply.status, reply.json["type"]) == (409, "/problems/name-taken")
    assert request("organization.add-team", body={"name": "Checkout"}).status == 201


@pytest.mark.parametrize(
    ("noun", "body", "field"),
    [
        ("group", {"name": ""}, "name"),
        ("group", {"name": "A", "budget": 1}, "budget"),
        ("unit", {"name": "A"}, "business_group_id"),
        (
            "unit",
            {"name": "A", "business_group_id": "0e000000-0000-4000-8000-0000000000ff"},
            "business_group_id",
        ),
        (
            "team",
            {"name": "A", "business_unit_id": "0e000000-0000-4000-8000-0000000000ff"},
            "business_unit_id",
        ),
        ("team", {"name": "A", "owner_email": "nobody"}, "owner_email"),
        ("service", {"name": "A", "team_id": "0e000000-0000-4000-8000-0000000000ff"}, "team_id"),
        ("service", {"name": "A", "repository_url": "javascript:alert(1)"}, "repository_url"),
    ],
)
def test_an_entry_that_is_not_valid_names_its_field(
    same_company: Company, noun: str, body: dict[str, Any], field: str
) -> None:
    reply = request(f"organization.add-{noun}", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_members_join_change_and_leave(tree: dict[str, dict[str, Any]]) -> None:
    team = tree["team"]
    lead = members_of(team, "list-members").json["items"][1]
    again = members_of(team, "add-member", body={"user_id": lead["user_id"]})
    unknown = members_of(team, "add-member", body={"user_id": team["id"]})
    changed = members_of(team, "change-member", lead["id"], headers=ANY, body={"role": "member"})
    silent = members_of(team, "change-member", lead["id"], headers={"If-Match": ""})
    gone = members_of(team, "remove-member", lead["id"], headers=ANY)

    assert (lead["email"], lead["role"]) == (VIEWER.email, "lead")
    assert (again.status, again.json["type"]) == (409, "/problems/member-exists")
    assert (unknown.status, unknown.fields) == (422, ["user_id"])
    assert (changed.json["role"], silent.status, gone.status) == ("member", 428, 204)
    assert [one["email"] for one in members_of(team, "list-members").json["items"]] == [OPERATOR.email]
    trail = request("events.list", query={"entity_type": "team", "entity_id": team["id"]}).json["items"]
    assert [one["event_type"] for one in trail[:2]] == ["member_removed", "member_changed"]


def test_viewers_read_and_admins_edit(tree: dict[str, dict[str, Any]]) -> None:
    for person in (VIEWER, OPERATOR, CONSULTANT):
        for noun in PLACES:
            assert ask("show", noun, tree[noun]["id"], person=person).status == 200
            if noun in ("group", "unit"):
                assert request(f"organization.add-{noun}", person=person, body=new(noun, tree)).status == 403
                assert ask("change", noun, tree[noun]["id"], person=person, headers=ANY).status == 403
            if noun != "service":
                assert ask("remove", noun, tree[noun]["id"], person=person, headers=ANY).status == 403
        assert request("organization.add-team", person=person).status == 403
        assert request("organization.import", person=person).status == 403
    for person in (OPERATOR, CONSULTANT):
        service, team = tree["service"]["id"], tree["team"]
        assert ask("change", "team", team["id"], person=person, headers=ANY).status == 403
        assert request("organization.add-service", person=person).status == 403
        assert ask("change", "service", service, person=person, headers=ANY).status == 403
        assert ask("remove", "service", service, person=person, headers=ANY).status == 403
        assert members_of(team, "add-member", person=person, body={"user_id": service}).status == 403
        for verb in ("change-member", "remove-member"):
            assert members_of(team, verb, service, person=person, headers=ANY).status == 403


def new(noun: str, tree: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"name": "X", **({"business_group_id": tree["group"]["id"]} if noun == "unit" else {})}


def test_a_lead_edits_what_is_his_teams(tree: dict[str, dict[str, Any]]) -> None:
    team, service = tree["team"]["id"], tree["service"]["id"]
    other = add("team", name="Other")
    lead: dict[str, Any] = {"person": VIEWER, "headers": ANY}

    assert ask("change", "team", team, **lead).json["slack_channel"] == "#checkout-team"
    assert ask("change", "team", team, **lead, body={"name": "Mine"}).status == 403
    assert ask("change", "team", other["id"], **lead).status == 403
    assert ask("change", "service", service, **lead).status == 200
    assert ask("change", "service", service, **lead, body={"team_id": other["id"]}).status == 403
    assert request("organization.add-service", person=VIEWER).status == 403
    made = request("organization.add-service", person=VIEWER, body={"name": "pay", "team_id": team})
    assert (made.status, ask("remove", "service", made.json["id"], **lead).status) == (201, 204)
    joined = members_of(
        tree["team"], "add-member", person=VIEWER, body={"user_id": user_id(CONSULTANT.email)}
    )
    assert joined.status == 201
    assert members_of(tree["team"], "remove-member", joined.json["id"], **lead).status == 204


def test_another_tenants_organisation_is_not_found(tree: dict[str, dict[str, Any]]) -> None:
    for noun in PLACES:
        for verb in ("show", "change", "remove"):
            assert ask(verb, noun, tree[noun]["id"], person=OUTSIDER, headers=ANY).status == 404
        assert request(f"organization.list-{noun}s", person=OUTSIDER).json["items"] == []
    assert members_of(tree["team"], "list-members", person=OUTSIDER).status == 404
    assert members_of(tree["team"], "add-member", person=OUTSIDER).status == 404
    assert request("organization.show-organization", person=OUTSIDER).json["business_groups"] == []


def take_in(content: str, *, dry_run: bool = False, **fields: Any) -> Reply:
    return request(
        "organization.import", query={"dry_run": str(dry_run).lower()}, body={"content": content, **fields}
    )


def test_what_was_exported_is_taken_in_and_changes_nothing(tree: dict[str, dict[str, Any]]) -> None:
    exported = request("organization.show-organization", headers=YAML)

    again = take_in(exported.body, remove_missing=True).json

    assert exported.headers["content-type"].startswith("application/yaml")
    assert "              oscar@acme.example: member\n" in exported.body
    assert (again["created"], again["changed"], again["removed"]) == ([], [], [])


def test_a_dry_run_tells_and_changes_nothing(tree: dict[str, dict[str, Any]], company: Company) -> None:
    before = request("organization.show-organization").json
    events = company.rows("select count(*) from events")

    told = request("organization.import", body={"content": "teams: {Ops: }", "remove_missing": True}).json

    assert told["dry_run"]
    assert [(one["kind"], one["path"]) for one in told["created"]] == [("team", ["Ops"])]
    assert {one["kind"] for one in told["removed"]} == {
        "business_group", "business_unit", "team", "team_member", "service",
    }  # fmt: skip
    assert request("organization.show-organization").json == before
    assert company.rows("select count(*) from events") == events


def test_a_document_makes_the_organisation_and_moves_keep_what_belongs_to_a_team(
    tree: dict[str, dict[str, Any]],
) -> None:
    document = request("organization.show-organization", headers=YAML).body
    moved = document.replace("Commerce:", "Retail:") + "teams: {Ops: {members: {ADA@acme.example: lead}}}\n"

    told = take_in(moved, remove_missing=True)
    again = take_in(moved, remove_missing=True).json

    assert told.status == 200, told.body
    (unit,) = (one for one in told.json["changed"] if one["kind"] == "business_unit")
    assert (unit["path"], unit["moved_from"]) == (["Retail", "Shop"], ["Commerce", "Shop"])
    assert (again["created"], again["changed"], again["removed"]) == ([], [], [])
    team = ask("show", "team", tree["team"]["id"]).json
    assert [team[f"{one}_count"] for one in ("member", "service", "account")] == [2, 1, 1]
    assert [one["name"] for one in request("organization.list-groups").json["items"]] == ["Retail"]
    trail = request("events.list", query={"entity_type": "business_group"}).json["items"]
    assert {(one["event_type"], one["message"]) for one in trail[:2]} == {
        ("created", "Business group Retail was created by an import"),
        ("deleted", "Business group Commerce was deleted by an import"),
    }


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("teams: {A: {boss: x}, B: {owner_email: x}}", ["teams.A.boss", "teams.B.owner_email"]),
        ("business_groups: {A: {business_units: {B: {teams: {C: {members: {no@no.example: }}}}}}}",
         ["business_groups.A.business_units.B.teams.C.members.no@no.example"]),
        ("teams: {A: }\nteams: {B: }", ["teams"]),
    ],
)  # fmt: skip
def test_a_document_that_is_half_valid_changes_nothing(
    tree: dict[str, dict[str, Any]], content: str, fields: list[str]
) -> None:
    before = request("organization.show-organization", headers=YAML).body

    reply = take_in(f"services: {{new: }}\n{content}")

    assert (reply.status, reply.fields) == (422, fields)
    assert request("organization.show-organization", headers=YAML).body == before


def test_a_backstage_catalogue_joins_what_is_there(tree: dict[str, dict[str, Any]]) -> None:
    catalog = (
        "kind: Component\nmetadata: {name: pay, annotations: {github.com/project-slug: acme/pay}}\n"
        "spec: {type: service, owner: group:default/checkout}\n---\n"
        "kind: Group\nmetadata: {name: risk}\nspec: {type: team, parent: shop}\n---\n"
        "kind: Domain\nmetadata: {name: selling}\n"
    )

    told = take_in(catalog, format="backstage").json
    unknown = take_in(catalog.replace("default/checkout", "default/nobody"), format="backstage")
    emptying = take_in(catalog, format="backstage", remove_missing=True)

    assert [(one["kind"], one["path"]) for one in told["created"]] == [
        ("team", ["Commerce", "Shop", "risk"]),
        ("service", ["pay"]),
    ]
    assert told["notes"] == ["Domain selling was left aside"]
    (pay,) = (one for one in request("organization.list-services").json["items"] if one["name"] == "pay")
    assert (pay["team_id"], pay["repository_url"]) == (tree["team"]["id"], "https://github.com/acme/pay")
    assert (unknown.status, unknown.fields) == (422, ["0.spec.owner"])
    assert "nobody is unknown" in unknown.body
    assert (emptying.status, emptying.fields) == (422, ["remove_missing"])
