"""Keeps the secrets of notification channels in the home: the emulation forgets at the end of a run.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
"""

import json
import re
from typing import Any

from local.home import Home
from local.intrinsics import ACCOUNT
from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward

# What the application names by tenant and channel.
NAME = re.compile(r"[^/:]+/notifications/[0-9a-f-]{36}/[0-9a-f-]{36}")
# AWS puts a hyphen and six characters of its own behind a name.
SUFFIX = "-aaaaaa"


class KeptSecrets:
    def __init__(self, home: Home) -> None:
        self._home = home

    def applies(self, call: Call) -> bool:
        return call.service == "secretsmanager" and name_in(call) is not None

    def answer(self, call: Call, forward: Forward) -> Reply:
        name = name_in(call) or ""
        arn = f"arn:aws:secretsmanager:{call.region}:{ACCOUNT}:secret:{name}{SUFFIX}"
        with self._home.lock("channel-secrets"):
            kept = json.loads(self._home.recall("channel-secrets") or "{}")
            result = self._done(call, name, kept)
            self._home.replace("channel-secrets", json.dumps(kept))
        return call.answer({"ARN": arn, "Name": name, **result})

    def _done(self, call: Call, name: str, kept: dict[str, str]) -> dict[str, Any]:
        if call.operation == "CreateSecret":
            if name in kept:
                raise RefusedError("ResourceExistsException", f"The secret {name} already exists.")
            kept[name] = call.parameters["SecretString"]
            return {}
        if name not in kept:
            raise RefusedError(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            )
        if call.operation == "GetSecretValue":
            return {"SecretString": kept[name]}
        if call.operation == "DeleteSecret":
            del kept[name]
            return {}
        raise RefusedError("InvalidRequestException", f"{call.operation} is not answered for this secret.")


def name_in(call: Call) -> str | None:
    told = call.parameters.get("Name") or call.parameters.get("SecretId") or ""
    found = NAME.search(told)
    return found.group() if found else None
