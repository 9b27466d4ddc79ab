import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest

from local.aws import EmulatedAws, UserPool
from local.clock import MovableClock
from local.functions import Functions
from local.gateway import Gateway
from local.home import Home
from local.login.authorization import AppClient
from local.login.pool import PasswordCheck
from local.login.routes import COOKIE, Login
from local.login.second_factor import STEP_SECONDS, code_at
from local.people import Account, People, make_password
from local.template import Template
from local.tokens import TokenIssuer
from local.web import application
from tests.local.serving import Changing, free_port, served
from tests.local.signing_in import Flow, alert_of, code_of, hidden_session
from tests.template.stack import source


@dataclass(frozen=True, kw_only=True)
class Service:
    origin: str
    client_id: str
    people: People
    clock: MovableClock
    tokens: TokenIssuer

    def flow(self, browser: httpx.Client | None = None) -> Flow:
        return Flow(origin=self.origin, client_id=self.client_id, browser=browser or new_browser())


def new_browser() -> httpx.Client:
    return httpx.Client(trust_env=False)


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


@pytest.fixture(scope="module")
def pool(aws: EmulatedAws) -> UserPool:
    return aws.create_user_pool()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("login") / "home")


@pytest.fixture(scope="module")
def check_password(aws: EmulatedAws, pool: UserPool, home: Home) -> PasswordCheck:
    return PasswordCheck(People(home), pool=pool, cognito=aws.client("cognito-idp"))


@pytest.fixture(scope="module")
def port() -> Iterator[tuple[str, Changing]]:
    changing = Changing()
    with served(changing, free_port()) as origin:
        yield origin, changing


@pytest.fixture
def service(
    small_template: Template,
    functions: Functions,
    home: Home,
    pool: UserPool,
    check_password: PasswordCheck,
    port: tuple[str, Changing],
) -> Service:
    people, clock, (origin, changing) = People(home), MovableClock(datetime.now(UTC)), port
    tokens = TokenIssuer(home, pool_id=pool.id, client_id=pool.client_id)
    login = Login(
        AppClient(id=pool.client_id, callbacks=(f"{origin}/callback",), logouts=(f"{origin}/",)),
        origin=origin,
        people=people,
        check_password=check_password,
        issuer=tokens,
        clock=clock,
    )
    gateway = Gateway(small_template, functions=functions, tokens=tokens)
    changing.held = application(gateway, before=login.routes())
    return Service(origin=origin, client_id=pool.client_id, people=people, clock=clock, tokens=tokens)


@pytest.fixture
def flow(service: Service) -> Iterator[Flow]:
    with new_browser() as browser:
        yield service.flow(browser)


def key_of(account: Account) -> str:
    assert account.totp_key
    return account.totp_key


def things(service: Service, token: str) -> httpx.Response:
    return httpx.get(
        f"{service.origin}/things", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )


def test_a_person_signs_in_and_reaches_the_api(service: Service, flow: Flow) -> None:
    admin = service.people.admin()

    page = flow.authorize()
    shown = flow.browser.get(f"{service.origin}{page.headers['location']}")
    back = flow.sign_in(admin.email.upper(), admin.password)
    tokens = flow.token(code_of(back)).json()
    answer = things(service, tokens["id_token"])

    assert page.status_code == 302
    assert page.headers["location"].startswith("/login?")
    assert shown.status_code == 200
    assert alert_of(shown) == ""
    assert back.headers["location"].startswith(f"{flow.callback}?")
    assert parse_qs(urlsplit(back.headers["location"]).query)["state"] == [flow.state]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    claims = answer.json()["event"]["requestContext"]["authorizer"]["claims"]
    assert (claims["sub"], claims["email"], claims["nonce"]) == (admin.sub, admin.email, "once")


