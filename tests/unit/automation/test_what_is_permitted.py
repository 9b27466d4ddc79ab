from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.automation.executors.ec2_resize import ResizeInstance
from cloudops.automation.guards import Begun, Circumstances, forbidden, needs_a_person, over_caps
from cloudops.automation.models import Action
from cloudops.automation.permissions import KEYS, Permissions, permissions_of

NOW = datetime(2026, 9, 14, 21, 0, tzinfo=UTC)
ACCOUNT = "111122223333"
# What lets an autonomous action of the smallest risk and saving begin.
OPEN = {
    "agent.autonomous_mode": "true",
    "agent.max_autonomous_risk_level": "40",
    "agent.approval_required_above_savings": "10000000",
    "agent.auto_execute_types": "resize",
    "actions.enabled": "true",
    "actions.allowed_accounts": ACCOUNT,
    "actions.max_per_day": "20",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    "actions.change_windows": "mon-sun 00:00-23:59",
    "actions.protect_tags": "cloudops:protect",
}
NONSENSE = (
    None,
    "",
    "  ",
    "0",
    "0.0",
    "null",
    "None",
    "nan",
    "inf",
    "-1",
    "1e999",
    "TRUE",
    "yes",
    "true false",
    "*",
    ",",
    "everything",
    "١٢",
    "\x00",
)
# For these keys some of the words above are names that match nothing, or more that is protected.
HARMLESS = {"agent.auto_execute_types", "actions.protect_tags"}
CIRCUMSTANCES = Circumstances(
    begun=Begun(actions=0, monthly_savings=Decimal(0), in_fleet=0, fleet=0),
    reporting_currency="USD",
    type_has_earned_it=True,
)
ACTION = Action(
    id=UUID(int=1),
    type="ec2.resize",
    recommendation_id=None,
    account_id=ACCOUNT,
    region="eu-central-1",
    resource_id="i-0a",
    requested_by=None,
    requested_by_name="the system",
    autonomous=True,
    status="queued",
    params={},
    plan=None,
    digest=None,
    requires_approval=None,
    risk=Decimal(15),
    monthly_savings=Decimal(10),
    currency="USD",
    fence=1,
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


def begins_alone(configured: dict[str, str | None], action: Action = ACTION) -> bool:
    permissions = permissions_of(configured)
    refusals = (
        forbidden(action, permissions),
        over_caps(action, permissions, CIRCUMSTANCES),
        needs_a_person(action, ResizeInstance.nature, permissions, CIRCUMSTANCES, type_name="resize"),
    )
    return permissions.is_open(NOW) and not any(refusals)


def test_with_every_key_set_it_may_begin() -> None:
    assert begins_alone(dict(OPEN))


@pytest.mark.parametrize("key", sorted(set(OPEN) - HARMLESS))
@pytest.mark.parametrize("value", NONSENSE)
def test_a_key_that_is_absent_empty_zero_or_nonsense_lets_nothing_begin(key: str, value: str | None) -> None:
    assert not begins_alone({**OPEN, key: value})


@pytest.mark.parametrize("value", [None, "", " ", ",", " , "])
@pytest.mark.parametrize("key", sorted(HARMLESS))
def test_without_types_or_protect_tags_nothing_begins(key: str, value: str | None) -> None:
    assert not begins_alone({**OPEN, key: value})


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        key.name: st.sampled_from([OPEN.get(key.name), *NONSENSE]) | st.text(max_size=12) for key in KEYS
    },
)


@given(configured=SETTINGS)
def test_no_combination_lets_more_begin_than_each_key_does(configured: dict[str, str | None]) -> None:
    """What is not set to what it is when open either forbids, or is a text that its key understands."""
    permissions = permissions_of(configured)

    if begins_alone(configured):
        assert permissions.enabled
        assert permissions.autonomous
        assert permissions.protect_tags
        assert ACCOUNT in permissions.allowed_accounts
        assert permissions.actions_per_day > 0
        assert permissions.monthly_savings_per_day >= 10
        assert permissions.share_of_fleet > 0
        assert permissions.maximum_risk >= 15
    for unset in set(OPEN) - configured.keys():
        assert not begins_alone({name: value for name, value in configured.items() if name != unset})


@given(text=st.text(), key=st.sampled_from([key.name for key in KEYS]))
def test_no_text_makes_reading_the_settings_fail(text: str, key: str) -> None:
    permissions_of({key: text})


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
@pytest.mark.parametrize("value", NONSENSE)
def test_what_is_not_understood_leaves_a_permission_as_if_it_were_absent(key: Any, value: str | None) -> None:
    found = getattr(permissions_of({key.name: value}), key.field)

    if key.name not in HARMLESS:
        assert not found


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"monthly_savings": None}, None),
        ({"currency": "EUR"}, "its saving is in EUR, the limits are in USD"),
        ({"monthly_savings": Decimal(5001)}, "the savings of today's changes would pass the limit"),
    ],
)
def test_the_cap_on_savings(fields: dict[str, Any], reason: str | None) -> None:
    refusal = over_caps(replace(ACTION, **fields), permissions_of(dict(OPEN)), CIRCUMSTANCES)

    assert (refusal or "").startswith(reason or "")
    assert (refusal is None) == (reason is None)


@pytest.mark.parametrize(
    ("fleet", "changed", "share", "allowed"),
    [
        (0, 0, "10", True),
        (0, 1, "10", False),
        (9, 0, "10", True),
        (9, 1, "10", False),
        (30, 2, "10", True),
        (30, 3, "10", False),
        (30, 0, "0", False),
        (30, 29, "100", True),
    ],
)
def test_the_cap_on_the_share_of_a_fleet(fleet: int, changed: int, share: str, allowed: bool) -> None:
    begun = Begun(actions=changed, monthly_savings=Decimal(0), in_fleet=changed, fleet=fleet)
    permissions = replace(permissions_of(dict(OPEN)), share_of_fleet=Decimal(share), actions_per_day=99)

    refusal = over_caps(ACTION, permissions, replace(CIRCUMSTANCES, begun=begun))

    assert (refusal is None) == allowed


def test_nothing_at_all_permits_nothing() -> None:
    assert permissions_of({}) == Permissions()
    assert not begins_alone({})
