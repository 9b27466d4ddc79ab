"""What is posted to Slack, what people press there, and who may."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloudops.notifications.models import Topic
from cloudops.platform import aws
from local.slack_workspace import Answer, SlackWorkspace
from tests.functions.alerts_seen import alert_id, insert_alert
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, request
from tests.functions.people import ACME, ADMIN, APPROVER, OPERATOR, Person
from tests.functions.plans_waiting import ACTION, PLAN, REQUEST, expire, insert_waiting_plan
from tests.functions.slack_pressing import (
    APP,
    BOT_TOKEN,
    CHANNEL,
    NAMES,
    SIGNING_SECRET,
    TEAM,
    TS,
    asked_for,
    press,
    raised,
    reached,
    send_form,
    send_notifications,
    status_of_alert,
    tell,
    told_alone,
    verbs_in,
    words_in,
    workspace,
)

CHANNELS = "/api/v1/notification-channels"


@pytest.fixture
def slack(company: Company) -> Iterator[SlackWorkspace]:
    """The company's workspace, with a channel of ours bound to one of it."""
    with reached(workspace()) as found:
        assert request("notifications.add-slack").status == 201
        yield found


def acknowledge() -> None:
    """Somewhere else than in Slack."""
    path = f"/api/v1/alerts/{alert_id(1)}/acknowledge"
    assert request("alerts.acknowledge", path=path, person=ADMIN).status == 200


def approval() -> dict[str, Any]:
    found: dict[str, Any] = request("actions.show-approval", path=f"/api/v1/approvals/{REQUEST}").json
    return found


def deliveries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = request("notifications.list-deliveries", query={}).json["items"]
    return found


def decide(slack: SlackWorkspace, verb: str, person: Person, comment: str | None = None) -> Reply:
    """Press the button, and send the form that opens."""
    assert press(verb, TS, person).status == 200
    return send_form(slack.views[-1], comment, person)


def test_a_channel_is_bound_to_the_workspace_and_app_that_slack_names(slack: SlackWorkspace) -> None:
    (channel,) = request("notifications.list-channels").json["items"]

    assert (channel["slack_team_id"], channel["slack_app_id"]) == (TEAM, APP)
    assert channel["slack_channel"] == CHANNEL


def test_the_secrets_of_an_app_are_in_secrets_manager_alone(
    company: Company, slack: SlackWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    raised(company, slack)
    press("acknowledge", TS, OPERATOR)

    (channel,) = request("notifications.list-channels").json["items"]
    kept = aws.client("secretsmanager").get_secret_value(SecretId=channel["secret_arn"])
    everything = [
        text
        for table in ("notification_channels", "events", "slack_messages", "notification_deliveries")
        for (text,) in company.rows(f"select to_jsonb(t)::text from {table} t")  # type: ignore[arg-type]  # noqa: S608
    ]
    assert json.loads(kept["SecretString"]) == {"bot_token": BOT_TOKEN, "signing_secret": SIGNING_SECRET}
    assert kept["Name"] == f"cloudops/notifications/{ACME}/{channel['id']}"
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("botocore")]
    for secret in (BOT_TOKEN, SIGNING_SECRET):
        assert not any(secret in text for text in [*everything, *ours, json.dumps(channel)])


def test_a_workspace_that_does_not_answer_is_no_fault_of_the_request(slack: SlackWorkspace) -> None:
    slack.faults = [Answer(status=503, body={})]

    assert request("notifications.add-slack").status == 503


def test_an_alert_is_a_card_with_what_can_be_done(company: Company, slack: SlackWorkspace) -> None:
    card = raised(company, slack)

    assert card["text"] == "[high] More was spent"
    assert verbs_in(card) == ["acknowledge", "snooze"]
    for words in ("AmazonEC2", "111111111111", "610.88 USD", "110.50 USD", "500.38 USD", "Status: open"):
        assert words in words_in(card)
    assert deliveries()[0]["status"] == "delivered"
    assert company.rows("select slack_team_id, slack_channel, ts, thread_ts from slack_messages") == [
        (TEAM, CHANNEL, TS, None)
    ]