def test_an_access_token_is_well_formed_and_not_taken_by_the_api(service: Service, flow: Flow) -> None:
    admin = service.people.admin()

    access = flow.tokens(admin.email, admin.password)["access_token"]

    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{service.origin}/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(access)["kid"]].key
    claims = jwt.decode(access, key, algorithms=["RS256"], options={"verify_aud": False})
    assert (claims["token_use"], claims["client_id"]) == ("access", service.client_id)
    assert claims["scope"] == "openid email"
    assert things(service, access).status_code == 401


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("admin@localhost.localdomain", "wrong", id="wrong password"),
        pytest.param("admin@localhost.localdomain", "", id="no password"),
        pytest.param("nobody@example.com", "anything", id="unknown"),
        pytest.param("", "", id="empty"),
        pytest.param("' or 1=1 --", "x", id="no address"),
    ],
)
def test_wrong_password_and_unknown_person_read_the_same(flow: Flow, email: str, password: str) -> None:
    answer = flow.sign_in(email, password)

    assert answer.status_code == 200
    assert alert_of(answer) == "Incorrect e-mail address or password."
    assert COOKIE not in answer.cookies


def test_guessing_is_made_slow(service: Service, flow: Flow) -> None:
    account = service.people.add("guessed@example.com")

    for _ in range(5):
        flow.sign_in(account.email, "wrong")
    while_blocked = flow.sign_in(account.email, account.password)
    service.clock.advance(timedelta(seconds=2))
    afterwards = flow.sign_in(account.email, account.password)

    assert "Too many" in alert_of(while_blocked)
    assert afterwards.status_code == 302


def test_what_was_typed_comes_back_harmless(flow: Flow) -> None:
    answer = flow.sign_in('"><script>alert(1)</script>', "x")

    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_who_was_added_while_it_runs_can_sign_in(service: Service, flow: Flow) -> None:
    account = service.people.add("Late@Example.com")

    tokens = flow.tokens("late@example.com", account.password)

    assert service.tokens.verify(tokens["id_token"])["sub"] == account.sub


def test_a_second_factor_is_asked_for_and_checked(service: Service, flow: Flow) -> None:
    account = service.people.add("careful@example.com", with_totp=True)
    key, step = key_of(account), int(service.clock.now().timestamp()) // STEP_SECONDS

    asked = flow.sign_in(account.email, account.password)
    wrong = flow.post({"session": hidden_session(asked), "code": f"{int(code_at(key, step)) ^ 1:06}"})
    stale = flow.post({"session": hidden_session(asked), "code": code_at(key, step - 5)})
    typed = f"{code_at(key, step)[:3]} {code_at(key, step)[3:]} "
    right = flow.post({"session": hidden_session(asked), "code": typed})

    assert asked.status_code == wrong.status_code == stale.status_code == 200
    assert "not right" in alert_of(wrong)
    assert "not right" in alert_of(stale)
    assert flow.token(code_of(right)).status_code == 200


def test_a_code_of_the_app_works_once(service: Service, flow: Flow) -> None:
    account = service.people.add("once@example.com", with_totp=True)
    code = code_at(key_of(account), int(service.clock.now().timestamp()) // STEP_SECONDS)
    first = flow.post(
        {"session": hidden_session(flow.sign_in(account.email, account.password)), "code": code}
    )

    again = flow.post(
        {"session": hidden_session(flow.sign_in(account.email, account.password)), "code": code}
    )

    assert first.status_code == 302
    assert "used already" in alert_of(again)


def test_the_second_step_ends_after_three_tries_and_after_three_minutes(service: Service, flow: Flow) -> None:
    account = service.people.add("slow@example.com", with_totp=True)
    tried = hidden_session(flow.sign_in(account.email, account.password))
    for _ in range(3):
        flow.post({"session": tried, "code": "x"})
    fourth = flow.post({"session": tried, "code": "x"})
    waited = hidden_session(flow.sign_in(account.email, account.password))
    service.clock.advance(timedelta(minutes=3))
    code = code_at(key_of(account), int(service.clock.now().timestamp()) // STEP_SECONDS)

    late = flow.post({"session": waited, "code": code})
    forged = flow.post({"session": "made-up", "code": code})

    assert alert_of(fourth) == alert_of(late) == alert_of(forged) == "That took too long. Sign in again."


def test_a_code_is_good_once_and_its_second_use_ends_what_the_first_gave(
    service: Service, flow: Flow
) -> None:
    admin = service.people.admin()
    code = code_of(flow.sign_in(admin.email, admin.password))
    first = flow.token(code)

    second = flow.token(code)

    assert first.status_code == 200
    assert (second.status_code, second.json()) == (400, {"error": "invalid_grant"})
    assert flow.refresh(first.json()["refresh_token"]).status_code == 400


def test_a_code_is_good_for_a_minute(service: Service, flow: Flow) -> None:
    admin = service.people.admin()
    code = code_of(flow.sign_in(admin.email, admin.password))

    service.clock.advance(timedelta(seconds=60))

    assert flow.token(code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"code_verifier": "a" * 43}, "invalid_grant", id="other verifier"),
        pytest.param({"code_verifier": ""}, "invalid_grant", id="no verifier"),
        pytest.param({"redirect_uri": "http://localhost/callback"}, "invalid_grant", id="other address"),
        pytest.param({"client_id": "other"}, "invalid_client", id="other client"),
        pytest.param({"code": "made-up"}, "invalid_grant", id="made-up code"),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="other grant"),
        pytest.param({"grant_type": "client_credentials"}, "unsupported_grant_type", id="no person"),
    ],
)
def test_the_token_endpoint_refuses(
    service: Service, flow: Flow, changes: dict[str, str], error: str
) -> None:
    admin = service.people.admin()
    code = code_of(flow.sign_in(admin.email, admin.password))

    answer = flow.token(**{"code": code, **changes})

    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_is_refreshed_for_the_same_person(service: Service, flow: Flow) -> None:
    admin = service.people.admin()
    first = flow.tokens(admin.email, admin.password)

    second = flow.refresh(first["refresh_token"]).json()

    before, after = (service.tokens.verify(one["id_token"]) for one in (first, second))
    assert "refresh_token" not in second
    assert (after["sub"], after["auth_time"]) == (before["sub"], before["auth_time"])
    assert after["origin_jti"] == before["origin_jti"]
    assert after["jti"] != before["jti"]
    assert "nonce" not in after


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_made_up_refresh_token_is_refused(flow: Flow, token: str) -> None:
    assert flow.refresh(token).json() == {"error": "invalid_grant"}


