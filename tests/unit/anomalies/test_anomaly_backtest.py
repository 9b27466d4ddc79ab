import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from daily_costs import FIRST_DAY, changed, daily, flat

from cloudops.anomalies.backtest import UnreadableSeriesError, main, replay
from cloudops.anomalies.cost_detector import judge_cost
from cloudops.errors import InvalidError

KEYS = [
    "series",
    "timestamp",
    "observed",
    "expected",
    "lower",
    "upper",
    "score",
    "anomaly",
    "rule",
    "model_version",
]


def cost_rows(key: str, factors: dict[int, float]) -> list[str]:
    cost = changed(flat(120), factors)
    return [f"{key},{FIRST_DAY + timedelta(days=day)},{value!r}" for day, value in enumerate(cost.tolist())]


def test_cost_rows_are_answered_in_file_order_with_the_detectors_verdicts() -> None:
    a, b = cost_rows("a", {100: 3.0}), cost_rows("b", {})
    mixed = [row for pair in zip(reversed(a), b, strict=True) for row in pair]

    answers = list(replay(["series,timestamp,value", *mixed], "cost"))

    assert [f"{answer['series']},{answer['timestamp']}" for answer in answers] == [
        row.rsplit(",", 1)[0] for row in mixed
    ]
    assert [list(answer) for answer in answers] == [KEYS] * 240
    alarms = [(answer["series"], answer["timestamp"]) for answer in answers if answer["anomaly"]]
    assert alarms == [("a", str(FIRST_DAY + timedelta(days=100)))]
    expected = judge_cost(daily(changed(flat(120), {100: 3.0})))
    assert [answer["expected"] for answer in answers[::2]] == [v.expected for v in reversed(expected)]


def test_empty_fields_are_not_yet_known() -> None:
    header = "series,timestamp,value,first_sight,second_sight,one_off"
    rows = [f"{row},{row.rsplit(',', 1)[1]},," for row in cost_rows("a", {})]
    key, day, value = cost_rows("a", {119: 3.0})[-1].split(",")
    rows[-1] = f"{key},{day},,{value},,"

    last = list(replay([header, *rows]))[-1]

    assert (last["anomaly"], last["rule"], last["observed"]) == (True, "spike", float(value))


def test_metric_rows_need_no_series_column_and_echo_their_timestamps() -> None:
    values = np.sin(np.arange(600) / 10)
    values[500] = 50.0
    times = [f"2026-03-{1 + n // 96:02d} {n % 96 // 4:02d}:{n % 4 * 15:02d}:00" for n in range(600)]
    rows = [f"{time},{value!r}" for time, value in zip(times, values.tolist(), strict=True)]

    answers = list(replay(["timestamp,value", *rows]))

    assert [answer["timestamp"] for answer in answers] == times
    assert answers[500]["anomaly"]
    assert answers[500]["model_version"] == "metric-1"


@pytest.mark.parametrize(
    ("header", "row", "version"),
    [
        ("series,timestamp,value,first_sight", "a,2026-03-01T00:00:00Z,1,1", "cost-1"),
        ("series,timestamp,value", "a,2026-03-01,1", "cost-1"),
        ("series,timestamp,value", "a,2026-03-01 10:00:00,1", "metric-1"),
        ("timestamp,value", "2026-03-01,1", "metric-1"),
    ],
)
def test_the_kind_is_guessed_from_the_columns(header: str, row: str, version: str) -> None:
    assert [answer["model_version"] for answer in replay([header, row])] == [version]


@pytest.mark.parametrize(
    ("lines", "message", "field"),
    [
        (["series,timestamp", "a,2026-03-01"], "needs a column value", "value"),
        ([], "needs a column", "series"),
        (["series,timestamp,value", "a,2026-03-01,1", "a,2026-03-02,ten"], "row 3, column value", "value"),
        (["series,timestamp,value", "a,2026-03-01,inf"], "row 2, column value: 'inf' is not finite", "value"),
        (["series,timestamp,value", "a,tomorrow,1"], "row 2, column timestamp: 'tomorrow'", "timestamp"),
        (["series,timestamp,value", "a,2026-03-01"], "row 2 has 2 cells for 3 columns", "row"),
        (["series,timestamp,value", "a,2026-03-01,1", "a,2026-03-01,2"], "two rows for 2026", "timestamp"),
    ],
)
def test_bad_input_is_refused_with_its_place(lines: list[str], message: str, field: str) -> None:
    with pytest.raises(UnreadableSeriesError, match=message) as refused:
        list(replay(lines, "cost"))

    assert isinstance(refused.value, InvalidError)
    assert refused.value.field == field


def test_the_command_prints_a_json_object_per_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("\n".join(["series,timestamp,value", *cost_rows("a", {100: 3.0})]))

    assert main([str(file), "--json"]) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [n for n, answer in enumerate(answers) if answer["anomaly"]] == [100]


def test_the_command_says_why_a_file_was_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("series,timestamp,value\na,2026-03-01,ten\n")

    assert main([str(file)]) == 2
    assert "row 2, column value" in capsys.readouterr().err
