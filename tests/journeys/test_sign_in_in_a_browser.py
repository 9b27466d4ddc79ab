import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from local.home import Home
from local.login.second_factor import STEP_SECONDS, code_at
from local.members import add_member
from local.people import Account, People
from local.stack import Options, Stack
from local.web import application
from tests.local.chromium import chromium, path_of_chromium
from tests.local.serving import free_port, served


@dataclass(frozen=True, kw_only=True)
class Site:
    origin: str
    admin: Account
    careful: Account
    stranger: Account


@pytest.fixture(scope="module")
def site(started_home: Path) -> Iterator[Site]:
    path_of_chromium()
    home = Home(started_home)
    port = free_port()
    origin = f"http://localhost:{port.getsockname()[1]}"
    with (
        Stack(home, Options(origin=origin)) as stack,
        served(application(stack.gateway, before=stack.login.routes()), port),
    ):
        yield Site(
            origin=origin,
            admin=People(home).admin(),
            careful=add_member(stack, "careful@example.com", role="viewer", with_totp=True),
            stranger=People(home).add("stranger@example.com"),
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(5000)
    yield page
    context.close()


class Application:
    """What the web UI does around the page: asks for a code, redeems it, calls the API."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.verifier = secrets.token_urlsafe(48)
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        self.config = httpx.get(f"{site.origin}/config.json").json()

    def open(self) -> None:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.config["client_id"],
                "redirect_uri": self.config["redirect_uri"],
                "scope": self.config["scope"],
                "state": "from-here",
                "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        )
        self.page.goto(f"{self.site.origin}/oauth2/authorize?{query}")

    def enter(self, account: Account, password: str | None = None) -> None:
        self.page.get_by_label("E-mail address").fill(account.email)
        self.page.get_by_label("Password").fill(account.password if password is None else password)
        self.page.get_by_role("button", name="Sign in").click()

    def tokens(self) -> dict[str, Any]:
        self.page.wait_for_url(f"{self.site.origin}/callback?**")
        back = parse_qs(urlsplit(self.page.url).query)
        assert back["state"] == ["from-here"]
        answer = self.ask_for_tokens(
            grant_type="authorization_code",
            code=back["code"][0],
            redirect_uri=self.config["redirect_uri"],
            code_verifier=self.verifier,
        )
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def ask_for_tokens(self, **form: str) -> httpx.Response:
        return httpx.post(
            f"{self.site.origin}/oauth2/token", data={"client_id": self.config["client_id"], **form}
        )

    def call(self, path: str, token: str) -> httpx.Response:
        return httpx.get(
            f"{self.site.origin}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )


@pytest.fixture
def ui(site: Site, page: Page) -> Application:
    ui = Application(site, page)
    ui.open()
    return ui


def test_the_admin_signs_in_and_reaches_the_api(ui: Application) -> None:
    expect(ui.page.get_by_label("E-mail address")).to_be_focused()

    ui.enter(ui.site.admin)
    tokens = ui.tokens()

    answer = ui.call("/api/v1/events", tokens["id_token"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"]
    assert not [text for text in ui.complaints if "Content Security Policy" in text]


def test_a_wrong_password_is_said_and_the_right_one_still_works(ui: Application) -> None:
    ui.enter(ui.site.admin, "wrong")
    expect(ui.page.get_by_role("alert")).to_have_text("Incorrect e-mail address or password.")
    expect(ui.page.get_by_label("E-mail address")).to_have_value(ui.site.admin.email)
    expect(ui.page.get_by_label("Password")).to_be_focused()

    ui.enter(ui.site.admin)

    assert ui.tokens()["id_token"]


def test_a_second_factor_is_asked_for(ui: Application) -> None:
    ui.enter(ui.site.careful)
    expect(ui.page.get_by_role("heading", name="Enter your code")).to_be_visible()
    ui.page.get_by_label("Code").fill("000000")
    ui.page.get_by_role("button", name="Sign in").click()
    expect(ui.page.get_by_role("alert")).to_have_text("That code is not right, or was used already.")

    step = int(datetime.now(UTC).timestamp()) // STEP_SECONDS
    ui.page.get_by_label("Code").fill(code_at(ui.site.careful.totp_key or "", step))
    ui.page.get_by_role("button", name="Sign in").click()

    assert ui.call("/api/v1/events", ui.tokens()["id_token"]).status_code == 200


def test_who_is_in_no_tenant_signs_in_and_sees_nothing(ui: Application) -> None:
    ui.enter(ui.site.stranger)

    assert ui.call("/api/v1/events", ui.tokens()["id_token"]).status_code == 403


def test_signing_out_means_signing_in_again(ui: Application) -> None:
    ui.enter(ui.site.admin)
    tokens = ui.tokens()
    ui.open()
    assert urlsplit(ui.page.url).path == "/callback"

    query = urlencode({"client_id": ui.config["client_id"], "logout_uri": ui.config["logout_uri"]})
    ui.page.goto(f"{ui.site.origin}/logout?{query}")
    assert ui.page.url == ui.config["logout_uri"]
    ui.open()

    expect(ui.page.get_by_role("heading", name="Sign in")).to_be_visible()
    refreshed = ui.ask_for_tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (refreshed.status_code, refreshed.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_reads_well(ui: Application, scheme: Any) -> None:
    ui.page.emulate_media(color_scheme=scheme)
    ui.enter(ui.site.admin, "wrong")

    colours = {
        name: [
            ui.page.locator(name).evaluate(f"(node) => getComputedStyle(node).{which}")
            for which in ("color", "backgroundColor")
        ]
        for name in ("[role=alert]", "button", "input[name=username]")
    }
    for name, (text, behind) in colours.items():
        assert contrast(text, behind) >= 4.5, (name, text, behind)


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours as browsers write them, e.g. "rgb(1, 2, 3)"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = (value / 255 for value in json.loads(f"[{colour.removeprefix('rgb(').removesuffix(')')}]"))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
