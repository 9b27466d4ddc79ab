"""What an inventory check looks at: a resource as the last scan saw it, with its lines of the bill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cloudops.inventory.models import UNMEASURED
from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Judgement,
    Kind,
    NoPermission,
    NotEnoughData,
    RiskClass,
    Severity,
)
from cloudops.recommendations.subjects import OWNER_KEYS, Subject, first_tag

GET_METRICS = "cloudwatch:GetMetricData"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`attached` are the lines of the volumes of a stopped instance. `unseen` says why no scan knows the resource.

    Ages are reckoned at `scanned_at`: the facts are as old as the scan.
    """

    subject: Subject
    type: str
    name: str
    status: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    utilization: Mapping[str, Any] | None = None
    missing_actions: tuple[str, ...] = ()
    scanned_at: datetime | None = None
    attached: tuple[BilledUsage, ...] = ()
    unseen: NoPermission | NotEnoughData | None = None

    @property
    def live(self) -> tuple[BilledUsage, ...]:
        return self.subject.live

    @property
    def owner(self) -> str | None:
        return first_tag([self.tags], OWNER_KEYS)

    def figure(self, key: str) -> float | None:
        found = (self.utilization or {}).get(key)
        return float(found) if isinstance(found, int | float) else None

    @property
    def unmeasured(self) -> NotEnoughData | None:
        """Where CloudWatch answered the last scan without all of its figures."""
        reason = (self.utilization or {}).get(UNMEASURED)
        return NotEnoughData(reason=f"CloudWatch did not tell its metrics ({reason}).") if reason else None

    def days_since(self, moment: object) -> float | None:
        """From a time in the configuration or utilization until the scan."""
        at = time_of(moment)
        if at is None or self.scanned_at is None:
            return None
        return (self.scanned_at - at).total_seconds() / 86_400


def time_of(moment: object) -> datetime | None:
    if not isinstance(moment, str):
        return None
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return found if found.tzinfo else None


@dataclass(frozen=True, kw_only=True)
class InventoryCheck:
    """A row of the catalogue for resources of `types`. Without one of `needs`, permissions, nothing can be said."""

    id: str
    name: str
    kind: Kind
    type: ActionType
    risk: RiskClass
    component: Component
    types: frozenset[str]
    judge: Callable[[Holding, Bill], Judgement]
    needs: tuple[str, ...] = ()
    minimum_saving: Decimal = Decimal(1)
    severity: Severity | None = None
