"""Take the README's pictures of the web UI: `ORIGIN EMAIL PASSWORD`, of somebody of the demo who may approve.

Each is taken in both colour schemes into docs/images, from a stack that runs.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.local.chromium import chromium

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """`link` is what to follow from `path`, where the address holds an id that only the stack knows."""

    name: str
    path: str
    link: str | None = None
    width: int = 1440
    height: int = 1000


SHOTS = (
    Shot(name="overview", path="/"),
    Shot(name="costs", path="/costs"),
    Shot(
        name="alert",
        path="/alerts?status=open&alert_type=cost&severity=high",
        link="table a[href^='/alerts/']",
    ),
    Shot(
        name="recommendation",
        path="/recommendations?check_id=EC2-02",
        link="table a[href^='/recommendations/']",
    ),
    Shot(name="approval", path="/approvals", width=390, height=844),
)


def main(origin: str, email: str, password: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        page.goto(origin)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("banner").wait_for()
        for shot in SHOTS:
            take(page, shot, origin)


def take(page: Page, shot: Shot, origin: str) -> None:
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(f"{origin}{shot.path}")
    if shot.link:
        page.locator(shot.link).first.click()
    page.wait_for_load_state("networkidle")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.get_by_role("heading", level=1).wait_for()
        page.screenshot(path=IMAGES / f"{shot.name}-{scheme}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
