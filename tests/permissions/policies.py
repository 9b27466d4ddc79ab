"""What IAM says to a call, as far as the policies of our templates go."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.template.stack import alternatives

type Grant = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """`resource` is a logical id of the template, an ARN, or "*" where a call names nothing."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards are * and ? alone."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


CONDITIONS: Mapping[str, Callable[[str | None, str], bool]] = {
    "StringEquals": lambda given, wanted: given == wanted,
    "StringLike": lambda given, wanted: given is not None and matches(wanted, given),
    "Null": lambda given, wanted: (given is None) == (wanted == "true"),
}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Resolved statements of a role, its managed policies included."""

    statements: tuple[Mapping[str, Any], ...]

    def grants_of(self, call: Call) -> set[Grant]:
        """What allows the call, as the policies write it; empty where it is denied."""
        if any(covered(statement, call) for statement in self._with("Deny")):
            return set()
        return {grant for statement in self._with("Allow") for grant in covered(statement, call)}

    @property
    def grants(self) -> set[Grant]:
        return {
            (action, resource)
            for statement in self._with("Allow")
            for action in alternatives(statement["Action"])
            for resource in alternatives(statement["Resource"])
        }

    def _with(self, effect: str) -> Iterator[Mapping[str, Any]]:
        return (statement for statement in self.statements if statement["Effect"] == effect)


def covered(statement: Mapping[str, Any], call: Call) -> set[Grant]:
    if not holds(statement.get("Condition", {}), call.context):
        return set()
    return {
        (action, resource)
        for action in alternatives(statement["Action"])
        for resource in alternatives(statement["Resource"])
        if matches(action.lower(), call.action.lower()) and matches(resource, call.resource)
    }


def holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        any(CONDITIONS[operator](context.get(key), str(value)) for value in alternatives(wanted))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )
