"""Monitored targets and metrics as the API shows them. Values are decimal strings."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cloudops.reliability.models import key_of

Kind = Literal["api_gateway", "load_balancer", "function"]
MetricName = Literal["5xx_count", "p95_latency_ms"]
Name = Annotated[str, Field(min_length=1, max_length=255)]


class TargetOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    kind: str
    resource_id: str
    account_id: str
    region: str
    name: str
    stage: str | None
    period_seconds: int
    last_read_at: datetime | None
    last_error: str | None
    created_by: str
    created_at: datetime


class TargetPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[TargetOut]
    next_cursor: str | None


class NewTarget(BaseModel):
    """`name` is CloudWatch's: an API's name, app/<name>/<id> of an application load balancer, a function's name.

    `resource_id` keys the datapoints; left out, it is the name, with the stage of an API behind it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: Name
    stage: Name | None = None
    account_id: str = Field(pattern="^[0-9]{12}$")
    region: str = Field(pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$")
    resource_id: Name | None = None
    period_seconds: Literal[60, 300, 900, 3600] = 300

    @model_validator(mode="after")
    def only_apis_have_stages(self) -> "NewTarget":
        if self.stage is not None and self.kind != "api_gateway":
            raise ValueError("only an api_gateway has a stage")
        return self

    @property
    def key(self) -> str:
        return self.resource_id or key_of(self.name, self.stage)


class SampleOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    value: Decimal


class MetricSeries(BaseModel):
    """Oldest first. `at` is the start of the period that a value stands for; `end` is exclusive."""

    model_config = ConfigDict(frozen=True)

    items: list[SampleOut]
    next_cursor: str | None
    resource_id: str
    metric: MetricName
    unit: str
    start: datetime
    end: datetime
