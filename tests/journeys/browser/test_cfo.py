"""A CFO decides on her phone, between two meetings."""

import re
from datetime import date, timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from local import api_client
from tests.journeys.browser.accessibility import violations
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

APPROVALS = "/api/v1/approvals"


def waiting(site: Site) -> list[api_client.Item]:
    return list(api_client.items(site.stack, APPROVALS, [("status", "pending")]))


def test_a_cfo_approves_one_change_at_390_pixels(site: Site, page: Page) -> None:
    before = waiting(site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.origin}/approvals")
    sign_in(page, site.person("approver", finance_approver=True))
    expect(page.get_by_text(f"{len(before)} changes wait for somebody's word")).to_be_visible()
    expect(page.get_by_text("less a month")).to_be_visible()
    expect(page.get_by_text("What is lost")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(reduced_motion="reduce")
    assert violations(page) == []

    page.get_by_role("button", name="Approve").click()

    expect(page.get_by_text("Your word is kept")).to_be_visible()
    expect(page.get_by_text("1 change waits for somebody's word")).to_be_visible()
    (decided,) = {one["id"] for one in before} - {one["id"] for one in waiting(site)}
    assert api_client.get(site.stack, f"{APPROVALS}/{decided}")["status"] == "approved"


def test_a_no_takes_its_reason(site: Site, page: Page) -> None:
    (left,) = waiting(site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.origin}/approvals/{left['id']}")
    sign_in(page, site.person("approver", finance_approver=True))

    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Say why not, so that nobody asks again in vain.")).to_be_visible()
    page.get_by_label("Comment").fill("Not before the sale.")
    page.get_by_role("button", name="Reject").click()

    expect(page.get_by_text("Your word is kept")).to_be_visible()
    expect(page.get_by_text("It is decided.")).to_be_visible()
    assert api_client.get(site.stack, f"{APPROVALS}/{left['id']}")["comments"] == "Not before the sale."


def test_who_asked_has_no_word(site: Site, page: Page) -> None:
    asked = next(api_client.items(site.stack, APPROVALS))
    page.goto(f"{site.origin}/approvals/{asked['id']}")
    sign_in(page, site.person("operator"))

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_what_the_product_costs_stands_beside_what_it_saved(site: Site, page: Page) -> None:
    told = api_client.get(site.stack, "/api/v1/costs/self")["items"]
    through = date.fromisoformat(
        api_client.get(site.stack, "/api/dashboard/freshness")["costs_through"]
    ) + timedelta(days=1)
    month = max(one["month"] for one in told if one["month"] < f"{through:%Y-%m-01}")
    total = sum(Decimal(one["billed_cost"]) for one in told if one["month"] == month)
    page.goto(f"{site.origin}/savings")
    sign_in(page, site.person("approver", finance_approver=True))

    expect(page.get_by_text(f"${total:,.2f}", exact=True)).to_be_visible()
    expect(page.get_by_text(f"As billed for {date.fromisoformat(month):%b %Y}")).to_be_visible()

    page.get_by_role("button", name=re.compile("by component")).click()
    expect(page.get_by_role("rowheader", name="AmazonRDS")).to_be_visible()
    assert violations(page) == []
