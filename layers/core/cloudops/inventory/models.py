"""What a scan is made of: places, resources, outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

type Json = str | int | float | bool | Mapping[str, Json] | Sequence[Json] | None

GONE = "gone"
# Where resources of services without regions are.
GLOBAL = "global"
# In place of all figures in a utilization: why CloudWatch did not tell them.
UNMEASURED = "unmeasured"


class ItemStatus(StrEnum):
    WAITING = "waiting"
    SCANNED = "scanned"
    NO_PERMISSION = "no_permission"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class AccountAccess:
    """How an account is read: without a role by the platform's own credentials, without regions in all enabled ones."""

    account_id: str
    role_arn: str | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    account_id: str
    region: str

    @property
    def partition(self) -> str:
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, path: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{path}"


@dataclass(frozen=True, kw_only=True)
class ScannedResource:
    """A resource as its service describes it.

    `resource_id` is what a bill usually calls it, `aliases` what else it may be called there; `metric_name` is
    its value of the CloudWatch dimension that names it.
    """

    resource_id: str
    type: str
    service: str
    name: str
    arn: str | None = None
    aliases: tuple[str, ...] = ()
    status: str | None = None
    instance_type: str | None = None
    group_name: str | None = None
    metric_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Json] = field(default_factory=dict)
    utilization: Mapping[str, Json] | None = None
    missing_actions: tuple[str, ...] = ()

    @property
    def known_as(self) -> tuple[str, ...]:
        names = (self.resource_id, self.arn, *self.aliases)
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one work item."""

    status: ItemStatus
    resources: int = 0
    missing_actions: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    run_id: UUID
    account_id: str
    region: str
    service: str
    attempts: int

    @property
    def place(self) -> Place:
        return Place(account_id=self.account_id, region=self.region)

    @property
    def scope(self) -> str:
        return f"{self.region}/{self.service}"


@dataclass(frozen=True, kw_only=True)
class ScanItem:
    """A line of a run's ledger."""

    account_id: str
    region: str
    service: str
    status: str
    attempts: int
    resources: int | None
    missing_actions: list[str]
    reason: str | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ImportedResource:
    """What another tool knows of a resource; its cost is in the reporting currency."""

    resource_id: str
    resource_type: str
    region: str
    configuration: Mapping[str, Any]
    utilization: Mapping[str, Any] | None
    monthly_cost: Decimal
    last_analyzed_at: datetime

    @property
    def tags(self) -> Mapping[str, Any]:
        """Some keep tags within the configuration."""
        tags = self.configuration.get("tags")
        return tags if isinstance(tags, Mapping) else {}
