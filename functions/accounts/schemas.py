"""Cloud accounts and data sources as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
RoleArn = Annotated[str, Field(min_length=20, max_length=2048)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]{2,12}){1,2}-[0-9]$")]
Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
# Neither wildcards nor variables of policies: the prefix bounds what a session may read.
Prefix = Annotated[str, Field(pattern=r"^([A-Za-z0-9!_.'()=-][A-Za-z0-9!_.'()=/-]*)?$", max_length=900)]
Schedule = Annotated[str, Field(min_length=1, max_length=200)]
Months = Annotated[int, Field(ge=0, le=120)]
Kind = Literal["cur2", "cur1", "focus", "cost_explorer"]
Grain = Literal["daily", "line_item"]
CostMetric = Literal["UnblendedCost", "AmortizedCost", "NetUnblendedCost"]
HOURLY = "rate(1 hour)"
# Each call of Cost Explorer costs, and it tells days.
DAILY = "cron(0 4 * * ? *)"


def once_each(names: list[str]) -> list[str]:
    return sorted(set(names))


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


Metrics = Annotated[list[CostMetric], Field(min_length=1, max_length=3), AfterValidator(once_each)]
Regions = Annotated[list[Region], Field(min_length=1, max_length=50), AfterValidator(once_each)]


class CloudAccountOut(BaseModel):
    """`status` is null for an account that is known from bills only.

    `external_id`, `trust_policy` and the links are shown to admins alone. Each role's trust relationship has to say
    what `trust_policy` says. Changes are made by the action role; without one the account is only read.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    project_id: UUID
    team_id: UUID | None
    provider: str
    account_id: str
    name: str | None
    role_arn: str | None
    external_id: str | None = None
    trust_policy: dict[str, Any] | None = None
    quick_create_url: str | None = None
    status: Literal["pending", "connected", "insecure", "unreachable"] | None
    status_reason: str | None
    verified_at: datetime | None
    connected_at: datetime | None
    action_role_arn: str | None
    action_role_quick_create_url: str | None = None
    action_role_status: Literal["pending", "connected", "insecure", "unreachable"] | None
    action_role_status_reason: str | None
    action_role_verified_at: datetime | None
    regions: list[str]
    created_at: datetime


class CloudAccountPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[CloudAccountOut]
    next_cursor: str | None


class NewCloudAccount(BaseModel):
    """Without a name the one that bills tell stays; without a project it is the "Default" one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["aws"] = "aws"
    account_id: AccountId
    name: Name | None = None
    role_arn: RoleArn
    regions: Regions
    project_id: UUID | None = None
    team_id: UUID | None = None


class CloudAccountChange(BaseModel):
    """What is left out stays as it is; `team_id` null is no team. Another role has to be verified anew.

    `action_role_arn` null takes the role away that changes are made by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)

    name: Name = ""
    project_id: UUID = UUID(int=0)
    team_id: UUID | None = None
    regions: Regions = []
    role_arn: RoleArn = ""
    action_role_arn: RoleArn | None = None


class MissingPermissionOut(BaseModel):
    """`resources` is how many resources were stored without what this action tells."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    action: str
    resource: str
    needed_for: list[str]
    resources: int
    refused_at: datetime | None


class PermissionList(BaseModel):
    """`policy` is a document to attach to the role as it is; null where nothing is missing that a policy adds.

    A missing sts:AssumeRole is the trust policy's to give.
    """

    model_config = ConfigDict(frozen=True)

    items: list[MissingPermissionOut]
    next_cursor: str | None = None
    account_id: str
    policy: dict[str, Any] | None


class LastDeliveryOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    source: str
    period: date | None
    status: str
    reason: str | None
    created_at: datetime


class DataSourceOut(BaseModel):
    """`last_error` is null where the last run found no fault, or none was made yet.

    `missing_actions` are the IAM actions that it was denied.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    kind: Kind
    bucket: str | None
    prefix: str
    cloud_account_id: UUID | None
    schedule: str
    enabled: bool
    backfill_months: int
    grain: Grain
    metrics: list[str] | None
    last_delivery: LastDeliveryOut | None
    last_run_at: datetime | None
    last_error: str | None
    missing_actions: list[str]
    created_at: datetime
    updated_at: datetime


class DataSourcePage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[DataSourceOut]
    next_cursor: str | None


class NewDataSource(BaseModel):
    """Exports lie in a bucket, which the role of `cloud_account_id` reads; Cost Explorer has an account alone.

    `schedule` is EventBridge's rate(...) or cron(...), in UTC; without one it is hourly, for Cost Explorer daily.
    `backfill_months` counts back from the current month. Cost Explorer, each call of which costs 0.01 USD, is asked
    for that far once, and then for the months that may still change; `metrics` are its names of costs, null for
    UnblendedCost and AmortizedCost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    bucket: Bucket | None = None
    prefix: Prefix = ""
    cloud_account_id: UUID | None = None
    schedule: Schedule | None = None
    enabled: bool = True
    backfill_months: Months = 12
    grain: Grain = "daily"
    metrics: Metrics | None = None

    def fields(self) -> dict[str, Any]:
        usual = DAILY if self.kind == "cost_explorer" else HOURLY
        return {**self.model_dump(), "schedule": self.schedule or usual}


class DataSourceChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)

    kind: Kind = "cur2"
    bucket: Bucket | None = None
    prefix: Prefix = ""
    cloud_account_id: UUID | None = None
    schedule: Schedule = HOURLY
    enabled: bool = True
    backfill_months: Months = 12
    grain: Grain = "daily"
    metrics: Metrics | None = None


class Run(BaseModel):
    """How many months back this one run looks; without it, as many as a scheduled one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backfill_months: Months | None = None


class QueuedRun(BaseModel):
    model_config = ConfigDict(frozen=True)

    message_id: UUID
