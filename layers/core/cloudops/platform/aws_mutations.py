"""A call that changes something is made once, and what came of it is told apart: yes, no, not now, or nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from cloudops.platform.aws import Session, session_client
from cloudops.platform.aws_failures import FIRST_SERVER_FAULT, FailureKind, explain, status_of

# A call that takes longer counts as unanswered; a worker's lease has to outlive it.
CALL_SECONDS = 30
# Nothing was sent, so nothing can have happened.
NEVER_SENT = (ParamValidationError, NoCredentialsError, EndpointConnectionError)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    response: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It did not happen, and asking again would not help."""

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotNow:
    """It did not happen, and may be asked again later."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """It may have happened."""

    reason: str


type Outcome = Accepted | Refused | NotNow | Unanswered


def mutating_client(service: str, region: str, session: Session) -> Any:
    """A client that never repeats a call by itself."""
    # It may take five seconds to connect.
    return session_client(service, region, session, attempts=1, read_seconds=CALL_SECONDS - 5)


def call_once(client: Any, operation: str, arguments: Mapping[str, Any]) -> Outcome:
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return outcome_of(error)
    except NEVER_SENT as error:
        return Refused(code=type(error).__name__, reason=str(error))
    except BotoCoreError as error:
        return Unanswered(reason=f"{type(error).__name__}: {error}")
    return refused_in_part(answer) or Accepted(response=told(answer))


def refused_in_part(answer: Mapping[str, Any]) -> Refused | None:
    """The tagging API answers 200 for resources that it could not tag, and names them in the answer."""
    failed = answer.get("FailedResourcesMap")
    if not failed:
        return None
    first = next(iter(failed.values()))
    return Refused(code=str(first.get("ErrorCode")), reason=str(first.get("ErrorMessage")))


def outcome_of(error: ClientError) -> Outcome:
    """A fault leaves open whether the call landed, whatever its code says."""
    failure = explain(error)
    if failure.kind is FailureKind.THROTTLED:
        return NotNow(reason=failure.reason)
    if failure.kind is FailureKind.TRANSIENT or status_of(error) >= FIRST_SERVER_FAULT:
        return Unanswered(reason=failure.reason)
    return Refused(code=failure.code, reason=failure.reason)


def told(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as JSON, with the request's id for whoever asks AWS about it."""
    request_id = answer.get("ResponseMetadata", {}).get("RequestId")
    kept = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return {**plain(kept), "RequestId": request_id}


def plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return value.hex()
        case _:
            return value
