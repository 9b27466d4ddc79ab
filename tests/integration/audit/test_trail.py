from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from cloudops.actor import Actor
from cloudops.audit.models import Event, NewEvent
from cloudops.audit.repository import EventFilter
from cloudops.audit.use_cases import list_events, record, record_all
from tests.integration.tenant import Tenant, open_tenant

ANN = Actor(name="ann@acme.example", user_id=UUID(int=7))
CHANGES = ["update events set message = 'nothing happened'", "delete from events", "truncate events"]


def happening(number: int, kind: str = "alert") -> NewEvent:
    return NewEvent(
        entity_type=kind,
        entity_id=str(number),
        event_type="created",
        message=f"number {number}",
        actor=ANN,
        metadata={"old": None, "new": {"n": number}},
    )


def test_an_event_is_kept_as_it_was_told(tenant: Tenant) -> None:
    before = datetime.now(UTC)
    with tenant.transaction() as connection:
        record(connection, happening(1))
        (event, *_) = listed(connection, EventFilter(entity_type="alert"))

    assert (event.entity_type, event.entity_id, event.event_type) == ("alert", "1", "created")
    assert (event.actor, event.user_id) == (ANN.name, ANN.user_id)
    assert event.metadata == {"old": None, "new": {"n": 1}}
    assert before - timedelta(seconds=5) < event.created_at < datetime.now(UTC) + timedelta(seconds=5)


def test_an_event_goes_with_the_transaction_that_it_speaks_of(tenant: Tenant) -> None:
    before = tenant.count("events")

    with pytest.raises(ZeroDivisionError):
        record_and_fail(tenant)

    assert tenant.count("events") == before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["app", "owner", "superuser"])
def test_nobody_changes_the_trail(tenant: Tenant, role: str, change: str) -> None:
    dsn = getattr(tenant.database, f"{role}_dsn")

    with psycopg.connect(dsn) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(change)  # type: ignore[arg-type]

    assert tenant.events() == [("tenant", "created"), ("user", "created")]


def test_events_are_listed_newest_first_in_pages_without_gap_or_repetition(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        record_all(connection, [happening(number) for number in range(25)])

    seen: list[str | None] = []
    cursor = None
    while True:
        with tenant.transaction() as connection:
            page = list_events(connection, EventFilter(entity_type="alert"), limit=7, cursor=cursor)
        seen += [event.entity_id for event in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == [str(number) for number in reversed(range(25))]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (EventFilter(entity_type="limit"), 2),
        (EventFilter(entity_type="limit", entity_id="1"), 1),
        (EventFilter(event_type="created"), 5),
        (EventFilter(event_type="deleted"), 0),
        (EventFilter(start=date(2000, 1, 1), end=date(2099, 1, 1)), 5),
        (EventFilter(end=date(2000, 1, 1)), 0),
        (EventFilter(start=date(2099, 1, 1)), 0),
    ],
)
def test_events_are_found_by_what_they_speak_of(tenant: Tenant, chosen: EventFilter, found: int) -> None:
    with tenant.transaction() as connection:
        record_all(connection, [happening(1), happening(1, "limit"), happening(2, "limit")])

        assert len(listed(connection, chosen)) == found


def test_the_trail_of_another_tenant_is_not_seen(tenant: Tenant) -> None:
    other = open_tenant(tenant.database, name="Other")
    with other.transaction() as connection:
        record(connection, happening(1))

    with tenant.transaction() as connection:
        assert listed(connection, EventFilter(entity_type="alert")) == []


def record_and_fail(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        record(connection, happening(1))
        raise ZeroDivisionError


def listed(connection: psycopg.Connection, chosen: EventFilter) -> list[Event]:
    return list(list_events(connection, chosen, limit=100, cursor=None).items)
