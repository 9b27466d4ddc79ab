"""A datapoint of a reliability metric."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

MetricName = Literal["5xx_count", "p95_latency_ms"]
UNITS: Mapping[MetricName, str] = {"5xx_count": "count", "p95_latency_ms": "ms"}


@dataclass(frozen=True, kw_only=True)
class Datapoint:
    """`at` is the start of the period that the value stands for; `namespace` and `dimensions` are CloudWatch's."""

    resource_id: str
    metric_name: MetricName
    at: datetime
    value: Decimal
    namespace: str
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return UNITS[self.metric_name]
