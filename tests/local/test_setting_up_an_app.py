"""The laptop's user pool, asked by AWS's own client as the web UI asks Cognito."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from starlette.applications import Starlette

from local.clock import MovableClock
from local.home import Home
from local.login.authorization import SCOPES, AppClient
from local.login.routes import Login
from local.login.second_factor import STEP_SECONDS, code_at
from local.people import Account, People
from local.template import REGION
from local.tokens import TokenIssuer
from tests.local.serving import Changing, free_port, served
from tests.local.signing_in import Flow, alert_of, hidden_session

CLIENT_ID = "web"
ALL = " ".join(SCOPES)
ON = {"Enabled": True, "PreferredMfa": True}
OFF = {"Enabled": False, "PreferredMfa": False}


@dataclass(frozen=True, kw_only=True)
class Pool:
    origin: str
    home: Home
    clock: MovableClock
    issuer: TokenIssuer
    cognito: Any
    open: ExitStack

    @property
    def people(self) -> People:
        return People(self.home)

    def flow(self, *, scope: str = ALL) -> Flow:
        """In a browser that nobody signed in with before."""
        browser = self.open.enter_context(httpx.Client(trust_env=False))
        return Flow(origin=self.origin, client_id=CLIENT_ID, browser=browser, scope=scope)

    def access_token(self, sub: str, *, scope: str = ALL) -> str:
        now = self.clock.now()
        return self.issuer.issue_access(sub=sub, scope=scope, now=now, signed_in_at=now, origin="sign-in")

    def code(self, key: str, *, steps_later: int = 0) -> str:
        return code_at(key, int(self.clock.now().timestamp()) // STEP_SECONDS + steps_later)

    def verified_key(self, token: str) -> str:
        key: str = self.cognito.associate_software_token(AccessToken=token)["SecretCode"]
        self.cognito.verify_software_token(AccessToken=token, UserCode=self.code(key))
        return key

    def prefer(self, token: str, settings: dict[str, bool]) -> None:
        self.cognito.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=settings)

    def is_on(self, token: str) -> bool:
        told = self.cognito.get_user(AccessToken=token)
        factors: list[str] = told.get("UserMFASettingList", [])
        assert ([told["PreferredMfaSetting"]] if "PreferredMfaSetting" in told else []) == factors
        return factors == ["SOFTWARE_TOKEN_MFA"]

    def asks_for_a_code(self, account: Account) -> bool:
        answer = self.flow().sign_in(account.email, account.password)
        return answer.status_code == 200 and 'name="code"' in answer.text


@pytest.fixture(scope="module")
def port() -> Iterator[tuple[str, Changing]]:
    changing = Changing()
    with served(changing, free_port()) as origin:
        yield origin, changing


@pytest.fixture(scope="module")
def cognito(port: tuple[str, Changing]) -> Iterator[Any]:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    with closing(
        boto3.client("cognito-idp", region_name=REGION, endpoint_url=port[0], config=config)
    ) as cognito:
        yield cognito


@pytest.fixture
def pool(port: tuple[str, Changing], cognito: Any, tmp_path: Path) -> Iterator[Pool]:
    (origin, changing), home = port, Home(tmp_path / "home")
    people, clock = People(home), MovableClock(datetime.now(UTC))
    issuer = TokenIssuer(home, pool_id="us-east-1_local", client_id=CLIENT_ID)
    login = Login(
        AppClient(id=CLIENT_ID, callbacks=(f"{origin}/callback",), logouts=(f"{origin}/",)),
        origin=origin,
        people=people,
        check_password=lambda email, password: next(
            (one for one in people.all() if (one.email, one.password) == (email, password)), None
        ),
        issuer=issuer,
        clock=clock,
    )
    changing.held = Starlette(routes=login.routes())
    with ExitStack() as opened:
        yield Pool(origin=origin, home=home, clock=clock, issuer=issuer, cognito=cognito, open=opened)


@pytest.fixture
def ann(pool: Pool) -> Account:
    return pool.people.add("ann@example.com")


@pytest.fixture
def token(pool: Pool, ann: Account) -> str:
    return pool.access_token(ann.sub)


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Code and message of AWS's error."""
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_who_sets_an_app_up_is_asked_for_its_code_at_the_next_sign_in(pool: Pool, ann: Account) -> None:
    token = pool.flow().tokens(ann.email, ann.password)["access_token"]
    key = pool.verified_key(token)
    pool.prefer(token, ON)

    flow = pool.flow()
    asked = flow.sign_in(ann.email, ann.password)
    used = flow.post({"session": hidden_session(asked), "code": pool.code(key)})
    fresh = flow.post({"session": hidden_session(asked), "code": pool.code(key, steps_later=1)})

    assert pool.is_on(token)
    assert "used already" in alert_of(used)
    assert fresh.status_code == 302


