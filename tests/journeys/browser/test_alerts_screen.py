"""An SRE follows a link from a message."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local import api_client
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in


@pytest.fixture(scope="module")
def alert(site: Site) -> dict[str, Any]:
    """The open cost alert that added most."""
    found = api_client.items(site.stack, "/api/v1/alerts", [("status", "open"), ("alert_type", "cost")])
    return max(found, key=lambda one: float(one["excess"]))


def test_an_sre_sees_why_an_alert_fired_and_takes_it_on(
    site: Site, page: Page, alert: dict[str, Any]
) -> None:
    page.goto(f"{site.origin}/alerts/{alert['id']}")
    sign_in(page, site.person("operator"))

    expect(page).to_have_url(f"{site.origin}/alerts/{alert['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(alert["title"])
    expect(page.get_by_role("img", name=re.compile("^Observed .* was expected"))).to_be_visible()
    expect(page.get_by_role("table", name="Drivers").get_by_role("row")).not_to_have_count(1)

    page.get_by_role("button", name="Acknowledge").click()

    expect(page.get_by_text("The alert is yours")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert api_client.get(site.stack, f"/api/v1/alerts/{alert['id']}")["status"] == "acknowledged"
    expect(page.get_by_text(re.compile("set the alert to acknowledged"))).to_be_visible()


def test_who_may_only_look_sees_no_button(site: Site, page: Page, alert: dict[str, Any]) -> None:
    page.goto(f"{site.origin}/alerts/{alert['id']}")
    sign_in(page, site.person("viewer"))

    expect(page.get_by_role("heading", level=1)).to_contain_text(alert["title"])
    expect(page.get_by_role("button", name="Resolve")).to_have_count(0)


def test_filters_live_in_the_address(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/alerts?alert_type=reliability")
    sign_in(page, site.person("viewer"))
    table = page.get_by_role("table", name="Alerts")
    expect(table.get_by_role("link", name=re.compile("shop-api")).first).to_be_visible()
    expect(table.get_by_role("link", name=re.compile("Amazon"))).to_have_count(0)

    page.get_by_role("button", name=re.compile("Remove filter")).click()

    expect(page).to_have_url(f"{site.origin}/alerts")
    expect(table.get_by_role("link", name=re.compile("Amazon")).first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{site.origin}/alerts?alert_type=reliability")


def test_what_is_shown_can_be_taken_along(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/alerts?alert_type=reliability")
    sign_in(page, site.person("viewer"))

    with page.expect_download() as started:
        page.get_by_role("button", name="Export CSV").click()

    header, *rows = started.value.path().read_text().splitlines()
    assert header.startswith("id,")
    assert rows
    assert all(",reliability," in row for row in rows)
