"""The keys of system_config as people read and set them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class ConfiguredValue:
    id: UUID
    key: str
    value: str
    description: str | None
    updated_by: str
    updated_at: datetime
    created_at: datetime
