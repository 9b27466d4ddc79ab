"""What stands around every screen: signing in and out, tenants, the palette, saved views."""

import json
import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect

from cloudops.platform.seal import sealed_tenant
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.use_cases import create_tenant
from local import api_client
from local.members import add_member
from local.people import Account
from local.postgres import APP
from local.stack import seal_key
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

UMBRELLA = UUID("0bbe1100-0000-4000-8000-000000000001")
SIGNED_IN = "Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'))"


@pytest.fixture(scope="module")
def consultant(site: Site) -> Account:
    """Somebody who belongs to the demo organisation and to a tenant without anything."""
    account = add_member(site.stack, "cleo@consult.example", role="viewer")
    with psycopg.connect(site.stack.postgres.dsn(APP)) as connection:
        sealed = sealed_tenant(UMBRELLA, seal_key(site.stack.home))
        connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])
        admin = NewUser(sub=account.sub, email=account.email, role="admin")
        create_tenant(connection, UMBRELLA, name="Umbrella", admin=admin)
    return account


def signed_in(page: Page) -> dict[str, Any]:
    """What the tab keeps about the person."""
    found: dict[str, Any] = json.loads(page.evaluate(f"{SIGNED_IN}[1]"))
    return found


def test_who_belongs_to_two_tenants_goes_from_one_to_the_other(
    site: Site, page: Page, consultant: Account
) -> None:
    page.goto(f"{site.origin}/alerts")
    sign_in(page, consultant)
    switch_to(page, "Local")
    page.goto(f"{site.origin}/alerts")
    expect(page.get_by_role("table", name="Alerts").get_by_role("link").first).to_be_visible()

    switch_to(page, "Umbrella")

    expect(page).to_have_url(f"{site.origin}/")
    page.goto(f"{site.origin}/alerts")
    expect(page.get_by_text("No alert was ever raised here.")).to_be_visible()
    switch_to(page, "Local")


def switch_to(page: Page, tenant: str) -> None:
    """From whichever of the two it is."""
    chosen = page.get_by_role("banner").get_by_role("button", name=re.compile("^(Local|Umbrella)$"))
    expect(chosen).to_be_visible()
    if chosen.inner_text() != tenant:
        chosen.click()
        with page.expect_navigation():
            page.get_by_role("menuitem", name=tenant).click()
    expect(page.get_by_role("banner").get_by_role("button", name=tenant, exact=True)).to_be_visible()


def test_who_signs_out_is_asked_for_the_password_again(site: Site, page: Page) -> None:
    person = site.person("viewer")
    page.goto(f"{site.origin}/alerts")
    sign_in(page, person)

    page.get_by_role("button", name=person.email.partition("@")[0]).click()
    page.get_by_role("menuitem", name="Sign out").click()

    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert page.evaluate(SIGNED_IN) is None
    page.goto(f"{site.origin}/alerts")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_token_that_is_over_is_renewed_unseen(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/alerts")
    sign_in(page, site.person("viewer"))
    before = signed_in(page)
    page.evaluate(
        f"(() => {{ const [name, text] = {SIGNED_IN};"
        " sessionStorage.setItem(name, JSON.stringify({ ...JSON.parse(text), expires_at: 1 })); })()"
    )

    page.reload()

    expect(page.get_by_role("heading", name="Alerts", level=1)).to_be_visible()
    after = signed_in(page)
    assert after["expires_at"] >= before["expires_at"]
    assert after["id_token"] != before["id_token"]


@pytest.mark.parametrize(
    ("path", "prefix"), [("alerts", "ALR"), ("recommendations", "REC"), ("actions", "ACT")]
)
def test_the_palette_finds_by_the_id_that_people_read_out(
    site: Site, page: Page, path: str, prefix: str
) -> None:
    first = next(iter(api_client.items(site.stack, f"/api/v1/{path}", [])))
    page.goto(f"{site.origin}/")
    sign_in(page, site.person("viewer"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    search(page, f"{prefix}-{first['id'][:8].upper()}", find=re.compile(f"^{prefix}-"))

    expect(page).to_have_url(f"{site.origin}/{path}/{first['id']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_palette_goes_to_pages_and_changes_how_they_look(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/")
    sign_in(page, site.person("viewer"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    search(page, "anomal", find=re.compile("^Alerts"))
    expect(page).to_have_url(f"{site.origin}/alerts")
    search(page, "dark theme", find=re.compile("^Use the dark theme"))

    expect(page.locator("body")).to_have_class(re.compile("dark"))


def search(page: Page, text: str, *, find: re.Pattern[str]) -> None:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search pages, ids and actions")
    field.fill(text)
    expect(page.get_by_role("option", name=find, selected=True)).to_be_visible()
    field.press("Enter")


def test_filters_are_kept_under_a_name_and_opened_again(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/alerts?severity=low")
    sign_in(page, site.person("viewer"))
    choose(page, "Views", "Save as ...")
    page.get_by_label("Name").fill("Only the low ones")
    page.get_by_label("Pin it above the list").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="View Only the low ones, shown")).to_be_visible()

    page.goto(f"{site.origin}/alerts")
    page.get_by_role("button", name="View Only the low ones").click()

    expect(page).to_have_url(f"{site.origin}/alerts?severity=low")
    choose(page, "Views", "Delete")
    expect(page.get_by_role("button", name="View Only the low ones, shown")).to_have_count(0)
    assert list(api_client.items(site.stack, "/api/v1/saved-views", [])) == []


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("button", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item).click()
