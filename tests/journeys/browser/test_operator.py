"""An operator asks for changes and watches what comes of them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from local import api_client
from local.demo import scenes
from local.demo.organization import PROD
from local.first_tenant import person_of
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

# Everything that a change of an instance waits for, a stop and a start included.
PATIENCE = 90_000


@pytest.fixture(scope="module")
def oversized(site: Site) -> list[api_client.Item]:
    """What `ec2.resize` can change, each an open recommendation."""
    query = [("check_id", "EC2-02"), ("status", "open")]
    return [
        one
        for one in api_client.items(site.stack, "/api/v1/recommendations", query)
        if one["account_id"] == PROD.number
    ]


@pytest.fixture(autouse=True)
def working(site: Site) -> Iterator[None]:
    site.stack.pollers.start()
    yield
    site.stack.pollers.stop()


def ask(site: Site, page: Page, recommendation: str) -> str:
    """The action's id."""
    page.goto(f"{site.origin}/recommendations/{recommendation}")
    sign_in(page, site.person("operator"))
    page.get_by_role("button", name="Request the change").click()
    page.wait_for_url(re.compile("/actions/"))
    expect(page.get_by_text("Followed while it runs")).to_be_visible()
    expect(page.get_by_text(re.compile("digest")).first).to_be_visible(timeout=PATIENCE)
    return page.url.rpartition("/")[2]


def approve(site: Site, action: str) -> None:
    """By whoever may, and in the API, so that the page hears of it by itself."""
    query = [("action", action), ("status", "pending")]
    asked = next(api_client.items(site.stack, "/api/v1/approvals", query))
    by = person_of(site.stack.home, scenes.approver(asked["approver_role"]).email)
    api_client.post(site.stack, f"/api/v1/approvals/{asked['id']}/approve", {}, person=by)


def test_an_operator_watches_an_action_complete(
    site: Site, page: Page, oversized: list[api_client.Item]
) -> None:
    action = ask(site, page, oversized[0]["id"])

    approve(site, action)

    expect(page.get_by_text(re.compile("^Ended "))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Completed").first).to_be_visible()
    expect(page.get_by_role("table", name="Evidence").get_by_role("row")).not_to_have_count(1)


def test_another_is_rolled_back_before_his_eyes(
    site: Site, page: Page, oversized: list[api_client.Item]
) -> None:
    ill = oversized[1]
    action = ask(site, page, ill["id"])
    # After every start its status checks fail.
    site.stack.aws.strict.troubles.impaired.add(ill["resource_id"])

    approve(site, action)

    expect(page.get_by_text("It was taken back")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Rolled back").first).to_be_visible()
    expect(page.get_by_role("button", name="Call it off")).to_have_count(0)
