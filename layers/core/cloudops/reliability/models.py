"""What is monitored, and what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

Kind = Literal["api_gateway", "load_balancer", "function"]
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


@dataclass(frozen=True, kw_only=True)
class RestApi:
    id: str
    name: str
    stages: tuple[str, ...]


def key_of(name: str, stage: str | None) -> str:
    """What datapoints are keyed by where nobody says otherwise."""
    return f"{name}/{stage}" if stage else name


@dataclass(frozen=True, kw_only=True)
class Target:
    """`name` is CloudWatch's dimension value; datapoints are keyed by `resource_id`."""

    id: UUID
    project_id: UUID
    kind: Kind
    resource_id: str
    account_id: str
    region: str
    name: str
    stage: str | None
    period_seconds: int
    created_by: str
    created_at: datetime
    last_read_at: datetime | None = None
    last_error: str | None = None

    @property
    def dimensions(self) -> dict[str, str]:
        match self.kind:
            case "api_gateway":
                return {"ApiName": self.name} | ({"Stage": self.stage} if self.stage else {})
            case "load_balancer":
                return {"LoadBalancer": self.name}
            case "function":
                return {"FunctionName": self.name}


@dataclass(frozen=True, kw_only=True)
class PositionedTarget(Target):
    """`last_at` is the time up to which all its metrics are known, None where nothing is."""

    last_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Sample:
    at: datetime
    value: Decimal
