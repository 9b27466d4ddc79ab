"""What the system does on its own, as the API shows it."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Verdict = Literal["acted", "held"]


class AutonomousTypeOut(BaseModel):
    """`earned` once `successes_in_a_row` reaches `successes_needed`; one that fails sets the row back to none."""

    model_config = ConfigDict(frozen=True)

    type: str
    earned: bool
    successes_in_a_row: int
    successes_needed: int
    completed: int
    failed: int
    last_failed_at: datetime | None


class AutonomousTypeList(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[AutonomousTypeOut]
    next_cursor: str | None = None


class RunOut(BaseModel):
    """`refusal` is why it looked at nothing; `monthly_savings` is what its changes are projected to save together."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    started_at: datetime
    refusal: str | None
    considered: int
    acted: int
    monthly_savings: Decimal
    currency: str


class RunPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[RunOut]
    next_cursor: str | None


class ConsiderationOut(BaseModel):
    """`action_type` is null where the recommendation has to be carried out by hand, `action_id` where it held."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    run_id: UUID
    recommendation_id: UUID | None
    check_id: str
    action_type: str | None
    action_id: UUID | None
    verdict: Verdict
    reason: str
    at: datetime


class ConsiderationPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ConsiderationOut]
    next_cursor: str | None
