"""What a detector concludes. Apart from the series, which are arrays, so that readers need no NumPy."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was concluded at `at`, on figures known by then.

    `about` is the day or sample the figures belong to: a bill is judged again while it settles, so an alert raised
    at `at` may concern one of the two days before. `expected` and the band are None where nothing was judged,
    and `rule` names the rule that raised an alert.
    """

    at: date | datetime
    about: date | datetime
    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    score: float
    anomaly: bool
    rule: str | None
    model_version: str
