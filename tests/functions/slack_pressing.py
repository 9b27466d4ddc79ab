"""A Slack workspace that the handlers find, and people in it who press buttons; requests are signed as Slack signs."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from cloudops.notifications.models import NewNotification, Topic
from cloudops.notifications.use_cases import notify
from cloudops.platform import database
from local.slack_workspace import SlackServer, SlackWorkspace
from tests.functions.alerts_seen import alert_id, insert_alert
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, request, restart_environment
from tests.functions.people import (
    ACME,
    ADMIN,
    APPROVER,
    MEMBERS,
    OPERATOR,
    OUTSIDER,
    STRANGER,
    VIEWER,
    Person,
)
from tests.functions.plans_waiting import ACTION, insert_waiting_plan

CHANNEL, TEAM, APP = "C0FINOPS", "T0ACME", "A0CLOUDOPS"
ADDED = json.loads(event("notifications.add-slack")["body"])
# The first message that is posted.
TS = "1789416060.000001"
BOT_TOKEN, SIGNING_SECRET = ADDED["bot_token"], ADDED["signing_secret"]
NAMES = {
    ADMIN: "U0ADA",
    APPROVER: "U0ABE",
    OPERATOR: "U0OSCAR",
    VIEWER: "U0VERA",
    OUTSIDER: "U0GUS",
    STRANGER: "U0SAM",
}


def workspace() -> SlackWorkspace:
    people = [*MEMBERS, STRANGER]
    return SlackWorkspace(
        team_id=TEAM,
        app_id=APP,
        bot_token=BOT_TOKEN,
        channels={CHANNEL},
        people={NAMES[one]: shown(one.email) for one in people if one in NAMES},
    )


def shown(email: str) -> dict[str, Any]:
    return {"is_email_confirmed": True, "profile": {"email": email}}


@contextmanager
def reached(found: SlackWorkspace) -> Iterator[SlackWorkspace]:
    with SlackServer(found) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLACK_API_URL", server.address)
        # Slack's SDK would ask a proxy for this machine.
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        restart_environment()
        yield found
    restart_environment()


def payload_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parse_qs(event(name)["body"])["payload"][0])
    return found


def signature_of(body: str, at: int, secret: str = SIGNING_SECRET) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()


def sent(name: str, payload: dict[str, Any], *, at: int | None = None, secret: str = SIGNING_SECRET) -> Reply:
    body = urlencode({"payload": json.dumps(payload)})
    second = int(time.time()) if at is None else at
    headers = {
        "X-Slack-Request-Timestamp": str(second),
        "X-Slack-Signature": signature_of(body, second, secret),
    }
    return request(name, body=body, headers=headers)


def press(verb: str, ts: str, person: Person, *, hours: str | None = None, at: float | None = None) -> Reply:
    payload = payload_of("slack_interactions.press-button")
    payload["user"]["id"] = NAMES[person]
    payload["container"]["message_ts"] = ts
    chosen = {"selected_option": {"value": hours}} if hours else {}
    second = time.time() if at is None else at
    payload["actions"] = [
        {
            "type": "static_select" if hours else "button",
            "block_id": "b1",
            "action_id": verb,
            "action_ts": f"{second:.6f}",
            **chosen,
        }
    ]
    return sent("slack_interactions.press-button", payload)


def send_form(view: dict[str, Any], comment: str | None, person: Person) -> Reply:
    payload = payload_of("slack_interactions.send-form")
    payload["user"]["id"] = NAMES[person]
    payload["view"]["private_metadata"] = view["private_metadata"]
    payload["view"]["state"]["values"]["comment"]["comment"]["value"] = comment
    return sent("slack_interactions.send-form", payload)


def send_notifications() -> None:
    assert invoke("send_notifications", event("send_notifications.one-tenant")) == {"batchItemFailures": []}


def verbs_in(message: dict[str, Any]) -> list[str]:
    """What can be pressed on a card."""
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def words_in(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def tell(topic: Topic, entity_type: str, entity_id: object, *, what: str = "once", **words: str) -> None:
    told = NewNotification(
        topic=topic,
        severity="high",
        title=words.get("title", "More was spent"),
        body=words.get("body", "Much more"),
        entity_type=entity_type,
        entity_id=str(entity_id),
        what=what,
    )
    with database.transaction(ACME) as connection:
        notify(connection, [told], now=datetime.now(UTC))


def raised(company: Company, slack: SlackWorkspace) -> dict[str, Any]:
    """The card of an alert."""
    tell(Topic.ALERT_RAISED, "alert", insert_alert(company))
    send_notifications()
    return slack.messages[CHANNEL, TS]


def asked_for(company: Company, slack: SlackWorkspace, **asked: Any) -> dict[str, Any]:
    """The card of a plan."""
    insert_waiting_plan(company, **asked)
    tell(Topic.APPROVAL_NEEDED, "action", ACTION)
    send_notifications()
    return slack.messages[CHANNEL, TS]


def status_of_alert() -> str:
    path = f"/api/v1/alerts/{alert_id(1)}"
    found: str = request("alerts.show", path=path).json["status"]
    return found


def told_alone(slack: SlackWorkspace) -> list[tuple[str, str]]:
    return [(one["user"], one["text"]) for one in slack.ephemeral]
