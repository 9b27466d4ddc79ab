"""An admin connects an account and sees what its role may not do yet."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from local import api_client
from local.postgres import SUPERUSER
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

NUMBER = "111122223333"
ACCOUNTS = "/api/v1/cloud-accounts"


def known(site: Site) -> list[dict[str, Any]]:
    return [one for one in api_client.items(site.stack, ACCOUNTS) if one["account_id"] == NUMBER]


@pytest.fixture
def nobody_else_sees_it(site: Site) -> Iterator[None]:
    yield
    with psycopg.connect(site.stack.postgres.dsn(SUPERUSER), autocommit=True) as connection:
        connection.execute(
            "delete from data_sources s using cloud_accounts a"
            " where s.cloud_account_id = a.id and a.account_id = %s",
            [NUMBER],
        )
        connection.execute("delete from cloud_accounts where account_id = %s", [NUMBER])


def deny(site: Site, account_id: str, action: str) -> None:
    """What the job that asks Cost Explorer writes down where its role may not."""
    source = {"kind": "cost_explorer", "cloud_account_id": account_id, "enabled": False}
    made = api_client.post(site.stack, "/api/v1/data-sources", source)
    with psycopg.connect(site.stack.postgres.dsn(SUPERUSER), autocommit=True) as connection:
        connection.execute(
            "update data_sources set missing_actions = %s where id = %s", [[action], made["id"]]
        )


@pytest.mark.usefixtures("nobody_else_sees_it")
def test_an_admin_connects_an_account_and_sees_the_statement_that_it_lacks(site: Site, page: Page) -> None:
    from local.demo.aws.roles import make_role  # noqa: PLC0415 - moto takes two seconds to import

    page.goto(f"{site.origin}/accounts")
    sign_in(page, site.person("admin"))
    page.get_by_role("link", name="Connect an account").click()
    page.get_by_label("Account number").fill(NUMBER)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{NUMBER} Waits to be verified")
    verify = page.get_by_role("button", name="Verify")
    verify.click()
    expect(page.get_by_text("Cannot be reached").first).to_be_visible()

    # What the admin does in his own account: a role with the trust policy that the page shows.
    trust = page.get_by_label("Trust policy", exact=True).text_content() or ""
    make_role(NUMBER, "cloudops-guardrails-read", json.loads(trust))
    verify.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected")
    expect(page.get_by_text("Nothing was denied lately")).to_be_visible()

    [account] = known(site)
    deny(site, account["id"], "ce:GetCostAndUsage")
    page.reload()

    missing = page.get_by_role("table", name="Missing permissions")
    expect(missing.get_by_role("row").nth(1)).to_contain_text("ce:GetCostAndUsage")
    policy = page.get_by_label("Policy that adds what is missing", exact=True).text_content() or ""
    [statement] = json.loads(policy)["Statement"]
    assert statement["Action"] in ("ce:GetCostAndUsage", ["ce:GetCostAndUsage"])
    expect(page.get_by_role("button", name="Copy Policy that adds what is missing")).to_be_visible()


def test_who_is_no_admin_is_told_no_external_id(site: Site, page: Page) -> None:
    connected = next(one for one in api_client.items(site.stack, ACCOUNTS) if one["external_id"])
    page.goto(f"{site.origin}/accounts/{connected['id']}")
    sign_in(page, site.person("viewer"))

    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected")
    expect(page.get_by_text("external id").first).to_be_visible()
    expect(page.get_by_role("button", name="Verify")).to_have_count(0)
    assert connected["external_id"] not in page.content()
