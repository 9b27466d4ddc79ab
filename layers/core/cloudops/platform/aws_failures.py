"""What an AWS call failed for, in words, without botocore in the domains."""

import re
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from cloudops.platform.aws import RoleRefusedError, RoleUnreachableError

AWS_ERRORS = (ClientError, BotoCoreError, RoleRefusedError, RoleUnreachableError)
ASSUMING = "sts:AssumeRole"
UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError, ConnectionClosedError)
DENIED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "Client.UnauthorizedOperation",
    )
)
THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
    )
)
# A fault of AWS's own, or a session that ended while it was in use: the same call is likely to pass soon.
TRANSIENT = frozenset(
    (
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerErrorException",
        "InternalServerException",
        "InternalServiceError",
        "InternalServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Unavailable",
        "RequestTimeout",
        "RequestTimeoutException",
        "RequestExpired",
        "ExpiredToken",
        "ExpiredTokenException",
    )
)
FIRST_SERVER_FAULT = 500
# What a region says that the account has not opted in to.
NOT_ENABLED = frozenset(
    (
        "AuthFailure",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "OptInRequired",
        "SubscriptionRequiredException",
    )
)
ACTION = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)")


class FailureKind(StrEnum):
    DENIED = "denied"
    THROTTLED = "throttled"
    NOT_ENABLED = "not_enabled"
    UNREACHABLE = "unreachable"
    TRANSIENT = "transient"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class AwsFailure:
    kind: FailureKind
    code: str
    reason: str
    action: str | None = None


def explain(error: Exception) -> AwsFailure:
    """`action` is the IAM action that was denied, where the answer names it."""
    if isinstance(error, ClientError):
        return explain_answer(error)
    if isinstance(error, RoleRefusedError):
        return AwsFailure(kind=FailureKind.DENIED, code="AccessDenied", reason=error.detail, action=ASSUMING)
    if isinstance(error, RoleUnreachableError):
        return AwsFailure(kind=FailureKind.UNREACHABLE, code="RoleUnreachable", reason=error.detail)
    kind = FailureKind.UNREACHABLE if isinstance(error, UNREACHABLE) else FailureKind.OTHER
    return AwsFailure(kind=kind, code=type(error).__name__, reason=reason_of(kind, str(error)))


def explain_answer(error: ClientError) -> AwsFailure:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message") or ""
    kind = kind_of(code, status_of(error))
    named = ACTION.search(message)
    action = named[1] if named else None
    if kind is FailureKind.DENIED and action is None and error.operation_name == "AssumeRole":
        action = ASSUMING
    return AwsFailure(kind=kind, code=code, reason=reason_of(kind, f"{code}: {message}"), action=action)


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def kind_of(code: str, status: int) -> FailureKind:
    """A code that is known says more than the status, which throttling shares with faults."""
    if code in DENIED:
        return FailureKind.DENIED
    if code in THROTTLED:
        return FailureKind.THROTTLED
    if code in NOT_ENABLED:
        return FailureKind.NOT_ENABLED
    passes = code in TRANSIENT or status >= FIRST_SERVER_FAULT
    return FailureKind.TRANSIENT if passes else FailureKind.OTHER


def reason_of(kind: FailureKind, said: str) -> str:
    match kind:
        case FailureKind.THROTTLED:
            return f"AWS kept throttling the calls ({said})"
        case FailureKind.NOT_ENABLED:
            return f"the account has not enabled the region, or the session is not valid in it ({said})"
        case FailureKind.UNREACHABLE:
            return f"the service did not answer in this region ({said})"
        case FailureKind.TRANSIENT:
            return f"AWS failed to answer, most likely for a moment ({said})"
        case _:
            return said
