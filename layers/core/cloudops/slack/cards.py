"""What a message in Slack says: of an alert, of a plan that waits for somebody's word, or in plain words."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from cloudops.alerts.models import Alert, AlertStatus
from cloudops.automation.approvals import ApprovalRequest, ApprovalStatus, Decision
from cloudops.automation.models import Action
from cloudops.automation.plans import Plan, plan_of
from cloudops.slack.blocks import (
    LONGEST_TEXT,
    Block,
    actions,
    button,
    choice,
    context,
    escaped,
    facts,
    header,
    plain,
    section,
    shortened,
)
from cloudops.slack.models import Content

# By hours, as the button says it.
SNOOZES = {"1": "1 hour", "4": "4 hours", "24": "1 day", "168": "1 week"}
LONGEST_COMMENT = 500
FORM = "decide"
COMMENT = "comment"
VERDICTS = {"approve": "Approve", "reject": "Reject"}


def alert_card(alert: Alert, *, now: datetime) -> Content:
    title = f"[{alert.severity}] {alert.title}"
    blocks = [
        header(title),
        section(alert.description),
        facts(
            {
                "Account": alert.account_id,
                "Service": alert.service_name,
                "Resource": alert.resource_id,
                "Metric": alert.metric_name,
                "Observed": amount(alert.observed_value, alert.currency),
                "Usual": amount(alert.baseline_value, alert.currency),
                "In excess": amount(alert.excess, alert.currency),
                "Since": moment(alert.window_start),
            }
        ),
        context(standing_of(alert, now)),
    ]
    if alert.status != AlertStatus.RESOLVED:
        blocks.append(actions(alert_buttons(alert)))
    return Content(text=words(title), blocks=blocks)


def alert_buttons(alert: Alert) -> list[Block]:
    snooze = choice("snooze", "Snooze", SNOOZES)
    if alert.status == AlertStatus.OPEN:
        return [button("acknowledge", "Acknowledge", style="primary"), snooze]
    return [snooze]


def standing_of(alert: Alert, now: datetime) -> str:
    said = [f"Status: {alert.status}"]
    if alert.acknowledged_by and alert.acknowledged_at:
        said.append(f"acknowledged by {alert.acknowledged_by}, {moment(alert.acknowledged_at)}")
    if alert.resolved_by and alert.resolved_at:
        said.append(f"resolved by {alert.resolved_by}, {moment(alert.resolved_at)}: {alert.resolution}")
    if alert.snoozed_by and alert.snoozed_until and alert.snoozed_until > now:
        said.append(f"snoozed by {alert.snoozed_by} until {moment(alert.snoozed_until)}")
    return " · ".join(said)


def approval_card(
    request: ApprovalRequest, action: Action, decisions: Sequence[Decision], *, now: datetime
) -> Content:
    title = f"{action.type} on {action.resource_id}"
    waits = request.status == ApprovalStatus.PENDING and request.expires_at > now
    blocks = [
        header(f"Approval needed: {title}" if waits else title),
        facts(
            {
                "Resource": action.resource_id,
                "Account and region": f"{action.account_id}, {action.region}",
                "Saves a month": amount(action.monthly_savings, action.currency) or "not known",
                "Risk": f"{action.risk.normalize():f} %",
                "Rollback": rollback_of(action),
                "Asked for by": action.requested_by_name,
                "Takes": taken_by(request),
                "Good until": moment(request.expires_at),
            }
        ),
        section(steps_of(action)),
        context(verdict_of(request, action, decisions, now)),
        context(f"Plan {request.digest[:12]} · request {request.id}"),
    ]
    if waits:
        reject = button("reject", "Reject", style="danger")
        blocks.append(actions([button("approve", "Approve", style="primary"), reject]))
    return Content(text=words(f"Approval needed: {title}" if waits else title), blocks=blocks)


def taken_by(request: ApprovalRequest) -> str:
    role = "a finance approver" if request.approver_role == "cfo" else f"the role {request.approver_role}"
    return role if request.approvals_needed == 1 else f"{role}, {request.approvals_needed} people"


def plan_in(action: Action) -> Plan | None:
    return plan_of(action.plan) if action.plan else None


def steps_of(action: Action) -> str:
    plan = plan_in(action)
    if plan is None:
        return "There is no plan."
    return "\n".join(f"{number}. {step.name}" for number, step in enumerate(plan.steps, start=1))


def rollback_of(action: Action) -> str:
    plan = plan_in(action)
    if plan is None:
        return "not known"
    if not plan.reversible:
        lasting = [step.name for step in plan.steps if step.undo is None]
        return f"cannot be undone: {', '.join(lasting)}"
    return ", ".join(step.undo.name for step in reversed(plan.steps) if step.undo is not None)


def verdict_of(request: ApprovalRequest, action: Action, decisions: Sequence[Decision], now: datetime) -> str:
    said = [f"{one.decision} by {one.user_name}{comment_of(one)}" for one in decisions]
    expired = request.status == ApprovalStatus.PENDING and request.expires_at <= now
    status = ApprovalStatus.EXPIRED if expired else request.status
    return " · ".join([f"Request: {status}", *said, f"action: {action.status}"])


def comment_of(decision: Decision) -> str:
    return f": {decision.comment}" if decision.comment else ""


def note(title: str, body: str) -> Content:
    """Plain words: in the thread of what they are about, or on their own."""
    return Content(text=words(title), blocks=[section(f"{title}\n{body}" if body else title)])


def form(verb: str, request: ApprovalRequest, action: Action, *, metadata: str) -> Block:
    """Asks for a comment, and shows once more what is decided."""
    verdict = VERDICTS[verb]
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": metadata,
        "title": plain(f"{verdict} this plan", 24),
        "submit": plain(verdict),
        "close": plain("Cancel"),
        "blocks": [
            section(f"{action.type} on {action.resource_id}"),
            section(steps_of(action)),
            context(f"Plan {request.digest[:12]}"),
            {
                "type": "input",
                "block_id": COMMENT,
                "optional": True,
                "label": plain("Comment"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": COMMENT,
                    "multiline": True,
                    "max_length": LONGEST_COMMENT,
                },
            },
        ],
    }


def words(text: str) -> str:
    return escaped(shortened(" ".join(text.split()), LONGEST_TEXT))


def amount(value: Decimal | None, currency: str | None) -> str | None:
    if value is None:
        return None
    return f"{value:,.2f} {currency}" if currency else f"{value:,f}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
