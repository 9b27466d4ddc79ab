"""The built web UI on the demo organisation, with a browser in front of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from local.demo.organization import PEOPLE
from local.demo_home import start_accounts
from local.home import Home
from local.people import Account, People
from local.stack import Options, Stack
from local.web import application
from local.web_ui import BUILT, WebUi
from tests.homes import copy_of
from tests.local.chromium import chromium, path_of_chromium
from tests.local.serving import free_port, served

# In milliseconds. The first answers of a stack are slow where much else runs; how fast it is, bench/ tells.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, kw_only=True)
class Site:
    origin: str
    stack: Stack

    def person(self, role: str, *, finance_approver: bool = False) -> Account:
        """Somebody of the demo organisation who has that role."""
        email = next(
            one.email for one in PEOPLE if (one.role, one.finance_approver) == (role, finance_approver)
        )
        account = People(self.stack.home).find(email)
        assert account
        return account


@pytest.fixture(scope="session")
def web_ui_and_browser() -> None:
    """Fails what needs them where one is missing, before anything is started."""
    path_of_chromium()
    if not BUILT.exists():
        pytest.fail("the web UI is not built: `make ui` builds it")


@pytest.fixture(scope="package")
def site(web_ui_and_browser: None, demo_once: Home) -> Iterator[Site]:
    """Gone before other tests come: a process has one emulated AWS, and so one stack at a time."""
    port = free_port()
    origin = f"http://localhost:{port.getsockname()[1]}"
    with copy_of(demo_once) as home, Stack(home, Options(origin=origin)) as stack:
        # The emulated AWS remembers nothing of the time before.
        start_accounts(stack, now=datetime.now(UTC))
        pages = WebUi(stack.template.page_headers).routes()
        with served(application(stack.gateway, before=stack.login.routes(), pages=pages), port):
            yield Site(origin=origin, stack=stack)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone before other tests come, in whose way the loop of Playwright would be."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Fails the test for anything that the browser complains of, the content security policy included."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
