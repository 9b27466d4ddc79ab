"""How bad an incident is. Pure."""

from decimal import Decimal

from cloudops.alerts.models import Incident, Severity

# Shares of the tenant's usual daily spend that an incident adds per day, worst first.
SHARES = (
    (Decimal("0.50"), Severity.CRITICAL),
    (Decimal("0.20"), Severity.HIGH),
    (Decimal("0.05"), Severity.MEDIUM),
)
# Below this much a day, in the incident's currency, nobody should be woken.
PETTY = Decimal(25)
# How far a metric is above what was expected, worst first.
RATIOS = ((10.0, Severity.CRITICAL), (4.0, Severity.HIGH), (2.0, Severity.MEDIUM))


def severity_of(incident: Incident, usual_daily_spend: Decimal) -> Severity:
    """A limit carries its own severity; money is weighed against the usual spend, a metric against itself."""
    if incident.judged.limit is not None:
        return Severity(incident.judged.limit.severity)
    if incident.signal.alert_type == "cost":
        return cost_severity(abs(incident.excess) / max(1, len(incident.points)), usual_daily_spend)
    return metric_severity(incident)


def cost_severity(excess_per_day: Decimal, usual_daily_spend: Decimal) -> Severity:
    share = excess_per_day / usual_daily_spend if usual_daily_spend > 0 else Decimal(1)
    found = next((severity for least, severity in SHARES if share >= least), Severity.LOW)
    return Severity.MEDIUM if excess_per_day < PETTY and found is not Severity.LOW else found


def metric_severity(incident: Incident) -> Severity:
    peak = incident.peak
    ratio = (peak.observed or 0.0) / max(peak.expected or 0.0, 1.0)
    return next((severity for least, severity in RATIOS if ratio >= least), Severity.LOW)
