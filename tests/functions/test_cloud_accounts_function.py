from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cloudops.platform import aws
from tests.functions import bill
from tests.functions.asking_accounts import ROLE_ARN, added, connected, of_account, trusting
from tests.functions.bill import Line
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import ADMIN, CONSULTANT, OPERATOR, OUTSIDER, VIEWER
from tests.sts import TrustingSts, anybody, exactly, like, nobody

NEW = {"account_id": "123456789012", "role_arn": ROLE_ARN, "regions": ["eu-west-1"]}


def test_an_account_is_connected_with_an_id_and_a_link_that_makes_its_role(company: Company) -> None:
    reply = request("accounts.connect")

    account = reply.json
    assert (reply.status, account["status"], account["name"]) == (201, "pending", "Production")
    assert account["regions"] == ["eu-west-1", "us-east-1"]
    assert len(account["external_id"]) == 43
    assert account["quick_create_url"].startswith("https://eu-west-1.console.aws.amazon.com/cloudformation/")
    assert f"param_ExternalId={account['external_id']}" in account["quick_create_url"]
    (trust,) = account["trust_policy"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": account["external_id"]}}
    assert trust["Principal"]["AWS"].split(":")[4] in account["quick_create_url"]
    assert "param_TrustedAccountId=123456789012" in account["quick_create_url"]
    assert of_account("show-account", account).json == account
    assert of_account("show-account", account).headers["etag"] == reply.headers["etag"]


def test_an_account_that_a_bill_brought_is_connected_in_place(company: Company) -> None:
    before = {one["account_id"]: one for one in request("accounts.list-accounts").json["items"]}
    assert before[bill.PROD]["status"] is None

    wanted = {**NEW, "account_id": bill.PROD, "role_arn": f"arn:aws:iam::{bill.PROD}:role/reader"}
    account = request("accounts.connect", body=wanted).json

    assert account["id"] == before[bill.PROD]["id"]
    assert account["name"] == before[bill.PROD]["name"]
    assert len(request("accounts.list-accounts").json["items"]) == len(before)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provider": "azure"}, "provider"),
        ({"account_id": "12345"}, "account_id"),
        ({"role_arn": "arn:aws:iam::999988887777:role/reader"}, "role_arn"),
        ({"role_arn": "arn:aws:iam::123456789012:user/reader"}, "role_arn"),
        ({"regions": []}, "regions"),
        ({"regions": ["mars"]}, "regions.0"),
        ({"name": ""}, "name"),
        ({"external_id": "chosen-by-me-chosen-by-me-chosen-by-me"}, "external_id"),
        ({"status": "connected"}, "status"),
        ({"project_id": "910bec00-0000-4000-8000-0000000000ff"}, "project_id"),
    ],
)
def test_a_connection_that_is_not_valid_names_its_field(
    same_company: Company, change: dict[str, Any], field: str
) -> None:
    reply = request("accounts.connect", body={**NEW, **change})

    assert (reply.status, reply.fields) == (422, [field])


def test_an_account_is_connected_once(company: Company) -> None:
    request("accounts.connect")

    again = request("accounts.connect")

    assert (again.status, again.json["type"]) == (409, "/problems/account-connected")


