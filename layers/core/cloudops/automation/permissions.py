"""What a tenant lets automation do. Whatever is absent, empty, zero or not understood lets it do nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from cloudops.errors import InvalidError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WINDOW = re.compile(
    r"(?P<days>[a-z]{3}(?:-[a-z]{3})?) (?P<start>[0-2][0-9]:[0-5][0-9])-(?P<end>[0-2][0-9]:[0-5][0-9])"
)
# Document 1 keeps money times 1000.
THOUSANDTHS = Decimal(1000)
WEEK = timedelta(days=7)


class BadConfigurationError(InvalidError):
    """The value is none that this key can have."""


@dataclass(frozen=True, kw_only=True)
class ChangeWindow:
    """Weekdays and a time of day in UTC; one that ends before it begins reaches into the next day."""

    days: frozenset[int]
    start: time
    end: time

    def is_open(self, now: datetime) -> bool:
        if self.start < self.end:
            return now.weekday() in self.days and self.start <= now.time() < self.end
        late = now.weekday() in self.days and now.time() >= self.start
        early = (now.weekday() - 1) % 7 in self.days and now.time() < self.end
        return late or early

    def next_open(self, now: datetime) -> datetime:
        for ahead in range(8):
            opens = datetime.combine(now.date() + timedelta(days=ahead), self.start, tzinfo=now.tzinfo)
            if opens > now and opens.weekday() in self.days:
                return opens
        return now + WEEK


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """`monthly_savings_limit` is the saving above which a finance approver has to agree, in the reporting currency."""

    enabled: bool = False
    autonomous: bool = False
    maximum_risk: Decimal = Decimal(0)
    monthly_savings_limit: Decimal = Decimal(0)
    autonomous_types: frozenset[str] = frozenset()
    allowed_accounts: frozenset[str] = frozenset()
    actions_per_run: int = 0
    actions_per_day: int = 0
    monthly_savings_per_run: Decimal = Decimal(0)
    monthly_savings_per_day: Decimal = Decimal(0)
    share_of_fleet: Decimal = Decimal(0)
    change_windows: tuple[ChangeWindow, ...] = ()
    protect_tags: tuple[tuple[str, str | None], ...] = ()

    def is_open(self, now: datetime) -> bool:
        return any(window.is_open(now) for window in self.change_windows)

    def next_open(self, now: datetime) -> datetime | None:
        return min((window.next_open(now) for window in self.change_windows), default=None)

    def protects(self, tags: Mapping[str, str]) -> str | None:
        """The protect tag that the resource carries."""
        carried = {key.lower(): value.lower() for key, value in tags.items()}
        for key, value in self.protect_tags:
            if key in carried and value in (None, carried[key]):
                return key if value is None else f"{key}={value}"
        return None


@dataclass(frozen=True, kw_only=True)
class Key[T]:
    """A key of the configuration: what it means, and how its text is read. `read` raises ValueError."""

    name: str
    field: str
    read: Callable[[str], T]
    example: str
    description: str


def flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text == "true"


def amount(text: str) -> Decimal:
    # Decimal alone would take 1e2, 1_0 and the digits of every script.
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError("a number that is not negative")
    return Decimal(text)


def percentage(text: str) -> Decimal:
    value = amount(text)
    if value > 100:
        raise ValueError("a percentage from 0 to 100")
    return value


def thousandths(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError("an integer: the amount times 1000")
    return Decimal(text) / THOUSANDTHS


def number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("a number from 0 to 999999")
    return int(text)


def names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def account_ids(text: str) -> frozenset[str]:
    found = names(text)
    if any(not re.fullmatch(r"[0-9]{12}", account) for account in found):
        raise ValueError("AWS account ids, separated by commas")
    return found


def windows(text: str) -> tuple[ChangeWindow, ...]:
    return tuple(window(part.strip()) for part in text.split(",") if part.strip())


def window(text: str) -> ChangeWindow:
    matched = WINDOW.fullmatch(text)
    if not matched:
        raise ValueError("windows in UTC such as mon-fri 20:00-06:00, separated by commas")
    start, end = time.fromisoformat(matched["start"]), time.fromisoformat(matched["end"])
    if start == end:
        raise ValueError("a window that begins and ends at different times")
    return ChangeWindow(days=days(matched["days"]), start=start, end=end)


def days(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    if {first, last or first} - set(DAYS):
        raise ValueError("days as mon, tue, wed, thu, fri, sat, sun")
    begin, finish = DAYS.index(first), DAYS.index(last or first)
    return frozenset((begin + step) % 7 for step in range((finish - begin) % 7 + 1))


def tag_pairs(text: str) -> tuple[tuple[str, str | None], ...]:
    """Keys and values compare without regard to case; a key alone protects whatever its value."""
    pairs = (part.strip().lower().partition("=") for part in text.split(",") if part.strip())
    return tuple((key.strip(), value.strip() if equals else None) for key, equals, value in pairs)


# The first four are the first document's.
KEYS: tuple[Key[object], ...] = (
    Key(
        name="agent.autonomous_mode",
        field="autonomous",
        read=flag,
        example="false",
        description="Whether the system may act without a person's approval.",
    ),
    Key(
        name="agent.max_autonomous_risk_level",
        field="maximum_risk",
        read=percentage,
        example="5.0",
        description="The highest risk in percent that it may take on its own.",
    ),
    Key(
        name="agent.approval_required_above_savings",
        field="monthly_savings_limit",
        read=thousandths,
        example="10000000",
        description="Monthly savings, times 1000, above which a finance approver has to agree.",
    ),
    Key(
        name="agent.auto_execute_types",
        field="autonomous_types",
        read=names,
        example="resize,storage-class",
        description="The types of recommendations that it may carry out on its own.",
    ),
    Key(
        name="actions.enabled",
        field="enabled",
        read=flag,
        example="true",
        description="The kill switch: without true no change is made, and none goes on.",
    ),
    Key(
        name="actions.allowed_accounts",
        field="allowed_accounts",
        read=account_ids,
        example="111122223333",
        description="The accounts that may be changed at all.",
    ),
    Key(
        name="actions.max_per_run",
        field="actions_per_run",
        read=number,
        example="5",
        description="How many changes one run may begin on its own.",
    ),
    Key(
        name="actions.max_per_day",
        field="actions_per_day",
        read=number,
        example="20",
        description="How many changes may begin on one UTC day.",
    ),
    Key(
        name="actions.max_savings_per_run",
        field="monthly_savings_per_run",
        read=thousandths,
        example="1000000",
        description="Monthly savings, times 1000, that the changes of one run may add up to.",
    ),
    Key(
        name="actions.max_savings_per_day",
        field="monthly_savings_per_day",
        read=thousandths,
        example="5000000",
        description="Monthly savings, times 1000, that the changes of one UTC day may add up to.",
    ),
    Key(
        name="actions.max_share_of_fleet",
        field="share_of_fleet",
        read=percentage,
        example="10",
        description="The share in percent of an account's resources of one type that may be changed on one UTC day.",
    ),
    Key(
        name="actions.change_windows",
        field="change_windows",
        read=windows,
        example="mon-fri 20:00-06:00",
        description="When changes may begin, in UTC.",
    ),
    Key(
        name="actions.protect_tags",
        field="protect_tags",
        read=tag_pairs,
        example="cloudops:protect,environment=prod",
        description="Tags, or tags with a value, of resources that are never changed.",
    ),
)
BY_NAME = {key.name: key for key in KEYS}


def permissions_of(configured: Mapping[str, str | None]) -> Permissions:
    """Never raises: what cannot be understood permits nothing."""
    found = {}
    for key in KEYS:
        try:
            found[key.field] = key.read((configured.get(key.name) or "").strip())
        except ValueError:
            continue
    return Permissions(**found)  # type: ignore[arg-type]


def check_value(name: str, value: str) -> None:
    """Raises BadConfigurationError for a key that is none, and for a text that its key cannot have."""
    if name not in BY_NAME:
        raise BadConfigurationError(f"there is no such key; there are {', '.join(BY_NAME)}", field="key")
    try:
        BY_NAME[name].read(value.strip())
    except ValueError as error:
        raise BadConfigurationError(f"{name} takes {error}", field="value") from error
