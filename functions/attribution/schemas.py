"""Rules, previews and explanations as the API shows and takes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=255)]
Key = Annotated[str, Field(min_length=1, max_length=255)]
Pattern = Annotated[str, Field(max_length=500)]
Value = Annotated[str, Field(max_length=1000)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Priority = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Values = Annotated[list[Text], Field(max_length=1000)]
Percentage = Annotated[Decimal, Field(gt=0, le=100, max_digits=12, decimal_places=9)]
KindName = Literal[
    "resource",
    "resource_prefix",
    "tag",
    "team_name",
    "service_name",
    "account",
    "account_owner",
    "provider_service",
]
MethodName = Literal["even", "fixed", "proportional"]
ChargeCategory = Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
Warnings = list[Literal["matches_nothing", "matches_everything"]]


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


class Taken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class NewTagRule(Taken):
    """`pattern` is RE2 and has to match a tag's whole value; without one every value is taken.

    `normalized_value` may name the pattern's groups as \\1 to \\9.
    """

    rule_name: Name
    tag_key: Key
    pattern: Pattern | None = None
    normalized_key: Key | None = None
    normalized_value: Value | None = None
    priority: Priority = 0
    is_active: bool = True


class TriedTagRule(NewTagRule):
    """With `id`, it is tried in the place of that rule."""

    id: UUID | None = None


class TagRuleChange(Change):
    """What is left out stays as it is."""

    rule_name: Name = ""
    tag_key: Key = ""
    pattern: Pattern | None = None
    normalized_key: Key | None = None
    normalized_value: Value | None = None
    priority: Priority = 0
    is_active: bool = True


class TagRuleOut(Shown):
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


class TagRuleList(Shown):
    """In the order in which the rules are tried."""

    items: list[TagRuleOut]
    next_cursor: None = None


class NewAttributionRule(Taken):
    """`team_name`, `service_name` and `account_owner` find the owner in the hierarchy; the others name him."""

    rule_name: Name
    kind: KindName
    tag_key: Key | None = None
    match_values: Values = []
    team_id: UUID | None = None
    service_id: UUID | None = None
    priority: Priority = 0
    is_active: bool = True


class TriedAttributionRule(NewAttributionRule):
    """With `id`, it is tried in the place of that rule."""

    id: UUID | None = None


class AttributionRuleChange(Change):
    """What is left out stays as it is. Of a built-in rule, priority and is_active alone may change."""

    rule_name: Name = ""
    tag_key: Key | None = None
    match_values: Values = []
    team_id: UUID | None = None
    service_id: UUID | None = None
    priority: Priority = 0
    is_active: bool = True


class AttributionRuleOut(Shown):
    """The dates of a built-in rule are null until somebody changes it."""

    id: UUID
    rule_name: str
    kind: KindName
    tag_key: str | None
    match_values: list[str]
    team_id: UUID | None
    service_id: UUID | None
    priority: int
    is_active: bool
    is_built_in: bool
    created_at: datetime | None
    updated_at: datetime | None


class AttributionRuleList(Shown):
    """In the order in which the rules are tried."""

    items: list[AttributionRuleOut]
    next_cursor: None = None


class ShareIn(Taken):
    team_id: UUID
    percentage: Percentage | None = None


class ShareOut(Shown):
    team_id: UUID
    percentage: Decimal | None


class NewSplitRule(Taken):
    """What meets all of the conditions is shared. Without `shares`, all teams bear it.

    `proportional` is by each team's direct cost of the day, in the same currency.
    """

    rule_name: Name
    method: MethodName
    charge_category: ChargeCategory | None = None
    service: Text | None = None
    account_id: Text | None = None
    tag_key: Key | None = None
    tag_value: Value | None = None
    shares: Annotated[list[ShareIn], Field(max_length=500)] = []
    priority: Priority = 0
    is_active: bool = True


class TriedSplitRule(NewSplitRule):
    """With `id`, it is tried in the place of that rule."""

    id: UUID | None = None


class SplitRuleChange(Change):
    """What is left out stays as it is."""

    rule_name: Name = ""
    method: MethodName = "even"
    charge_category: ChargeCategory | None = None
    service: Text | None = None
    account_id: Text | None = None
    tag_key: Key | None = None
    tag_value: Value | None = None
    shares: Annotated[list[ShareIn], Field(max_length=500)] = []
    priority: Priority = 0
    is_active: bool = True


class SplitRuleOut(Shown):
    id: UUID
    rule_name: str
    method: MethodName
    charge_category: str | None
    service: str | None
    account_id: str | None
    tag_key: str | None
    tag_value: str | None
    shares: list[ShareOut]
    priority: int
    is_active: bool
    created_at: datetime
    updated_at: datetime


class SplitRuleList(Shown):
    """In the order in which the rules are tried."""

    items: list[SplitRuleOut]
    next_cursor: None = None


class CostSumOut(Shown):
    currency: str
    charges: int
    billed_cost: Decimal


class MoveOut(Shown):
    """Null stands for nobody."""

    from_team_id: UUID | None
    from_team: str | None
    to_team_id: UUID | None
    to_team: str | None
    currency: str
    charges: int
    billed_cost: Decimal


class ExampleOut(Shown):
    tag_key: str
    tag_value: str
    normalized_key: str
    normalized_value: str
    currency: str
    charges: int
    billed_cost: Decimal


class PreviewOut(Shown):
    """`matched` is what the rule takes, `reattributed` what of all cost would get another owner."""

    periods: list[date]
    matched: list[CostSumOut]
    reattributed: list[CostSumOut]
    moves: list[MoveOut]
    examples: list[ExampleOut]
    warnings: Warnings


class MatchOut(Shown):
    """`decides` names what the rule is the first to tell: team, service, both or nothing."""

    rule_id: UUID
    rule_name: str
    team_id: UUID | None
    team: str | None
    service_id: UUID | None
    service: str | None
    decides: list[Literal["team", "service"]]


class ExplanationOut(Shown):
    provider: str
    account_id: str
    provider_service: str
    resource_id: str | None
    tags: dict[str, str]
    normalized_tags: dict[str, str]
    matches: list[MatchOut]


class ExplanationList(Shown):
    items: list[ExplanationOut]
    next_cursor: None = None


class AttributionOut(Shown):
    """`pending` until a run has followed the last change; `attributed_at` is null where none was made yet."""

    pending: bool
    attributed_at: datetime | None


class QueuedRun(Shown):
    message_id: UUID
