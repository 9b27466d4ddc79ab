"""Trouble with one resource, for as long as it is armed: what AWS does to somebody whose luck is bad.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html (InsufficientDBInstanceCapacity)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.faults import throttled
from local.strict.rule import Forward

READS = re.compile("Describe|Get|List")
WELL, IMPAIRED = b"<status>ok</status>", b"<status>impaired</status>"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """AWS refuses the operation on the resource, by these words."""

    operation: str
    code: str
    message: str


@dataclass(kw_only=True)
class Troubles:
    """Armed by the demo and by tests, in this process, by the id that a call names a resource by."""

    impaired: set[str] = field(default_factory=set)
    throttled: set[str] = field(default_factory=set)
    refused: dict[str, Refusal] = field(default_factory=dict)

    def refuse(self, resource_id: str, *, operation: str, code: str, message: str) -> None:
        self.refused[resource_id] = Refusal(operation=operation, code=code, message=message)

    def applies(self, call: Call) -> bool:
        return bool(self._met(call))

    def answer(self, call: Call, forward: Forward) -> Reply:
        named = self._met(call)
        for refusal in (self.refused[one] for one in named & self.refused.keys()):
            if call.operation == refusal.operation:
                raise RefusedError(refusal.code, refusal.message)
        if named & self.throttled and READS.match(call.operation):
            raise throttled(call)
        reply = forward(call)
        if named & self.impaired and call.operation == "DescribeInstanceStatus":
            return replace(reply, body=reply.body.replace(WELL, IMPAIRED))
        return reply

    def _met(self, call: Call) -> set[str]:
        """Those of the resources in trouble that the call names."""
        known = self.impaired | self.throttled | self.refused.keys()
        mentioned = {one for one in known if one.encode() in call.http.body}
        return mentioned & set(texts_of(call.parameters)) if mentioned else set()


def texts_of(parameters: Mapping[str, Any]) -> list[str]:
    """The parameters that are texts, and the items of those that list some."""
    listed = [value if isinstance(value, list) else [value] for value in parameters.values()]
    return [one for values in listed for one in values if isinstance(one, str)]
