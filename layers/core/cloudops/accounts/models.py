"""Cloud accounts, the roles that open them, and data sources."""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

ROLE_ARN = re.compile(
    r"arn:(?P<partition>aws|aws-cn|aws-us-gov):iam::(?P<account>[0-9]{12}):role/(?P<path>[\w+=,.@/-]*/)?(?P<name>[\w+=,.@-]{1,64})",
    re.ASCII,
)
type Provider = Literal["aws", "azure", "gcp", "ibm", "oci", "other"]
type Kind = Literal["cur1", "cur2", "focus", "cost_explorer"]
type Grain = Literal["daily", "line_item"]
IN_BUCKETS: tuple[Kind, ...] = ("cur1", "cur2", "focus")
USUAL_METRICS = ("AmortizedCost", "UnblendedCost")


class ConnectionStatus(StrEnum):
    """What the last try of an account's role told."""

    PENDING = "pending"
    CONNECTED = "connected"
    INSECURE = "insecure"
    UNREACHABLE = "unreachable"


# As onboarding/action-role.yaml calls the role that schedules act by.
SCHEDULES_SUFFIX = "-schedules"
# Objects of a bucket with a key of its own are decrypted by S3 in the name of whoever reads them.
DECRYPT = "kms:Decrypt"
THROUGH_S3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com*"}}


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role in a customer's account, and the external id that its trust policy has to ask for."""

    arn: str
    external_id: str = field(repr=False)

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class CloudAccount:
    """Without a role it is known from bills only."""

    id: UUID
    project_id: UUID
    team_id: UUID | None
    provider: str
    account_id: str
    name: str | None
    role_arn: str | None
    external_id: str | None = field(repr=False)
    status: str | None
    status_reason: str | None
    verified_at: datetime | None
    connected_at: datetime | None
    action_role_arn: str | None
    action_role_status: str | None
    action_role_status_reason: str | None
    action_role_verified_at: datetime | None
    regions: list[str]
    created_at: datetime

    @property
    def role(self) -> Role | None:
        if self.role_arn is None or self.external_id is None:
            return None
        return Role(arn=self.role_arn, external_id=self.external_id)

    @property
    def acting_role(self) -> Role | None:
        """What changes are made by. It asks for the same external id."""
        if self.action_role_arn is None or self.external_id is None:
            return None
        return Role(arn=self.action_role_arn, external_id=self.external_id)

    @property
    def readable(self) -> bool:
        """Only a role that was seen to refuse strangers is used."""
        return self.status == ConnectionStatus.CONNECTED

    def editable(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "project_id": self.project_id,
            "team_id": self.team_id,
            "role_arn": self.role_arn,
            "action_role_arn": self.action_role_arn,
            "regions": self.regions,
        }


@dataclass(frozen=True, kw_only=True)
class NewConnection:
    account_id: str
    role_arn: str
    regions: list[str]
    name: str | None = None
    project_id: UUID | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`final` is False where AWS could not be asked, so that another try may tell more."""

    status: ConnectionStatus
    reason: str | None = None
    final: bool = True


@dataclass(frozen=True, kw_only=True)
class LastDelivery:
    """`reason` says why it was quarantined."""

    id: UUID
    source: str
    period: date | None
    status: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class SourceFields:
    """What people say about a data source. Kinds other than cost_explorer lie in a bucket.

    `metrics` are Cost Explorer's names of costs; None for the usual ones.
    """

    kind: Kind
    bucket: str | None = None
    prefix: str = ""
    cloud_account_id: UUID | None = None
    schedule: str = "rate(1 hour)"
    enabled: bool = True
    backfill_months: int = 12
    grain: Grain = "daily"
    metrics: list[str] | None = None

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" if self.bucket else "Cost Explorer"


@dataclass(frozen=True, kw_only=True)
class DataSource(SourceFields):
    id: UUID
    queued_at: datetime | None
    created_at: datetime
    updated_at: datetime
    fetched_at: datetime | None
    fetched_from: date | None
    missing_actions: list[str]
    last_run_at: datetime | None
    last_error: str | None
    delivery_id: UUID | None
    delivery_source: str | None
    delivery_period: date | None
    delivery_status: str | None
    delivery_reason: str | None
    delivery_created_at: datetime | None

    @property
    def last_delivery(self) -> LastDelivery | None:
        if not (
            self.delivery_id and self.delivery_source and self.delivery_status and self.delivery_created_at
        ):
            return None
        return LastDelivery(
            id=self.delivery_id,
            source=self.delivery_source,
            period=self.delivery_period,
            status=self.delivery_status,
            reason=self.delivery_reason,
            created_at=self.delivery_created_at,
        )

    def editable(self) -> dict[str, Any]:
        return {"id": self.id, **{name: getattr(self, name) for name in SourceFields.__dataclass_fields__}}


@dataclass(frozen=True, kw_only=True)
class ScheduledSource:
    """What tells when an enabled source is due."""

    id: UUID
    schedule: str
    queued_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A source and the role to read it by; without a role it is read as ourselves."""

    source_id: UUID
    bucket: str
    prefix: str
    grain: Grain
    backfill_months: int
    role: Role | None

    @property
    def session_policy(self) -> str | None:
        """What a session may at most do, whatever the role allows: list and read below the prefix."""
        if self.role is None:
            return None
        bucket = f"arn:{self.role.partition}:s3:::{self.bucket}"
        statements = [
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": bucket,
                "Condition": {"StringLike": {"s3:prefix": f"{self.prefix}*"}},
            },
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket}/{self.prefix}*"},
            {
                "Effect": "Allow",
                "Action": DECRYPT,
                "Resource": "*",
                "Condition": THROUGH_S3,
            },
        ]
        return json.dumps({"Version": "2012-10-17", "Statement": statements})


@dataclass(frozen=True, kw_only=True)
class ActionRole:
    """The role that changes in an account are made by."""

    role_arn: str
    external_id: str

    @property
    def schedules_arn(self) -> str:
        """That of the role which the same template makes beside it, for EventBridge Scheduler."""
        return f"{self.role_arn}{SCHEDULES_SUFFIX}"


@dataclass(frozen=True, kw_only=True)
class ExplorerReading:
    """A billing account whose Cost Explorer is asked, and the role to ask by; without one it is asked as ourselves.

    `fetched_at` is when the months that may still change were last answered for, `fetched_from` the first month ever.
    """

    source_id: UUID
    billing_account_id: str
    metrics: list[str]
    backfill_months: int
    fetched_at: datetime | None
    fetched_from: date | None
    role: Role | None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An IAM action that the last reading for a purpose was denied; `resources` is how many it left incomplete."""

    action: str
    needed_for: str
    resources: int
    refused_at: datetime | None
    bucket: str | None
    prefix: str | None


@dataclass(frozen=True, kw_only=True)
class MissingPermission:
    """An action on a resource, "*" for all, and all that waits for it."""

    action: str
    resource: str
    needed_for: list[str]
    resources: int
    refused_at: datetime | None
