"""Which of the open recommendations the system carries out on its own. Pure, so that every case stands in a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from cloudops.actor import SYSTEM, Actor
from cloudops.automation.autonomy import TrackRecord, without_a_record
from cloudops.automation.executor import BadParameterError, Executor
from cloudops.automation.guards import (
    Begun,
    Circumstances,
    forbidden,
    needs_a_person,
    over_caps,
    protected_by_tag,
)
from cloudops.automation.models import NewAction
from cloudops.automation.offers import offer_of
from cloudops.automation.permissions import Permissions
from cloudops.automation.proposals import proposed
from cloudops.recommendations.life import RecommendationDetail

# One try per recommendation: what did not work, or was called off, is a person's to decide.
KEY = "autonomous"
ACTOR = Actor(name=SYSTEM)
WITHIN = "within what agent.* and actions.* let the system do on its own"
type Kind = tuple[str, str]
"""An account and a type of resource."""


@dataclass(frozen=True, kw_only=True)
class Candidate(RecommendationDetail):
    """An open recommendation with what is known around it.

    `resource_type` and `resource_tags` are None where the inventory does not know the resource; `alerts` are open
    reliability alerts of its service; `busy` where an action on the resource has not ended, `tried` where one was ever
    asked for by this recommendation. `schedules_role` is what schedules in its account act by.
    """

    resource_type: str | None
    resource_tags: Mapping[str, str] | None
    alerts: int
    busy: bool
    tried: bool
    schedules_role: str | None = None


@dataclass(frozen=True, kw_only=True)
class Day:
    """What began today or is about to, and how large the fleets are."""

    reporting_currency: str
    actions: int = 0
    monthly_savings: Decimal = Decimal(0)
    changed: Mapping[Kind, int] = field(default_factory=dict)
    fleets: Mapping[Kind, int] = field(default_factory=dict)
    records: Mapping[str, TrackRecord] = field(default_factory=dict)

    def begun(self, kind: Kind) -> Begun:
        return Begun(
            actions=self.actions,
            monthly_savings=self.monthly_savings,
            in_fleet=self.changed.get(kind, 0),
            fleet=self.fleets.get(kind, 0),
        )

    def with_one_more(self, kind: Kind, savings: Decimal) -> "Day":
        return replace(
            self,
            actions=self.actions + 1,
            monthly_savings=self.monthly_savings + savings,
            changed={**self.changed, kind: self.changed.get(kind, 0) + 1},
        )


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`action` is what would carry it out, None where nothing can; it is asked for where `acted`."""

    candidate: Candidate
    action: NewAction | None
    acted: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What this run has chosen so far."""

    actions: int = 0
    monthly_savings: Decimal = Decimal(0)


def refusal_of(permissions: Permissions, now: datetime) -> str | None:
    """Why a run need not look at anything: the first setting that permits nothing."""
    permits_nothing = {
        "actions.enabled": not permissions.enabled,
        "agent.autonomous_mode": not permissions.autonomous,
        "agent.max_autonomous_risk_level": permissions.maximum_risk <= 0,
        "agent.approval_required_above_savings": permissions.monthly_savings_limit <= 0,
        "agent.auto_execute_types": not permissions.autonomous_types,
        "actions.allowed_accounts": not permissions.allowed_accounts,
        "actions.max_per_run": permissions.actions_per_run <= 0,
        "actions.max_per_day": permissions.actions_per_day <= 0,
        "actions.max_savings_per_run": permissions.monthly_savings_per_run <= 0,
        "actions.max_savings_per_day": permissions.monthly_savings_per_day <= 0,
        "actions.max_share_of_fleet": permissions.share_of_fleet <= 0,
        "actions.protect_tags": not permissions.protect_tags,
        "actions.change_windows": not permissions.change_windows,
    }
    for key, nothing in permits_nothing.items():
        if nothing:
            return f"{key} permits nothing"
    return None if permissions.is_open(now) else "no change window is open (actions.change_windows)"


def select(
    candidates: Iterable[Candidate], executors: Mapping[str, Executor], permissions: Permissions, day: Day
) -> Sequence[Choice]:
    """The lowest risk first, then the largest saving, until a cap is reached."""
    looked_at = sorted((considered(one, executors) for one in candidates), key=order)
    choices, spent, taken = [], Spent(), set[tuple[str, str]]()
    for one in looked_at:
        choice = weighed(one, executors, permissions, day, spent, taken)
        choices.append(choice)
        if choice.acted and choice.action is not None:
            savings = choice.action.monthly_savings or Decimal(0)
            day = day.with_one_more(kind_of(choice.candidate), savings)
            spent = Spent(actions=spent.actions + 1, monthly_savings=spent.monthly_savings + savings)
            taken.add((choice.action.account_id, choice.action.target.resource_id))
    return choices


def considered(candidate: Candidate, executors: Mapping[str, Executor]) -> Choice:
    """Held until something is found that lets it act."""
    offered = offer_of(candidate)
    if offered is None:
        reason = f"{candidate.check_id} has to be carried out by hand"
        return Choice(candidate=candidate, action=None, acted=False, reason=reason)
    if executors[offered.type].nature.by_schedules and candidate.schedules_role:
        offered = replace(offered, params={**offered.params, "role": candidate.schedules_role})
    try:
        action = proposed(executors, candidate, offered, key=KEY, actor=ACTOR, autonomous=True)
    except BadParameterError as error:
        reason = f"it proposes nothing that can be carried out: {error.detail}"
        return Choice(candidate=candidate, action=None, acted=False, reason=reason)
    return Choice(candidate=candidate, action=action, acted=False, reason="")


def order(choice: Choice) -> tuple[Decimal, Decimal, str]:
    risk = choice.action.risk if choice.action else choice.candidate.risk
    return risk, -(choice.candidate.monthly_savings or Decimal(0)), str(choice.candidate.id)


def weighed(
    one: Choice,
    executors: Mapping[str, Executor],
    permissions: Permissions,
    day: Day,
    spent: Spent,
    taken: set[tuple[str, str]],
) -> Choice:
    if one.action is None:
        return one
    reason = (
        unfit(one.candidate, one.action, permissions, taken)
        or forbidden(one.action, permissions)
        or not_alone(one.candidate, one.action, executors, permissions, day)
        or over_run(one.action, permissions, spent)
        or over_caps(one.action, permissions, circumstances(one.candidate, one.action, day))
    )
    return replace(one, acted=reason is None, reason=reason or WITHIN)


def unfit(
    candidate: Candidate, action: NewAction, permissions: Permissions, taken: set[tuple[str, str]]
) -> str | None:
    if candidate.busy or (action.account_id, action.target.resource_id) in taken:
        return "another action on the resource has not ended yet"
    if candidate.tried:
        return "a change was asked for by it before; whether to try again is for a person to say"
    if candidate.resource_tags is None:
        return "the inventory does not know the resource"
    return protected_by_tag(candidate.resource_tags, permissions)


def not_alone(
    candidate: Candidate,
    action: NewAction,
    executors: Mapping[str, Executor],
    permissions: Permissions,
    day: Day,
) -> str | None:
    known = circumstances(candidate, action, day)
    nature = executors[action.type].nature
    return needs_a_person(action, nature, permissions, known, type_name=candidate.type)


def over_run(action: NewAction, permissions: Permissions, spent: Spent) -> str | None:
    if spent.actions >= permissions.actions_per_run:
        return f"this run has begun {spent.actions} changes, and may no more (actions.max_per_run)"
    if spent.monthly_savings + (action.monthly_savings or 0) > permissions.monthly_savings_per_run:
        return "the savings of this run's changes would pass the limit (actions.max_savings_per_run)"
    return None


def circumstances(candidate: Candidate, action: NewAction, day: Day) -> Circumstances:
    record = day.records.get(action.type, without_a_record(action.type))
    return Circumstances(
        begun=day.begun(kind_of(candidate)),
        reporting_currency=day.reporting_currency,
        alerts=candidate.alerts,
        type_has_earned_it=record.earned,
    )


def kind_of(candidate: Candidate) -> Kind:
    return candidate.account_id or "", candidate.resource_type or ""
