"""Findings that somebody accepted: closed at once, excepted by every run, and found again once that is over."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from stored_bills import ACCOUNT, NOW, Office

from cloudops.actor import Actor
from cloudops.errors import InvalidError
from cloudops.recommendations import exceptions
from cloudops.recommendations.exceptions import CheckException, ExceptionFilter, NewException
from cloudops.recommendations.exceptions_registry import AlreadyAcceptedError, CheckExceptionNotFoundError

GP2 = {"usage_unit": "GB-Mo", "usage_amount": Decimal("3.2852"), "resource_id": "vol-1"}
ANN = Actor(name="ann@acme.example")
TODAY = NOW.date()


@pytest.fixture
def flagged(office: Office) -> Office:
    """Two volumes that EBS-04 flags."""
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("EBS:VolumeUsage.gp2", "1", **{**GP2, "resource_id": "vol-2"})
    office.recommend()
    return office


def accept(office: Office, **fields: Any) -> CheckException:
    wanted = {"check_id": "EBS-04", "account_id": ACCOUNT, "resource_id": "vol-1", "reason": "kept", **fields}
    return exceptions.accept(office.connection, NewException(**wanted), actor=ANN, now=NOW)


def listed(office: Office, **chosen: Any) -> list[CheckException]:
    page = exceptions.list_exceptions(office.connection, ExceptionFilter(**chosen), limit=100, cursor=None)
    return list(page.items)


def statuses(office: Office) -> dict[str | None, str]:
    return {one.resource_id: one.status for one in office.found(check_id="EBS-04")}


def ledger(office: Office) -> dict[str, tuple[str, str]]:
    rows = office.connection.execute(
        "select resource_id, verdict, reason from coverage where check_id = 'EBS-04'"
    )
    return {resource: (verdict, reason) for resource, verdict, reason in rows}


def test_an_accepted_finding_is_closed_and_excepted_at_once(flagged: Office) -> None:
    accept(flagged, reason="a migration is under way", until=TODAY + timedelta(days=30))

    assert statuses(flagged) == {"vol-1": "expired", "vol-2": "open"}
    words = f"Accepted until {TODAY + timedelta(days=30)}: a migration is under way"
    assert ledger(flagged)["vol-1"] == ("excepted", words)
    assert ledger(flagged)["vol-2"][0] == "flagged"
    *_, (kind, metadata) = flagged.events("recommendation")
    assert (kind, metadata["new"]["status"]) == ("status_changed", "expired")


def test_later_runs_leave_it_closed_while_it_stands(flagged: Office) -> None:
    accept(flagged)

    outcome = flagged.recommend(now=NOW + timedelta(days=1))

    assert (outcome.reopened, outcome.expired) == (0, 0)
    assert statuses(flagged) == {"vol-1": "expired", "vol-2": "open"}
    assert ledger(flagged)["vol-1"] == ("excepted", "Accepted: kept")


@pytest.mark.parametrize(
    ("scope", "closed"),
    [
        ({}, {"vol-1"}),
        ({"resource_id": None}, {"vol-1", "vol-2"}),
        ({"resource_id": None, "account_id": None}, {"vol-1", "vol-2"}),
        ({"resource_id": None, "account_id": "999999999999"}, set()),
        ({"check_id": "EBS-05"}, set()),
    ],
)
def test_it_covers_a_resource_an_account_or_a_whole_check(
    flagged: Office, scope: dict[str, Any], closed: set[str]
) -> None:
    accept(flagged, **scope)
    flagged.recommend(now=NOW + timedelta(days=1))

    assert {one for one, status in statuses(flagged).items() if status == "expired"} == closed
    assert {one for one, (verdict, _) in ledger(flagged).items() if verdict == "excepted"} == closed


def test_it_holds_on_its_last_day_and_lapses_by_itself_on_the_next(flagged: Office) -> None:
    accepted = accept(flagged, until=TODAY + timedelta(days=1))

    flagged.recommend(now=NOW + timedelta(days=1))
    assert statuses(flagged)["vol-1"] == "expired"

    flagged.recommend(now=NOW + timedelta(days=2))
    assert statuses(flagged)["vol-1"] == "open"
    assert ledger(flagged)["vol-1"][0] == "flagged"
    (lapsed,) = listed(flagged)
    assert (lapsed.id, lapsed.ended_by) == (accepted.id, "system")
    assert [kind for kind, _ in flagged.events("check_exception")] == ["created", "lapsed"]


def test_what_somebody_ended_is_found_again_and_may_be_accepted_again(flagged: Office) -> None:
    accepted = accept(flagged)

    ended = exceptions.end(flagged.connection, accepted.id, actor=ANN, now=NOW + timedelta(hours=1))
    again = exceptions.end(flagged.connection, accepted.id, actor=ANN, now=NOW + timedelta(hours=2))
    flagged.recommend(now=NOW + timedelta(days=1))

    assert (ended.ended_by, ended.ended_at) == (ANN.name, NOW + timedelta(hours=1))
    assert again == ended
    assert statuses(flagged)["vol-1"] == "open"
    assert [kind for kind, _ in flagged.events("check_exception")] == ["created", "ended"]
    accept(flagged)
    assert len(listed(flagged)) == 2
    assert len(listed(flagged, standing=True)) == 1


def test_work_that_somebody_took_on_is_left_to_him(flagged: Office) -> None:
    flagged.connection.execute("update recommendations set status = 'in_progress'")

    accept(flagged, resource_id=None)

    assert set(statuses(flagged).values()) == {"in_progress"}


@pytest.mark.parametrize("scope", [{}, {"resource_id": None}, {"resource_id": None, "account_id": None}])
def test_the_same_is_accepted_once(flagged: Office, scope: dict[str, Any]) -> None:
    accept(flagged, **scope)

    with pytest.raises(AlreadyAcceptedError), flagged.connection.transaction():
        accept(flagged, **scope)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"check_id": "EBS-99"}, "check_id"),
        ({"account_id": None}, "account_id"),
        ({"until": date(2020, 1, 1)}, "until"),
    ],
)
def test_what_is_not_valid_names_its_field(office: Office, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        accept(office, **fields)

    assert refused.value.field == field
    assert listed(office) == []


def test_another_id_is_not_found(office: Office) -> None:
    with pytest.raises(CheckExceptionNotFoundError):
        exceptions.end(office.connection, office.tenant_id, actor=ANN, now=NOW)
