"""How a kind of change earns that the system makes it on its own and loses it, and what is kept of its choices."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

SUCCESSES_NEEDED = 3


def has_earned(successes_in_a_row: int) -> bool:
    """The last ones, whoever allowed them, all verified; one that failed or was rolled back takes it away."""
    return successes_in_a_row >= SUCCESSES_NEEDED


@dataclass(frozen=True, kw_only=True)
class TrackRecord:
    """How actions of one type ended that had begun; `successes_in_a_row` counts back from the newest."""

    type: str
    successes_in_a_row: int
    completed: int
    failed: int
    last_failed_at: datetime | None

    @property
    def earned(self) -> bool:
        return has_earned(self.successes_in_a_row)


def without_a_record(action_type: str) -> TrackRecord:
    return TrackRecord(type=action_type, successes_in_a_row=0, completed=0, failed=0, last_failed_at=None)


class Verdict(StrEnum):
    ACTED = "acted"
    HELD = "held"


@dataclass(frozen=True, kw_only=True)
class Run:
    """`refusal` is why the run looked at nothing. `monthly_savings` is what the chosen changes are to save."""

    id: UUID
    started_at: datetime
    refusal: str | None
    considered: int
    acted: int
    monthly_savings: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Consideration:
    """`action_type` is None where the recommendation has to be carried out by hand."""

    id: UUID
    run_id: UUID
    recommendation_id: UUID | None
    check_id: str
    action_type: str | None
    action_id: UUID | None
    verdict: str
    reason: str
    at: datetime
