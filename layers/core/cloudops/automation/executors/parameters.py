"""Parameters of changes: what is not asked for is refused, by name."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from cloudops.automation.executor import BadParameterError


def only(given: Mapping[str, Any], names: Collection[str]) -> None:
    unknown = sorted(given.keys() - set(names))
    if unknown:
        raise BadParameterError("there is no such parameter", field=unknown[0])


def without_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    only(given, ())
    return {}


def text(given: Mapping[str, Any], name: str, pattern: str, wanted: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise BadParameterError(f"{wanted} is asked for", field=name)
    return value


def whole(given: Mapping[str, Any], name: str, lowest: int, highest: int) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise BadParameterError(f"a whole number from {lowest} to {highest} is asked for", field=name)
    return value


def optional_whole(given: Mapping[str, Any], name: str, lowest: int, highest: int) -> int | None:
    return None if given.get(name) is None else whole(given, name, lowest, highest)


def choice[T](given: Mapping[str, Any], name: str, choices: Collection[T]) -> T:
    value = given.get(name)
    if value not in choices:
        raise BadParameterError(f"one of {', '.join(map(str, choices))} is asked for", field=name)
    return value  # type: ignore[return-value]
