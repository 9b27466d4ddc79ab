from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from stored_bills import NOW, Office

from cloudops.actor import Actor
from cloudops.errors import InvalidError
from cloudops.paging import BadCursorError
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.life import RecommendationNotFoundError, WrongStatusError
from cloudops.recommendations.repository import RecommendationFilter

ANN = Actor(name="ann@acme.example")


@pytest.fixture
def one(office: Office) -> UUID:
    office.bill("NatGateway-Hours", "1.08", resource_id="nat-1")
    office.recommend()
    (found,) = office.found(check_id="NET-03")
    return found.id


def test_work_by_hand_goes_from_open_to_done(office: Office, one: UUID) -> None:
    begun = recommendations.start(office.connection, one, actor=ANN, now=NOW)
    done = recommendations.complete(office.connection, one, actor=ANN, now=NOW + timedelta(days=1))

    assert (begun.status, begun.done_at) == ("in_progress", None)
    assert (done.status, done.done_at) == ("done", NOW + timedelta(days=1))


def test_every_change_is_in_the_trail(office: Office, one: UUID) -> None:
    recommendations.start(office.connection, one, actor=ANN, now=NOW)

    kind, metadata = office.events("recommendation")[-1]

    assert kind == "status_changed"
    assert metadata["old"] == {"status": "open"}
    assert metadata["new"]["status"] == "in_progress"


def test_doing_it_again_changes_nothing(office: Office, one: UUID) -> None:
    first = recommendations.start(office.connection, one, actor=ANN, now=NOW)
    before = len(office.events("recommendation"))

    second = recommendations.start(office.connection, one, actor=ANN, now=NOW + timedelta(hours=1))

    assert second == first
    assert len(office.events("recommendation")) == before


def test_nothing_is_done_that_was_not_begun(office: Office, one: UUID) -> None:
    with pytest.raises(WrongStatusError, match="open"):
        recommendations.complete(office.connection, one, actor=ANN, now=NOW)


@pytest.mark.parametrize("status", ["rejected", "expired", "done"])
def test_what_is_over_is_not_begun(office: Office, one: UUID, status: str) -> None:
    office.connection.execute("update recommendations set status = %s where id = %s", [status, one])

    with pytest.raises(WrongStatusError):
        recommendations.start(office.connection, one, actor=ANN, now=NOW)


def test_a_dismissal_has_a_reason_and_can_be_taken_back(office: Office, one: UUID) -> None:
    until = NOW.date() + timedelta(days=30)
    dismissed = recommendations.dismiss(
        office.connection, one, reason="standby of zone b", until=until, actor=ANN, now=NOW
    )
    reopened = recommendations.reopen(office.connection, one, actor=ANN, now=NOW)

    assert (dismissed.status, dismissed.dismissed_at) == ("dismissed", NOW)
    assert (dismissed.dismissed_reason, dismissed.dismissed_until) == ("standby of zone b", until)
    assert (reopened.status, reopened.dismissed_at, reopened.dismissed_reason) == ("open", None, None)


def test_nobody_dismisses_into_the_past(office: Office, one: UUID) -> None:
    with pytest.raises(InvalidError) as refused:
        recommendations.dismiss(office.connection, one, reason="later", until=NOW.date(), actor=ANN, now=NOW)

    assert refused.value.field == "until"


def test_an_owner_is_given_and_taken(office: Office, one: UUID) -> None:
    assigned = recommendations.assign(office.connection, one, owner="bob@acme.example", actor=ANN, now=NOW)
    nobodys = recommendations.assign(office.connection, one, owner=None, actor=ANN, now=NOW)

    assert (assigned.owner, nobodys.owner) == ("bob@acme.example", None)
    changes = [metadata for kind, metadata in office.events("recommendation") if kind == "assigned"]
    assert changes == [
        {"old": {"owner": None}, "new": {"owner": "bob@acme.example"}},
        {"old": {"owner": "bob@acme.example"}, "new": {"owner": None}},
    ]


def test_an_owner_that_somebody_chose_outlives_the_next_run(office: Office, one: UUID) -> None:
    recommendations.assign(office.connection, one, owner="bob@acme.example", actor=ANN, now=NOW)
    office.bill("NatGateway-Hours", "1.08", resource_id="nat-1")

    office.recommend(now=NOW + timedelta(days=1))

    (found,) = office.found(check_id="NET-03")
    assert found.owner == "bob@acme.example"


def test_an_unknown_recommendation_is_not_found(office: Office) -> None:
    for refused in (
        lambda: recommendations.show_recommendation(office.connection, uuid4()),
        lambda: recommendations.start(office.connection, uuid4(), actor=ANN, now=NOW),
        lambda: recommendations.assign(office.connection, uuid4(), owner="bob", actor=ANN, now=NOW),
    ):
        with pytest.raises(RecommendationNotFoundError):
            refused()


def test_pages_go_from_large_savings_to_small_ones_without_gaps(office: Office) -> None:
    for n in range(7):
        office.bill("NatGateway-Hours", str(2 + n // 2), resource_id=f"nat-{n}")
    office.recommend()

    everything = office.found()
    pages, cursor = [], None
    while not pages or cursor:
        page = recommendations.list_recommendations(
            office.connection, RecommendationFilter(), limit=3, cursor=cursor
        )
        pages.append(page.items)
        cursor = page.next_cursor

    amounts = [found.monthly_savings or Decimal(0) for found in everything]
    assert amounts == sorted(amounts, reverse=True)
    assert [found.id for page in pages for found in page] == [found.id for found in everything]
    assert len(everything) == 8


@pytest.mark.parametrize("cursor", ["nonsense", "bnVsbA==", "WyJOYU4iLCAieCJd", "e30="])
def test_only_cursors_that_were_given_out_are_taken(office: Office, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        recommendations.list_recommendations(
            office.connection, RecommendationFilter(), limit=3, cursor=cursor
        )


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"status": "open"}, {"NET-03", "GOV-01"}),
        ({"status": "done"}, set()),
        ({"kind": "compliance"}, {"GOV-01"}),
        ({"type": "terminate"}, {"NET-03"}),
        ({"check_id": "NET-03"}, {"NET-03"}),
        ({"severity": "critical"}, set()),
        ({"account": "111122223333"}, {"NET-03", "GOV-01"}),
        ({"account": "999999999999"}, set()),
        ({"service": "AmazonEC2"}, {"NET-03"}),
        ({"resource": "nat-1"}, {"NET-03"}),
        ({"alert": uuid4()}, set()),
    ],
)
def test_lists_are_filtered(office: Office, one: UUID, chosen: dict[str, str], expected: set[str]) -> None:
    assert {found.check_id for found in office.found(**chosen)} == expected
