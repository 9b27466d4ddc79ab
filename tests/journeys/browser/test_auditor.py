"""An auditor wants to know whether the trail can be trusted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Page, expect

from local.postgres import SUPERUSER
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in


@contextmanager
def an_event_edited(site: Site) -> Iterator[None]:
    """As only somebody could who owns the database; afterwards it is what it was."""
    with psycopg.connect(site.stack.postgres.dsn(SUPERUSER), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        [found] = connection.execute(
            "select id, message from events where entity_type = 'cloud_account' order by id limit 1"
        ).fetchall()
        connection.execute("update events set message = 'Nothing happened' where id = %s", [found[0]])
        try:
            yield
        finally:
            connection.execute("update events set message = %s where id = %s", [found[1], found[0]])


def test_an_auditor_verifies_the_whole_chain_and_sees_where_it_was_broken(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/audit")
    sign_in(page, site.person("viewer"))
    verify = page.get_by_role("button", name="Verify the whole chain")

    verify.click()

    expect(page.get_by_text("The trail is intact")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[\d,]+ events verified"))).to_be_visible()

    with an_event_edited(site):
        verify.click()
        expect(page.get_by_text("The trail is broken")).to_be_visible()
        expect(page.get_by_text(re.compile("An event was edited at number"))).to_be_visible()

    verify.click()
    expect(page.get_by_text("The trail is intact")).to_be_visible()


def test_an_auditor_reads_what_was_before_and_after(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/audit?entity_type=system_config&event_type=changed")
    sign_in(page, site.person("viewer"))
    table = page.get_by_role("table", name="Audit trail")

    table.get_by_role("row").nth(1).get_by_role("button").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("table", name="What changed")).to_be_visible()
    expect(dialog.get_by_text("Id of the event")).to_be_visible()


def test_who_is_no_admin_exports_the_list_but_not_the_whole_trail(site: Site, page: Page) -> None:
    page.goto(f"{site.origin}/audit?entity_type=cloud_account")
    sign_in(page, site.person("viewer"))
    expect(page.get_by_role("table", name="Audit trail").get_by_role("row")).not_to_have_count(1)
    expect(page.get_by_role("button", name="Export the whole trail")).to_have_count(0)

    with page.expect_download() as started:
        page.get_by_role("button", name="Export CSV").click()

    _, *rows = started.value.path().read_text().splitlines()
    assert rows
    assert all(",cloud_account," in row for row in rows)
