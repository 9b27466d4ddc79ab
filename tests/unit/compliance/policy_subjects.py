"""Resources as expressions see them, and arbitrary ones for what has to hold of all."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from cloudops.compliance.policies.expressions import ALLOWED, MAXIMUM_DEPTH, ORDER, PRESENCE, Operator
from cloudops.compliance.policies.fields import NAMED_FIELDS, FieldKind, Subject, kind_of

NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)


def subject(**fields: Any) -> Subject:
    given: dict[str, Any] = {
        "account": "111122223333",
        "resource_id": "i-1",
        "type": "EC2",
        "service": "AmazonEC2",
        "name": "web",
        "complete": True,
        "region": "eu-west-1",
        "status": "running",
        "monthly_cost": Decimal("70.5"),
        "first_seen": date(2026, 1, 1),
        "last_seen": date(2026, 8, 4),
    }
    return Subject(**{**given, **fields})


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | numbers | st.booleans()
keys = st.sampled_from(["a", "b", "createdAt", "encrypted"])
documents: st.SearchStrategy[Any] = st.recursive(
    scalars | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(keys, documents, max_size=4)
FIELDS = (
    *NAMED_FIELDS,
    "tags.a",
    "configuration.a",
    "configuration.a.b",
    "configuration.createdAt",
    "utilization.b",
)


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    return subject(
        complete=draw(st.booleans()),
        region=draw(st.none() | texts),
        status=draw(st.none() | texts),
        instance_type=draw(st.none() | texts),
        monthly_cost=draw(st.none() | st.decimals(allow_nan=True, allow_infinity=True)),
        first_seen=draw(st.none() | st.dates()),
        tags=draw(st.dictionaries(keys, texts)),
        configuration=draw(objects),
        utilization=draw(st.none() | objects),
    )


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(FIELDS))
    kind = kind_of(field)
    assert kind is not None
    op = draw(st.sampled_from(sorted(ALLOWED[kind])))
    if Operator(op) in PRESENCE:
        return {"field": field, "op": op}
    return {"field": field, "op": op, "value": draw(values(Operator(op), kind))}


def values(op: Operator, kind: FieldKind) -> st.SearchStrategy[Any]:
    of_kind: Mapping[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.TEXT: texts,
        FieldKind.TAG: texts,
        FieldKind.NUMBER: numbers,
        FieldKind.DAY: numbers,
        FieldKind.ANY: scalars,
    }
    if op in (Operator.IN, Operator.NOT_IN):
        return st.lists(of_kind[kind], min_size=1, max_size=3)
    if op is Operator.OLDER_THAN_DAYS:
        return st.integers(0, 36_500)
    if op in ORDER:
        return numbers
    return texts if op is Operator.MATCHES else of_kind[kind]


expressions: st.SearchStrategy[Any] = st.recursive(
    leaves(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=6,
).filter(lambda one: depth(one) <= MAXIMUM_DEPTH)


def depth(expression: Mapping[str, Any]) -> int:
    if "not" in expression:
        return 1 + depth(expression["not"])
    parts = expression.get("all") or expression.get("any") or []
    return 1 + max((depth(part) for part in parts), default=0)
