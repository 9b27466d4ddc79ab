"""Rules that read tags, attribute cost and share it; what they make of a charge; what a changed rule would move."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """What an attribution rule looks at, the most specific first: the tie-break of equal priorities."""

    RESOURCE = "resource"
    RESOURCE_PREFIX = "resource_prefix"
    TAG = "tag"
    TEAM_NAME = "team_name"
    SERVICE_NAME = "service_name"
    ACCOUNT = "account"
    ACCOUNT_OWNER = "account_owner"
    PROVIDER_SERVICE = "provider_service"

    @property
    def looks_at_a_tag(self) -> bool:
        return self in (Kind.TAG, Kind.TEAM_NAME, Kind.SERVICE_NAME)

    @property
    def finds_the_owner(self) -> bool:
        """Whether the hierarchy tells whom it attributes to, and not the rule itself."""
        return self in (Kind.TEAM_NAME, Kind.SERVICE_NAME, Kind.ACCOUNT_OWNER)


class Method(StrEnum):
    EVEN = "even"
    FIXED = "fixed"
    PROPORTIONAL = "proportional"


@dataclass(frozen=True, kw_only=True)
class TagRule:
    id: UUID
    rule_name: str
    tag_key: str
    pattern: str | None
    normalized_key: str | None
    normalized_value: str | None
    priority: int
    is_active: bool
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("created_at", "updated_at")}


@dataclass(frozen=True, kw_only=True)
class AttributionRule:
    """Built-in rules come with the product; people switch them off or move them, and nothing else."""

    id: UUID
    rule_name: str
    kind: Kind
    tag_key: str | None
    match_values: Sequence[str] = ()
    team_id: UUID | None = None
    service_id: UUID | None = None
    priority: int
    is_active: bool = True
    is_built_in: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def editable(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("created_at", "updated_at")}


@dataclass(frozen=True, kw_only=True)
class Share:
    """`percentage` is set where the rule splits by fixed percentages."""

    team_id: UUID
    percentage: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SplitRule:
    """Without `shares`, all teams bear the cost."""

    id: UUID
    rule_name: str
    method: Method
    charge_category: str | None
    service: str | None
    account_id: str | None
    tag_key: str | None
    tag_value: str | None
    shares: Sequence[Share]
    priority: int
    is_active: bool
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("created_at", "updated_at")}


type Rule = TagRule | AttributionRule | SplitRule


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """All rules that count, each list in the order in which it is tried."""

    tags: Sequence[TagRule]
    attribution: Sequence[AttributionRule]
    splits: Sequence[SplitRule]

    @property
    def tag_keys(self) -> list[str]:
        """The keys that any rule looks at; no other tag matters."""
        named = [
            *(rule.tag_key for rule in self.tags),
            *(rule.tag_key for rule in self.attribution),
            *(rule.tag_key for rule in self.splits),
        ]
        return sorted({key.lower() for key in named if key})


@dataclass(frozen=True, kw_only=True)
class Pair:
    tag_key: str
    tag_value: str


@dataclass(frozen=True, kw_only=True)
class NormalizedPair:
    """`place` is that of the rule which took the pair; None where none did."""

    tag_key: str
    tag_value: str
    normalized_key: str
    normalized_value: str
    tag_rule_id: UUID | None
    place: int | None


@dataclass(frozen=True, kw_only=True)
class CostSum:
    currency: str
    charges: int
    billed_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Example:
    """A pair of key and value that a rule takes, and what it becomes."""

    tag_key: str
    tag_value: str
    normalized_key: str
    normalized_value: str
    currency: str
    charges: int
    billed_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Move:
    """Cost that would go from one team, or none, to another."""

    from_team_id: UUID | None
    from_team: str | None
    to_team_id: UUID | None
    to_team: str | None
    currency: str
    charges: int
    billed_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a rule takes, and what of it would get another owner, in the bills of `periods`."""

    periods: Sequence[date]
    matched: Sequence[CostSum]
    reattributed: Sequence[CostSum]
    moves: Sequence[Move]
    examples: Sequence[Example] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """A rule that would take the cost; `decides` tells for what it is the first."""

    rule_id: UUID
    place: int
    team_id: UUID | None
    team: str | None
    service_id: UUID | None
    service: str | None
    rule_name: str = ""
    decides: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a cost is with its team: its tags as the rules read them, and all rules that would take it, in order."""

    provider: str
    account_id: str
    provider_service: str
    resource_id: str | None
    tags: dict[str, str]
    normalized_tags: dict[str, str]
    matches: Sequence[Match] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Attributed:
    """What a run did: how many subjects got another owner, and which deliveries were rolled up anew."""

    subjects: int
    changed: int
    deliveries: int


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """When all cost was last attributed, and what it looked at."""

    fingerprint: str
    attributed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether a run has followed the last change of rules, hierarchy or owners."""

    pending: bool
    attributed_at: datetime | None
