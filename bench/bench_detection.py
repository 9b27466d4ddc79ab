"""Speed and quality of cost detection against three rules of thumb, in the same run.

The labelled generator and its scorer are taken from the checkout's sibling `shared/checks/detection`; without them
only the speed is measured. Fails where judging the newest day of 10,000 series takes more than ten seconds of one core.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

CHECKOUT = Path(__file__).resolve().parents[1]
CHECKS = CHECKOUT.parent / "shared" / "checks" / "detection"
sys.path[:0] = [str(CHECKOUT / "layers" / "core"), str(CHECKS)]

from cloudops.anomalies.cost_detector import judge_costs, judge_newest, replay_panel  # noqa: E402
from cloudops.anomalies.models import CostSettings, DailySeries  # noqa: E402
from cloudops.anomalies.panel import align  # noqa: E402

SERIES, DAYS = 10_000, 400
LIMIT_SECONDS = 10.0
SEEDS = (1, 2, 1001, 1002, 1003)
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def above_week(cost: Floats) -> Bools:
    """A day 30 % above the mean of the seven before."""
    return above_mean(cost, days=7)


def above_mean(cost: Floats, days: int = 30) -> Bools:
    """A day 1.3 times the mean of the days before."""
    return judge_windows(cost, days, lambda window, today: today > 1.3 * window.mean(axis=-1))


def three_sigma(cost: Floats, days: int = 30) -> Bools:
    """A day three standard deviations above the mean of the days before."""
    return judge_windows(
        cost, days, lambda window, today: today > window.mean(axis=-1) + 3 * window.std(axis=-1)
    )


def judge_windows(cost: Floats, days: int, beyond: Callable[[Floats, Floats], Bools]) -> Bools:
    windows = np.lib.stride_tricks.sliding_window_view(cost, days, axis=1)[:, :-1]
    alerts = np.zeros(cost.shape, dtype=np.bool_)
    alerts[:, days:] = beyond(windows, cost[:, days:])
    return alerts


NAIVE = {"7-day mean +30 %": above_week, "30-day mean x 1.3": above_mean, "30-day z-score > 3": three_sigma}


def main() -> int:
    seconds = measure_speed()
    if CHECKS.is_dir():
        measure_quality()
    else:
        print(f"no labelled generator at {CHECKS}: quality not measured")
    return int(seconds > LIMIT_SECONDS)


def measure_speed() -> float:
    cost = made_up_costs()
    series = [
        DailySeries(key=str(n), first_day=date(2025, 1, 1), settled=one, first_sight=one, second_sight=one)
        for n, one in enumerate(cost)
    ]
    newest = timed(lambda: judge_newest(series))
    whole = timed(lambda: replay_in_batches(series))
    print(f"{SERIES:,} series x {DAYS} days on one core")
    print(
        f"  newest day judged            {newest:8.2f} s  ({LIMIT_SECONDS / newest:.1f} x the required speed)"
    )
    print(f"  every day replayed           {whole:8.2f} s  ({1e6 * whole / cost.size:.2f} us per verdict)")
    for name, rule in NAIVE.items():
        naive = timed(partial(rule, cost))
        print(f"  {name:28} {naive:8.2f} s  (the replay takes {whole / naive:.1f} x as long)")
    return newest


def made_up_costs() -> Floats:
    rng = np.random.default_rng(0)
    level = np.exp(rng.normal(4.5, 1.3, SERIES))
    weekend = np.where(np.arange(DAYS) % 7 >= 5, rng.uniform(0.3, 1.0, SERIES)[:, None], 1.0)
    return level[:, None] * weekend * np.exp(rng.normal(0, 0.06, (SERIES, DAYS)))


def replay_in_batches(series: list[DailySeries], batch: int = 2048) -> None:
    settings = CostSettings()
    for start in range(0, len(series), batch):
        for _ in replay_panel(align(series[start : start + batch], settings), settings):
            pass


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def measure_quality() -> None:
    generator, scorer = import_module("cost_generator"), import_module("cost_score")
    detectors = {"cloudops": own_alerts, **{name: first_sight_alerts(rule) for name, rule in NAIVE.items()}}
    results: dict[str, list[dict[str, float]]] = {name: [] for name in detectors}
    for seed in SEEDS:
        made = generator.Config() if seed < 1000 else generator.Config.jitter(seed)
        cases, config = generator.generate(seed, replace(made, n_series=200))
        for name, detect in detectors.items():
            alerts = dict(zip([case.id for case in cases], detect(cases), strict=True))
            results[name].append(scorer.evaluate(cases, config, lambda case, _, a=alerts: a[case.id]))
    print_quality(results)


def own_alerts(cases: list[Any]) -> list[Bools]:
    series = [
        DailySeries(
            key=case.id,
            first_day=case.dates[0],
            settled=case.final,
            first_sight=case.snap1,
            second_sight=case.snap2,
            one_off=case.oneoff,
        )
        for case in cases
    ]
    return [np.array([verdict.anomaly for verdict in found]) for found in judge_costs(series)]


def first_sight_alerts(rule: Callable[[Floats], Bools]) -> Callable[[list[Any]], list[Bools]]:
    return lambda cases: list(rule(np.stack([case.snap1 for case in cases])))


def print_quality(results: dict[str, list[dict[str, float]]]) -> None:
    columns = ("precision", "recall", "f1", "fp_per_100_series_month", "mean_delay")
    means = {
        name: {c: float(np.mean([r[c] for r in found])) for c in columns} for name, found in results.items()
    }
    own = means["cloudops"]
    print(f"labelled generator, seeds {', '.join(map(str, SEEDS))}, 200 series each")
    print(f"  {'':22}{'precision':>10}{'recall':>8}{'F1':>7}{'false/100sm':>13}{'delay':>7}   against it")
    for name, mean in means.items():
        ratio = f"F1 x {own['f1'] / mean['f1']:.1f}, false / {mean[columns[3]] / own[columns[3]]:.0f}"
        print(
            f"  {name:22}{mean['precision']:10.3f}{mean['recall']:8.3f}{mean['f1']:7.3f}"
            f"{mean['fp_per_100_series_month']:13.2f}{mean['mean_delay']:7.2f}   "
            f"{'' if name == 'cloudops' else ratio}"
        )


if __name__ == "__main__":
    sys.exit(main())