def test_who_may_takes_an_alert_on_and_the_card_says_so(company: Company, slack: SlackWorkspace) -> None:
    raised(company, slack)
    company.receive("NOTIFICATIONS_QUEUE_URL")

    assert press("acknowledge", TS, OPERATOR).status == 200

    assert len(company.receive("NOTIFICATIONS_QUEUE_URL")) == 1
    send_notifications()
    card = slack.messages[CHANNEL, TS]
    assert status_of_alert() == "acknowledged"
    assert verbs_in(card) == ["snooze"]
    assert f"acknowledged by {OPERATOR.email}" in words_in(card)
    assert (slack.calls.count("chat.postMessage"), slack.calls.count("chat.update")) == (1, 1)
    assert company.rows(
        "select actor, metadata->>'slack_user', metadata->>'ts' from events where event_type = 'decided_in_slack'"
    ) == [(OPERATOR.email, NAMES[OPERATOR], TS)]


def test_whoever_lost_his_role_is_judged_by_that_at_the_next_press(
    company: Company, slack: SlackWorkspace
) -> None:
    raised(company, slack)
    company.change("update memberships set role = 'viewer' where sub = %s", [OPERATOR.sub])

    press("acknowledge", TS, OPERATOR)

    assert (status_of_alert(), len(slack.ephemeral)) == ("open", 1)


def test_an_alert_is_snoozed_from_the_press_on_and_the_same_press_again_adds_nothing(
    company: Company, slack: SlackWorkspace
) -> None:
    raised(company, slack)
    at = time.time()

    press("snooze", TS, OPERATOR, hours="24", at=at)
    press("snooze", TS, OPERATOR, hours="24", at=at)

    until = datetime.fromtimestamp(round(at, 6), UTC) + timedelta(hours=24)
    (found,) = company.rows("select snoozed_until, snoozed_by from alerts where id = %s", alert_id(1))
    assert abs(found[0] - until) < timedelta(milliseconds=1)
    assert found[1] == OPERATOR.email
    assert company.rows("select count(*) from events where event_type = 'snoozed'") == [(1,)]
    send_notifications()
    assert "snoozed by oscar@acme.example until" in words_in(slack.messages[CHANNEL, TS])
    assert slack.ephemeral == []


def test_what_is_decided_elsewhere_is_shown_at_the_next_tick(company: Company, slack: SlackWorkspace) -> None:
    raised(company, slack)
    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 0}
    path = f"/api/v1/alerts/{alert_id(1)}/resolve"
    assert request("alerts.resolve", path=path, person=ADMIN).status == 200

    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 1}
    send_notifications()

    card = slack.messages[CHANNEL, TS]
    assert (verbs_in(card), f"resolved by {ADMIN.email}" in words_in(card)) == ([], True)
    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 0}


def test_a_press_on_a_card_that_is_out_of_date_changes_nothing(
    company: Company, slack: SlackWorkspace
) -> None:
    raised(company, slack)
    path = f"/api/v1/alerts/{alert_id(1)}/resolve"
    request("alerts.resolve", path=path, person=ADMIN)

    press("acknowledge", TS, OPERATOR)

    assert told_alone(slack) == [(NAMES[OPERATOR], "Nothing was changed. The alert is resolved already.")]


def test_what_follows_about_the_same_alert_is_a_reply(company: Company, slack: SlackWorkspace) -> None:
    raised(company, slack)
    tell(Topic.ALERT_RAISED, "alert", alert_id(1), what="critical", title="It grows")

    send_notifications()

    reply = slack.messages[CHANNEL, "1789416060.000002"]
    assert (reply["thread_ts"], reply["reply_broadcast"], verbs_in(reply)) == (TS, True, [])
    assert company.rows("select ts, thread_ts from slack_messages order by ts") == [
        (TS, None),
        ("1789416060.000002", TS),
    ]


def test_a_plan_is_a_card_with_all_that_a_decision_needs(company: Company, slack: SlackWorkspace) -> None:
    card = asked_for(company, slack)

    assert verbs_in(card) == ["approve", "reject"]
    for words in (
        "150.50 USD",
        "25 %",
        "change the type back",
        "i-0123456789abcdef0",
        "222233334444, eu-west-1",
        OPERATOR.email,
        "the role approver",
        PLAN.digest[:12],
    ):
        assert words in words_in(card)
    place = f"{CHANNEL}:{TS}"
    assert company.rows("select slack_thread_id from approval_requests") == [(place,)]
    assert company.rows("select slack_message_id from actions") == [(place,)]


