"""A call that repeats a client token repeats its answer and does nothing more.

https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

import threading
from collections import defaultdict
from dataclasses import dataclass

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward

TOKEN = "ClientToken"  # noqa: S105 - the name of a parameter
LONGEST = 64


@dataclass(frozen=True, kw_only=True)
class Remembered:
    digest: str
    reply: Reply


class ClientTokens:
    def __init__(self) -> None:
        self._done: dict[tuple[str, ...], Remembered] = {}
        self._locks: dict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)

    def applies(self, call: Call) -> bool:
        shape = call.model.input_shape
        changes = not call.operation.startswith("Describe")
        return call.service == "ec2" and changes and shape is not None and TOKEN in shape.members

    def answer(self, call: Call, forward: Forward) -> Reply:
        token = call.parameters.get(TOKEN)
        if not token:
            return forward(call)
        if len(token) > LONGEST:
            raise RefusedError(
                "InvalidParameterValue", f"The client token is longer than {LONGEST} characters"
            )
        key = (call.access_key, call.region, call.operation, token)
        # Of two calls at the same time, the second waits for the first one's answer.
        with self._locks[key]:
            return self._answer(call, key, forward)

    def _answer(self, call: Call, key: tuple[str, ...], forward: Forward) -> Reply:
        digest = call.digest(without=[TOKEN])
        done = self._done.get(key)
        if done and done.digest != digest:
            raise RefusedError(
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        if done:
            return done.reply
        reply = forward(call)
        if reply.status < 300:
            self._done[key] = Remembered(digest=digest, reply=reply)
        return reply
