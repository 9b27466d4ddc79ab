import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.clock import MovableClock
from local.errors import LocalError
from local.functions import CHECKOUT, FunctionError
from local.schedules import Scheduler, due_at, minutes_between
from local.template import Schedule, read
from local.transform import transformed

START = datetime(2026, 11, 2, 10, 7, 30, tzinfo=UTC)  # A Monday.


def due_minutes(expression: str, *, after: datetime, days: int) -> list[str]:
    due = due_at(expression, start=START)
    minutes = minutes_between(after, after + timedelta(days=days))
    return [f"{minute:%m-%d %H:%M}" for minute in minutes if due(minute)]


@pytest.mark.parametrize(
    ("expression", "days", "expected"),
    [
        ("rate(1 day)", 2, ["11-03 10:07", "11-04 10:07"]),
        ("rate(12 hours)", 1, ["11-02 22:07", "11-03 10:07"]),
        ("cron(0 6 * * ? *)", 2, ["11-03 06:00", "11-04 06:00"]),
        ("cron(0 3 ? * SUN *)", 14, ["11-08 03:00", "11-15 03:00"]),
        ("cron(0 3 ? * 1 *)", 7, ["11-08 03:00"]),
        ("cron(30 8,20 1 JAN-DEC ? 2026)", 30, ["12-01 08:30", "12-01 20:30"]),
        ("cron(0/30 22-23 ? * MON-TUE *)", 1, ["11-02 22:00", "11-02 22:30", "11-02 23:00", "11-02 23:30"]),
        ("cron(0 12 31 2 ? *)", 120, []),
        ("cron(0 12 * * ? 2027)", 5, []),
    ],
)
def test_a_schedule_is_due_when_eventbridge_would_run_it(
    expression: str, days: int, expected: list[str]
) -> None:
    assert due_minutes(expression, after=START, days=days) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(0 hours)",
        "rate(1 week)",
        "cron(0 6 * * ?)",
        "cron(60 6 * * ? *)",
        "cron(0 6 L * ? *)",
        "at(now)",
    ],
)
def test_what_is_no_schedule_is_said_so(expression: str) -> None:
    with pytest.raises(LocalError, match="is no schedule"):
        due_at(expression, start=START)


class RecordingFunctions:
    def __init__(self) -> None:
        self.invoked: list[tuple[str, Any]] = []

    def invoke(self, name: str, event: Any, *, seconds: float | None = None) -> Any:
        self.invoked.append((name, event))
        if name == "broken":
            raise FunctionError("ValueError: no")

    def timeout(self, name: str) -> int:
        return 60


def schedule(function: str, expression: str, *, enabled: bool = True) -> Schedule:
    return Schedule(
        name=function, expression=expression, function=function, event={"job": "x"}, enabled=enabled
    )


def test_what_is_due_runs_with_its_input_and_a_failure_stops_nobody_else() -> None:
    functions = RecordingFunctions()
    schedules = [
        schedule("broken", "cron(0 6 * * ? *)"),
        schedule("daily", "cron(0 6 * * ? *)"),
        schedule("later", "cron(0 7 * * ? *)"),
        schedule("disabled", "cron(0 6 * * ? *)", enabled=False),
    ]

    Scheduler(schedules, functions=functions, start=START).run_due(
        datetime(2026, 11, 3, 6, 0, 12, tzinfo=UTC)
    )

    assert functions.invoked == [("broken", {"job": "x"}), ("daily", {"job": "x"})]


def test_every_minute_comes_once() -> None:
    first = list(minutes_between(START, START + timedelta(seconds=59)))
    second = list(minutes_between(START + timedelta(seconds=59), START + timedelta(seconds=100)))

    assert [minute.minute for minute in [*first, *second]] == [8, 9]


def test_a_scheduler_stops_at_once() -> None:
    scheduler = Scheduler([], functions=RecordingFunctions(), start=START)
    scheduler.start()

    scheduler.stop()
    scheduler.stop()


def test_a_moved_clock_fires_everything_in_between_in_order_and_once() -> None:
    clock, functions = MovableClock(START), RecordingFunctions()
    schedules = [
        schedule("evening", "cron(0 20 * * ? *)"),
        schedule("morning", "cron(0 6 * * ? *)"),
        schedule("twice", "rate(12 hours)"),
    ]
    scheduler = Scheduler(schedules, functions=functions, clock=clock)

    scheduler.catch_up()
    clock.advance(timedelta(hours=25))
    scheduler.catch_up()
    scheduler.catch_up()

    assert [name for name, _ in functions.invoked] == ["evening", "twice", "morning", "twice"]


def test_a_machine_that_slept_runs_the_last_hour_alone() -> None:
    clock, functions = MovableClock(START), RecordingFunctions()
    scheduler = Scheduler([schedule("half-hourly", "rate(30 minutes)")], functions=functions, clock=clock)

    clock.advance(timedelta(hours=9))
    scheduler.catch_up(at_most=timedelta(hours=1))

    assert len(functions.invoked) == 2


def test_a_day_of_the_templates_schedules_takes_a_second_of_work(tmp_path: Path) -> None:
    document = transformed(CHECKOUT / "template.yaml", cache=tmp_path)
    parameters = {"ExportBucket": "exports", "ExportPrefix": "cur/"}
    schedules = read(document, parameters=parameters, endpoint="http://127.0.0.1:1").schedules
    clock, functions = MovableClock(START), RecordingFunctions()
    scheduler = Scheduler(schedules, functions=functions, clock=clock)
    # The processor's time, because a busy machine makes everybody wait.
    began = time.process_time()

    clock.advance(timedelta(hours=25))
    scheduler.catch_up()

    assert time.process_time() - began < 1
    fired = [event.get("job", name) for name, event in functions.invoked]
    assert fired.index("discover_deliveries") < fired.index("anomalies.detect") < fired.index("scans.finops")
    assert fired.count("discover_deliveries") == 25


def test_a_clock_does_not_run_backwards() -> None:
    clock = MovableClock(START)

    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))

    assert clock.now() == START


def test_a_clock_knows_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        MovableClock(START.replace(tzinfo=None))
