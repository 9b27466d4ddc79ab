"""Which billing month an object belongs to, as the folders of exports tell it: so that a look back can end."""

import re
from collections.abc import Iterable
from datetime import date

from cloudops.stored_object import StoredObject

# Data Exports: BILLING_PERIOD=2026-07/ or billing_period=...; CUR 1.0: 20260701-20260801/ and, for Athena,
# year=2026/month=7/.
PATTERNS = (
    re.compile(r"(?:^|/)billing_period=(20\d\d)-(\d\d?)(?:-\d\d)?/", re.IGNORECASE),
    re.compile(r"(?:^|/)(20\d\d)(\d\d)01-20\d\d\d\d01/"),
    re.compile(r"(?:^|/)year=(20\d\d)/month=(\d\d?)/", re.IGNORECASE),
)


def billing_month(key: str) -> date | None:
    """The first of the month; None where the key does not tell."""
    for pattern in PATTERNS:
        found = pattern.search(key)
        if found and 1 <= int(found[2]) <= 12:
            return date(int(found[1]), int(found[2]), 1)
    return None


def months_before(day: date, months: int) -> date:
    """The first of the month that lies `months` before the day's."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)


def since(listing: Iterable[StoredObject], first_month: date) -> list[StoredObject]:
    """Without what belongs to earlier months. An object that tells no month stays: it may belong to any."""
    return [one for one in listing if (billing_month(one.key) or first_month) >= first_month]