def test_who_signed_in_is_not_asked_again_until_the_session_ends(service: Service, flow: Flow) -> None:
    admin = service.people.admin()
    flow.sign_in(admin.email, admin.password)

    again = flow.authorize()
    service.clock.advance(timedelta(hours=1))
    later = flow.authorize()

    assert flow.token(code_of(again), redirect_uri=flow.callback).status_code == 400
    assert again.headers["location"].startswith(flow.callback)
    assert later.headers["location"].startswith("/login?")


def test_signing_out_ends_the_session_and_revokes_its_tokens(service: Service, flow: Flow) -> None:
    admin = service.people.admin()
    tokens = flow.tokens(admin.email, admin.password)

    left = flow.browser.get(
        f"{service.origin}/logout",
        params={"client_id": service.client_id, "logout_uri": f"{service.origin}/"},
    )

    assert (left.status_code, left.headers["location"]) == (302, f"{service.origin}/")
    assert flow.refresh(tokens["refresh_token"]).status_code == 400
    assert flow.authorize().headers["location"].startswith("/login?")


def test_a_revoked_token_refreshes_nothing(service: Service, flow: Flow) -> None:
    admin = service.people.admin()
    tokens = flow.tokens(admin.email, admin.password)
    form = {"token": tokens["refresh_token"], "client_id": service.client_id}

    foreign = flow.browser.post(f"{service.origin}/oauth2/revoke", data={**form, "client_id": "other"})
    before = flow.refresh(tokens["refresh_token"])
    own = flow.browser.post(f"{service.origin}/oauth2/revoke", data=form)

    assert (foreign.status_code, before.status_code, own.status_code) == (400, 200, 200)
    assert flow.refresh(tokens["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "{origin}",
        "{origin}/x",
        "{origin}/?a=b",
        "{origin}/@evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_an_unknown_address_at_sign_out(service: Service, flow: Flow, address: str) -> None:
    wanted = address.format(origin=service.origin)

    answer = flow.browser.get(
        f"{service.origin}/logout", params={"client_id": service.client_id, "logout_uri": wanted}
    )

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"redirect_uri": "https://evil.example/callback"}, id="foreign"),
        pytest.param({"redirect_uri": "{origin}/callback/"}, id="a slash more"),
        pytest.param({"redirect_uri": "{origin}/callback?x=1"}, id="a query more"),
        pytest.param({"redirect_uri": "{origin}/CALLBACK"}, id="capitals"),
        pytest.param({"redirect_uri": "{origin}@evil.example/callback"}, id="as a user name"),
        pytest.param({"redirect_uri": None}, id="no address"),
        pytest.param({"client_id": "other"}, id="other client"),
        pytest.param({"client_id": None}, id="no client"),
    ],
)
def test_nobody_is_sent_to_an_unknown_application(
    service: Service, flow: Flow, changes: dict[str, str | None]
) -> None:
    asked = {key: value.format(origin=service.origin) if value else None for key, value in changes.items()}

    answers = [
        flow.authorize(**asked),
        flow.browser.get(f"{service.origin}/login", params=flow.query(**asked)),
        flow.browser.post(f"{service.origin}/login", params=flow.query(**asked), data={"username": "x"}),
    ]

    for answer in answers:
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "not registered" in alert_of(answer)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": "openid phone"}, "invalid_scope"),
    ],
)
def test_a_known_application_is_told_what_is_wrong(
    flow: Flow, changes: dict[str, str | None], error: str
) -> None:
    answer = flow.authorize(**changes)

    parts = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(f"{flow.callback}?")
    assert parse_qs(parts.query) == {"error": [error], "state": [flow.state]}


