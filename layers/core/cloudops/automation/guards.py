"""What has to hold before an action may begin. Every guard says no unless it can say yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from cloudops.automation.executor import Nature, Probe
from cloudops.automation.permissions import Permissions
from cloudops.recommendations.models import RiskClass

AUTONOMOUS_CLASSES = frozenset((RiskClass.A, RiskClass.B))
# Money that is committed, and what a person has to look at first, whatever agent.auto_execute_types says.
NEVER_ALONE = frozenset(("reserved-instance", "review"))


class Weighed(Protocol):
    """What the guards ask of an action, or of one that is only considered."""

    @property
    def account_id(self) -> str: ...
    @property
    def autonomous(self) -> bool: ...
    @property
    def risk(self) -> Decimal: ...
    @property
    def monthly_savings(self) -> Decimal | None: ...
    @property
    def currency(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What began on the present UTC day, in the tenant and, of this type of resource, in the action's account.

    `fleet` is how many resources of the type the account has.
    """

    actions: int
    monthly_savings: Decimal
    in_fleet: int
    fleet: int


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What is known about the world when an action is to begin. `alerts` are open ones of its service."""

    begun: Begun
    reporting_currency: str
    alerts: int = 0
    type_has_earned_it: bool = False


def forbidden(action: Weighed, permissions: Permissions) -> str | None:
    """Why nothing may be done at all, whoever allowed it."""
    if not permissions.enabled:
        return "automation is switched off (actions.enabled)"
    if action.account_id not in permissions.allowed_accounts:
        return f"account {action.account_id} is none that may be changed (actions.allowed_accounts)"
    if not permissions.protect_tags:
        return "no tags say what is protected (actions.protect_tags)"
    return None


def protected(probe: Probe, permissions: Permissions) -> str | None:
    return protected_by_tag(probe.tags, permissions)


def protected_by_tag(tags: Mapping[str, str], permissions: Permissions) -> str | None:
    tag = permissions.protects(tags)
    return f"the resource is protected by its tag {tag}" if tag else None


def over_caps(action: Weighed, permissions: Permissions, circumstances: Circumstances) -> str | None:
    """Why one more may not begin today."""
    begun = circumstances.begun
    if begun.actions >= permissions.actions_per_day:
        return f"{begun.actions} changes began today, and no more may (actions.max_per_day)"
    savings = action.monthly_savings or Decimal(0)
    if permissions.monthly_savings_per_day <= 0:
        return "no savings per day are allowed (actions.max_savings_per_day)"
    if savings and action.currency != circumstances.reporting_currency:
        return f"its saving is in {action.currency}, the limits are in {circumstances.reporting_currency}"
    if begun.monthly_savings + savings > permissions.monthly_savings_per_day:
        return "the savings of today's changes would pass the limit (actions.max_savings_per_day)"
    return over_share(begun, permissions)


def over_share(begun: Begun, permissions: Permissions) -> str | None:
    """One resource a day may be changed in the smallest fleet, unless the share is zero."""
    if permissions.share_of_fleet <= 0:
        return "no share of a fleet may be changed (actions.max_share_of_fleet)"
    allowed = max(1, int(begun.fleet * permissions.share_of_fleet / 100))
    if begun.in_fleet + 1 > allowed:
        return (
            f"{begun.in_fleet} of {begun.fleet} of its kind were changed today (actions.max_share_of_fleet)"
        )
    return None


def needs_a_person(
    action: Weighed,
    nature: Nature,
    permissions: Permissions,
    circumstances: Circumstances,
    *,
    type_name: str | None,
) -> str | None:
    """Why the system may not allow it itself; `type_name` is the recommendation's type."""
    reasons = {
        "a person asked for it": not action.autonomous,
        "the system may not act on its own (agent.autonomous_mode)": not permissions.autonomous,
        "this kind of change is never made without a person": (
            nature.undone_by is None or nature.risk not in AUTONOMOUS_CLASSES
        ),
        f"{type_name} is never carried out without a person": type_name in NEVER_ALONE,
        f"{type_name or 'its type'} is none of agent.auto_execute_types": (
            type_name not in permissions.autonomous_types
        ),
        f"its risk of {action.risk} % is above agent.max_autonomous_risk_level": (
            permissions.maximum_risk <= 0 or action.risk > permissions.maximum_risk
        ),
        "its saving is above agent.approval_required_above_savings": (
            exceeds_limit(action, permissions, circumstances.reporting_currency)
        ),
        f"{circumstances.alerts} reliability alerts are open on its service": circumstances.alerts > 0,
        "this kind of change has not earned it yet by enough verified successes": (
            not circumstances.type_has_earned_it
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def exceeds_limit(action: Weighed, permissions: Permissions, reporting_currency: str) -> bool:
    """A saving that is unknown or in another currency is taken to exceed every limit."""
    if permissions.monthly_savings_limit <= 0 or action.monthly_savings is None:
        return True
    return action.currency != reporting_currency or action.monthly_savings > permissions.monthly_savings_limit


def approver_of(
    action: Weighed, nature: Nature, permissions: Permissions, reporting_currency: str
) -> tuple[str, int]:
    """The role that has to approve, and how many people: two where something is lost for good or much is at risk."""
    role = "cfo" if exceeds_limit(action, permissions, reporting_currency) else "approver"
    return role, 1 if nature.risk in AUTONOMOUS_CLASSES else 2


def waits_until(permissions: Permissions, now: datetime) -> datetime | None:
    """When the next change window opens, if none is open; None where one is."""
    if permissions.is_open(now):
        return None
    return permissions.next_open(now)
