"""Who may not decide in Slack, and what is no request of Slack's. Nothing changes."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from local.slack_workspace import SlackWorkspace
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, changed, event, invoke, request, restart_environment
from tests.functions.people import ADMIN, APPROVER, OPERATOR, OUTSIDER, STRANGER, VIEWER, Person
from tests.functions.slack_pressing import (
    CHANNEL,
    NAMES,
    TS,
    asked_for,
    payload_of,
    press,
    raised,
    reached,
    sent,
    shown,
    signature_of,
    status_of_alert,
    told_alone,
    workspace,
)

PLAN_TS = "1789416060.000002"
UNPROVED = "This is no request that Slack signed for a message of ours"


@pytest.fixture(scope="module")
def cards(same_company: Company) -> Iterator[SlackWorkspace]:
    """A workspace with the card of an alert, and that of a plan that the approver asked for."""
    with reached(workspace()) as found:
        assert request("notifications.add-slack").status == 201
        raised(same_company, found)
        asked_for(same_company, found, asked_by=APPROVER)
        yield found


@pytest.fixture
def slack(cards: SlackWorkspace) -> SlackWorkspace:
    cards.ephemeral.clear()
    cards.people = workspace().people
    return cards


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"bot_token": "xoxb-somebody-elses"}, "bot_token"),
        ({"bot_token": None}, "bot_token"),
        ({"signing_secret": None}, "signing_secret"),
        ({"slack_channel": None}, "slack_channel"),
        ({"slack_channel": "#finops"}, "slack_channel"),
        ({"url": "https://hooks.acme.example/"}, "slack_channel"),
        ({"kind": "email", "recipients": ["ann@acme.example"]}, "recipients"),
        ({"kind": "email", "recipients": ["ann@acme.example"], "slack_channel": None}, "bot_token"),
    ],
)
def test_what_is_wrong_with_a_slack_channel_is_named(
    slack: SlackWorkspace, fields: dict[str, Any], field: str
) -> None:
    body = json.loads(event("notifications.add-slack")["body"]) | fields

    reply = request("notifications.add-slack", body=body)

    assert (reply.status, reply.fields) == (422, [field])
    assert "somebody-elses" not in reply.body


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (VIEWER, "Your role does not allow this: this takes the role operator, yours is viewer."),
        (STRANGER, "You are no member here: no member has the e-mail address that you have in Slack."),
        (OUTSIDER, "You are no member here: no member has the e-mail address that you have in Slack."),
    ],
)
def test_who_may_not_is_told_why_and_nobody_else_is(
    same_company: Company, slack: SlackWorkspace, person: Person, why: str
) -> None:
    before = same_company.rows("select id from events")

    reply = press("acknowledge", TS, person)

    assert reply.status == 200
    assert told_alone(slack) == [(NAMES[person], f"Nothing was changed. {why}")]
    assert (status_of_alert(), same_company.rows("select id from events")) == ("open", before)


@pytest.mark.parametrize(
    "told",
    [
        {"is_email_confirmed": False},
        {"profile": {}},
        {"profile": {"email": "else@acme.example"}},
        {"deleted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"team_id": "T0GLOBEX"},
    ],
)
def test_only_an_address_that_slack_confirmed_makes_a_member(
    same_company: Company, slack: SlackWorkspace, told: dict[str, Any]
) -> None:
    slack.people[NAMES[OPERATOR]] = shown(OPERATOR.email) | told

    press("acknowledge", TS, OPERATOR)

    assert [user for user, _ in told_alone(slack)] == [NAMES[OPERATOR]]
    assert status_of_alert() == "open"


@pytest.mark.parametrize(
    ("verb", "person", "why"),
    [
        ("approve", OPERATOR, "Your role may not approve this: this takes the role approver."),
        ("reject", VIEWER, "Your role may not approve this: this takes the role approver."),
        ("approve", APPROVER, "Nobody approves his own request."),
        (
            "approve",
            STRANGER,
            "You are no member here: no member has the e-mail address that you have in Slack.",
        ),
    ],
)
def test_who_may_not_decide_gets_no_form(
    same_company: Company, slack: SlackWorkspace, verb: str, person: Person, why: str
) -> None:
    press(verb, PLAN_TS, person)

    assert told_alone(slack) == [(NAMES[person], f"Nothing was changed. {why}")]
    assert slack.views == []


def test_a_button_does_what_its_card_is_about_and_nothing_else(
    same_company: Company, slack: SlackWorkspace
) -> None:
    press("approve", TS, APPROVER)

    assert told_alone(slack) == [(NAMES[APPROVER], "Nothing was changed. There is no such message.")]


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({}, {"X-Slack-Signature": "v0=" + "0" * 64}),
        ({}, {"X-Slack-Signature": ""}),
        ({}, {"X-Slack-Request-Timestamp": "soon"}),
        ({}, {"X-Slack-Request-Timestamp": ""}),
        ({}, {"X-Slack-Request-Timestamp": "9" * 30}),
        ({"api_app_id": "A0ELSE"}, {}),
        ({"team": {"id": "T0GLOBEX"}}, {}),
        ({"team": None}, {}),
        ({"container": {"channel_id": CHANNEL, "message_ts": "1789416060.000077"}}, {}),
        ({"container": {"channel_id": "C0ELSE", "message_ts": TS}}, {}),
        ({"container": {}}, {}),
    ],
)
def test_what_slack_did_not_sign_for_a_message_of_ours_is_refused_alike(
    same_company: Company, slack: SlackWorkspace, changes: dict[str, Any], headers: dict[str, str]
) -> None:
    calls = len(slack.calls)

    reply = signed({**payload_of("slack_interactions.press-button"), **changes}, headers)

    assert (reply.status, reply.json["title"]) == (401, UNPROVED)
    assert (status_of_alert(), len(slack.calls)) == ("open", calls)


def signed(payload: dict[str, Any], headers: dict[str, str]) -> Reply:
    """A request that is right but for what is changed after it was signed."""
    body, at = urlencode({"payload": json.dumps(payload)}), int(time.time())
    right = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature_of(body, at)}
    return request("slack_interactions.press-button", body=body, headers=right | headers)


@pytest.mark.parametrize("age", [301, -330, 86_400])
def test_an_old_request_is_refused_though_it_is_signed(
    same_company: Company, slack: SlackWorkspace, age: int
) -> None:
    at = int(time.time()) - age
    reply = sent("slack_interactions.press-button", payload_of("slack_interactions.press-button"), at=at)

    assert (reply.status, status_of_alert()) == (401, "open")


def test_the_secret_of_another_app_proves_nothing(same_company: Company, slack: SlackWorkspace) -> None:
    reply = sent(
        "slack_interactions.press-button",
        payload_of("slack_interactions.press-button"),
        secret="another-secret",
    )

    assert (reply.status, status_of_alert()) == (401, "open")


def test_a_body_that_was_changed_after_it_was_signed_is_refused(
    same_company: Company, slack: SlackWorkspace
) -> None:
    at = int(time.time())
    headers = {
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": signature_of("payload=%7B%7D", at),
    }

    assert request("slack_interactions.press-button", headers=headers).status == 401


@pytest.mark.parametrize(
    "body", ["", "payload", "payload=", "payload=null", "payload=%7B", "x=1", "payload=%5B%5D"]
)
def test_what_is_no_interaction_is_refused(same_company: Company, body: str) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time()))}

    assert request("slack_interactions.press-button", body=body, headers=headers).status == 401


def test_a_huge_body_is_not_read(same_company: Company) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time()))}

    assert (
        request("slack_interactions.press-button", body="payload=" + "x" * 200_000, headers=headers).status
        == 401
    )


def test_an_action_that_no_card_has_is_refused(same_company: Company, slack: SlackWorkspace) -> None:
    assert press("delete_everything", TS, ADMIN).status == 404


def test_without_a_database_slack_is_told_to_come_again(same_company: Company) -> None:
    payload = changed(
        event("slack_interactions.press-button"), headers={"X-Slack-Request-Timestamp": str(int(time.time()))}
    )
    restart_environment()
    same_company.point_to(port=1)
    try:
        answer = invoke("slack_interactions", payload)
    finally:
        same_company.point_to()
        restart_environment()

    assert answer["statusCode"] == 503