def test_a_role_that_asks_for_its_id_is_connected(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    account = connected(monkeypatch)

    assert (account["status"], account["status_reason"]) == ("connected", None)
    assert account["verified_at"] == account["connected_at"] is not None
    assert [
        one["id"] for one in request("accounts.list-accounts", query={"status": "connected"}).json["items"]
    ] == [account["id"]]


@pytest.mark.parametrize(
    ("trust", "status"), [(anybody, "insecure"), (like("*"), "insecure"), (nobody, "unreachable")]
)
def test_a_role_that_is_not_safe_or_not_open_is_told_with_its_reason(
    company: Company, monkeypatch: pytest.MonkeyPatch, trust: Any, status: str
) -> None:
    account = request("accounts.connect").json
    trusting(monkeypatch, trust)

    verified = of_account("verify", account)

    assert (verified.status, verified.json["status"], verified.json["connected_at"]) == (200, status, None)
    assert verified.json["status_reason"]
    assert verified.json["verified_at"]


def test_an_emulator_that_asks_for_no_id_is_told_from_aws(company: Company) -> None:
    account = request("accounts.connect").json

    assert of_account("verify", account).json["status"] == "insecure"


def test_a_role_of_another_account_is_refused_by_what_it_answers(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    role_arn = "arn:aws:iam::444455556666:role/cloudops-reader"
    account = request(
        "accounts.connect", body={**NEW, "account_id": "444455556666", "role_arn": role_arn}
    ).json
    monkeypatch.setattr("tests.functions.asking_accounts.ROLE_ARN", role_arn)
    trusting(monkeypatch, lambda given: given == account["external_id"])

    verified = of_account("verify", account).json

    assert verified["status"] == "insecure"
    assert "123456789012" in verified["status_reason"]


def test_a_change_needs_the_version_that_was_read(company: Company) -> None:
    made = request("accounts.connect")

    renamed = of_account("change-account", made.json, headers={"If-Match": made.headers["etag"]})
    stale = of_account("change-account", made.json, headers={"If-Match": made.headers["etag"]})
    silent = of_account("change-account", made.json, headers={"If-Match": ""})

    assert (renamed.status, renamed.json["name"]) == (200, "Prod")
    assert renamed.json["external_id"] == made.json["external_id"]
    assert (stale.status, stale.json["type"]) == (412, "/problems/precondition-failed")
    assert (silent.status, silent.json["type"]) == (428, "/problems/precondition-required")
    assert of_account("show-account", made.json).headers["etag"] == renamed.headers["etag"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"external_id": "x" * 43}, "external_id"),
        ({"account_id": "999988887777"}, "account_id"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"regions": []}, "regions"),
        ({"role_arn": "arn:aws:iam::999988887777:role/reader"}, "role_arn"),
        ({"project_id": str(uuid4())}, "project_id"),
    ],
)
def test_a_change_that_is_not_valid_names_its_field(
    company: Company, body: dict[str, Any], field: str
) -> None:
    account = request("accounts.connect").json

    reply = of_account("change-account", account, body=body, headers={"If-Match": "*"})

    assert (reply.status, reply.fields) == (422, [field])
    assert of_account("show-account", account).json == account


def test_a_name_that_a_person_gave_survives_the_next_bill(company: Company) -> None:
    (account,) = (
        one for one in request("accounts.list-accounts").json["items"] if one["account_id"] == bill.PROD
    )
    of_account("change-account", account, headers={"If-Match": "*"}, body={"name": "Ours"})
    line = Line(day=bill.SPIKE, account=bill.PROD, service="AmazonEC2", amount=Decimal(1))
    company.put_object("named/acme9-00001.snappy.parquet", bill.cur2(bill.SPIKE.replace(day=1), [line]))

    assert company.take_in(prefix="named/") == ["registered"]

    assert of_account("show-account", account).json["name"] == "Ours"