def test_an_approver_approves_with_a_comment_and_the_action_goes_on(
    company: Company, slack: SlackWorkspace
) -> None:
    asked_for(company, slack)

    reply = decide(slack, "approve", APPROVER, "Fine with me")

    assert (reply.status, slack.ephemeral) == (200, [])
    assert [one["decision"] for one in approval()["decisions"]] == ["approved"]
    assert (approval()["status"], approval()["comments"]) == ("approved", "Fine with me")
    (message,) = company.receive("ACTIONS_QUEUE_URL")
    assert json.loads(message)["params"] == {"action_id": str(ACTION)}
    send_notifications()
    card = slack.messages[CHANNEL, TS]
    assert verbs_in(card) == []
    assert f"approved by {APPROVER.email}: Fine with me" in words_in(card)


def test_a_rejection_ends_the_action(company: Company, slack: SlackWorkspace) -> None:
    asked_for(company, slack)

    decide(slack, "reject", APPROVER)

    assert approval()["status"] == "rejected"
    assert approval()["action"]["status"] == "failed"
    assert company.receive("ACTIONS_QUEUE_URL") == []


def test_one_of_two_approvals_shows_and_does_not_start_the_action(
    company: Company, slack: SlackWorkspace
) -> None:
    asked_for(company, slack, needed=2)

    decide(slack, "approve", APPROVER)
    send_notifications()

    card = slack.messages[CHANNEL, TS]
    assert (approval()["status"], company.receive("ACTIONS_QUEUE_URL")) == ("pending", [])
    assert verbs_in(card) == ["approve", "reject"]
    assert f"approved by {APPROVER.email}" in words_in(card)


def test_a_form_decides_nothing_for_whom_it_was_not_opened(company: Company, slack: SlackWorkspace) -> None:
    """Rules are held again when the form is sent, whoever sends it and whatever happened meanwhile."""
    asked_for(company, slack, asked_by=APPROVER)
    press("approve", TS, ADMIN)

    send_form(slack.views[-1], None, APPROVER)

    assert told_alone(slack) == [(NAMES[APPROVER], "Nothing was changed. Nobody approves his own request.")]
    assert approval()["status"] == "pending"


def test_the_same_form_again_decides_nothing_more(company: Company, slack: SlackWorkspace) -> None:
    asked_for(company, slack)
    decide(slack, "approve", APPROVER)

    send_form(slack.views[-1], None, APPROVER)

    assert len(approval()["decisions"]) == 1
    assert "it is approved" in slack.ephemeral[-1]["text"]


def test_a_plan_whose_time_is_over_is_shown_without_buttons(company: Company, slack: SlackWorkspace) -> None:
    asked_for(company, slack)
    expire(company, datetime.now(UTC) - timedelta(hours=1))

    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 1}
    send_notifications()

    card = slack.messages[CHANNEL, TS]
    assert (verbs_in(card), "Request: expired" in words_in(card)) == ([], True)
    press("approve", TS, APPROVER)
    assert "it is expired" in slack.ephemeral[-1]["text"]


def test_a_card_that_is_posted_when_the_time_is_over_is_right_at_once(
    company: Company, slack: SlackWorkspace
) -> None:
    insert_waiting_plan(company)
    expire(company, datetime.now(UTC) - timedelta(hours=1))
    tell(Topic.APPROVAL_NEEDED, "action", ACTION)

    send_notifications()

    assert verbs_in(slack.messages[CHANNEL, TS]) == []
    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 0}


def test_what_becomes_of_an_action_is_told_in_its_thread(company: Company, slack: SlackWorkspace) -> None:
    asked_for(company, slack)
    tell(Topic.ACTION_ATTENTION, "action", ACTION, title="It failed")

    send_notifications()

    reply = slack.messages[CHANNEL, "1789416060.000002"]
    assert (reply["thread_ts"], reply["reply_broadcast"]) == (TS, False)


