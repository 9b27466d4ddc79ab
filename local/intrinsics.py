"""CloudFormation's intrinsic functions, as far as a stack on one machine meets them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

ACCOUNT = "123456789012"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::StackName": "cloudops",
    "AWS::StackId": f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/cloudops/local",
    "AWS::URLSuffix": "amazonaws.com",
}
Node = Any
_NO_VALUE = object()


class Resolver:
    """`references` says what Ref gives, `attributes` what GetAtt gives ("Queue.Arn")."""

    def __init__(
        self,
        *,
        references: Mapping[str, str],
        attributes: Mapping[str, str],
        conditions: Mapping[str, Node],
    ) -> None:
        self._references = {**PSEUDO_PARAMETERS, **references}
        self._attributes = attributes
        self._conditions = conditions
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._reference,
            "Condition": self._condition,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._substitute,
            "Fn::Join": lambda node: node[0].join(self.resolve(node[1])),
            "Fn::Select": lambda node: self.resolve(node[1])[int(self.resolve(node[0]))],
            "Fn::Split": lambda node: self.resolve(node[1]).split(node[0]),
            "Fn::If": lambda node: self.resolve(node[1] if self._condition(node[0]) else node[2]),
            "Fn::Equals": lambda node: self.resolve(node[0]) == self.resolve(node[1]),
            "Fn::Not": lambda node: not self.resolve(node[0]),
            "Fn::And": lambda node: all(self.resolve(part) for part in node),
            "Fn::Or": lambda node: any(self.resolve(part) for part in node),
        }

    def resolve(self, node: Node) -> Any:
        if isinstance(node, list):
            return [value for part in node if (value := self.resolve(part)) is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in self._functions:
                return self._functions[name](argument)
        return {key: value for key, part in node.items() if (value := self.resolve(part)) is not _NO_VALUE}

    def holds(self, condition: str | None) -> bool:
        return condition is None or self._condition(condition)

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        # What only AWS has (a subnet, a key) keeps its logical name, which no emulated service knows.
        return self._references.get(name, name)

    def _attribute(self, node: str | list[str]) -> str:
        path = node if isinstance(node, str) else ".".join(node)
        return self._attributes.get(path, path)

    def _condition(self, name: str) -> bool:
        return bool(self.resolve(self._conditions[name]))

    def _substitute(self, node: str | list[Any]) -> str:
        text, own = (node, {}) if isinstance(node, str) else node

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(self.resolve(own[name]))
            return str(self._attribute(name) if "." in name else self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)