def test_a_disconnected_account_stays_without_its_role(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(monkeypatch)
    source = added(account)
    any_version = {"If-Match": "*"}

    used = of_account("disconnect", account, headers=any_version)
    request("accounts.remove-source", path=f"/api/v1/data-sources/{source['id']}", headers=any_version)
    gone = of_account("disconnect", account, headers=any_version)

    assert (used.status, used.json["type"]) == (409, "/problems/account-in-use")
    assert (gone.status, gone.body) == (204, "")
    left = of_account("show-account", account).json
    assert (left["role_arn"], left["external_id"], left["status"]) == (None, None, None)
    assert of_account("disconnect", account, headers=any_version).status == 409
    assert of_account("verify", account).status == 409


def test_only_admins_see_external_ids_and_write(company: Company) -> None:
    account = request("accounts.connect").json

    for person in (VIEWER, OPERATOR, CONSULTANT):
        shown = of_account("show-account", account, person=person)
        listed = request("accounts.list-accounts", person=person)
        for seen in (shown, listed):
            assert seen.status == 200
            assert account["external_id"] not in seen.body
        assert request("accounts.connect", person=person).status == 403
        for name in ("change-account", "disconnect", "verify"):
            assert of_account(name, account, person=person, headers={"If-Match": "*"}).status == 403
    trail = request("events.list", person=VIEWER, query={"entity_type": "cloud_account"})
    assert [one["event_type"] for one in trail.json["items"]] == ["connecting"]
    assert account["external_id"] not in trail.body
    assert of_account("show-account", account, person=ADMIN).json == account


def test_another_tenants_account_is_not_found(company: Company) -> None:
    account = request("accounts.connect").json

    for name in ("show-account", "change-account", "disconnect", "verify"):
        reply = of_account(name, account, person=OUTSIDER, headers={"If-Match": "*"})
        assert (reply.status, reply.json["type"]) == (404, "/problems/cloud-account-not-found")
    assert account["id"] not in request("accounts.list-accounts", person=OUTSIDER).body
    assert of_account("show-account", account).json == account


def test_accounts_come_in_pages_and_as_csv(same_company: Company) -> None:
    everything = [one["id"] for one in request("accounts.list-accounts").json["items"]]
    first = request("accounts.list-accounts", query={"limit": "1"}).json
    rest = request("accounts.list-accounts", query={"limit": "1000", "cursor": first["next_cursor"]}).json

    assert [one["id"] for one in first["items"] + rest["items"]] == everything
    as_csv = request("accounts.list-accounts", headers={"Accept": "text/csv"})
    assert as_csv.headers["content-type"].startswith("text/csv")
    assert len(as_csv.body.splitlines()) == len(everything) + 1


ACTOR = "arn:aws:iam::123456789012:role/cloudops-actor"


def with_action_role(account: dict[str, Any], role_arn: str | None = ACTOR, **changes: Any) -> Reply:
    etag = of_account("show-account", account).headers["etag"]
    return of_account(
        "change-account", account, headers={"If-Match": etag}, body={"action_role_arn": role_arn}, **changes
    )


def events_of(company: Company, account: dict[str, Any]) -> list[str]:
    found = company.rows(
        "select event_type from events where entity_id = %s order by created_at, id", account["id"]
    )
    return [event_type for (event_type,) in found]


def test_a_role_to_act_by_is_named_by_an_admin_and_used_once_it_is_verified(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(monkeypatch)
    refused = with_action_role(account, person=OPERATOR)
    named = with_action_role(account)
    trusts = exactly(account["external_id"])
    sts = TrustingSts(roles={ROLE_ARN: trusts, ACTOR: trusts})
    monkeypatch.setattr(aws, "token_service", lambda: sts)

    verified = of_account("verify", account).json

    assert (refused.status, named.status) == (403, 200)
    assert (named.json["action_role_status"], named.json["status"]) == ("pending", "connected")
    assert "action-role.yaml" in named.json["action_role_quick_create_url"]
    assert "param_RoleName=cloudops-actor" in named.json["action_role_quick_create_url"]
    assert (verified["action_role_arn"], verified["action_role_status"]) == (ACTOR, "connected")
    assert verified["action_role_verified_at"] is not None
    # Without, with a wrong and with a longer id, each role refused; with its own it opened.
    assert sum(asked["RoleArn"] == ACTOR for asked in sts.asked) == 3
    assert events_of(company, account)[-3:] == ["changed", "verified", "action_role_verified"]


def test_a_role_to_act_by_that_opens_to_strangers_is_not_used(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(monkeypatch)
    with_action_role(account)
    sts = TrustingSts(roles={ROLE_ARN: exactly(account["external_id"]), ACTOR: anybody})
    monkeypatch.setattr(aws, "token_service", lambda: sts)

    verified = of_account("verify", account).json
    away = with_action_role(account, None).json

    assert (verified["status"], verified["action_role_status"]) == ("connected", "insecure")
    assert "without an external id" in verified["action_role_status_reason"]
    assert (away["action_role_arn"], away["action_role_status"]) == (None, None)


def test_a_role_to_act_by_belongs_to_the_account_and_needs_a_connection(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(monkeypatch)
    unconnected = next(
        one for one in request("accounts.list-accounts").json["items"] if one["role_arn"] is None
    )

    elsewhere = with_action_role(account, "arn:aws:iam::999988887777:role/actor")
    too_early = with_action_role(unconnected)

    assert (elsewhere.status, elsewhere.fields) == (422, ["action_role_arn"])
    assert (too_early.status, too_early.json["type"]) == (409, "/problems/account-not-connected")
