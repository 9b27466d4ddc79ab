"""Token services that decide by trust policies, as AWS's does and moto's does not."""

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError

from cloudops.platform.aws import Session
from tests.permissions.recording import made

Trust = Callable[[str | None], bool]


def exactly(external_id: str) -> Trust:
    return lambda given: given == external_id


def like(pattern: str) -> Trust:
    return lambda given: given is not None and fnmatch.fnmatchcase(given, pattern)


def anybody(_given: str | None) -> bool:
    return True


def nobody(_given: str | None) -> bool:
    return False


def ids_are_forbidden(given: str | None) -> bool:
    return given is None


@dataclass(kw_only=True)
class TrustingSts:
    """`roles` by ARN. Asked for a role that is not there, AWS denies it like one that does not trust us."""

    roles: Mapping[str, Trust]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def assume_role(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        made("sts", "AssumeRole", request)
        if not self.roles.get(request["RoleArn"], nobody)(request.get("ExternalId")):
            raise refusal("AccessDenied")
        return credentials(request["RoleArn"].split(":")[4])


@dataclass(kw_only=True)
class FailingSts:
    """Fails at the call of that number, and opens to everybody who knows an external id until then."""

    error: Exception
    at: int
    external_id: str
    calls: int = 0

    def assume_role(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        if request.get("ExternalId") != self.external_id:
            raise refusal("AccessDenied")
        return credentials(request["RoleArn"].split(":")[4])


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "AssumeRole")


def silence() -> ConnectTimeoutError:
    return ConnectTimeoutError(endpoint_url="https://sts.amazonaws.com")


def credentials(account: str) -> dict[str, Any]:
    """The account is told in the key's id, so that a fake can tell whom a session acts as."""
    return {
        "Credentials": {
            "AccessKeyId": f"ASIA{account}",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": datetime.now(UTC) + timedelta(hours=1),
        }
    }


def account_in(session: Session) -> str:
    return session.access_key_id.removeprefix("ASIA")
