import json
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import ANY, Stubber

from cloudops.accounts.models import Role
from cloudops.accounts.verification import new_external_id, verify
from cloudops.platform.aws import RoleUnreachableError, Session
from tests.sts import (
    FailingSts,
    Trust,
    TrustingSts,
    account_in,
    anybody,
    credentials,
    exactly,
    ids_are_forbidden,
    like,
    nobody,
    refusal,
    silence,
)

ID = "TAn0RYwk0nOD2Yl4pQ1ZbWkUeFq3hRr9sXvG7mJc5yA"
ROLE = Role(arn="arn:aws:iam::111122223333:role/cloudops-reader", external_id=ID)


def verified(trust: Trust, role: Role = ROLE) -> tuple[str, str | None]:
    found = verify(role, sts=TrustingSts(roles={role.arn: trust}), identify=account_in)
    return found.status, found.reason


def test_a_role_that_asks_for_the_external_id_is_connected() -> None:
    assert verified(exactly(ID)) == ("connected", None)


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (anybody, "without an external id"),
        (ids_are_forbidden, "without an external id"),
        (like("*"), "with a wrong external id"),
        (like(f"{ID}*"), "with a wrong external id"),
        (like(f"{ID[:8]}*"), "with a wrong external id"),
    ],
)
def test_a_role_that_opens_to_strangers_is_insecure(trust: Trust, words: str) -> None:
    status, reason = verified(trust)

    assert status == "insecure"
    assert words in str(reason)


@pytest.mark.parametrize("trust", [nobody, exactly("somebody else's")])
def test_a_role_that_does_not_open_to_us_is_unreachable(trust: Trust) -> None:
    status, reason = verified(trust)

    assert status == "unreachable"
    assert "denies us" in str(reason)


def test_a_role_that_is_not_there_is_unreachable() -> None:
    assert verify(ROLE, sts=TrustingSts(roles={})).status == "unreachable"


def test_a_role_that_answers_for_another_account_is_refused() -> None:
    sts = TrustingSts(roles={ROLE.arn: exactly(ID)})

    found = verify(ROLE, sts=sts, identify=lambda _session: "999988887777")

    assert found.status == "insecure"
    assert "999988887777" in str(found.reason)


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("error", [refusal("Throttling"), refusal("InvalidClientTokenId"), silence()])
def test_what_cannot_be_told_is_never_connected(error: Exception, at: int) -> None:
    found = verify(ROLE, sts=FailingSts(error=error, at=at, external_id=ID), identify=account_in)

    assert found.status == "unreachable"
    assert found.reason


def test_a_session_that_cannot_be_used_is_unreachable() -> None:
    def fail(_session: Session) -> str:
        raise RoleUnreachableError("the session cannot be used")

    found = verify(ROLE, sts=TrustingSts(roles={ROLE.arn: exactly(ID)}), identify=fail)

    assert (found.status, found.reason) == ("unreachable", "the session cannot be used")


def test_the_reason_never_tells_the_external_id() -> None:
    for trust in (anybody, like("*"), nobody):
        assert ID not in str(verified(trust))
    assert ID not in repr(ROLE)


def test_the_sessions_of_a_verification_may_do_nothing() -> None:
    sts = TrustingSts(roles={ROLE.arn: exactly(ID)})

    verify(ROLE, sts=sts, identify=account_in)

    assert [one.get("ExternalId") == ID for one in sts.asked] == [False, False, True]
    for one in sts.asked:
        (statement,) = json.loads(one["Policy"])["Statement"]
        assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
        assert one["DurationSeconds"] == 900


def test_the_requests_are_those_of_the_sts_api() -> None:
    sts = get_session().create_client(
        "sts", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="s"
    )
    common = {"RoleArn": ROLE.arn, "RoleSessionName": ANY, "DurationSeconds": 900, "Policy": ANY}
    refused: dict[str, Any] = {"service_error_code": "AccessDenied", "http_status_code": 403}
    with Stubber(sts) as stub:
        stub.add_client_error("assume_role", expected_params=common, **refused)
        stub.add_client_error("assume_role", expected_params={**common, "ExternalId": ANY}, **refused)
        answer = credentials(ROLE.account_id)
        answer["Credentials"]["AccessKeyId"] = "ASIAABCDEFGHIJKLMNOP"
        stub.add_response("assume_role", answer, {**common, "ExternalId": ID})

        found = verify(ROLE, sts=sts, identify=lambda _session: ROLE.account_id)

        stub.assert_no_pending_responses()
    assert found.status == "connected"


def test_external_ids_are_long_random_and_fit_for_aws() -> None:
    ids = {new_external_id() for _ in range(1000)}

    assert len(ids) == 1000
    # AWS takes 2 to 1224 characters of [\w+=,.@:/-].
    assert all(len(one) >= 43 and one.replace("-", "").replace("_", "").isalnum() for one in ids)
