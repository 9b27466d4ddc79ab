"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


class NoBrowserError(Exception):
    """Tests that were left out for want of a browser would look as if they had passed."""


def path_of_chromium() -> str:
    """Raises NoBrowserError where there is none."""
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if not found:
        raise NoBrowserError(
            f"no {named or 'Chromium'} here: `make browser` installs one, or CHROMIUM names it"
        )
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    # As root, Chromium starts without its sandbox only.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()
