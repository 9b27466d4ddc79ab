"""Somebody sets an authenticator app up, signs in with its code, and turns it off again."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from local.login.second_factor import STEP_SECONDS, code_at
from local.members import add_member
from local.people import Account
from tests.journeys.browser.accessibility import violations
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in


@pytest.fixture(scope="module")
def careful(site: Site) -> Account:
    """Somebody of whom no other test asks anything."""
    return add_member(site.stack, "carla@acme.example", role="viewer")


def code(key: str, *, steps_later: int = 0) -> str:
    """As the app shows it; the pool takes those of half a minute before and after as well, each once."""
    return code_at(key, int(datetime.now(UTC).timestamp()) // STEP_SECONDS + steps_later)


def test_who_sets_up_an_app_signs_in_with_its_code_until_it_is_turned_off(
    site: Site, page: Page, careful: Account
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.origin}/settings")
    sign_in(page, careful)
    expect(page.get_by_text("Off: your password alone is enough")).to_be_visible()

    key = turn_on(page)
    sign_out(page)
    enter_password(page, careful)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_label("Code").fill(code(key, steps_later=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_be_visible()
    turn_off(site, page)
    sign_out(page)
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, careful)

    expect(page.get_by_role("banner")).to_be_visible()


def turn_on(page: Page) -> str:
    """The app's key."""
    page.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog", name="Set up two-step sign-in")
    expect(dialog.get_by_role("img", name="QR code for an authenticator app")).to_be_visible()
    readable_everywhere(page)
    key = "".join(dialog.get_by_text(re.compile("^([A-Z2-7]{4} )+[A-Z2-7]+$")).inner_text().split())
    shown = code(key)
    dialog.get_by_label("Code").fill(f"{shown[:3]} {shown[3:]}")
    dialog.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("Two-step sign-in is on")).to_be_visible()
    expect(page.get_by_role("button", name="Turn off")).to_be_visible()
    return key


def turn_off(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/settings")
    page.get_by_role("button", name="Turn off").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("Off: your password alone is enough")).to_be_visible()


def readable_everywhere(page: Page) -> None:
    """What is open, in both schemes, on a desk and on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == [], (scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def enter_password(page: Page, account: Account) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail address").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="carla").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
