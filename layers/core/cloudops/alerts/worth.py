"""Which incidents are worth a person's attention. Pure."""

from dataclasses import dataclass

from cloudops.alerts.models import Incident

# One bad point of a metric is noise; a person is called for two in a row out of their band.
LEAST_POINTS = 2


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The least by which a metric must exceed what is expected: in its unit, and as a factor."""

    excess: float
    factor: float


FLOORS = {"5xx_count": Floor(excess=5.0, factor=2.0), "p95_latency_ms": Floor(excess=50.0, factor=1.3)}


def is_worth_raising(incident: Incident) -> bool:
    """Cost has floors in its detector and a limit is the user's own word; a metric must be clearly worse."""
    if incident.judged.limit is not None or incident.signal.alert_type == "cost":
        return True
    floor = FLOORS[incident.signal.metric_name or ""]
    observed, expected = incident.peak.observed or 0.0, incident.peak.expected or 0.0
    clearly_worse = observed - expected >= floor.excess and observed >= floor.factor * expected
    return clearly_worse and len(incident.points) >= LEAST_POINTS
