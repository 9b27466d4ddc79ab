from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Protocol

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.subjects import Scope, Subject

type Json = str | int | bool | Mapping[str, Json] | Sequence[Json] | None


class Kind(StrEnum):
    COST_OPTIMIZATION = "cost_optimization"
    COMPLIANCE = "compliance"
    SECURITY = "security"
    RIGHTSIZING = "rightsizing"


class ActionType(StrEnum):
    """Document 1's five types; REVIEW where a person has to look first."""

    RESIZE = "resize"
    TERMINATE = "terminate"
    STORAGE_CLASS = "storage-class"
    RESERVED_INSTANCE = "reserved-instance"
    SCHEDULE = "schedule"
    REVIEW = "review"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RiskClass(Enum):
    """The catalogue's classes with their risk in percent; F commits money and is never autonomous."""

    A = Decimal(5)
    B = Decimal(30)
    C = Decimal(70)
    F = Decimal(90)


class Component(StrEnum):
    """The part of a resource's cost that a change concerns; changes of one part do not add up."""

    COMPUTE = "compute"
    STORAGE = "storage"
    BACKUP = "backup"
    IO = "io"
    REQUESTS = "requests"
    TRANSFER = "transfer"
    ADDRESS = "address"
    GATEWAY = "gateway"
    SUPPORT = "support"
    CREDITS = "credits"
    FEES = "fees"
    COMMITMENT = "commitment"
    TAGS = "tags"
    MONITORING = "monitoring"


class Verdict(StrEnum):
    FLAGGED = "flagged"
    FINE = "fine"
    NOT_ENOUGH_DATA = "not_enough_data"
    NO_PERMISSION = "no_permission"
    EXCEPTED = "excepted"


@dataclass(frozen=True, kw_only=True)
class PriceRatio:
    """The price of what is recommended over the price of what is used now, and where it was read."""

    value: Decimal
    source: str
    as_of: str
    confidence: Decimal


@dataclass(frozen=True, kw_only=True)
class Saving:
    """`monthly` of `cost`, net per month of 30.4375 days; `covered` is paid by commitments and left out."""

    monthly: Decimal
    cost: Decimal
    covered: Decimal
    basis: str
    ratio: PriceRatio | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a check proposes for a subject; `lines` are the charges that the change concerns."""

    title: str
    description: str
    impact: str
    steps: tuple[str, ...]
    lines: tuple[BilledUsage, ...]
    saving: Saving | None
    confidence: Decimal
    current: Mapping[str, Json] = field(default_factory=dict)
    recommended: Mapping[str, Json] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Fine:
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotEnoughData:
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoPermission:
    """`action` is the IAM action that is missing."""

    action: str

    @property
    def reason(self) -> str:
        return f"The role in this account lacks {self.action}."


type Judgement = Proposal | Fine | NotEnoughData | NoPermission


class CatalogueEntry(Protocol):
    """What a finding takes from its check, whatever the check looks at."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def type(self) -> ActionType: ...
    @property
    def risk(self) -> RiskClass: ...
    @property
    def component(self) -> Component: ...
    @property
    def minimum_saving(self) -> Decimal: ...
    @property
    def severity(self) -> Severity | None: ...


@dataclass(frozen=True, kw_only=True)
class Check:
    """A row of the catalogue and the pure function that decides it: None if it does not concern the subject.

    A saving below `minimum_saving` a month, in the bill's currency, is not worth anybody's time. Severity follows
    the money at stake unless the check sets its own.
    """

    id: str
    name: str
    kind: Kind
    type: ActionType
    risk: RiskClass
    component: Component
    judge: Callable[[Subject, Bill], Judgement | None]
    scope: Scope = Scope.RESOURCE
    provider: str | None = "aws"
    minimum_saving: Decimal = Decimal(1)
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A recommendation in the making. `monthly_savings` is None where the bill cannot tell, never a guess."""

    check_id: str
    kind: Kind
    type: ActionType
    provider: str
    account_id: str
    account_name: str | None
    service: str | None
    region: str | None
    resource_id: str | None
    title: str
    description: str
    impact: str
    action_steps: tuple[str, ...]
    evidence: Mapping[str, Json]
    current_config: Mapping[str, Json]
    recommended_config: Mapping[str, Json]
    monthly_cost: Decimal
    monthly_savings: Decimal | None
    currency: str
    confidence: Decimal
    severity: Severity
    risk: Decimal
    owner: str | None
    overlap_group: str

    @property
    def natural_key(self) -> str:
        """The same problem found again on another day has the same key."""
        place = (self.provider, self.account_id, self.region, self.service, self.resource_id, self.currency)
        return "|".join((self.check_id, *(part or "" for part in place)))


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A line of the ledger: what a check concluded about a subject. Silence is never read as health."""

    check_id: str
    provider: str
    account_id: str
    service: str | None
    region: str | None
    resource_id: str | None
    verdict: Verdict
    reason: str


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Somebody accepted a check's findings: everywhere (all None), in an account, or on one resource."""

    check_id: str
    account_id: str | None = None
    resource_id: str | None = None
    until: date | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """Why a finding is in the ledger only."""
        end = f" until {self.until:%Y-%m-%d}" if self.until else ""
        return f"Accepted{end}: {self.reason}"

    def covers(self, day: date) -> bool:
        return self.until is None or day <= self.until


class Acceptances:
    """Acceptances by what they are about, since each finding asks for its own."""

    def __init__(self, accepted: Iterable[Acceptance] = ()) -> None:
        self._by_scope = {(one.check_id, one.account_id, one.resource_id): one for one in accepted}

    def covering(self, check_id: str, subject: Subject, day: date) -> Acceptance | None:
        scopes = (
            (check_id, subject.account_id, subject.resource_id),
            (check_id, None, subject.resource_id),
            (check_id, subject.account_id, None),
            (check_id, None, None),
        )
        found = (self._by_scope.get(scope) for scope in scopes)
        return next((one for one in found if one and one.covers(day)), None)
