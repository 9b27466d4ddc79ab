from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from cloudops.platform.aws import (
    SESSIONS_KEPT,
    AssumedRole,
    RoleRefusedError,
    RoleUnreachableError,
    Session,
    Sessions,
    assume,
)
from tests.sts import TrustingSts, exactly, refusal, silence

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
ROLE = AssumedRole(role_arn="arn:aws:iam::111122223333:role/reader", external_id="id-1")


class Desk:
    """Hands out numbered sessions of an hour, by a clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON
        self.handed_out: list[AssumedRole] = []
        self.sessions = Sessions(self.hand_out, lambda: self.now)

    def hand_out(self, role: AssumedRole) -> Session:
        self.handed_out.append(role)
        number = str(len(self.handed_out))
        return Session(
            access_key_id=number, secret_access_key="s", token="t", expires_at=self.now + timedelta(hours=1)
        )

    def key_at(self, minute: float, role: AssumedRole = ROLE) -> str:
        self.now = NOON + timedelta(minutes=minute)
        return self.sessions.session_of(role).access_key_id


def test_a_session_is_used_until_five_minutes_before_its_end() -> None:
    desk = Desk()

    assert [desk.key_at(minute) for minute in (0, 30, 54.9, 55, 60, 109)] == ["1", "1", "1", "2", "2", "2"]
    assert desk.key_at(110) == "3"


@pytest.mark.parametrize(
    "other",
    [
        AssumedRole(role_arn="arn:aws:iam::444455556666:role/reader", external_id="id-1"),
        AssumedRole(role_arn=ROLE.role_arn, external_id="id-2"),
        AssumedRole(role_arn=ROLE.role_arn, external_id=None),
        AssumedRole(role_arn=ROLE.role_arn, external_id="id-1", session_policy="{}"),
        AssumedRole(role_arn=ROLE.role_arn, external_id="id-1", session_name="bills"),
    ],
)
def test_a_session_is_never_used_for_another_purpose(other: AssumedRole) -> None:
    desk = Desk()

    assert [desk.key_at(0), desk.key_at(0, other), desk.key_at(0)] == ["1", "2", "1"]


def test_sessions_used_longest_ago_are_forgotten_first() -> None:
    desk = Desk()
    others = [
        AssumedRole(role_arn=f"arn:aws:iam::{n:012}:role/r", external_id="i") for n in range(SESSIONS_KEPT)
    ]
    desk.key_at(0)

    for other in others[:-1]:
        desk.key_at(0, other)
    assert desk.key_at(0) == "1"

    desk.key_at(0, others[-1])
    desk.key_at(0, AssumedRole(role_arn="arn:aws:iam::999999999999:role/r", external_id="i"))
    assert desk.key_at(0) == "1"
    assert desk.key_at(0, others[0]) != "2"


def test_a_failure_is_not_kept() -> None:
    answers: list[Session | Exception] = [
        RoleRefusedError("no"),
        Session(access_key_id="1", secret_access_key="s", token="t", expires_at=NOON + timedelta(hours=1)),
    ]

    def hand_out(_role: AssumedRole) -> Session:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    sessions = Sessions(hand_out, lambda: NOON)

    with pytest.raises(RoleRefusedError):
        sessions.session_of(ROLE)
    assert sessions.session_of(ROLE).access_key_id == "1"


def test_what_is_not_asked_for_is_not_sent() -> None:
    sts = TrustingSts(roles={ROLE.role_arn: lambda _given: True})

    assume(AssumedRole(role_arn=ROLE.role_arn, external_id=None), sts=sts)

    assert set(sts.asked[0]) == {"RoleArn", "RoleSessionName", "DurationSeconds"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refusal("AccessDenied"), RoleRefusedError),
        (refusal("RegionDisabledException"), RoleUnreachableError),
        (silence(), RoleUnreachableError),
    ],
)
def test_a_denial_is_told_apart_from_not_knowing(error: ClientError, told: type[Exception]) -> None:
    class Sts:
        def assume_role(self, **_request: str) -> None:
            raise error

    with pytest.raises(told):
        assume(ROLE, sts=Sts())


def test_keys_are_not_shown() -> None:
    session = assume(ROLE, sts=TrustingSts(roles={ROLE.role_arn: exactly("id-1")}))

    assert "secret" not in repr(session)
    assert "token" not in repr(session)
    assert "id-1" not in repr(ROLE)
