"""What the system carries out on its own, in tables of settings and recommendations."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudops.automation.autonomy import SUCCESSES_NEEDED, TrackRecord
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.executors.ec2_resize import ResizeInstance
from cloudops.automation.permissions import permissions_of
from cloudops.automation.selection import WITHIN, Candidate, Day, refusal_of, select
from cloudops.recommendations.models import RiskClass

ACCOUNT = "111122223333"
EVENING = datetime(2026, 9, 14, 21, 0, tzinfo=UTC)
PERMISSIVE: dict[str, str | None] = {
    "agent.autonomous_mode": "true",
    "agent.max_autonomous_risk_level": "40",
    "agent.approval_required_above_savings": "1000000",
    "agent.auto_execute_types": "resize,terminate,storage-class,reserved-instance,schedule,review",
    "actions.enabled": "true",
    "actions.allowed_accounts": ACCOUNT,
    "actions.max_per_run": "5",
    "actions.max_per_day": "20",
    "actions.max_savings_per_run": "1000000",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    "actions.change_windows": "mon-sun 20:00-22:00",
    "actions.protect_tags": "cloudops:protect",
}
EARNED = TrackRecord(
    type="ec2.resize", successes_in_a_row=SUCCESSES_NEEDED, completed=3, failed=0, last_failed_at=None
)
DAY = Day(reporting_currency="USD", fleets={(ACCOUNT, "EC2"): 100}, records={"ec2.resize": EARNED})


def candidate(**fields: Any) -> Candidate:
    row: dict[str, Any] = {
        **dict.fromkeys(Candidate.__dataclass_fields__),
        "id": uuid4(),
        "project_id": uuid4(),
        "check_id": "EC2-02",
        "type": "resize",
        "status": "open",
        "account_id": ACCOUNT,
        "region": "eu-central-1",
        "resource_id": f"i-{uuid4().hex[:17]}",
        "monthly_savings": Decimal(50),
        "currency": "USD",
        "risk": Decimal(20),
        "recommended_config": {"instanceType": "m5.large"},
        "resource_type": "EC2",
        "resource_tags": {},
        "alerts": 0,
        "busy": False,
        "tried": False,
    }
    return Candidate(**{**row, **fields})


def held(one: Candidate, day: Day = DAY, executors: Any = EXECUTORS, **settings: str) -> str:
    named = {key.replace("__", "."): value for key, value in settings.items()}
    (choice,) = select([one], executors, permissions_of({**PERMISSIVE, **named}), day)
    return "acted" if choice.acted else choice.reason


@pytest.mark.parametrize("value", [None, "", " ", "0", "null", "None", "nonsense", "-1", "NaN", "no"])
@pytest.mark.parametrize("key", PERMISSIVE)
def test_a_key_that_is_absent_empty_zero_or_nonsense_chooses_nothing(key: str, value: str | None) -> None:
    permissions = permissions_of({**PERMISSIVE, key: value})
    lenient = {"agent.auto_execute_types", "actions.protect_tags"}

    refusal = refusal_of(permissions, EVENING)
    chosen = select([candidate()], EXECUTORS, permissions, DAY)

    if key in lenient and (value or "").strip():
        # Any text names a type or a tag, and one that names none that there are lets nothing through.
        assert key != "agent.auto_execute_types" or not chosen[0].acted
    else:
        assert refusal == f"{key} permits nothing"


@pytest.mark.parametrize(
    ("role", "outcome"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/actor-schedules", "acted"),
        (None, "it proposes nothing that can be carried out"),
    ],
)
def test_off_hours_are_kept_where_the_account_has_a_role_for_schedules(
    role: str | None, outcome: str
) -> None:
    off_hours = candidate(check_id="EC2-08", type="schedule", schedules_role=role)
    day = replace(DAY, records={"schedule.off_hours": replace(EARNED, type="schedule.off_hours")})

    assert held(off_hours, day).startswith(outcome)


def test_nothing_at_all_is_set_and_nothing_is_done() -> None:
    assert refusal_of(permissions_of({}), EVENING) == "actions.enabled permits nothing"
    assert not select([candidate()], EXECUTORS, permissions_of({}), DAY)[0].acted


def test_outside_of_the_change_window_nothing_is_looked_at() -> None:
    noon = EVENING.replace(hour=12)

    assert refusal_of(permissions_of(PERMISSIVE), noon) == "no change window is open (actions.change_windows)"
    assert refusal_of(permissions_of(PERMISSIVE), EVENING) is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "acted"),
        ({"check_id": "BILL-01"}, "BILL-01 has to be carried out by hand"),
        ({"recommended_config": {"instanceType": "no such type!"}}, "EC2-02 has to be carried out by hand"),
        ({"busy": True}, "another action on the resource has not ended yet"),
        ({"tried": True}, "a change was asked for by it before"),
        ({"resource_tags": None}, "the inventory does not know the resource"),
        ({"resource_tags": {"CloudOps:Protect": "1"}}, "the resource is protected by its tag cloudops:protect"),
        ({"account_id": "999999999999"}, "account 999999999999 is none that may be changed"),
        ({"risk": Decimal("40.01")}, "its risk of 40.01 % is above agent.max_autonomous_risk_level"),
        ({"monthly_savings": Decimal(1001)}, "its saving is above agent.approval_required_above_savings"),
        ({"monthly_savings": None}, "its saving is above agent.approval_required_above_savings"),
        ({"currency": "EUR"}, "its saving is above agent.approval_required_above_savings"),
        ({"alerts": 2}, "2 reliability alerts are open on its service"),
        ({"type": "reserved-instance"}, "reserved-instance is never carried out without a person"),
        ({"type": "review"}, "review is never carried out without a person"),
    ],
)  # fmt: skip
def test_what_a_recommendation_is_decides(fields: dict[str, Any], reason: str) -> None:
    assert held(candidate(**fields)).startswith(reason)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"agent__auto_execute_types": "terminate"}, "resize is none of agent.auto_execute_types"),
        ({"agent__max_autonomous_risk_level": "19.99"}, "its risk of 30"),
        ({"actions__max_savings_per_run": "49999"}, "the savings of this run's changes would pass the limit"),
        ({"actions__max_savings_per_day": "49999"}, "the savings of today's changes would pass the limit"),
    ],
)
def test_what_is_configured_decides(settings: dict[str, str], reason: str) -> None:
    assert held(candidate(), **settings).startswith(reason)


@pytest.mark.parametrize("successes", range(SUCCESSES_NEEDED + 2))
def test_a_type_acts_alone_once_it_has_earned_it(successes: int) -> None:
    day = replace(DAY, records={"ec2.resize": replace(EARNED, successes_in_a_row=successes)})

    assert (held(candidate(), day) == "acted") is (successes >= SUCCESSES_NEEDED)


def test_a_type_that_was_never_carried_out_has_earned_nothing() -> None:
    assert held(candidate(), replace(DAY, records={})).startswith("this kind of change has not earned it")


class Irreversible(ResizeInstance):
    nature = replace(ResizeInstance.nature, undone_by=None)


class Risky(ResizeInstance):
    nature = replace(ResizeInstance.nature, risk=RiskClass.C)


@pytest.mark.parametrize("executor", [Irreversible(), Risky()])
def test_what_cannot_be_undone_or_risks_much_is_never_done_alone(executor: ResizeInstance) -> None:
    reason = held(candidate(), executors={"ec2.resize": executor}, agent__max_autonomous_risk_level="100")

    assert reason == "this kind of change is never made without a person"


def test_the_lowest_risk_comes_first_then_the_largest_saving() -> None:
    low, large, small = (
        candidate(id=UUID(int=number), risk=Decimal(risk), monthly_savings=Decimal(saving))
        for number, risk, saving in [(3, 50, 10), (1, 60, 90), (2, 60, 20)]
    )

    choices = select(
        [small, large, low],
        EXECUTORS,
        permissions_of({**PERMISSIVE, "agent.max_autonomous_risk_level": "70"}),
        DAY,
    )

    assert [one.candidate for one in choices] == [low, large, small]


@pytest.mark.parametrize(
    ("settings", "day", "acted", "reason"),
    [
        ({}, DAY, 3, WITHIN),
        ({"actions.max_per_run": "2"}, DAY, 2, "this run has begun 2 changes, and may no more"),
        ({"actions.max_savings_per_run": "100000"}, DAY, 2, "the savings of this run's changes"),
        ({"actions.max_per_day": "2"}, replace(DAY, actions=1), 1, "2 changes began today, and no more may"),
        ({"actions.max_savings_per_day": "150000"}, replace(DAY, monthly_savings=Decimal(60)), 1,
         "the savings of today's changes would pass the limit"),
        ({"actions.max_share_of_fleet": "2"}, DAY, 2, "2 of 100 of its kind were changed today"),
        ({"actions.max_share_of_fleet": "2"}, replace(DAY, changed={(ACCOUNT, "EC2"): 1}), 1,
         "2 of 100 of its kind were changed today"),
    ],
)  # fmt: skip
def test_the_caps_of_a_run_and_of_a_day_hold_together(
    settings: dict[str, str], day: Day, acted: int, reason: str
) -> None:
    choices = select(
        [candidate() for _ in range(3)], EXECUTORS, permissions_of({**PERMISSIVE, **settings}), day
    )

    assert sum(one.acted for one in choices) == acted
    assert choices[-1].reason.startswith(reason)


def test_two_recommendations_for_one_resource_make_one_change() -> None:
    twice = [candidate(resource_id="i-0123456789abcdef0") for _ in range(2)]

    choices = select(twice, EXECUTORS, permissions_of(PERMISSIVE), DAY)

    assert [one.acted for one in choices] == [True, False]


def test_a_later_smaller_saving_may_fit_where_a_larger_did_not() -> None:
    settings = {**PERMISSIVE, "actions.max_savings_per_run": "100000"}
    large, medium, small = (candidate(monthly_savings=Decimal(saving)) for saving in (80, 50, 20))

    choices = select([large, medium, small], EXECUTORS, permissions_of(settings), DAY)

    assert [one.acted for one in choices] == [True, False, True]
