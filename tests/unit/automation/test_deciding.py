from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloudops.automation.deciding import CHANGED, GiveUp, Move, decide
from cloudops.automation.models import ActionStep
from cloudops.automation.plans import Stand
from cloudops.automation.timing import PATIENCE, READS_LAG

NOW = datetime(2026, 9, 14, 21, 0, tzinfo=UTC)
SOON, LAGGED, LONG = timedelta(seconds=20), READS_LAG, PATIENCE
REFUSED = GiveUp(reason="AWS refused to stop")


def step(ago: timedelta, status: str = "intended", **more: Any) -> ActionStep:
    known = {"direction": "forth", "number": 1, "name": "stop", "fence": 1, "attempts": 1, "response": None}
    settled = None if status == "intended" else NOW - ago
    return ActionStep(**{**known, **more}, status=status, intended_at=NOW - ago, settled_at=settled)


@pytest.mark.parametrize(
    ("record", "seen", "expected"),
    [
        (None, Stand.BEFORE, Move.CALL),
        (None, Stand.AFTER, CHANGED),
        (None, Stand.PASSING, CHANGED),
        (None, Stand.ELSEWHERE, CHANGED),
        (step(SOON), Stand.AFTER, Move.SETTLE),
        (step(SOON), Stand.BEFORE, Move.LOOK_AGAIN),
        (step(SOON), Stand.PASSING, Move.LOOK_AGAIN),
        (step(SOON), Stand.ELSEWHERE, Move.LOOK_AGAIN),
        (step(LAGGED), Stand.ELSEWHERE, CHANGED),
        (step(LAGGED), Stand.BEFORE, Move.CALL),
        (step(LAGGED, attempts=2), Stand.BEFORE, Move.CALL),
        (step(LAGGED, attempts=3), Stand.BEFORE, GiveUp(reason="to stop was asked for 3 times in vain")),
        (step(LAGGED, response={}), Stand.BEFORE, Move.LOOK_AGAIN),
        (step(LONG, response={}), Stand.BEFORE, GiveUp(reason="AWS agreed to stop, and nothing came of it")),
        (step(LONG), Stand.PASSING, GiveUp(reason="to stop did not come to an end")),
        (step(-SOON), Stand.BEFORE, Move.LOOK_AGAIN),
        (step(SOON, "refused"), Stand.BEFORE, REFUSED),
        # The owner did what AWS refused to us.
        (step(SOON, "refused"), Stand.AFTER, REFUSED),
        # An earlier call, whose answer was lost, had landed after all.
        (step(SOON, "refused", attempts=2), Stand.AFTER, Move.SETTLE),
        (step(SOON, "refused", attempts=2), Stand.PASSING, Move.LOOK_AGAIN),
        (step(SOON, "refused", attempts=2), Stand.BEFORE, Move.LOOK_AGAIN),
        (step(LAGGED, "refused", attempts=2), Stand.BEFORE, REFUSED),
        (step(LAGGED, "refused", attempts=2), Stand.ELSEWHERE, REFUSED),
        (step(LONG, "refused", attempts=2), Stand.PASSING, REFUSED),
    ],
)
def test_a_call_is_made_only_where_none_can_have_landed(
    record: ActionStep | None, seen: Stand, expected: Move | GiveUp
) -> None:
    assert decide(record, seen, now=NOW) == expected


@pytest.mark.parametrize("seen", [Stand.AFTER, Stand.PASSING, Stand.ELSEWHERE])
def test_a_read_soon_after_the_last_step_proves_nothing_against_the_owner(seen: Stand) -> None:
    assert decide(None, seen, now=NOW, moved_at=NOW - SOON) is Move.LOOK_AGAIN
    assert decide(None, seen, now=NOW, moved_at=NOW - LAGGED) == CHANGED
