"""Types of request parameters that pydantic would take more liberally."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def iso_day(value: Any) -> date:
    """Pydantic also takes seconds since 1970 and midnights for days, and Python also weeks."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("a day from 2000-01-01 to 2099-12-31 is asked for")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(iso_day)]
