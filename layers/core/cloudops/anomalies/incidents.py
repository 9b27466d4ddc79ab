"""Open incidents: they freeze the baseline, do not repeat, and end when cost is back or the new level has lasted."""

import numpy as np

from cloudops.anomalies.baseline import SETTLED_AFTER
from cloudops.anomalies.ledger import Ledger
from cloudops.anomalies.models import Bools, Indices

ACCEPTED_AFTER = 7
BACK_TO_NORMAL = 2.0
"""Standard deviations."""
QUIET_DAYS = 28


def close_incidents(ledger: Ledger, today: int) -> None:
    day = today - SETTLED_AFTER
    if day < 0:
        return
    residual = np.abs(ledger.log_cost[:, day] - ledger.expected[:, day])
    back = (day >= ledger.started) & (residual < BACK_TO_NORMAL * ledger.sigma[:, day])
    lasting = (ledger.open & (today - ledger.opened >= ACCEPTED_AFTER)) | (
        ledger.strange_days >= ACCEPTED_AFTER
    )
    for row in np.flatnonzero(lasting):
        _accept_level(ledger, int(row), today)
    ledger.open &= ~(back | lasting)


def open_incidents(ledger: Ledger, today: int, alerts: Bools, about: Indices, slow: Bools) -> None:
    ledger.started = np.where(alerts, about, ledger.started)
    ledger.opened = np.where(alerts, today, ledger.opened)
    # A slow rule that fires within two weeks of another alert sees the same change again.
    quiet = today + np.where(slow, QUIET_DAYS, 2 * ACCEPTED_AFTER)
    ledger.quiet_until = np.where(alerts, np.maximum(ledger.quiet_until, quiet), ledger.quiet_until)
    ledger.open |= alerts


def _accept_level(ledger: Ledger, row: int, today: int) -> None:
    """Lift the history to the new level, so that trend, weekday and noise carry on from there."""
    new = slice(_start(ledger, row, today), today - SETTLED_AFTER + 1)
    above = ledger.log_cost[row, new] - ledger.expected[row, new]
    change = float(np.median(above[~np.isnan(above)])) if (~np.isnan(above)).any() else 0.0
    for history in (ledger.log_cost, ledger.clean, ledger.weekly):
        history[row, : new.start] += change
    # The days that are still settling were forecast from the old level.
    for outlook in (ledger.routine, ledger.expected):
        outlook[row, new.start : today] += change
    ledger.clean[row, new] = ledger.log_cost[row, new]
    ledger.strange_days[row] = 0
    ledger.drift[row, new.stop - 1] = 0.0
    ledger.quiet_until[row] = max(int(ledger.quiet_until[row]), today + QUIET_DAYS)


def _start(ledger: Ledger, row: int, today: int) -> int:
    unbroken = today - SETTLED_AFTER + 1 - int(ledger.strange_days[row])
    return max(0, min(unbroken, int(ledger.started[row])) if ledger.open[row] else unbroken)
