"""Keeps whom the application invites: the emulated pool forgets at the end of a run, and sends no mail.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
"""

from collections.abc import Callable
from typing import Any

from local.people import Account, People
from local.strict.call import Call, Reply
from local.strict.rule import Forward


class Invitations:
    """`enroll` puts an account of the home into the pool."""

    def __init__(self, people: People, enroll: Callable[[Account], None]) -> None:
        self._people = people
        self._enroll = enroll

    def applies(self, call: Call) -> bool:
        if call.service != "cognito-idp" or call.operation != "AdminCreateUser":
            return False
        # What sends no mail invites nobody: it is how accounts are enrolled.
        return call.parameters.get("MessageAction") != "SUPPRESS"

    def answer(self, call: Call, forward: Forward) -> Reply:
        email = call.parameters["Username"]
        known = self._people.find(email)
        if known:
            self._enroll(known)
        reply = forward(call)
        if known or reply.status >= 300:
            return reply
        account = self._people.add(email)
        self._enroll(account)
        return call.answer(with_subject(call.read(reply), account.sub))


def with_subject(result: dict[str, Any], sub: str) -> dict[str, Any]:
    """The subject is the one that the home makes from the address, so that it is the same at the next start."""
    user = result["User"]
    others = [one for one in user["Attributes"] if one["Name"] != "sub"]
    return {**result, "User": {**user, "Attributes": [{"Name": "sub", "Value": sub}, *others]}}
