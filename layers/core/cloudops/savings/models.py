"""What a change was to save, and what bills say it saves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

BEFORE_DAYS = 14
AFTER_DAYS = 30
# A change of a day in the middle of it is billed at both rates, and AWS takes a while to end what is ended.
SETTLING_DAYS = 2
FEWEST_DAYS = 7
# A bill's last days are still incomplete.
OPEN_DAYS = 2
WATCHED_FOR = timedelta(days=180)
# These change the rate: how much is used is not their doing. Any other change saves by ending the usage itself.
CHANGES_OF_RATE = frozenset(("ec2.resize", "rds.resize", "ebs.modify", "s3.lifecycle"))
# These are not there to save: a start ends what the stop before it saved, and that is measured on the stop.
NOT_SAVING = ("ec2.start", "tags.add")
# What the ARN of a resource says, by the family of the change.
SERVICES = {
    "ec2": "ec2",
    "ebs": "ec2",
    "rds": "rds",
    "s3": "s3",
    "elb": "elasticloadbalancing",
    "ecr": "ecr",
    "logs": "logs",
}


class SavingsStatus(StrEnum):
    MEASURING = "measuring"
    MEASURED = "measured"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class UsageOfDay:
    """Effective cost of one family of usage types on a day. `usage` is None where the bill names no amount."""

    day: date
    family: str
    cost: Decimal
    usage: Decimal | None


@dataclass(frozen=True, kw_only=True)
class CompletedAction:
    """`billed_as` is the resource's id as its recommendation found it on the bill.

    `not_before` is when an earlier change of the resource had settled, `not_after` when a later one began.
    """

    action_id: UUID
    type: str
    account_id: str
    resource_id: str
    billed_as: str | None
    began_on: date
    ended_on: date
    not_before: date | None
    not_after: date | None
    currency: str
    projected_monthly: Decimal | None
    known_status: str | None
    known_monthly: Decimal | None

    @property
    def is_change_of_rate(self) -> bool:
        return self.type in CHANGES_OF_RATE

    @property
    def service(self) -> str | None:
        return SERVICES.get(self.type.partition(".")[0])

    @property
    def before_from(self) -> date:
        start = self.began_on - timedelta(days=BEFORE_DAYS)
        return min(max(start, self.not_before or start), self.began_on)

    @property
    def after_from(self) -> date:
        return self.ended_on + timedelta(days=SETTLING_DAYS)


@dataclass(frozen=True, kw_only=True)
class Windows:
    """The days to compare, each of which the bill covers. `last` are the latest of those after the change."""

    before: tuple[date, ...]
    after: tuple[date, ...]
    last: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Amounts per day, but `monthly`, per month of 30.4375 days. `reason` says why nothing is measured yet."""

    status: SavingsStatus
    reason: str | None = None
    before_daily: Decimal | None = None
    after_daily: Decimal | None = None
    expected_daily: Decimal | None = None
    monthly: Decimal | None = None
    confidence: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ActionSavings:
    """What an action was to save beside what it saves."""

    action_id: UUID
    type: str
    account_id: str
    resource_id: str
    finished_at: datetime
    status: str
    reason: str | None
    currency: str
    before_daily: Decimal | None
    after_daily: Decimal | None
    expected_daily: Decimal | None
    projected_monthly: Decimal | None
    measured_monthly: Decimal | None
    confidence: Decimal | None
    before_from: date
    before_until: date
    after_from: date
    after_until: date | None
    measured_at: datetime


type Covered = Mapping[str, frozenset[date]]
