"""Whether an expression is true of a resource. Pure, total, and honest about what nobody could look at.

A test of what is ABSENT is false, except for `absent`, `ne` and `not_in`, which deny a presence or an equality. A test
of what is UNKNOWN is unknown (None), and spreads as in Kleene's logic: {all} is false once a part is, {any} is true
once a part is, else the unknown part decides. A value of a type that an operator cannot compare is equal to nothing.
"""

import fnmatch
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cloudops.compliance.policies.expressions import AllOf, AnyOf, Expression, Not, Operator, Test
from cloudops.compliance.policies.fields import Missing, Subject, found_in

MAXIMUM_REASON = 500
# Longer texts are configuration documents, in which a pattern means nothing.
MAXIMUM_MATCHED = 2000
NEGATIONS = {Operator.NE: Operator.EQ, Operator.NOT_IN: Operator.IN, Operator.ABSENT: Operator.EXISTS}
WORDS = {
    Operator.EQ: "is",
    Operator.NE: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.EXISTS: "is set",
    Operator.ABSENT: "is not set",
    Operator.GT: "is above",
    Operator.GTE: "is at least",
    Operator.LT: "is below",
    Operator.LTE: "is at most",
    Operator.MATCHES: "matches",
    Operator.CONTAINS: "contains",
}


def evaluate(expression: Expression, subject: Subject, *, now: datetime) -> bool | None:
    """None where it depends on what could not be looked at."""
    match expression:
        case AllOf(parts=parts):
            return combined(parts, subject, decisive=False, now=now)
        case AnyOf(parts=parts):
            return combined(parts, subject, decisive=True, now=now)
        case Not(part=part):
            outcome = evaluate(part, subject, now=now)
            return None if outcome is None else not outcome
        case Test():
            return outcome_of(expression, subject, now=now)


def combined(
    parts: tuple[Expression, ...], subject: Subject, *, decisive: bool, now: datetime
) -> bool | None:
    """`decisive` is the outcome of one part that decides for all of them."""
    unknown = False
    for part in parts:
        outcome = evaluate(part, subject, now=now)
        if outcome is decisive:
            return decisive
        unknown = unknown or outcome is None
    return None if unknown else not decisive


def outcome_of(test: Test, subject: Subject, *, now: datetime) -> bool | None:
    found = found_in(subject, test.field)
    if found is Missing.UNKNOWN:
        return None
    negated = test.op in NEGATIONS
    holds = found is not Missing.ABSENT and compares(
        NEGATIONS.get(test.op, test.op), found, test.value, now=now
    )
    return holds is not negated


def compares(op: Operator, found: Any, value: Any, *, now: datetime) -> bool:
    match op:
        case Operator.EXISTS:
            holds = True
        case Operator.EQ:
            holds = same(found, value)
        case Operator.IN:
            holds = any(same(found, one) for one in value)
        case Operator.CONTAINS:
            holds = contains(found, value)
        case Operator.MATCHES:
            holds = matches(found, value)
        case Operator.OLDER_THAN_DAYS:
            holds = is_older(found, value, now=now)
        case _:
            holds = in_order(op, number(found), Decimal(str(value)))
    return holds


def matches(found: Any, glob: str) -> bool:
    return isinstance(found, str) and len(found) <= MAXIMUM_MATCHED and bool(pattern(glob).match(found))


def is_older(found: Any, days: int, *, now: datetime) -> bool:
    at = moment(found)
    return at is not None and now - at > timedelta(days=days)


def same(found: Any, value: Any) -> bool:
    """JSON keeps true and 1 apart, and so do we."""
    if isinstance(found, bool) or isinstance(value, bool):
        return found is value
    left = number(found)
    if left is not None:
        right = number(value)
        return right is not None and left == right
    return isinstance(found, str) and isinstance(value, str) and found == value


def contains(found: Any, value: Any) -> bool:
    if isinstance(found, str):
        return isinstance(value, str) and value in found
    if isinstance(found, list | tuple):
        return any(same(one, value) for one in found)
    return isinstance(found, Mapping) and isinstance(value, str) and value in found


def in_order(op: Operator, left: Decimal | None, right: Decimal) -> bool:
    if left is None:
        return False
    match op:
        case Operator.GT:
            return left > right
        case Operator.GTE:
            return left >= right
        case Operator.LT:
            return left < right
        case _:
            return left <= right


def number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    found = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return found if found.is_finite() else None


@lru_cache(maxsize=1024)
def pattern(glob: str) -> re.Pattern[str]:
    """* stands for any characters, ? for one; nothing else is special. fnmatch never tries a star twice."""
    return re.compile(fnmatch.translate(glob.replace("[", "[[]")))


def moment(value: Any) -> datetime | None:
    """The time that a day or a text in ISO 8601 means, in UTC unless it says otherwise."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def reason_of(expression: Expression, subject: Subject, *, now: datetime) -> str:
    """The tests that made it true, in words."""
    told = "; ".join(dict.fromkeys(tests_behind(expression, subject, expected=True, now=now)))
    return told if len(told) <= MAXIMUM_REASON else f"{told[: MAXIMUM_REASON - 1]}…"


def tests_behind(expression: Expression, subject: Subject, *, expected: bool, now: datetime) -> list[str]:
    match expression:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return [
                told
                for part in parts
                if evaluate(part, subject, now=now) is expected
                for told in tests_behind(part, subject, expected=expected, now=now)
            ]
        case Not(part=part):
            return tests_behind(part, subject, expected=not expected, now=now)
        case Test():
            return [told_of(expression, holds=expected)]


def told_of(test: Test, *, holds: bool) -> str:
    if test.op is Operator.OLDER_THAN_DAYS:
        words = f"is older than {test.value} days"
    else:
        words = " ".join(filter(None, (WORDS[test.op], shown(test.value))))
    return f"{test.field} {words}" if holds else f"not: {test.field} {words}"


def shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(map(shown, value))
        case _:
            return str(value)
