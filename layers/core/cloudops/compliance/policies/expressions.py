"""What a policy says of a resource, as a closed tree: all, any, not, and tests of one field each.

In JSON: {"all": [...]}, {"any": [...]}, {"not": {...}} and {"field": "tags.team", "op": "absent"} or
{"field": "monthly_cost", "op": "gt", "value": 100}.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cloudops.compliance.policies.fields import NAMED_FIELDS, PREFIXES, FieldKind, kind_of
from cloudops.errors import InvalidError

MAXIMUM_DEPTH = 10
MAXIMUM_SIZE = 500
MAXIMUM_TEXT = 200
MAXIMUM_DAYS = 36_500

type Scalar = str | int | float | bool
type Value = Scalar | tuple[Scalar, ...] | None


class ExpressionError(InvalidError):
    """The expression is not valid."""


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    EXISTS = "exists"
    ABSENT = "absent"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    MATCHES = "matches"
    OLDER_THAN_DAYS = "older_than_days"
    CONTAINS = "contains"


PRESENCE = frozenset((Operator.EXISTS, Operator.ABSENT))
LISTS = frozenset((Operator.IN, Operator.NOT_IN))
EQUALITY = frozenset((Operator.EQ, Operator.NE, *LISTS, *PRESENCE))
ORDER = frozenset((Operator.GT, Operator.GTE, Operator.LT, Operator.LTE))
TEXTUAL = frozenset((Operator.MATCHES, Operator.CONTAINS))
ALLOWED: Mapping[FieldKind, frozenset[Operator]] = {
    FieldKind.TEXT: EQUALITY | TEXTUAL,
    FieldKind.TAG: EQUALITY | TEXTUAL | {Operator.OLDER_THAN_DAYS},
    FieldKind.NUMBER: EQUALITY | ORDER,
    FieldKind.DAY: PRESENCE | {Operator.OLDER_THAN_DAYS},
    FieldKind.ANY: frozenset(Operator),
}


@dataclass(frozen=True, kw_only=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, kw_only=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, kw_only=True)
class Not:
    part: "Expression"


@dataclass(frozen=True, kw_only=True)
class Test:
    field: str
    op: Operator
    value: Value = None


type Expression = AllOf | AnyOf | Not | Test


@dataclass
class Budget:
    """How many nodes and listed values are left."""

    left: int = MAXIMUM_SIZE

    def spend(self, count: int, place: str) -> None:
        self.left -= count
        if self.left < 0:
            raise ExpressionError(
                f"it has more than {MAXIMUM_SIZE} tests, groups and listed values", field=place
            )


def parse(document: Any, *, place: str = "expression") -> Expression:
    """Raises ExpressionError, which names the wrong part by its path."""
    return node(document, place, depth=1, budget=Budget())


def node(document: Any, place: str, *, depth: int, budget: Budget) -> Expression:
    budget.spend(1, place)
    if depth > MAXIMUM_DEPTH:
        raise ExpressionError(f"it is nested deeper than {MAXIMUM_DEPTH} levels", field=place)
    match document:
        case {"all": parts, **rest} if not rest:
            return AllOf(parts=nodes(parts, f"{place}.all", depth=depth, budget=budget))
        case {"any": parts, **rest} if not rest:
            return AnyOf(parts=nodes(parts, f"{place}.any", depth=depth, budget=budget))
        case {"not": part, **rest} if not rest:
            return Not(part=node(part, f"{place}.not", depth=depth + 1, budget=budget))
        case {"field": field, "op": op, **rest} if rest.keys() <= {"value"}:
            return test(field, op, document, place, budget=budget)
    raise ExpressionError("it is neither {all}, {any}, {not} nor {field, op, value}", field=place)


def nodes(parts: Any, place: str, *, depth: int, budget: Budget) -> tuple[Expression, ...]:
    if not isinstance(parts, list) or not parts:
        raise ExpressionError("it is not a list of one part or more", field=place)
    return tuple(
        node(part, f"{place}.{number}", depth=depth + 1, budget=budget) for number, part in enumerate(parts)
    )


def test(field: Any, op: Any, written: Mapping[str, Any], place: str, *, budget: Budget) -> Test:
    kind = kind_of(field) if isinstance(field, str) and is_text(field) else None
    if kind is None:
        known = ", ".join((*NAMED_FIELDS, *(f"{prefix}.*" for prefix in PREFIXES)))
        raise ExpressionError(f"there is no such field; there are {known}", field=f"{place}.field")
    operator = operator_of(op, kind, f"{place}.op")
    if operator in PRESENCE:
        if written.get("value") is not None:
            raise ExpressionError(f"{operator} takes no value", field=f"{place}.value")
        return Test(field=field, op=operator)
    if "value" not in written:
        raise ExpressionError(f"{operator} needs a value", field=f"{place}.value")
    value = value_of(written["value"], operator, kind, f"{place}.value", budget=budget)
    return Test(field=field, op=operator, value=value)


def operator_of(op: Any, kind: FieldKind, place: str) -> Operator:
    allowed = sorted(ALLOWED[kind])
    if not isinstance(op, str) or op not in allowed:
        raise ExpressionError(f"a field that holds {kind.value} takes {', '.join(allowed)}", field=place)
    return Operator(op)


def value_of(value: Any, op: Operator, kind: FieldKind, place: str, *, budget: Budget) -> Value:
    if op in LISTS:
        if not isinstance(value, list) or not value:
            raise ExpressionError(f"{op} takes a list of one value or more", field=place)
        budget.spend(len(value), place)
        return tuple(scalar(one, kind, f"{place}.{number}") for number, one in enumerate(value))
    if op in ORDER and not is_number(value):
        raise ExpressionError(f"{op} takes a number", field=place)
    if op is Operator.MATCHES and not isinstance(value, str):
        raise ExpressionError(
            "matches takes a text in which * stands for any characters and ? for one", field=place
        )
    if op is Operator.OLDER_THAN_DAYS:
        if not is_number(value) or not isinstance(value, int) or not 0 <= value <= MAXIMUM_DAYS:
            raise ExpressionError(f"it is not a whole number of days from 0 to {MAXIMUM_DAYS}", field=place)
        return value
    return scalar(value, kind, place)


def scalar(value: Any, kind: FieldKind, place: str) -> Scalar:
    if isinstance(value, str):
        if kind is FieldKind.NUMBER:
            raise ExpressionError("the field holds a number, and this is none", field=place)
        if not is_text(value):
            raise ExpressionError(f"it is no text of at most {MAXIMUM_TEXT} characters", field=place)
        return value
    if kind in (FieldKind.TEXT, FieldKind.TAG):
        raise ExpressionError("the field holds text, and this is none", field=place)
    if isinstance(value, bool):
        if kind is FieldKind.NUMBER:
            raise ExpressionError("the field holds a number, and this is none", field=place)
        return value
    if is_number(value):
        return value  # type: ignore[no-any-return]
    raise ExpressionError("it is neither a text, a finite number, true nor false", field=place)


def is_number(value: Any) -> bool:
    """Not a bool, which Python takes for one."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_text(value: str) -> bool:
    """Short, and made of characters that a database stores."""
    return len(value) <= MAXIMUM_TEXT and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)


def document_of(expression: Expression) -> dict[str, Any]:
    """Back to what `parse` reads."""
    match expression:
        case AllOf(parts=parts):
            return {"all": [document_of(part) for part in parts]}
        case AnyOf(parts=parts):
            return {"any": [document_of(part) for part in parts]}
        case Not(part=part):
            return {"not": document_of(part)}
        case Test(field=field, op=op, value=None):
            return {"field": field, "op": op.value}
        case Test(field=field, op=op, value=tuple() as values):
            return {"field": field, "op": op.value, "value": list(values)}
        case Test(field=field, op=op, value=value):
            return {"field": field, "op": op.value, "value": value}


def fields_in(expression: Expression) -> Sequence[str]:
    match expression:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return tuple(dict.fromkeys(field for part in parts for field in fields_in(part)))
        case Not(part=part):
            return fields_in(part)
        case Test(field=field):
            return (field,)
