"""What follows from a press in Slack: the use cases that the API calls, with the same roles and rules."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cloudops.alerts import use_cases as alerts
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import approving
from cloudops.automation.approvals import ApprovalRequest, ApprovalStatus
from cloudops.automation.models import Action
from cloudops.errors import InvalidError
from cloudops.platform.database import Connection
from cloudops.platform.principal import Principal, Role
from cloudops.slack.cards import SNOOZES
from cloudops.slack.models import Card, CardNotFoundError, Consequence, Press, SlackUser

type Deed = Callable[[Connection, Card, Press, Principal, datetime], Consequence]


def acknowledge(
    connection: Connection, card: Card, _press: Press, principal: Principal, now: datetime
) -> Consequence:
    principal.require(Role.OPERATOR)
    alerts.acknowledge(connection, card.subject_id, actor=principal.actor, now=now)
    return Consequence()


def snooze(
    connection: Connection, card: Card, press: Press, principal: Principal, now: datetime
) -> Consequence:
    """From the press on, so that the same one that arrives again adds nothing."""
    principal.require(Role.OPERATOR)
    if press.value not in SNOOZES:
        raise InvalidError("for so long no alert is snoozed here", field="snooze")
    until = press.at + timedelta(hours=int(press.value))
    alerts.snooze(connection, card.subject_id, until=until, actor=principal.actor, now=now)
    return Consequence()


def approve(
    connection: Connection, card: Card, press: Press, principal: Principal, now: datetime
) -> Consequence:
    by = approving.approver_of(principal)
    settled = approving.approve(connection, card.subject_id, comment=press.value, by=by, now=now)
    return Consequence(action_id=settled.action_id if settled.status == ApprovalStatus.APPROVED else None)


def reject(
    connection: Connection, card: Card, press: Press, principal: Principal, now: datetime
) -> Consequence:
    by = approving.approver_of(principal)
    approving.reject(connection, card.subject_id, comment=press.value, by=by, now=now)
    return Consequence()


DEEDS: Mapping[tuple[str, str], Deed] = {
    ("alert", "acknowledge"): acknowledge,
    ("alert", "snooze"): snooze,
    ("approval_request", "approve"): approve,
    ("approval_request", "reject"): reject,
}


def decide(
    connection: Connection, card: Card, press: Press, *, user: SlackUser, principal: Principal, now: datetime
) -> Consequence:
    """What the button means is told by what we posted, never by what comes back with it."""
    deed = DEEDS.get((card.subject_type, press.verb))
    if deed is None:
        raise CardNotFoundError
    consequence = deed(connection, card, press, principal, now)
    record(connection, pressed(card, press, user, principal))
    return consequence


def ask_first(
    connection: Connection, card: Card, verb: str, *, principal: Principal, now: datetime
) -> tuple[ApprovalRequest, Action]:
    """What a form shows before somebody decides; raises as the decision would."""
    if (card.subject_type, verb) not in DEEDS:
        raise CardNotFoundError
    by = approving.approver_of(principal)
    approving.require_say(connection, card.subject_id, decision=verb, by=by, now=now)
    request, action, _ = approving.show_request(connection, card.subject_id)
    return request, action


def pressed(card: Card, press: Press, user: SlackUser, principal: Principal) -> NewEvent:
    return NewEvent(
        entity_type=card.subject_type,
        entity_id=str(card.subject_id),
        event_type="decided_in_slack",
        message=f"{principal.email} pressed {press.verb} in Slack",
        actor=principal.actor,
        metadata={
            "slack_user": user.id,
            "slack_team": card.slack_team_id,
            "slack_channel": card.slack_channel,
            "ts": card.ts,
        },
    )