def test_the_first_admin_can_do_so_too_and_a_restart_forgets_nothing(pool: Pool) -> None:
    admin = pool.people.admin()
    token = pool.access_token(admin.sub)

    key = pool.verified_key(token)
    pool.prefer(token, ON)

    assert People(Home(pool.home.path)).admin().totp_key == key
    assert pool.asks_for_a_code(admin)


def test_nothing_is_on_before_it_is_verified_and_preferred(pool: Pool, ann: Account, token: str) -> None:
    key = pool.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    too_early = refused(lambda: pool.prefer(token, ON))
    begun = pool.is_on(token)
    pool.cognito.verify_software_token(AccessToken=token, UserCode=pool.code(key))

    assert too_early == ("InvalidParameterException", "User has not set up software token mfa")
    assert not begun
    assert not pool.is_on(token)
    assert not pool.asks_for_a_code(ann)


def test_a_wrong_code_verifies_nothing(pool: Pool, token: str) -> None:
    key = pool.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    wrong = f"{int(pool.code(key)) ^ 1:06}"

    told = refused(lambda: pool.cognito.verify_software_token(AccessToken=token, UserCode=wrong))

    assert told == ("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
    assert refused(lambda: pool.prefer(token, ON))[0] == "InvalidParameterException"


def test_each_beginning_makes_a_new_key_and_ends_the_one_before(pool: Pool, token: str) -> None:
    first, second = (pool.cognito.associate_software_token(AccessToken=token)["SecretCode"] for _ in range(2))

    told = refused(lambda: pool.cognito.verify_software_token(AccessToken=token, UserCode=pool.code(first)))

    assert len({first, second}) == 2
    assert told[0] == "EnableSoftwareTokenMFAException"
    assert pool.cognito.verify_software_token(AccessToken=token, UserCode=pool.code(second))["Status"]


def test_an_app_that_is_on_counts_until_another_is_verified(pool: Pool, ann: Account, token: str) -> None:
    old = pool.verified_key(token)
    pool.prefer(token, ON)
    new = pool.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    before = pool.people.of_subject(ann.sub)

    pool.cognito.verify_software_token(AccessToken=token, UserCode=pool.code(new))

    after = pool.people.of_subject(ann.sub)
    assert before
    assert after
    assert (before.totp_key, after.totp_key) == (old, new)


def test_what_was_turned_off_is_asked_for_no_more_and_can_be_turned_on_again(
    pool: Pool, ann: Account, token: str
) -> None:
    pool.verified_key(token)
    pool.prefer(token, ON)

    pool.prefer(token, OFF)
    off = (pool.is_on(token), pool.asks_for_a_code(ann))
    pool.prefer(token, ON)

    assert off == (False, False)
    assert pool.asks_for_a_code(ann)


def test_a_token_without_the_scope_does_nothing(pool: Pool, ann: Account) -> None:
    token = pool.flow(scope="openid email").tokens(ann.email, ann.password)["access_token"]

    told = {
        refused(call)
        for call in (
            lambda: pool.cognito.get_user(AccessToken=token),
            lambda: pool.cognito.associate_software_token(AccessToken=token),
            lambda: pool.cognito.verify_software_token(AccessToken=token, UserCode="123456"),
            lambda: pool.prefer(token, OFF),
        )
    }

    assert told == {("NotAuthorizedException", "Access Token does not have required scopes")}


def other_clients(pool: Pool, sub: str) -> str:
    other = TokenIssuer(pool.home, pool_id="us-east-1_local", client_id="other")
    now = pool.clock.now()
    return other.issue_access(sub=sub, scope=ALL, now=now, signed_in_at=now, origin="x")


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda *_: "made-up", id="made up"),
        pytest.param(
            lambda pool, sub: pool.issuer.issue(sub=sub, email="ann@example.com", now=pool.clock.now()),
            id="identity token",
        ),
        pytest.param(other_clients, id="other client"),
        pytest.param(lambda pool, sub: pool.access_token(sub)[:-3] + "AAA", id="other signature"),
    ],
)
def test_what_is_no_access_token_of_the_pool_is_refused(
    pool: Pool, ann: Account, made: Callable[[Pool, str], str]
) -> None:
    told = refused(lambda: pool.cognito.get_user(AccessToken=made(pool, ann.sub)))

    assert told == ("NotAuthorizedException", "Invalid Access Token")


