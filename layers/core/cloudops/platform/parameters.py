"""Types of request parameters that pydantic would take more liberally."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_day(value: Any) -> date:
    """Pydantic also takes seconds since 1970 and midnights for days, and Python also weeks."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("a day is written as YYYY-MM-DD")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(iso_day), Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
