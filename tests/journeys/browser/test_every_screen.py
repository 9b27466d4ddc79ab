"""Everybody can read every screen: in both schemes, on a desk and on a phone, without scrolling sideways."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.functions import CHECKOUT
from tests.journeys.browser.accessibility import violations
from tests.journeys.browser.conftest import Site
from tests.journeys.browser.signing_in import sign_in

FEATURES = sorted((CHECKOUT / "frontend" / "src" / "features").glob("*/screens.ts"))
PATH = re.compile(r'path: "([^"]+)"')
# Screens of their own beside those of one thing.
OTHERS = re.compile("/(new|import|connect|scans|coverage|accepted)$")
# Where the list of what an address names is under another address.
LISTED_AT = {"/teams": "/organization"}
# The demo loads its bills by the command line, and so has no data source.
NOT_IN_THE_DEMO = {"/data-sources/$id"}


def addresses(site: Site, page: Page, screens: str) -> Iterator[str]:
    """Of each screen of a feature; what its path leaves open is the first of the list."""
    for path in PATH.findall(screens):
        start, given, rest = path.partition("/$")
        if not given:
            yield path
        elif path not in NOT_IN_THE_DEMO:
            page.set_viewport_size({"width": 1440, "height": 900})
            page.goto(f"{site.origin}{LISTED_AT.get(start, start)}")
            listed = page.locator(f"main a[href^='{start}/']")
            expect(listed.first).to_be_visible()
            page.wait_for_load_state("networkidle")
            hrefs = listed.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
            _, more, tail = rest.partition("/")
            yield next(href for href in hrefs if not OTHERS.search(href)) + more + tail


@pytest.mark.parametrize("feature", FEATURES, ids=lambda file: file.parent.name)
def test_everybody_can_read_every_screen_of(site: Site, page: Page, feature: Path) -> None:
    # Colours that are on their way from one scheme to the other have no contrast.
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.origin)
    sign_in(page, site.person("admin"))
    seen = 0
    for address in addresses(site, page, feature.read_text()):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{site.origin}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert violations(page) == [], (address, scheme, width)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
        seen += 1
    assert seen
