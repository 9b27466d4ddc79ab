"""Required tags, scans for them, what scans found and what is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

CENT = Decimal("0.01")
SEPARATORS = str.maketrans("", "", "_- ")


class ScanStatus(StrEnum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class ProposalStatus(StrEnum):
    """ACCEPTED waits for somebody to write the tag; a later scan that sees it there makes it APPLIED."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    APPLIED = "applied"


class Source(StrEnum):
    """What a resource has in common with those that carry the tag."""

    ATTACHMENT = "attachment"
    STACK = "stack"
    AUTO_SCALING_GROUP = "auto_scaling_group"
    CREATOR = "creator"
    SUBNET = "subnet"
    VPC = "vpc"
    NAME = "name"


def normal_key(key: str) -> str:
    """As normal_tag_key of the schema: CostCenter, cost-center and cost_center are one key."""
    return key.translate(SEPARATORS).lower()


def percentage(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Never rounded up, so that 100 means all; None of nothing."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(CENT, ROUND_DOWN) if whole > 0 else None


@dataclass(frozen=True, kw_only=True)
class RequiredTag:
    """Without `allowed_values` any value will do; with them, exactly these."""

    key: str
    allowed_values: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """What no tags are asked of: everything that fits all of what is named."""

    reason: str
    account_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class TagSettings:
    """`types` replace `default` for the types that they name."""

    default: Sequence[RequiredTag]
    types: Mapping[str, Sequence[RequiredTag]] = field(default_factory=dict)
    exemptions: Sequence[Exemption] = ()

    def editable(self) -> dict[str, Any]:
        return {
            "default": [tag_row(tag) for tag in self.default],
            "types": {name: [tag_row(tag) for tag in tags] for name, tags in sorted(self.types.items())},
            "exemptions": [vars(one) for one in sorted(self.exemptions, key=exemption_order)],
        }


def tag_row(tag: RequiredTag) -> dict[str, Any]:
    allowed = None if tag.allowed_values is None else list(tag.allowed_values)
    return {"key": tag.key, "allowed_values": allowed}


def exemption_order(one: Exemption) -> tuple[str, ...]:
    return one.account_id or "", one.resource_type or "", one.resource_id or "", one.reason


@dataclass(frozen=True, kw_only=True)
class Scan:
    """Counts are None until it is completed; `reason` says why it failed."""

    id: UUID
    scan_date: datetime
    status: str
    requested_by: str
    total_resources: int | None
    tagged_resources: int | None
    untagged_resources: int | None
    exempt_resources: int | None
    untaggable_resources: int | None
    compliance_percentage: Decimal | None
    scan_duration_seconds: int | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Counts:
    total: int
    untagged: int
    exempt: int
    untaggable: int


@dataclass(frozen=True, kw_only=True)
class UntaggedResource:
    """`refused_tags` are there, with a value that is not allowed."""

    scan_id: UUID
    place: int
    account_id: str
    resource_id: str
    resource_type: str
    resource_arn: str | None
    name: str
    region: str | None
    team_id: UUID | None
    team: str | None
    source: str
    monthly_cost: Decimal
    currency: str
    missing_tags: list[str]
    refused_tags: list[str]
    discovered_at: datetime


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One group of resources in one currency; `name` is a team's name, None where nobody owns them."""

    value: str
    name: str | None
    currency: str
    total_resources: int
    tagged_resources: int
    total_cost: Decimal
    tagged_cost: Decimal

    @property
    def by_cost(self) -> Decimal | None:
        return percentage(self.tagged_cost, self.total_cost)


@dataclass(frozen=True, kw_only=True)
class Score:
    """A team, account or type over all its currencies, whose costs are not added."""

    value: str
    name: str | None
    lines: Sequence[ScoreLine]

    @property
    def total_resources(self) -> int:
        return sum(line.total_resources for line in self.lines)

    @property
    def tagged_resources(self) -> int:
        return sum(line.tagged_resources for line in self.lines)

    @property
    def by_count(self) -> Decimal | None:
        return percentage(self.tagged_resources, self.total_resources)


@dataclass(frozen=True, kw_only=True)
class Vote:
    """Of `tagged` others in `group` that carry the key, `agreeing` have `value`."""

    source: Source
    group: str
    value: str
    agreeing: int
    tagged: int


@dataclass(frozen=True, kw_only=True)
class Lack:
    """A resource without one of its required tags, and what its neighbours say it should be."""

    account_id: str
    resource_id: str
    tag_key: str
    allowed_values: Sequence[str] | None
    votes: Sequence[Vote]


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    account_id: str
    resource_id: str
    tag_key: str
    tag_value: str
    confidence: Decimal
    evidence: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class AcceptedTags:
    """All tags that somebody wants on one resource. `arn` is None where no scan has told it."""

    account_id: str
    region: str | None
    resource_id: str
    arn: str | None
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    id: UUID
    account_id: str
    resource_id: str
    resource_type: str
    name: str
    region: str | None
    team_id: UUID | None
    tag_key: str
    tag_value: str
    confidence: Decimal
    evidence: list[dict[str, Any]]
    status: str
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    found_at: datetime
    created_at: datetime
