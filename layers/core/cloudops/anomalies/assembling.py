"""From rows of cost and metric to the series that detectors judge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

import numpy as np

from cloudops.anomalies.models import DailySeries, Floats, MetricSeries
from cloudops.anomalies.repository import MetricValue, UsageCost
from cloudops.anomalies.signals import CoveredDays, Signal

# A bill is restated while it settles: its last two days are first and second sights.
UNSETTLED_DAYS = 2


@dataclass(frozen=True, kw_only=True)
class CostSignal:
    signal: Signal
    series: DailySeries
    watermark: datetime


@dataclass(frozen=True, kw_only=True)
class MetricSignal:
    signal: Signal
    series: MetricSeries
    watermark: datetime


def cost_signals(
    rows: Iterable[UsageCost], covered: Sequence[CoveredDays], *, start: date, as_of: date
) -> Iterator[CostSignal]:
    """A series per account and service; a covered day without a charge is zero, an uncovered one unknown."""
    calendars = calendars_of(covered, start=start, as_of=as_of)
    for key, found in groupby(
        rows,
        key=lambda row: (row.billing_account_id, row.provider, row.account_id, row.service, row.currency),
    ):
        billing_account_id, provider, account_id, service, currency = key
        signal = Signal(
            alert_type="cost",
            provider=provider,
            account_id=account_id,
            service_name=service,
            currency=currency,
        )
        calendar = calendars[billing_account_id]
        costs = {row.charge_date: float(row.cost) for row in found}
        yield CostSignal(
            signal=signal,
            series=daily_series(signal.key, currency, calendar, costs),
            watermark=midnight_after(calendar.last_day),
        )


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days of a billing account from the first to the last covered one; `known` tells which are covered."""

    first_day: date
    known: Sequence[bool]

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.known) - 1)


def calendars_of(covered: Sequence[CoveredDays], *, start: date, as_of: date) -> dict[str, Calendar]:
    calendars = {}
    for billing_account_id, found in groupby(covered, key=lambda span: span.billing_account_id):
        spans = [(max(span.first_day, start), min(span.last_day, as_of)) for span in found]
        spans = [(first, last) for first, last in spans if first <= last]
        if spans:
            calendars[billing_account_id] = calendar_of(spans)
    return calendars


def calendar_of(spans: Sequence[tuple[date, date]]) -> Calendar:
    first = min(span[0] for span in spans)
    length = (max(span[1] for span in spans) - first).days + 1
    days = [first + timedelta(days=n) for n in range(length)]
    return Calendar(first_day=first, known=[any(a <= day <= b for a, b in spans) for day in days])


def daily_series(key: str, currency: str, calendar: Calendar, costs: Mapping[date, float]) -> DailySeries:
    days = [calendar.first_day + timedelta(days=n) for n in range(len(calendar.known))]
    seen = np.array(
        [costs.get(day, 0.0) if known else np.nan for day, known in zip(days, calendar.known, strict=True)]
    )
    settled = seen.copy()
    settled[-UNSETTLED_DAYS:] = np.nan
    return DailySeries(
        key=key,
        first_day=calendar.first_day,
        settled=settled,
        first_sight=only(seen, -1),
        second_sight=only(seen, -2),
        currency=currency,
    )


def only(values: Floats, position: int) -> Floats:
    kept = np.full(len(values), np.nan)
    if len(values) >= -position:
        kept[position] = values[position]
    return kept


def metric_signals(rows: Iterable[MetricValue]) -> Iterator[MetricSignal]:
    for (resource_id, metric_name), found in groupby(
        rows, key=lambda row: (row.resource_id, row.metric_name)
    ):
        samples = list(found)
        signal = Signal(alert_type="reliability", resource_id=resource_id, metric_name=metric_name)
        times = [row.metric_ts.astimezone(UTC).replace(tzinfo=None) for row in samples]
        yield MetricSignal(
            signal=signal,
            series=MetricSeries(
                key=signal.key,
                timestamps=np.array(times, dtype="datetime64[s]"),
                values=np.array([float(row.value) for row in samples]),
            ),
            watermark=samples[-1].metric_ts,
        )


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