def test_slack_is_asked_again_once_it_said_and_the_attempt_is_kept(
    company: Company, slack: SlackWorkspace
) -> None:
    insert_alert(company)
    tell(Topic.ALERT_RAISED, "alert", alert_id(1))
    slack.faults = [
        Answer(status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "7200"})
    ]

    send_notifications()

    (delivery,) = deliveries()
    assert (delivery["status"], delivery["attempts"]) == ("pending", 1)
    assert delivery["last_error"] == "Slack answers ratelimited to chat.postMessage"
    assert datetime.fromisoformat(delivery["due_at"]) > datetime.now(UTC) + timedelta(minutes=119)


def test_what_slack_refuses_is_not_tried_again(company: Company, slack: SlackWorkspace) -> None:
    slack.channels.clear()
    insert_alert(company)
    tell(Topic.ALERT_RAISED, "alert", alert_id(1))

    send_notifications()

    (delivery,) = deliveries()
    assert (delivery["status"], delivery["last_error"]) == (
        "failed", "Slack answers channel_not_found to chat.postMessage",
    )  # fmt: skip


def test_what_was_posted_is_not_posted_again_by_who_takes_the_delivery_over(
    company: Company, slack: SlackWorkspace
) -> None:
    raised(company, slack)
    company.change(
        "update notification_deliveries set status = 'pending', delivered_at = null, due_at = now()", []
    )

    send_notifications()

    assert slack.calls.count("chat.postMessage") == 1
    assert deliveries()[0]["status"] == "delivered"


@pytest.mark.parametrize(
    ("fault", "wait", "calls"),
    [
        (Answer(status=503, body={}), timedelta(seconds=50), 2),
        (Answer(status=429, body={"ok": False}, headers={"Retry-After": "300"}), timedelta(seconds=290), 2),
    ],
)
def test_a_card_that_could_not_be_changed_is_changed_later(
    company: Company, slack: SlackWorkspace, fault: Answer, wait: timedelta, calls: int
) -> None:
    raised(company, slack)
    acknowledge()
    slack.faults = [fault]
    send_notifications()
    send_notifications()
    ((due_at, attempts, error),) = company.rows("select due_at, attempts, last_error from slack_messages")
    assert due_at > datetime.now(UTC) + wait
    assert (attempts, error.startswith("Slack answers")) == (1, True)

    company.change("update slack_messages set due_at = now()", [])
    send_notifications()

    assert slack.calls.count("chat.update") == calls
    assert "Status: acknowledged" in words_in(slack.messages[CHANNEL, TS])


def test_a_card_that_was_deleted_in_slack_is_left_alone(company: Company, slack: SlackWorkspace) -> None:
    raised(company, slack)
    slack.messages.clear()
    acknowledge()

    send_notifications()
    send_notifications()

    assert slack.calls.count("chat.update") == 1
    assert company.rows("select changing, last_error from slack_messages") == [
        (False, "Slack answers message_not_found to chat.update")
    ]


def test_what_resources_are_called_calls_nobody(company: Company, slack: SlackWorkspace) -> None:
    tell(Topic.ACCOUNT_INSECURE, "cloud_account", "x", title="<!channel> & <@U0ADA>", body="<!here>")
    request("notifications.change-channel", path=f"{CHANNELS}/{channel_id()}", headers={"If-Match": "*"},
            body={"topics": ["account.insecure"], "enabled": True})  # fmt: skip
    tell(Topic.ACCOUNT_INSECURE, "cloud_account", "y", title="<!channel> & <@U0ADA>", body="<!here>")

    send_notifications()

    (message,) = slack.messages.values()
    assert message["text"] == "[high] &lt;!channel&gt; &amp; &lt;@U0ADA&gt;"
    assert {block["text"]["type"] for block in message["blocks"]} == {"plain_text"}


def channel_id() -> str:
    (channel,) = request("notifications.list-channels").json["items"]
    return str(channel["id"])


def test_a_channel_that_is_off_takes_no_decision(company: Company, slack: SlackWorkspace) -> None:
    raised(company, slack)
    request(
        "notifications.change-channel",
        path=f"{CHANNELS}/{channel_id()}",
        headers={"If-Match": "*"},
        body={"enabled": False},
    )

    assert press("acknowledge", TS, OPERATOR).status == 401
    assert status_of_alert() == "open"
