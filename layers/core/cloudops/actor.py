"""Who acts."""

from dataclasses import dataclass
from uuid import UUID

SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A user by his e-mail address, or the system."""

    name: str = SYSTEM
    user_id: UUID | None = None
