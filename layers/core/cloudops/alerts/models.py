"""An alert, its life, and what explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from cloudops.anomalies.signals import JudgedSignal, Signal
from cloudops.anomalies.verdict import Verdict
from cloudops.errors import ConflictError, InvalidError, NotFoundError


class AlertNotFoundError(NotFoundError):
    """There is no such alert."""


class AlertResolvedError(ConflictError):
    """The alert is resolved already."""


class PlannedUntilError(InvalidError):
    """A plan ends on a day from today to a year from now."""


class SnoozeError(InvalidError):
    """An alert is snoozed into the near future."""


# Longer than that is no snooze: a limit or a resolution says it better.
LONGEST_SNOOZE = timedelta(days=30)


class AlertStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Anomalies of one signal that belong together, with the points of the series they lie in.

    `points` run from the first anomalous point to the last one out of the ordinary.
    """

    judged: JudgedSignal
    anomalies: Sequence[Verdict]
    points: Sequence[Verdict]

    @property
    def signal(self) -> Signal:
        return self.judged.signal

    @property
    def first(self) -> Verdict:
        return self.anomalies[0]

    @property
    def peak(self) -> Verdict:
        """The anomaly that deviates most."""
        return max(self.anomalies, key=lambda one: abs(deviation(one)))

    @property
    def excess(self) -> Decimal:
        """Observed minus expected, summed over the points: negative where spend is missing."""
        return decimal(sum(deviation(point) for point in self.points))

    @property
    def window_start(self) -> date | datetime:
        return self.points[0].about

    @property
    def window_end(self) -> date | datetime:
        """The last point, included."""
        return self.points[-1].about


@dataclass(frozen=True, kw_only=True)
class JudgedSpan:
    """The time that one look at the signals can speak about."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Driver:
    """What moved with the alert: cost per day in its window against the days before, or null for no cost."""

    dimension: str
    value: str
    observed: Decimal
    expected: Decimal
    currency: str

    @property
    def change(self) -> Decimal:
        return self.observed - self.expected


@dataclass(frozen=True, kw_only=True)
class Alert:
    id: UUID
    project_id: UUID
    alert_type: str
    status: str
    severity: str
    title: str
    description: str
    source: str
    provider: str | None
    account_id: str | None
    service_name: str | None
    resource_id: str | None
    metric_name: str | None
    currency: str | None
    rule_name: str
    model_version: str
    observed_value: Decimal
    baseline_value: Decimal | None
    threshold_value: Decimal | None
    excess: Decimal
    window_start: datetime
    window_end: datetime
    data_watermark: datetime
    detected_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None
    snoozed_until: datetime | None
    snoozed_by: str | None
    planned_until: date | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class AlertDetail(Alert):
    """`series` holds the judged points with their band, `drivers` what moved, largest change first."""

    series: Sequence[Mapping[str, Any]]
    drivers: Sequence[Mapping[str, Any]]


def deviation(verdict: Verdict) -> float:
    """Observed against expected; a fixed limit expects nothing, so there the limit itself counts."""
    base = verdict.upper if verdict.expected is None else verdict.expected
    return (verdict.observed or 0.0) - (base or 0.0)


def decimal(value: float) -> Decimal:
    """A judged float as money with six places, which is finer than any baseline is sure of."""
    return Decimal(repr(round(value, 6)))
