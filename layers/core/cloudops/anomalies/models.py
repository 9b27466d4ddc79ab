from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

COST_MODEL_VERSION = "cost-1"
METRIC_MODEL_VERSION = "metric-1"
LIMIT_MODEL_VERSION = "limit-1"

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DailySeries:
    """Usage cost of one key per UTC day, all arrays starting at `first_day`, NaN = not yet known.

    `settled` is what the bill says in the end; `first_sight` and `second_sight` are what was known of a day on the
    evaluations of that day and of the next one. `one_off` holds purchases, tax and credits, which are never judged.
    """

    key: str
    first_day: date
    settled: Floats
    first_sight: Floats | None = None
    second_sight: Floats | None = None
    one_off: Floats | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        for name in ("first_sight", "second_sight", "one_off"):
            seen = getattr(self, name)
            if seen is not None and len(seen) != len(self.settled):
                raise ValueError(f"{self.key}: {name} has {len(seen)} days, settled has {len(self.settled)}")


@dataclass(frozen=True, kw_only=True)
class MetricSeries:
    """Samples in time order, stamped in UTC without a zone; the sampling interval may be irregular."""

    key: str
    timestamps: npt.NDArray[np.datetime64]
    values: Floats

    def __post_init__(self) -> None:
        if len(self.timestamps) != len(self.values):
            raise ValueError(f"{self.key}: {len(self.timestamps)} timestamps for {len(self.values)} values")

    def moments(self) -> list[datetime]:
        return [at.replace(tzinfo=UTC) for at in self.timestamps.astype("datetime64[us]").tolist()]


@dataclass(frozen=True, kw_only=True)
class PlannedWindow:
    """Days, both ends included, on which a change is expected: no alert, and no trace in the baseline."""

    first_day: date
    last_day: date
    key: str | None = None

    def covers(self, key: str, day: date) -> bool:
        return self.key in (None, key) and self.first_day <= day <= self.last_day


@dataclass(frozen=True, kw_only=True)
class CostSettings:
    """`min_excess` is in the currency of the series and grows with the square root of spend above 100 a day."""

    min_excess: float = 5.0
    min_spike: float = 0.45
    min_shift: float = 0.15
    min_drop: float = 0.65
    min_history_days: int = 14
    planned: tuple[PlannedWindow, ...] = field(default=())


DEFAULT_COST_SETTINGS = CostSettings()


@dataclass(frozen=True, kw_only=True)
class MetricSettings:
    history_days: int = 14
    memory_days: int = 60
    longest_rest_days: float = 5.0
    threshold: float = 0.55


DEFAULT_METRIC_SETTINGS = MetricSettings()


@dataclass(frozen=True, kw_only=True)
class FixedLimit:
    """Breached when `points` samples in a row are above `upper` or below `lower`."""

    rule: str
    upper: float | None = None
    lower: float | None = None
    points: int = 1

    def __post_init__(self) -> None:
        if self.upper is None and self.lower is None:
            raise ValueError(f"limit {self.rule} has neither an upper nor a lower bound")
        if self.points < 1:
            raise ValueError(f"limit {self.rule} needs at least one point, not {self.points}")
