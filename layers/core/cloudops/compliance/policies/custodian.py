"""Translate policies of Cloud Custodian into ours, exactly or not at all.

A filter that does not map is refused with its place and the reason: a policy that flags more or less than its author
meant is worse than none. Actions and modes are left out with a note, since they do not say what is flagged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cloudops.compliance.policies.custodian_keys import AGES, KINDS, OPERATORS, Kind
from cloudops.compliance.policies.expressions import MAXIMUM_DEPTH, document_of, is_number, parse
from cloudops.errors import InvalidError

MOST_POLICIES = 200
WITHOUT_MEANING_HERE = {
    "actions": "its actions are left out: policies here change nothing",
    "mode": "its mode is left out: every enabled policy is evaluated daily and on request",
    "max-resources": "its limit of resources is left out",
    "max-resources-percent": "its limit of resources is left out",
    "metadata": "its metadata are left out",
    "tags": "its tags are left out",
}
KNOWN_KEYS = frozenset(("name", "resource", "description", "comment", "comments", "filters"))
VALUE_KEYS = frozenset(("type", "key", "value", "op", "value_type"))
EVERYBODY = ("0.0.0.0/0", "::/0")
ADMIN_PORTS = (22, 3389)
WEB_PORTS = [80, 443]

type Translation = dict[str, Any]


class UntranslatableError(InvalidError):
    """This does not map to a policy here."""


@dataclass(frozen=True, kw_only=True)
class Translated:
    name: str
    description: str
    resource_types: list[str]
    expression: Translation
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class Spot:
    """What is translated, where it stands, and of which resource it speaks."""

    kind: Kind
    resource: str
    place: str
    depth: int = 1

    def at(self, *parts: str | int) -> "Spot":
        place = ".".join((self.place, *map(str, parts)))
        return Spot(kind=self.kind, resource=self.resource, place=place, depth=self.depth + 1)

    def refusal(self, reason: str, *parts: str | int) -> UntranslatableError:
        return UntranslatableError(reason, field=".".join((self.place, *map(str, parts))))


def translate(document: Any, *, place: str = "document") -> list[Translated]:
    """Of a parsed file, every policy. Raises UntranslatableError and ExpressionError."""
    policies = document.get("policies") if isinstance(document, Mapping) else None
    if not isinstance(policies, list) or not policies:
        raise UntranslatableError("there is no list of policies", field=f"{place}.policies")
    if len(policies) > MOST_POLICIES:
        raise UntranslatableError(f"there are more than {MOST_POLICIES}", field=f"{place}.policies")
    return [translated(one, f"{place}.policies.{number}") for number, one in enumerate(policies)]


def translated(policy: Any, place: str) -> Translated:
    if not isinstance(policy, Mapping):
        raise UntranslatableError("it is no policy", field=place)
    for key in policy:
        if key not in KNOWN_KEYS and key not in WITHOUT_MEANING_HERE:
            raise UntranslatableError("this part of a policy is not known here", field=f"{place}.{key}")
    name = policy.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise UntranslatableError("a policy needs a name of at most 200 characters", field=f"{place}.name")
    spot = spot_of(policy.get("resource"), place)
    filters = policy.get("filters")
    if not isinstance(filters, list) or not filters:
        raise UntranslatableError("without filters it would flag everything", field=f"{place}.filters")
    expression = parse(group("all", filters, spot.at("filters")), place=f"{place}.filters")
    described = policy.get("description") or policy.get("comment") or policy.get("comments") or ""
    return Translated(
        name=name,
        description=str(described)[:4000],
        resource_types=list(spot.kind.types),
        expression=document_of(expression),
        notes=[note for key, note in WITHOUT_MEANING_HERE.items() if key in policy],
    )


def spot_of(resource: Any, place: str) -> Spot:
    name = resource.removeprefix("aws.") if isinstance(resource, str) else ""
    if name not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise UntranslatableError(f"this resource is not known; there are {known}", field=f"{place}.resource")
    return Spot(kind=KINDS[name], resource=name, place=place)


def group(word: str, filters: Any, spot: Spot) -> Translation:
    if not isinstance(filters, list) or not filters:
        raise spot.refusal("it is no list of filters")
    if spot.depth > 2 * MAXIMUM_DEPTH:
        raise spot.refusal(f"it is nested deeper than {MAXIMUM_DEPTH} levels")
    parts = [one_filter(part, spot.at(number)) for number, part in enumerate(filters)]
    return parts[0] if len(parts) == 1 else {word: parts}


def one_filter(written: Any, spot: Spot) -> Translation:
    if isinstance(written, str):
        raise spot.refusal(f"the filter {written} is not known here")
    if not isinstance(written, Mapping) or not written:
        raise spot.refusal("it is no filter")
    if "type" in written:
        return typed(written, spot)
    if len(written) > 1:
        raise spot.refusal("a short filter has one key")
    ((key, value),) = written.items()
    match key:
        case "or":
            return group("any", value, spot.at("or"))
        case "and":
            return group("all", value, spot.at("and"))
        case "not":
            return {"not": group("all", value, spot.at("not"))}
    if is_about_attachments(key, spot):
        return without_attachments("eq", value, spot.at(key))
    return compared(field_of(str(key), spot.at(key)), "eq", value, spot.at(key))


def typed(written: Mapping[str, Any], spot: Spot) -> Translation:
    name = written["type"]
    translation: Callable[[Mapping[str, Any], Spot], Translation] | None = None
    if name == "value":
        translation = value_filter
    elif isinstance(name, str) and AGES.get(name) == spot.resource:
        translation = age_filter
    elif name == "ingress" and spot.resource == "security-group":
        translation = ingress_filter
    if translation is None:
        raise spot.refusal(f"the filter {str(name)[:100]} is not known here", "type")
    return translation(written, spot)


def only(written: Mapping[str, Any], known: frozenset[str], spot: Spot) -> None:
    for key in written:
        if key not in known:
            raise spot.refusal("this part of the filter is not known here", str(key))


def value_filter(written: Mapping[str, Any], spot: Spot) -> Translation:
    only(written, VALUE_KEYS, spot)
    key, value_type = written.get("key"), written.get("value_type")
    if not isinstance(key, str):
        raise spot.refusal("it needs a key", "key")
    if "value" not in written:
        raise spot.refusal("it needs a value", "value")
    value, op = written["value"], written.get("op", "in" if isinstance(written["value"], list) else "eq")
    if value_type == "age":
        return aged(field_of(key, spot.at("key")), op, value, spot)
    if value_type not in (None, "integer"):
        raise spot.refusal("values of this type are not known here", "value_type")
    if not isinstance(op, str) or op not in OPERATORS:
        raise spot.refusal(f"the operator {str(op)[:50]} is not known here", "op")
    if is_about_attachments(key, spot):
        return without_attachments(op, value, spot.at("value"))
    return compared(field_of(key, spot.at("key")), OPERATORS[op], value, spot.at("value"))


def compared(field: str, op: str, value: Any, spot: Spot) -> Translation:
    translation: Translation
    match value:
        case None | "absent":
            translation = {"field": field, "op": "absent"}
        case "present":
            translation = {"field": field, "op": "exists"}
        case "not-null":
            translation = filled(field)
        case "empty":
            translation = {"not": filled(field)}
        case _:
            return {"field": field, "op": op, "value": plain(value, spot)}
    if op not in ("eq", "ne"):
        raise spot.refusal(f"{value} goes with no operator but eq and ne")
    return translation if op == "eq" else {"not": translation}


def filled(field: str) -> Translation:
    """There, and neither empty, zero nor false."""
    there: list[Translation] = [{"field": field, "op": "exists"}]
    void: list[str | bool | int] = [""] if field.startswith("tags.") else ["", False, 0]
    return {"all": [*there, {"field": field, "op": "not_in", "value": void}]}


def is_about_attachments(key: Any, spot: Spot) -> bool:
    return spot.resource == "ebs" and key == "Attachments"


def without_attachments(op: Any, value: Any, spot: Spot) -> Translation:
    if value not in ([], "empty") or op not in ("eq", "equal", "in"):
        raise spot.refusal("of attachments it is only known whether there are none")
    return {"field": "status", "op": "eq", "value": "available"}


def plain(value: Any, spot: Spot) -> Any:
    if isinstance(value, list):
        return [plain(one, spot.at(number)) for number, one in enumerate(value)]
    if isinstance(value, date | Mapping):
        raise spot.refusal("it is neither a text, a number, true nor false")
    return value


def field_of(key: str, spot: Spot) -> str:
    if key.startswith("tag:"):
        return f"tags.{key.removeprefix('tag:')}"
    if key not in spot.kind.fields:
        known = ", ".join(("tag:*", *sorted(spot.kind.fields)))
        raise spot.refusal(f"{key[:100]} is not known of {spot.resource}; there are {known}")
    return spot.kind.fields[key]


def age_filter(written: Mapping[str, Any], spot: Spot) -> Translation:
    only(written, frozenset(("type", "days", "op")), spot)
    if spot.kind.created is None or "days" not in written:
        raise spot.refusal("it needs a number of days", "days")
    return aged(spot.kind.created, written.get("op", "ge"), written["days"], spot, "days")


def aged(field: str, op: Any, days: Any, spot: Spot, part: str = "value") -> Translation:
    if not is_number(days) or days != int(days):
        raise spot.refusal("it is not a whole number of days", part)
    older: Translation = {"field": field, "op": "older_than_days", "value": int(days)}
    match OPERATORS.get(op) if isinstance(op, str) else None:
        case "gt" | "gte":
            return older
        case "lt" | "lte":
            return {"all": [{"field": field, "op": "exists"}, {"not": older}]}
    raise spot.refusal("an age is compared by gt, ge, lt or le", "op")


def ingress_filter(written: Mapping[str, Any], spot: Spot) -> Translation:
    """What is open to everybody: SSH and RDP, or anything but the web's ports."""
    only(written, frozenset(("type", "Ports", "OnlyPorts", "Cidr", "CidrV6")), spot)
    for version in ("Cidr", "CidrV6"):
        if version in written and not is_everybody(written[version]):
            raise spot.refusal("only ranges of everybody (0.0.0.0/0, ::/0) are known", version)
    if not {"Cidr", "CidrV6"} & written.keys():
        raise spot.refusal("without a range of everybody a rule's ports are not known", "Cidr")
    ports, web = written.get("Ports"), written.get("OnlyPorts")
    if isinstance(ports, list) and ports and web is None and all(one in ADMIN_PORTS for one in ports):
        tests = [{"field": "configuration.openAdminPorts", "op": "contains", "value": one} for one in ports]
        return tests[0] if len(tests) == 1 else {"any": tests}
    if isinstance(web, list) and ports is None and sorted(web, key=str) == sorted(WEB_PORTS, key=str):
        return {"field": "configuration.opensOtherPorts", "op": "eq", "value": True}
    raise spot.refusal("of ports only Ports 22 and 3389, and OnlyPorts [80, 443], are known", "Ports")


def is_everybody(written: Any) -> bool:
    if not isinstance(written, Mapping) or not written.keys() <= {"value", "op"}:
        return False
    value, op = written.get("value"), written.get("op", "eq")
    if isinstance(value, list):
        return bool(value) and op == "in" and all(one in EVERYBODY for one in value)
    return value in EVERYBODY and op in ("eq", "equal")
