"""What an alert says, in words for the person who is paged. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cloudops.alerts.grouping import moment
from cloudops.alerts.models import Driver, Incident, decimal
from cloudops.anomalies.verdict import Verdict

RULES = {
    "spike": "it jumped in one day",
    "sustained": "it has been too high for two days",
    "level_shift": "it has moved to a new level",
    "slow_leak": "it has been growing week after week",
    "new_spend": "it did not exist before",
    "missing": "spend that is usual is missing",
    "intermittent": "it is far above its other active days",
    "intermittent_shift": "its active days have become dearer",
}
UNITS = {"5xx_count": "errors", "p95_latency_ms": "ms"}
SHOWN_DRIVERS = 3
# The others stand in the drivers' table; region and operation alone tell nobody where to look.
TOLD_DIMENSIONS = ("usage_type", "resource")


@dataclass(frozen=True, kw_only=True)
class Wording:
    title: str
    description: str


def wording_of(incident: Incident, drivers: Sequence[Driver], account_name: str | None) -> Wording:
    if incident.signal.alert_type == "cost":
        return cost_wording(incident, drivers, account_name)
    return metric_wording(incident)


def cost_wording(incident: Incident, drivers: Sequence[Driver], account_name: str | None) -> Wording:
    signal, peak, currency = incident.signal, incident.peak, incident.signal.currency or ""
    place = f"{account_name} ({signal.account_id})" if account_name else f"account {signal.account_id}"
    day = f"{moment(peak.about):%-d %B %Y}"
    title = (
        f"{signal.service_name} in {account_name or signal.account_id}: "
        f"{change(peak)} on {moment(peak.about):%-d %b}"
    )
    sentences = [
        f"{signal.service_name} in {place} cost {amount(peak.observed)} {currency} on {day}, "
        f"where {amount(peak.expected)} {currency} was expected{band(incident)}: {reason(incident)}.",
        f"From {span(incident)} it adds up to {incident.excess:+,.2f} {currency}.",
        driven_by(drivers),
        f"Data through {incident.judged.watermark:%-d %B %Y %H:%M} UTC.",
    ]
    return Wording(title=title, description=" ".join(sentence for sentence in sentences if sentence))


def metric_wording(incident: Incident) -> Wording:
    signal, peak = incident.signal, incident.peak
    unit = UNITS.get(signal.metric_name or "", "")
    at = f"{moment(peak.about):%-d %B %Y %H:%M} UTC"
    return Wording(
        title=f"{signal.metric_name} of {signal.resource_id}: {amount(peak.observed)} {unit}, "
        f"{amount(peak.expected)} expected",
        description=(
            f"{signal.metric_name} of {signal.resource_id} was {amount(peak.observed)} {unit} at {at}, "
            f"where {amount(peak.expected)} {unit} was expected{band(incident)}: {reason(incident)}. "
            f"Data through {incident.judged.watermark:%-d %B %Y %H:%M} UTC."
        ),
    )


def change(verdict: Verdict) -> str:
    observed, expected = verdict.observed or 0.0, verdict.expected or 0.0
    if expected < 0.005:
        return "new spend"
    ratio = observed / expected
    return f"{ratio:,.1f}x the expected" if ratio >= 2 else f"{(ratio - 1) * 100:+,.0f} %"


def amount(value: float | None) -> str:
    return f"{decimal(value or 0.0):,.2f}"


def band(incident: Incident) -> str:
    limit = incident.judged.limit
    if limit is not None:
        return f" (limit {limit.threshold:,.2f})"
    peak = incident.peak
    if peak.lower is None or peak.upper is None:
        return ""
    return f" (usual range {amount(peak.lower)} to {amount(peak.upper)})"


def reason(incident: Incident) -> str:
    if incident.judged.limit is not None:
        return f"it is above the limit that {incident.judged.limit.created_by} set"
    return RULES.get(incident.first.rule or "", "it is out of its usual range")


def span(incident: Incident) -> str:
    first, last = moment(incident.window_start), moment(incident.window_end)
    return f"{first:%-d %B}" if first == last else f"{first:%-d %B} to {last:%-d %B}"


def driven_by(drivers: Sequence[Driver]) -> str:
    shown = [driver for driver in drivers if driver.dimension in TOLD_DIMENSIONS][:SHOWN_DRIVERS]
    if not shown:
        return ""
    parts = [f"{driver.value} ({driver.change:+,.2f} {driver.currency} a day)" for driver in shown]
    return f"Driven by {', '.join(parts)}."


def threshold_of(verdict: Verdict, *, limit: Decimal | None) -> Decimal | None:
    """What had to be passed: the fixed limit, else the edge of the band on the side that was passed."""
    if limit is not None:
        return limit
    edge = verdict.upper if (verdict.observed or 0.0) >= (verdict.expected or 0.0) else verdict.lower
    return None if edge is None else decimal(edge)
