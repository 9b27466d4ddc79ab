"""A home filled with the demo organisation: its bills, what runs in its accounts, its people."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from local import api_client
from local.demo import generate, ownership
from local.demo.organization import ACCOUNTS, PEOPLE, PROD, Account
from local.demo.reliability import APIS, STEP, deployment
from local.demo.scenes import CHANGEABLE
from local.demo_actions import arm_mishaps, do_again
from local.errors import LocalError
from local.exports import Exports
from local.first_tenant import person_of
from local.home import Home
from local.members import add_member
from local.people import People
from local.stack import Stack

CLOUD_ACCOUNTS = "/api/v1/cloud-accounts"
MONITORED_TARGETS = "/api/v1/monitored-targets"
NUMBERS = frozenset(account.number for account in ACCOUNTS)
ELSEWHERE = {PROD.number: ["us-east-1", "eu-west-1"]}


def demo_exports(home: Home, *, end: date, days: int = 365) -> Exports:
    """The demo's bills up to the day `end` of the first call; later calls give the same ones."""
    folder = home.path / "demo"
    if home.recall("demo_end") is None:
        generate(folder, end=end, days=days)
        home.replace("demo_days", str(days))
        home.replace("demo_end", end.isoformat())
    return Exports(folder=folder)


def is_demo(home: Home) -> bool:
    return home.recall("demo_end") is not None


def start_accounts(stack: Stack, *, now: datetime) -> str:
    """What the emulated AWS forgets with each stop: resources, metrics and the roles that open connected accounts.

    Returns what was made, in words.
    """
    # Moto's services take two seconds to import, which not every command needs.
    from local.demo.aws import seed  # noqa: PLC0415

    end = date.fromisoformat(stack.home.recall("demo_end") or "")
    # The metrics' deployment belongs to the past of the day on which they were first looked at.
    made_on = date.fromisoformat(stack.home.remember("demo_made_on", now.date().isoformat))
    seeded = seed(end=end, release=deployment(made_on), now=now)
    let_in(stack)
    do_again(stack)
    arm_mishaps(stack)
    return f"{seeded.resources} resources in {len(ACCOUNTS)} accounts, {seeded.datapoints:,} datapoints"


def let_in(stack: Stack) -> None:
    """By the roles of the accounts that are connected; what somebody disconnected stays so."""
    from local.demo.aws.roles import make_actor, make_reader  # noqa: PLC0415 - see start_accounts

    for account in api_client.items(stack, CLOUD_ACCOUNTS):
        if account["account_id"] in NUMBERS and account["role_arn"]:
            make_reader(account["role_arn"], account["external_id"])
        if account["account_id"] in NUMBERS and account["action_role_arn"]:
            make_actor(account["action_role_arn"], account["external_id"])


def connect_accounts(stack: Stack) -> None:
    """As an admin does it in the API: each role asks for the external id that was issued for it."""
    known = {one["account_id"]: one for one in api_client.items(stack, CLOUD_ACCOUNTS)}
    for account in ACCOUNTS:
        connect_account(stack, account, known.get(account.number))


def connect_account(stack: Stack, account: Account, known: Mapping[str, Any] | None) -> None:
    from local.demo.aws.roles import make_reader, reader_arn  # noqa: PLC0415 - see start_accounts

    connected = known
    if connected is None or not connected["role_arn"]:
        wanted = {
            "account_id": account.number,
            "name": account.name,
            "role_arn": reader_arn(account.number),
            "regions": ELSEWHERE.get(account.number, ["us-east-1"]),
        }
        connected = api_client.post(stack, CLOUD_ACCOUNTS, wanted)
        make_reader(connected["role_arn"], connected["external_id"])
        if account in CHANGEABLE:
            let_act(stack, connected)
    if connected["status"] != "connected":
        judged = api_client.post(stack, f"{CLOUD_ACCOUNTS}/{connected['id']}/verify")
        for role in ("", "action_role_"):
            if judged[f"{role}status"] not in ("connected", None):
                raise LocalError(
                    f"{account.name} is {judged[f'{role}status']}: {judged[f'{role}status_reason']}"
                )