def test_a_parameter_given_twice_is_refused(service: Service, flow: Flow) -> None:
    query = urlencode([*flow.query().items(), ("scope", "openid")])

    answer = flow.browser.get(f"{service.origin}/oauth2/authorize?{query}")

    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == ["invalid_request"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_form_of_another_page_signs_nobody_in(service: Service, flow: Flow, origin: str) -> None:
    admin = service.people.admin()

    answer = flow.post({"username": admin.email, "password": admin.password}, origin=origin)

    assert answer.status_code == 400
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"username=a&username=b", "application/x-www-form-urlencoded"),
        (b"\xff=\xff", "application/x-www-form-urlencoded"),
        (b"username", "application/x-www-form-urlencoded"),
        (b"username=" + b"a" * 20_000, "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(service: Service, flow: Flow, body: bytes, kind: str) -> None:
    for path in ("/login", "/oauth2/token", "/oauth2/revoke"):
        answer = flow.browser.post(
            f"{service.origin}{path}", params=flow.query(), content=body, headers={"content-type": kind}
        )

        assert answer.status_code == 400


def test_the_page_is_protected_and_plain(service: Service, flow: Flow) -> None:
    answer = flow.browser.get(f"{service.origin}/login", params=flow.query())

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {service.origin}" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script|<style|style=|\son\w+=", answer.text)
    for name in re.findall(r'<input id="(\w+)"', answer.text):
        assert f'<label for="{name}">' in answer.text


def test_the_session_cookie_is_out_of_scripts_reach(service: Service, flow: Flow) -> None:
    admin = service.people.admin()

    header = flow.sign_in(admin.email, admin.password).headers["set-cookie"]

    assert "HttpOnly" in header
    assert "SameSite=lax" in header


def test_the_ui_finds_everything_it_needs(service: Service) -> None:
    config = httpx.get(f"{service.origin}/config.json").json()
    deployed = source()["Resources"]["Ui"]["Properties"]["Config"]
    metadata = httpx.get(f"{service.origin}/.well-known/openid-configuration").json()

    assert config.keys() == deployed.keys()
    assert config["scope"] == deployed["scope"]
    assert config["user_pool"] == service.origin
    assert config["client_id"] == service.client_id
    assert config["redirect_uri"] == f"{service.origin}/callback"
    assert config["logout_uri"] == f"{service.origin}/"
    assert config["issuer"] == metadata["issuer"] == service.tokens.issuer
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        assert metadata[name].startswith(f"{service.origin}/")


def test_only_the_ui_may_ask_for_tokens_from_a_script(service: Service) -> None:
    allowed = [
        httpx.options(
            f"{service.origin}/oauth2/token",
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        ).headers.get("access-control-allow-origin")
        for origin in (service.origin, "https://evil.example")
    ]

    assert allowed == [service.origin, None]


def test_passwords_are_long_mixed_and_new_each_time() -> None:
    passwords = {make_password() for _ in range(50)}

    assert len(passwords) == 50
    for password in passwords:
        assert len(password) >= 20
        assert re.search("[a-z]", password)
        assert re.search("[A-Z]", password)
        assert re.search("[0-9]", password)
