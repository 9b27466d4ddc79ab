"""AWS clients, made at first use: importing boto3 alone costs a third of a second."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from weakref import WeakSet

from cloudops.errors import UnavailableError

SESSION_NAME = "cloudops-guardrails"
SESSION_SECONDS = 3600  # The longest that AWS gives a role that assumes another.
RENEWED_BEFORE_END = timedelta(minutes=5)
SESSIONS_KEPT = 256
CLIENTS_KEPT = 64
# A request has 29 seconds for all its calls, and botocore would wait a minute to connect and another for each answer.
CONNECT_SECONDS = 3
READ_SECONDS = 8
# What reads whole accounts runs in jobs, and some of its answers take their time.
ACCOUNT_READ_SECONDS = 30
# S3's own hosts of the region, and no signature of before 2014: links would go by the global host and, in the oldest
# regions, by that signature, both of which S3 refuses by now for some buckets. An address for a host keeps its paths.
FORMS: dict[str, dict[str, Any]] = {
    "s3": {
        "signature_version": "s3v4",
        "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    }
}
# Clients that never repeat a call.
SINGLE_ATTEMPT: WeakSet[Any] = WeakSet()


class RoleRefusedError(UnavailableError):
    """The role does not let us in."""


class RoleUnreachableError(UnavailableError):
    """The role could not be tried."""


@dataclass(frozen=True, kw_only=True)
class AssumedRole:
    """What a session is asked for by, and may be used again for."""

    role_arn: str
    external_id: str | None = field(repr=False)
    session_policy: str | None = None
    session_name: str = SESSION_NAME


@dataclass(frozen=True, kw_only=True)
class Session:
    """Credentials that end by themselves. They stay in this process's memory."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    expires_at: datetime


@cache
def client(
    service: str, region: str | None = None, *, attempts: int = 3, read_seconds: int = READ_SECONDS
) -> Any:
    """A boto3 client, in our region unless another is named. It is typed where it is used: stubs exist per service."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        **FORMS.get(service, {}),
    )
    made = boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]
    return noted(made, attempts)


def noted(made: Any, attempts: int) -> Any:
    if attempts == 1:
        SINGLE_ATTEMPT.add(made)
    return made


def close_single_attempts() -> None:
    """To be called at the end of each run: a connection does not outlast a pause of minutes.

    Lambda freezes us in between, and the NAT gateway forgets a connection that idles for 350 seconds. The next call on
    it fails, which is nothing to a client that repeats calls, and the only attempt of one that does not.
    """
    for made in tuple(SINGLE_ATTEMPT):
        made.close()


def assumed_client(
    service: str,
    region: str | None,
    role_arn: str,
    external_id: str | None,
    session_policy: str | None = None,
    session_name: str = SESSION_NAME,
    attempts: int = 6,
    read_seconds: int = ACCOUNT_READ_SECONDS,
) -> Any:
    """A client that acts by a role of another account, in `region` or else in ours.

    Ask for it anew for each piece of work: it is renewed five minutes before its session ends.
    Raises RoleRefusedError and RoleUnreachableError.
    """
    role = AssumedRole(
        role_arn=role_arn, external_id=external_id, session_policy=session_policy, session_name=session_name
    )
    session = SESSIONS.session_of(role)
    return session_client(service, region, session, attempts=attempts, read_seconds=read_seconds)


@lru_cache(maxsize=CLIENTS_KEPT)
def session_client(
    service: str,
    region: str | None,
    session: Session,
    *,
    attempts: int = 6,
    read_seconds: int = ACCOUNT_READ_SECONDS,
) -> Any:
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    # We share the limits of the account with its owner's own tools, so we wait rather than press.
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(retries=retries, connect_timeout=5, read_timeout=read_seconds)
    made = boto3.client(  # type: ignore[call-overload]
        service,
        region_name=region,
        config=config,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.token,
    )
    return noted(made, attempts)


@cache
def token_service() -> Any:
    """STS, which answers in milliseconds or not at all: a request that waits for it has 29 seconds."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=4)
    return boto3.client("sts", config=config)


def assume(role: AssumedRole, *, seconds: int = SESSION_SECONDS, sts: Any = None) -> Session:
    """A new session. Raises RoleRefusedError where AWS denies it, RoleUnreachableError where we cannot tell."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    wanted = {"ExternalId": role.external_id, "Policy": role.session_policy}
    try:
        answer = (sts or token_service()).assume_role(
            RoleArn=role.role_arn,
            RoleSessionName=role.session_name,
            DurationSeconds=seconds,
            **{name: value for name, value in wanted.items() if value is not None},
        )
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "AccessDenied":
            raise RoleRefusedError(f"AWS denies us the role {role.role_arn}") from error
        raise RoleUnreachableError(f"AWS answers {code} to AssumeRole") from error
    except BotoCoreError as error:
        raise RoleUnreachableError(f"AWS cannot be asked: {type(error).__name__}") from error
    found = answer["Credentials"]
    return Session(
        access_key_id=found["AccessKeyId"],
        secret_access_key=found["SecretAccessKey"],
        token=found["SessionToken"],
        expires_at=found["Expiration"],
    )


class Sessions:
    """Sessions by role, the ones used last. Safe for the threads of the laptop's gateway."""

    def __init__(
        self,
        assume: Callable[[AssumedRole], Session] = assume,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._assume = assume
        self._clock = clock
        self._held: OrderedDict[AssumedRole, Session] = OrderedDict()
        self._lock = threading.Lock()

    def session_of(self, role: AssumedRole) -> Session:
        with self._lock:
            held = self._held.get(role)
            if held is None or self._clock() >= held.expires_at - RENEWED_BEFORE_END:
                held = self._held[role] = self._assume(role)
            self._held.move_to_end(role)
            while len(self._held) > SESSIONS_KEPT:
                self._held.popitem(last=False)
            return held

    def forget(self) -> None:
        with self._lock:
            self._held.clear()


SESSIONS = Sessions()