def test_a_token_is_over_after_an_hour_and_after_signing_out(pool: Pool, ann: Account) -> None:
    flow = pool.flow()
    signed_out = flow.tokens(ann.email, ann.password)["access_token"]
    flow.browser.get(f"{pool.origin}/logout")
    old = pool.access_token(ann.sub)

    revoked = refused(lambda: pool.cognito.get_user(AccessToken=signed_out))
    pool.clock.advance(timedelta(hours=1))
    expired = refused(lambda: pool.cognito.get_user(AccessToken=old))

    assert revoked == ("NotAuthorizedException", "Access Token has been revoked")
    assert expired == ("NotAuthorizedException", "Access Token has expired")


def test_who_is_gone_is_not_found(pool: Pool) -> None:
    token = pool.access_token("nobody")

    assert refused(lambda: pool.cognito.get_user(AccessToken=token))[0] == "UserNotFoundException"


@pytest.mark.parametrize(
    ("operation", "body", "error"),
    [
        ("DeleteUser", '{"AccessToken": "x"}', "UnknownOperationException"),
        ("", "{}", "UnknownOperationException"),
        ("GetUser", "", "SerializationException"),
        ("GetUser", "[]", "InvalidParameterException"),
        ("GetUser", "{}", "InvalidParameterException"),
        ("GetUser", '{"AccessToken": 7}', "InvalidParameterException"),
        ("AssociateSoftwareToken", "{}", "InvalidParameterException"),
        ("VerifySoftwareToken", '{"AccessToken": "{token}"}', "InvalidParameterException"),
        (
            "VerifySoftwareToken",
            '{"AccessToken": "{token}", "UserCode": "12345"}',
            "InvalidParameterException",
        ),
        (
            "VerifySoftwareToken",
            '{"AccessToken": "{token}", "UserCode": "12 345"}',
            "InvalidParameterException",
        ),
        ("SetUserMFAPreference", '{"AccessToken": "{token}"}', "InvalidParameterException"),
        (
            "SetUserMFAPreference",
            '{"AccessToken": "{token}", "SoftwareTokenMfaSettings": {"PreferredMfa": true}}',
            "InvalidParameterException",
        ),
        (
            "SetUserMFAPreference",
            '{"AccessToken": "{token}", "SMSMfaSettings": {"Enabled": true}}',
            "InvalidParameterException",
        ),
    ],
)
def test_a_malformed_call_is_refused_in_awss_words(
    pool: Pool, token: str, operation: str, body: str, error: str
) -> None:
    answer = httpx.post(
        f"{pool.origin}/",
        content=body.replace("{token}", token),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        },
        trust_env=False,
    )

    assert (answer.status_code, answer.json()["__type"]) == (400, error)
    assert answer.json().keys() == {"__type", "message"}


@pytest.mark.parametrize(("origin", "allowed"), [("{origin}", True), ("https://evil.example", False)])
def test_only_the_ui_may_ask_from_a_script(pool: Pool, origin: str, allowed: bool) -> None:
    answer = httpx.options(
        f"{pool.origin}/",
        headers={
            "Origin": origin.format(origin=pool.origin),
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-amz-target",
        },
        trust_env=False,
    )

    assert (answer.status_code == 200) is allowed
    assert ("access-control-allow-origin" in answer.headers) is allowed