def let_act(stack: Stack, connected: Mapping[str, Any]) -> None:
    """By a role apart from the one that reads, as a customer makes it from onboarding/action-role.yaml."""
    from local.demo.aws.roles import actor_arn, make_actor  # noqa: PLC0415 - see start_accounts

    arn = actor_arn(connected["account_id"])
    api_client.patch(stack, f"{CLOUD_ACCOUNTS}/{connected['id']}", {"action_role_arn": arn})
    make_actor(arn, connected["external_id"])


def watch_apis(stack: Stack) -> None:
    watched = {one["name"] for one in api_client.items(stack, MONITORED_TARGETS)}
    for api in APIS:
        if api.name not in watched:
            target = {
                "kind": "api_gateway",
                "name": api.name,
                "account_id": PROD.number,
                "region": "us-east-1",
                "period_seconds": int(STEP.total_seconds()),
            }
            api_client.post(stack, MONITORED_TARGETS, target)


def add_people(stack: Stack) -> None:
    """One for each role, so that what one asks for another can approve."""
    people = People(stack.home)
    for person in PEOPLE:
        if people.find(person.email) is None:
            add_member(stack, person.email, role=person.role, finance_approver=person.finance_approver)


def sign_ins(home: Home) -> list[str]:
    """E.g. "ada@example.com (operator) with the password ..."; none where the demo's people are not there."""
    known = People(home)
    found = ((person, known.find(person.email)) for person in PEOPLE)
    return [
        f"{person.email} ({person.described}) with the password {account.password}"
        for person, account in found
        if account
    ]


def found_organization(stack: Stack) -> None:
    """Whose is what, how tags are read, and what has to hold: before the bills come, so that they find it."""
    api_client.post(stack, "/api/v1/organization/import", {"content": ownership.document()})
    for rule in ownership.TAG_RULES:
        api_client.post(stack, "/api/v1/tag-rules", rule, [("force", "true")])
    for rule in ownership.SPLIT_RULES:
        api_client.post(stack, "/api/v1/split-rules", rule, [("force", "true")])
    api_client.post(stack, "/api/v1/policies", ownership.POLICY)


def hand_out_accounts(stack: Stack) -> None:
    teams = {one["name"]: one["id"] for one in api_client.items(stack, "/api/v1/teams")}
    accounts = {one["account_id"]: one["id"] for one in api_client.items(stack, CLOUD_ACCOUNTS)}
    for account, team in ownership.ACCOUNT_OWNERS.items():
        path = f"{CLOUD_ACCOUNTS}/{accounts[account.number]}"
        api_client.patch(stack, path, {"team_id": teams[team.name]})


def count_orders(stack: Stack, *, end: date, days: int = 60) -> None:
    counted = [end - timedelta(days=ago) for ago in range(days)]
    items = [
        {"day": day.isoformat(), "metric_name": "orders", "count": str(ownership.orders(day.weekday()))}
        for day in counted
    ]
    api_client.put(stack, "/api/v1/costs/unit-counts", {"items": items})


def accept_a_violation(stack: Stack, *, until: datetime) -> None:
    """Asked for by the admin and approved by somebody else, as it has to be."""
    worst = next(api_client.items(stack, "/api/v1/violations"))
    wanted = {
        "policy_id": worst["policy_id"],
        "account_id": worst["account_id"],
        "resource_id": worst["resource_id"],
        "reason": ownership.EXCEPTION_REASON,
        "expires_at": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    asked = api_client.post(stack, "/api/v1/exceptions", wanted)
    approver = next(person for person in PEOPLE if person.role == "approver")
    by = person_of(stack.home, approver.email)
    api_client.post(stack, f"/api/v1/exceptions/{asked['id']}/approve", {"decision": "Agreed."}, person=by)
