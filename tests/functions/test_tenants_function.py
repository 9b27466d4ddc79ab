from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.platform import aws, settings
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import (
    ACME,
    ADMIN,
    CONSULTANT,
    GLOBEX,
    MEMBERS,
    OPERATOR,
    OUTSIDER,
    VIEWER,
    Person,
)

ANY = {"If-Match": "*"}
IN_GLOBEX = {"X-Tenant-Id": str(GLOBEX)}


@pytest.fixture
def pool(company: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The user pool that the function is told of."""
    cognito = aws.client("cognito-idp")
    made = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    monkeypatch.setenv("USER_POOL_ID", made)
    settings.settings.cache_clear()
    yield made
    cognito.delete_user_pool(UserPoolId=made)


def user_of(person: Person) -> dict[str, Any]:
    users = request("tenants.list-users").json["items"]
    found: dict[str, Any] = next(one for one in users if one["email"] == person.email)
    return found


def of_user(name: str, row: dict[str, Any], **changes: Any) -> Reply:
    tail = "/invitation" if name == "repeat-invitation" else ""
    return request(f"tenants.{name}", path=f"/api/v1/users/{row['id']}{tail}", **changes)


def of_project(name: str, row: dict[str, Any], **changes: Any) -> Reply:
    tail = "/default" if name == "make-default" else ""
    return request(f"tenants.{name}", path=f"/api/v1/projects/{row['id']}{tail}", **changes)


def test_a_person_sees_his_tenants_and_chooses_one(same_company: Company) -> None:
    mine = request("tenants.list-tenants", person=CONSULTANT).json["items"]
    there = request("tenants.list-tenants", person=CONSULTANT, headers=IN_GLOBEX).json["items"]

    assert [(one["id"], one["name"], one["role"], one["current"]) for one in mine] == [
        (str(ACME), "Acme", "operator", True),
        (str(GLOBEX), "Globex", "viewer", False),
    ]
    assert [one["current"] for one in there] == [False, True]
    assert request("tenants.show-tenant", person=CONSULTANT, headers=IN_GLOBEX).json["name"] == "Globex"
    assert [one["name"] for one in request("tenants.list-tenants", person=VIEWER).json["items"]] == ["Acme"]


def test_an_admin_renames_the_tenant_and_changes_its_currency(company: Company) -> None:
    shown = request("tenants.show-tenant")
    changed = request("tenants.change-tenant", headers={"If-Match": shown.headers["etag"]})
    stale = request("tenants.change-tenant", headers={"If-Match": shown.headers["etag"]})
    wrong = request("tenants.change-tenant", headers=ANY, body={"reporting_currency": "Euro"})

    assert (changed.json["name"], changed.json["reporting_currency"]) == ("Acme Europe", "EUR")
    assert (stale.status, wrong.status, wrong.fields) == (412, 422, ["reporting_currency"])
    (event, *_) = request("events.list", query={"entity_type": "tenant"}).json["items"]
    assert event["metadata"] == {
        "old": {"name": "Acme", "reporting_currency": "USD"},
        "new": {"name": "Acme Europe", "reporting_currency": "EUR"},
    }


def test_projects_are_added_renamed_made_default_and_deleted(company: Company) -> None:
    (first,) = request("tenants.list-projects").json["items"]
    made = request("tenants.add-project")
    twice = request("tenants.add-project")
    renamed = of_project("rename-project", made.json, headers={"If-Match": made.headers["etag"]})

    assert (first["name"], first["is_default"], first["account_count"] > 0) == ("Default", True, True)
    assert (made.status, made.json["is_default"], twice.status) == (201, False, 409)
    assert renamed.json["name"] == "Core platform"
    refused = of_project("delete-project", first, headers=ANY)
    assert (refused.status, refused.json["type"]) == (409, "/problems/default-project")
    assert of_project("make-default", made.json).json["is_default"]
    held = of_project("delete-project", first, headers=ANY)
    assert (held.status, held.json["type"]) == (409, "/problems/project-in-use")
    assert "cloud accounts" in held.json["detail"]
    assert of_project("make-default", first).json["is_default"]
    assert of_project("delete-project", made.json, headers=ANY).status == 204
    assert request("tenants.list-projects").json["items"] == [first]
    trail = request("events.list", query={"entity_type": "project"}).json["items"]
    assert [one["event_type"] for one in trail] == [
        "deleted", "made_default", "made_default", "changed", "created",
    ]  # fmt: skip


def test_the_default_project_keeps_its_place_under_another_name(company: Company) -> None:
    (first,) = request("tenants.list-projects").json["items"]
    of_project("rename-project", first, headers=ANY)

    added = request(
        "accounts.connect",
        body={
            "account_id": "999988887777",
            "role_arn": "arn:aws:iam::999988887777:role/reader",
            "regions": ["eu-west-1"],
        },
    )

    assert (added.status, added.json["project_id"]) == (201, first["id"])


def test_a_stranger_is_invited_and_in_at_his_first_call(company: Company, pool: str) -> None:
    invited = request("tenants.invite")

    person = aws.client("cognito-idp").admin_get_user(UserPoolId=pool, Username="nina@acme.example")
    told = {one["Name"]: one["Value"] for one in person["UserAttributes"]}
    nina = Person(sub=told["sub"], email="nina@acme.example", role="operator")
    assert (invited.status, invited.json["invited"], invited.json["role"]) == (201, True, "operator")
    assert (person["UserStatus"], told["email_verified"]) == ("FORCE_CHANGE_PASSWORD", "true")
    profile = request("tenants.show-profile", person=nina).json
    assert (profile["first_name"], profile["role"], profile["tenant_id"]) == ("Nina", "operator", str(ACME))
    again = request("tenants.invite", body={"email": "NINA@acme.example"})
    assert (again.status, again.json["type"]) == (409, "/problems/user-exists")


def test_who_can_sign_in_already_is_added_without_a_mail(company: Company, pool: str) -> None:
    first = request("tenants.invite", person=OUTSIDER)
    second = request("tenants.invite")

    assert (first.json["invited"], second.json["invited"]) == (True, False)
    subs = company.rows(
        "select count(distinct sub), count(*) from memberships m join users u on u.id = m.user_id"
        " where u.email = 'nina@acme.example'"
    )
    assert subs == [(1, 2)]


def test_an_invitation_is_repeated_until_it_was_used(company: Company, pool: str) -> None:
    nina = request("tenants.invite").json

    repeated = of_user("repeat-invitation", nina)
    unknown = of_user("repeat-invitation", user_of(VIEWER))

    assert repeated.status == 202
    assert (unknown.status, unknown.json["type"]) == (409, "/problems/not-invited")
    (event, *_) = request("events.list", query={"entity_type": "user"}).json["items"]
    assert event["message"] == "nina@acme.example was invited again"


def test_a_pool_that_does_not_answer_lets_nobody_in(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER_POOL_ID", "eu-west-1_Nowhere")
    settings.settings.cache_clear()
    before = request("tenants.list-users").json

    reply = request("tenants.invite")

    assert (reply.status, reply.json["type"]) == (503, "/problems/user-pool-unavailable")
    assert request("tenants.list-users").json == before


def test_another_role_counts_from_the_next_call_on(company: Company) -> None:
    oscar = user_of(OPERATOR)

    changed = of_user("change-user", oscar, headers=ANY)

    assert (changed.json["role"], changed.json["finance_approver"]) == ("approver", True)
    assert request("tenants.show-profile", person=OPERATOR).json["role"] == "approver"
    (event, *_) = request("events.list", query={"entity_type": "user"}).json["items"]
    assert event["metadata"] == {
        "old": {"role": "operator", "finance_approver": False},
        "new": {"role": "approver", "finance_approver": True},
    }
    assert of_user("change-user", oscar, headers={"If-Match": ""}).status == 428


def test_who_is_removed_is_out_at_the_next_call(company: Company) -> None:
    assert request("tenants.show-profile", person=VIEWER).status == 200

    gone = of_user("remove-user", user_of(VIEWER), headers=ANY)

    assert (gone.status, request("tenants.show-profile", person=VIEWER).status) == (204, 403)
    assert VIEWER.email not in request("tenants.list-users").body
    (event, *_) = request("events.list", person=ADMIN, query={"entity_type": "user"}).json["items"]
    assert (event["event_type"], event["metadata"]["old"]["role"]) == ("removed", "viewer")


def test_the_last_admin_stays(company: Company) -> None:
    ada = user_of(ADMIN)

    for reply in (
        of_user("remove-user", ada, headers=ANY),
        of_user("change-user", ada, headers=ANY),
    ):
        assert (reply.status, reply.json["type"]) == (409, "/problems/last-admin")
    assert of_user("change-user", user_of(OPERATOR), headers=ANY, body={"role": "admin"}).status == 200
    assert of_user("remove-user", ada, headers=ANY).status == 204
    assert request("tenants.show-profile").status == 403


def test_people_edit_their_own_profile_and_no_phone_is_shown_to_others(company: Company) -> None:
    shown = request("tenants.show-profile", person=VIEWER)
    changed = request("tenants.change-profile", person=VIEWER, headers={"If-Match": shown.headers["etag"]})
    wrong = request("tenants.change-profile", person=VIEWER, headers=ANY, body={"email": "x@acme.example"})

    assert (changed.json["first_name"], changed.json["phone"]) == ("Ada", "+44 20 7946 0000")
    assert (wrong.status, wrong.fields) == (422, ["email"])
    assert "7946" not in request("tenants.list-users").body
    assert "7946" not in request("events.list").body
    (event, *_) = request("events.list", query={"entity_type": "user"}).json["items"]
    assert event["message"] == f"{VIEWER.email} changed first_name, phone"


def test_only_admins_write(company: Company, pool: str) -> None:
    (project,) = request("tenants.list-projects").json["items"]
    somebody = user_of(ADMIN)

    for person in (VIEWER, OPERATOR, CONSULTANT):
        for name in ("list-tenants", "show-tenant", "list-projects", "list-users", "show-profile"):
            assert request(f"tenants.{name}", person=person).status == 200
        for name in ("change-tenant", "add-project", "invite"):
            assert request(f"tenants.{name}", person=person, headers=ANY).status == 403
        for name in ("rename-project", "make-default", "delete-project"):
            assert of_project(name, project, person=person, headers=ANY).status == 403
        for name in ("change-user", "remove-user", "repeat-invitation"):
            assert of_user(name, somebody, person=person, headers=ANY).status == 403
    users = aws.client("cognito-idp").list_users(UserPoolId=pool)["Users"]
    assert users == []


def test_another_tenants_people_and_projects_are_not_found(company: Company, pool: str) -> None:
    (project,) = request("tenants.list-projects").json["items"]
    somebody = user_of(VIEWER)

    for name in ("show-project", "rename-project", "make-default", "delete-project"):
        assert of_project(name, project, person=OUTSIDER, headers=ANY).status == 404
    for name in ("show-user", "change-user", "remove-user", "repeat-invitation"):
        assert of_user(name, somebody, person=OUTSIDER, headers=ANY).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a b@acme.example"}, "email"),
        ({"email": "a@acme.example", "role": "owner"}, "role"),
        ({"email": "a@acme.example", "password": "hunter2"}, "password"),
    ],
)
def test_an_invitation_that_is_not_valid_names_its_field(
    same_company: Company, body: dict[str, Any], field: str
) -> None:
    reply = request("tenants.invite", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_users_come_in_pages_and_by_role(same_company: Company) -> None:
    everybody = [one["email"] for one in request("tenants.list-users").json["items"]]
    first = request("tenants.list-users", query={"limit": "1"}).json
    rest = request("tenants.list-users", query={"cursor": first["next_cursor"]}).json
    admins = request("tenants.list-users", query={"role": "admin"}).json["items"]

    assert everybody == sorted(one.email for one in MEMBERS if one.tenant == ACME)
    assert [one["email"] for one in first["items"] + rest["items"]] == everybody
    assert [one["email"] for one in admins] == [ADMIN.email]
