from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudops.alerts.models import Alert
from cloudops.automation.approvals import ApprovalRequest, Decision
from cloudops.automation.models import Action
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.slack.cards import alert_card, approval_card, form, note
from local.slack_workspace import refuse_malformed

NOW = datetime(2026, 9, 14, 20, 1, tzinfo=UTC)
ALERT = Alert(
    id=UUID(int=1),
    project_id=UUID(int=2),
    alert_type="cost",
    status="open",
    severity="high",
    title="EC2 costs more",
    description="It jumped.",
    source="billing export",
    provider="aws",
    account_id="111111111111",
    service_name="AmazonEC2",
    resource_id=None,
    metric_name=None,
    currency="EUR",
    rule_name="spike",
    model_version="1",
    observed_value=Decimal("1610.875"),
    baseline_value=Decimal("110.5"),
    threshold_value=None,
    excess=Decimal("1500.375"),
    window_start=NOW - timedelta(days=1),
    window_end=NOW,
    data_watermark=NOW,
    detected_at=NOW,
    acknowledged_at=None,
    acknowledged_by=None,
    resolved_at=None,
    resolved_by=None,
    resolution=None,
    planned_until=None,
    snoozed_until=None,
    snoozed_by=None,
    created_at=NOW,
    updated_at=NOW,
)
CALL = Call(service="ec2", operation="stop_instances", arguments={})
PLAN = Plan(
    type="ec2.resize",
    account_id="111111111111",
    region="eu-west-1",
    resource_id="i-1",
    params={},
    before={"state": "running"},
    steps=(
        Step(name="stop it", call=CALL, becomes={"state": "stopped"}, undo=Undo(name="start it", call=CALL)),
        Step(name="delete it", call=CALL, becomes={"state": "gone"}),
    ),
)
REQUEST = ApprovalRequest(
    id=UUID(int=3),
    action_id=UUID(int=4),
    recommendation_id=None,
    digest=PLAN.digest,
    requested_by=UUID(int=5),
    requested_by_name="oscar@acme.example",
    approver_role="cfo",
    approvals_needed=2,
    status="pending",
    comments=None,
    slack_thread_id=None,
    expires_at=NOW + timedelta(days=7),
    decided_at=None,
    created_at=NOW,
    updated_at=NOW,
)
ACTION = Action(
    id=UUID(int=4),
    type="ec2.resize",
    recommendation_id=None,
    account_id="111111111111",
    region="eu-west-1",
    resource_id="i-1",
    requested_by=UUID(int=5),
    requested_by_name="oscar@acme.example",
    autonomous=False,
    status="preflight",
    params={},
    plan=PLAN.to_json(),
    digest=PLAN.digest,
    requires_approval=True,
    risk=Decimal("40.00"),
    monthly_savings=None,
    currency=None,
    fence=0,
    leased_until=None,
    due_at=NOW,
    undoing=False,
    result=None,
    error=None,
    slack_message_id=None,
    started_at=None,
    finished_at=None,
    created_at=NOW,
    updated_at=NOW,
)
WORD = Decision(
    user_id=UUID(int=6), user_name="abe@acme.example", decision="approved", comment="Go", decided_at=NOW
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5000)


def verbs(blocks: list[dict[str, Any]]) -> list[str]:
    return [one["action_id"] for block in blocks for one in block.get("elements", []) if "action_id" in one]


def shown(blocks: list[dict[str, Any]]) -> str:
    return str(blocks)


@pytest.mark.parametrize(
    ("fields", "expected", "words"),
    [
        ({}, ["acknowledge", "snooze"], "Status: open"),
        (
            {"status": "acknowledged", "acknowledged_by": "ann", "acknowledged_at": NOW},
            ["snooze"],
            "acknowledged by ann, 2026-09-14 20:01 UTC",
        ),
        (
            {"snoozed_by": "ann", "snoozed_until": NOW + timedelta(hours=1)},
            ["acknowledge", "snooze"],
            "snoozed by ann until 2026-09-14 21:01 UTC",
        ),
        ({"snoozed_by": "ann", "snoozed_until": NOW}, ["acknowledge", "snooze"], "'Status: open'"),
        (
            {"status": "resolved", "resolved_by": "system", "resolved_at": NOW, "resolution": "restated"},
            [],
            "resolved by system, 2026-09-14 20:01 UTC: restated",
        ),
    ],
)
def test_an_alert_shows_where_it_stands_and_what_is_left_to_do(
    fields: dict[str, Any], expected: list[str], words: str
) -> None:
    card = alert_card(replace(ALERT, **fields), now=NOW)

    assert verbs(card.blocks) == expected
    assert words in shown(card.blocks)
    assert "1,610.88 EUR" in shown(card.blocks)


@pytest.mark.parametrize(
    ("fields", "decisions", "expected", "words"),
    [
        ({}, [], ["approve", "reject"], "Request: pending · action: preflight"),
        ({}, [WORD], ["approve", "reject"], "approved by abe@acme.example: Go"),
        ({"expires_at": NOW}, [], [], "Request: expired"),
        ({"status": "approved"}, [WORD, replace(WORD, comment=None)], [], "Request: approved"),
        ({"status": "void"}, [], [], "Request: void"),
    ],
)
def test_a_plan_can_be_decided_as_long_as_it_waits(
    fields: dict[str, Any], decisions: list[Decision], expected: list[str], words: str
) -> None:
    card = approval_card(replace(REQUEST, **fields), ACTION, decisions, now=NOW)

    assert verbs(card.blocks) == expected
    assert words in shown(card.blocks)


def test_a_plan_says_what_is_lost_and_who_is_needed() -> None:
    told = shown(approval_card(REQUEST, ACTION, [], now=NOW).blocks)

    for words in (
        "Rollback\\ncannot be undone: delete it",
        "Takes\\na finance approver, 2 people",
        "Risk\\n40 %",
        "Saves a month\\nnot known",
        "1. stop it\\n2. delete it",
    ):
        assert words in told


def test_a_plan_that_can_be_undone_says_how_the_last_step_first() -> None:
    undo = Undo(name="bring it back", call=CALL)
    both = replace(PLAN, steps=(PLAN.steps[0], replace(PLAN.steps[1], undo=undo)))

    card = approval_card(REQUEST, replace(ACTION, plan=both.to_json()), [], now=NOW)

    assert "Rollback\\nbring it back, start it" in shown(card.blocks)


def test_a_form_asks_for_a_comment_and_takes_its_place_along() -> None:
    view = form("reject", REQUEST, ACTION, metadata="{}")

    refuse_malformed(view["blocks"])
    assert (view["title"]["text"], view["submit"]["text"]) == ("Reject this plan", "Reject")
    assert (view["private_metadata"], view["callback_id"]) == ("{}", "decide")


@settings(deadline=None)
@given(text=TEXTS)
def test_slack_takes_whatever_things_are_called(text: str) -> None:
    named = replace(
        ALERT, title=text, description=text, account_id=text, resolution=text, acknowledged_by=text
    )
    action = replace(ACTION, resource_id=text, type=text, requested_by_name=text)
    cards = [
        alert_card(named, now=NOW),
        approval_card(REQUEST, action, [replace(WORD, comment=text)] * 20, now=NOW),
        note(text, text),
    ]

    for card in cards:
        refuse_malformed(card.blocks)
        assert not {"<", ">"} & set(card.text)
    refuse_malformed(form("approve", REQUEST, action, metadata="")["blocks"])
