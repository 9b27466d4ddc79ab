"""GetMetricData with percentiles, pages and its limits.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html

Statistics come from the datapoints that the emulation holds. A percentile is the least value that this share
of the values does not exceed; a statistic set counts where all of its values are equal, as in AWS.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.iam.models import get_account_id_from

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.pages import InvalidPageTokenError, page
from local.strict.rule import Forward

MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
Key = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A value, or a statistic set of `count` values that nobody knows one by one."""

    at: datetime
    total: float
    least: float
    most: float
    count: float
    unit: str | None

    @property
    def known(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True, kw_only=True)
class Datapoint:
    at: datetime
    value: float


class MetricData:
    def applies(self, call: Call) -> bool:
        return (call.service, call.operation) == ("cloudwatch", "GetMetricData")

    def answer(self, call: Call, forward: Forward) -> Reply:
        asked = call.parameters
        queries = asked["MetricDataQueries"]
        _check(asked, queries)
        if any("Expression" in query for query in queries):
            return forward(call)
        samples = _samples(call, {_key(query["MetricStat"]["Metric"]) for query in queries})
        series = [
            (query, _series(call, query, samples)) for query in queries if query.get("ReturnData", True)
        ]
        return call.answer(_paged(call, series))


def _check(asked: Mapping[str, Any], queries: Sequence[Mapping[str, Any]]) -> None:
    if len(queries) > MOST_QUERIES:
        raise RefusedError(
            "ValidationError",
            f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.",
        )
    ids = [query["Id"] for query in queries]
    if len(set(ids)) != len(ids) or not all(map(ID.fullmatch, ids)):
        raise RefusedError(
            "ValidationError", "The values for parameter Id in MetricDataQueries are not valid."
        )
    if asked["StartTime"] >= asked["EndTime"]:
        raise RefusedError(
            "ValidationError", "The parameter StartTime must be less than the parameter EndTime."
        )


def _series(call: Call, query: Mapping[str, Any], samples: Mapping[Key, Sequence[Sample]]) -> list[Datapoint]:
    asked, stat = call.parameters, query["MetricStat"]
    statistic, period = _statistic(stat["Stat"]), timedelta(seconds=int(stat["Period"]))
    if not period:
        raise RefusedError("ValidationError", "The parameter Period must be greater than zero.")
    start = asked["StartTime"].replace(second=0, microsecond=0)
    slots: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples.get(_key(stat["Metric"]), []):
        fits = stat.get("Unit") in {None, sample.unit}
        if fits and start <= sample.at < asked["EndTime"]:
            slots[(sample.at - start) // period].append(sample)
    values = ((start + slot * period, statistic(within)) for slot, within in sorted(slots.items()))
    datapoints = [Datapoint(at=at, value=value) for at, value in values if value is not None]
    oldest_first = asked.get("ScanBy") == "TimestampAscending"
    return datapoints if oldest_first else datapoints[::-1]


def _samples(call: Call, wanted: Set[Key]) -> Mapping[Key, Sequence[Sample]]:
    """Of all that the emulation holds, only what is asked for is looked at closely: it may be very much."""
    backend = cloudwatch_backends[get_account_id_from(call.access_key)][call.region]
    zone = call.parameters["StartTime"].tzinfo
    names = {(namespace, name) for namespace, name, _ in wanted}
    samples: dict[Key, list[Sample]] = defaultdict(list)
    for one in backend.get_all_metrics():
        if (one.namespace, one.name) not in names:
            continue
        dimensions = frozenset((str(each.name), str(each.value)) for each in one.dimensions or [])
        key = (one.namespace, one.name, dimensions)
        if key in wanted:
            samples[key].append(_sample(one, zone))
    return samples


def _sample(one: Any, zone: Any) -> Sample:
    at = one.timestamp if one.timestamp.tzinfo else one.timestamp.replace(tzinfo=zone)
    if zone is None:
        at = at.replace(tzinfo=None)
    if hasattr(one, "value"):
        value = float(one.value)
        return Sample(at=at, total=value, least=value, most=value, count=1, unit=one.unit)
    return Sample(at=at, total=one.sum, least=one.min, most=one.max, count=one.sample_count, unit=one.unit)


def _key(metric: Mapping[str, Any]) -> Key:
    names = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
    return metric["Namespace"], metric["MetricName"], names


def _statistic(name: str) -> Callable[[Sequence[Sample]], float | None]:
    found = PERCENTILE.fullmatch(name)
    if found:
        return lambda samples: percentile(samples, float(found[1]))
    if name not in STATISTICS:
        raise RefusedError("ValidationError", f"The value {name} for parameter Stat is not supported.")
    return STATISTICS[name]


def percentile(samples: Sequence[Sample], share: float) -> float | None:
    if not all(sample.known for sample in samples):
        return None
    ordered = sorted(samples, key=lambda sample: sample.least)
    wanted = max(math.ceil(sum(sample.count for sample in ordered) * share / 100), 1)
    passed = 0.0
    for sample in ordered:
        passed += sample.count
        if passed >= wanted:
            return sample.least
    return None


def _paged(call: Call, series: Iterable[tuple[Mapping[str, Any], list[Datapoint]]]) -> dict[str, Any]:
    series = list(series)
    flat = [(number, datapoint) for number, (_, found) in enumerate(series) for datapoint in found]
    size = min(int(call.parameters.get("MaxDatapoints", MOST_DATAPOINTS)), MOST_DATAPOINTS)
    try:
        shown, following = page(
            flat,
            size=size,
            token=call.parameters.get("NextToken"),
            question=call.digest(without=["NextToken", "MaxDatapoints"]),
        )
    except InvalidPageTokenError as error:
        raise RefusedError("InvalidNextToken", "The next token specified is invalid.") from error
    shown_of: dict[int, list[Datapoint]] = defaultdict(list)
    for number, datapoint in shown:
        shown_of[number].append(datapoint)
    results = []
    for number, (query, found) in enumerate(series):
        own = shown_of[number]
        complete = not following or not found or (bool(own) and own[-1] == found[-1])
        results.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label") or query["MetricStat"]["Metric"]["MetricName"],
                "Timestamps": [datapoint.at for datapoint in own],
                "Values": [datapoint.value for datapoint in own],
                "StatusCode": "Complete" if complete else "PartialData",
            }
        )
    return {"MetricDataResults": results, **({"NextToken": following} if following else {})}


STATISTICS: Mapping[str, Callable[[Sequence[Sample]], float | None]] = {
    "Sum": lambda samples: sum(sample.total for sample in samples),
    "SampleCount": lambda samples: sum(sample.count for sample in samples),
    "Minimum": lambda samples: min(sample.least for sample in samples),
    "Maximum": lambda samples: max(sample.most for sample in samples),
    "Average": lambda samples: sum(one.total for one in samples) / sum(one.count for one in samples),
}
