"""Which anomalies are one incident. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from cloudops.alerts.models import Incident
from cloudops.anomalies.signals import JudgedSignal
from cloudops.anomalies.verdict import Verdict

# Anomalies with at most this much quiet between them are one incident.
QUIET = {"cost": timedelta(days=3), "reliability": timedelta(hours=6)}
# The detectors accept a new level after seven days, so nothing later belongs to the incident.
LONGEST = {"cost": timedelta(days=7), "reliability": timedelta(days=1)}


def incidents_of(judged: JudgedSignal) -> list[Incident]:
    anomalies = [verdict for verdict in judged.verdicts if verdict.anomaly]
    points = latest_by_point(judged.verdicts)
    return [
        Incident(judged=judged, anomalies=run, points=points_of(run, points, judged))
        for run in runs(anomalies, QUIET[judged.signal.alert_type])
    ]


def latest_by_point(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """One verdict per point of the series: a bill's day is judged again while it settles, and the last word counts."""
    last = {moment(verdict.about): verdict for verdict in verdicts}
    return [last[at] for at in sorted(last)]


def runs(anomalies: Sequence[Verdict], quiet: timedelta) -> list[list[Verdict]]:
    found: list[list[Verdict]] = []
    for verdict in sorted(anomalies, key=lambda one: moment(one.about)):
        if found and moment(verdict.about) - moment(found[-1][-1].about) <= quiet:
            found[-1].append(verdict)
        else:
            found.append([verdict])
    return found


def points_of(run: Sequence[Verdict], points: Sequence[Verdict], judged: JudgedSignal) -> list[Verdict]:
    """From the first anomaly on, while points stay out of their band, at most as long as an incident lasts."""
    anomalous = {moment(verdict.about): verdict for verdict in run}
    start = moment(run[0].about)
    end = moment(run[-1].about)
    limit = start + LONGEST[judged.signal.alert_type]
    taken = [
        anomalous.get(moment(point.about), point) for point in points if start <= moment(point.about) <= end
    ]
    for point in points:
        if end < moment(point.about) < limit:
            if not outside(point):
                break
            taken.append(point)
    return taken


def outside(point: Verdict) -> bool:
    if point.observed is None or point.upper is None or point.lower is None:
        return False
    return point.observed > point.upper or point.observed < point.lower


def moment(at: date | datetime) -> datetime:
    """A day's beginning, or the time itself, in UTC."""
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.combine(at, time(), UTC)
