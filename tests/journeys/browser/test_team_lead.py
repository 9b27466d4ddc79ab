"""A team's lead looks after its cost and its tags."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local import api_client
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

LEAD = "approver"


@pytest.fixture(scope="module")
def team(site: Site) -> dict[str, Any]:
    """The one that the approver of the demo organisation leads."""
    email = site.person(LEAD).email
    return next(
        one for one in api_client.items(site.stack, "/api/v1/teams", []) if one["owner_email"] == email
    )


@pytest.fixture
def refused(browser: Browser) -> Iterator[Page]:
    """Chromium takes each refusal of the API for an error of the page, so that its complaints prove nothing here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def test_a_lead_finds_what_his_team_costs_and_what_lacks_tags(
    site: Site, page: Page, team: dict[str, Any]
) -> None:
    costs = api_client.items(site.stack, "/api/v1/costs/by_team", [])
    [cost] = [one for one in costs if one["team_id"] == team["id"]]
    page.goto(f"{site.origin}/organization")
    sign_in(page, site.person(LEAD))

    page.get_by_role("link", name=team["name"], exact=True).first.click()

    expect(page).to_have_url(f"{site.origin}/teams/{team['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(team["name"])
    expect(page.get_by_text(f"${float(cost['cost']):,.2f}").first).to_be_visible()
    expect(page.get_by_text("against the 30 days before")).to_be_visible()
    dearest = page.get_by_role("table", name="Untagged resources").get_by_role("row").nth(1)
    expect(dearest).to_contain_text("Team")
    expect(dearest).to_contain_text("$")

    page.get_by_role("link", name="All of them").click()

    expect(page).to_have_url(f"{site.origin}/compliance/untagged?team={team['id']}")
    untagged = list(api_client.items(site.stack, "/api/v1/compliance/untagged", [("team", team["id"])]))
    expect(page.get_by_role("table", name="Untagged resources").get_by_role("row")).to_have_count(
        len(untagged) + 1
    )


def test_a_lead_sees_what_a_rule_would_change_before_anybody_saves_it(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/tag-rules")
    sign_in(page, site.person(LEAD))
    page.get_by_role("link", name="Try a rule").click()
    page.get_by_label("Tag key").fill("environment")
    page.get_by_label("Value becomes").fill("development")

    page.get_by_label("Pattern").fill("(?i)dev.*")

    taken = page.get_by_role("table", name="Tags as it reads them")
    expect(taken.get_by_role("row", name=re.compile("environment=development"))).not_to_have_count(0)
    expect(page.get_by_text(re.compile("rows of billed cost")).first).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    rules = api_client.items(site.stack, "/api/v1/tag-rules", [])
    assert all(rule["pattern"] != "(?i)dev.*" for rule in rules)


def test_a_pattern_that_re2_refuses_is_told_at_its_field(site: Site, refused: Page) -> None:
    page = refused
    page.goto(f"{site.origin}/tag-rules/new")
    sign_in(page, site.person(LEAD))
    page.get_by_label("Tag key").fill("environment")
    page.get_by_label("Value becomes").fill("production")

    page.get_by_label("Pattern").fill("(?!dev).*")

    expect(page.get_by_label("Pattern")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text(re.compile("RE2 has no lookahead"))).to_be_visible()
