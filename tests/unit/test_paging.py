import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.paging import BadCursorError, Cursor, Page

MOMENTS = st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-7))))
CURSORS = st.builds(Cursor, at=MOMENTS, id=st.uuids())
Row = tuple[datetime, UUID]


@given(CURSORS)
def test_a_cursor_comes_back_as_it_was_given_out(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode()) == cursor


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_text_that_no_list_gave_out_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(BadCursorError):
        Cursor.decode(text)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        7,
        None,
        "ab",
        ["2026-07-01", 7],
        [7, "7"],
        ["2026-07-01T00:00:00", "00000000-0000-0000-0000-000000000000"],
        ["2026-07-01T00:00:00+00:00", "00000000-0000-0000-0000-000000000000", 1],
    ],
)
def test_other_json_than_a_cursors_is_refused(content: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()

    with pytest.raises(BadCursorError):
        Cursor.decode(text)


def test_json_that_is_nested_without_end_is_refused() -> None:
    text = base64.urlsafe_b64encode(b"[" * 100_000).decode()

    with pytest.raises(BadCursorError):
        Cursor.decode(text)


@given(st.lists(st.tuples(MOMENTS, st.uuids()), unique=True), st.integers(1, 7))
def test_pages_show_every_row_once_in_order(rows: list[Row], limit: int) -> None:
    listed = sorted(rows, reverse=True)
    seen: list[Row] = []
    cursor = None

    while True:
        after = Cursor.decode(cursor) if cursor else None
        page = Page.of(asked(listed, limit + 1, after), limit, lambda row: Cursor(at=row[0], id=row[1]))
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == limit

    assert seen == listed


def asked(listed: Sequence[Row], limit: int, after: Cursor | None) -> Sequence[Row]:
    """What the database answers to `(at, id) < (after) order by at desc, id desc limit`."""
    return [row for row in listed if after is None or row < (after.at, after.id)][:limit]
