"""A FinOps analyst asks what drove last week's jump."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from local import api_client
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

WEEK = timedelta(days=7)


def last_week(site: Site) -> tuple[date, date]:
    through = api_client.get(site.stack, "/api/dashboard/freshness")["costs_through"]
    end = date.fromisoformat(through) + timedelta(days=1)
    return end - WEEK, end


def what_rose_most(site: Site, group_by: str, **filters: str) -> str:
    start, end = last_week(site)
    rises: dict[str, Decimal] = defaultdict(Decimal)
    for since, until, sign in ((start, end, 1), (start - WEEK, start, -1)):
        asked = [("group_by", group_by), ("start", str(since)), ("end", str(until)), *filters.items()]
        for row in api_client.items(site.stack, "/api/v1/costs", asked):
            rises[row["group"] or ""] += sign * Decimal(row["billed_cost"])
    return max(rises, key=lambda group: rises[group])


def test_an_analyst_follows_last_weeks_jump_to_its_resource_and_exports_it(site: Site, page: Page) -> None:
    service = what_rose_most(site, "service")
    account = what_rose_most(site, "account", service=service)
    resource = what_rose_most(site, "resource", service=service, account=account)
    page.goto(f"{site.origin}/costs?period=7")
    sign_in(page, site.person("viewer"))
    expect(page.get_by_text("against the 7 days before").first).to_be_visible()

    page.get_by_role("button", name="Sort by Change").click()
    page.get_by_role("table", name="Cost by service").get_by_role("row").nth(1).get_by_role("link").click()

    expect(page).to_have_url(f"{site.origin}/costs?period=7&sort=change&service={service}&by=account")
    accounts = page.get_by_role("table", name="Cost by account").get_by_role("row")
    expect(accounts.nth(1)).to_contain_text(account)

    accounts.nth(1).get_by_role("link").click()

    resources = page.get_by_role("table", name="Cost by resource").get_by_role("row")
    expect(resources.nth(1).get_by_title(resource)).to_be_visible()

    with page.expect_download() as started:
        page.get_by_role("button", name="Export CSV").click()

    rows = list(csv.DictReader(started.value.path().read_text().splitlines()))
    cost = sum(Decimal(row["billed_cost"]) for row in rows if row["group"] == resource)
    expect(resources.nth(1)).to_contain_text(f"${cost:,.2f}")


def test_the_jump_is_marked_by_the_alert_that_was_raised_for_it(site: Site, page: Page) -> None:
    start, _ = last_week(site)
    raised = api_client.items(site.stack, "/api/v1/alerts", [("alert_type", "cost")])
    largest = max(
        (alert for alert in raised if alert["window_end"] >= str(start)),
        key=lambda alert: Decimal(alert["excess"]),
    )
    page.goto(f"{site.origin}/costs?period=7")
    sign_in(page, site.person("viewer"))

    page.get_by_role("link", name=largest["title"]).click()

    expect(page).to_have_url(f"{site.origin}/alerts/{largest['id']}")


def test_every_owners_cost_adds_up_to_the_bill(site: Site, page: Page) -> None:
    owned = api_client.items(site.stack, "/api/v1/costs/by_team", [])
    total = sum(Decimal(row["cost"]) for row in owned if row["currency"] == "USD")
    page.goto(f"{site.origin}/showback")
    sign_in(page, site.person("viewer"))

    expect(page.get_by_text(f"${total:,.2f}")).to_be_visible()

    page.get_by_role("button", name="Business groups").click()

    expect(page).to_have_url(f"{site.origin}/showback?by=business-group")
    expect(page.get_by_text(f"${total:,.2f}")).to_be_visible()
