"""The signals that detection judges, and what it concluded about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cloudops.anomalies.verdict import Verdict

AlertType = Literal["cost", "reliability"]


@dataclass(frozen=True, kw_only=True)
class Signal:
    """What a series is about. A cost signal has a service and a currency, a reliability signal a metric."""

    alert_type: AlertType
    provider: str | None = None
    account_id: str | None = None
    service_name: str | None = None
    resource_id: str | None = None
    metric_name: str | None = None
    currency: str | None = None

    @property
    def key(self) -> str:
        parts = (
            self.alert_type,
            self.provider,
            self.account_id,
            self.service_name,
            self.resource_id,
            self.metric_name,
            self.currency,
        )
        return "|".join(part or "" for part in parts)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A fixed limit that a user set: breached when `consecutive_points` in a row are above `threshold`."""

    id: UUID
    project_id: UUID
    alert_type: AlertType
    service_name: str | None
    account_id: str | None
    metric_name: str | None
    resource_id: str | None
    threshold: Decimal
    currency: str | None
    consecutive_points: int
    severity: str
    created_by: str
    created_at: datetime

    def concerns(self, signal: Signal) -> bool:
        return (
            signal.alert_type == self.alert_type
            and self.currency == signal.currency
            and self.metric_name == signal.metric_name
            and self.service_name in (None, signal.service_name)
            and self.account_id in (None, signal.account_id)
            and self.resource_id in (None, signal.resource_id)
        )


@dataclass(frozen=True, kw_only=True)
class PlannedSpan:
    """Days, both ends included, on which somebody expects a signal to be out of the ordinary."""

    signal: Signal
    first_day: date
    last_day: date

    def covers(self, about: date | datetime) -> bool:
        day = about.date() if isinstance(about, datetime) else about
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, kw_only=True)
class JudgedSignal:
    """Verdicts in time order; `watermark` is how far the data reached; `limit` where a fixed limit judged."""

    signal: Signal
    verdicts: Sequence[Verdict]
    watermark: datetime
    limit: Limit | None = None


@dataclass(frozen=True, kw_only=True)
class CoveredDays:
    """Days of a billing account that a current delivery speaks about; a day without a charge cost nothing."""

    billing_account_id: str
    first_day: date
    last_day: date
