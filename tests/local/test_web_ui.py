"""What the port answers beside the API: the built web UI, and nothing in place of what the API says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from local.gateway import Gateway
from local.proxy_event import Answer, Request
from local.web import application
from local.web_ui import WebUi
from tests.local.serving import free_port, served

PAGE = "<!doctype html><title>CloudOps</title>"
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY"}
PROBLEM = "application/problem+json"


class RefusingGateway:
    """An API that knows no address."""

    def handle(self, request: Request) -> Answer:
        return Answer(
            status=404, headers=[("Content-Type", PROBLEM)], body=b'{"title": "There is no such thing"}'
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web")
    (folder / "secret.txt").write_text("outside")
    dist = folder / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(PAGE)
    (dist / "assets" / "index-4f3a.js").write_text("start()")
    return dist


@pytest.fixture(scope="module")
def browser(built: Path) -> Iterator[httpx.Client]:
    with browser_of(built) as browser:
        yield browser


@contextmanager
def browser_of(built: Path) -> Iterator[httpx.Client]:
    async def configuration(_: object) -> PlainTextResponse:
        return PlainTextResponse("from the login page")

    before = [Route("/config.json", configuration)]
    gateway = cast(Gateway, RefusingGateway())
    site = application(gateway, before=before, pages=WebUi(HEADERS, built).routes())
    with served(site, free_port()) as origin, httpx.Client(base_url=origin, trust_env=False) as browser:
        yield browser


@pytest.mark.parametrize(
    "path", ["/", "/alerts", "/alerts/0e000000-0000-4000-8000-000000000001", "/resources/t3.micro"]
)
def test_every_address_of_a_page_is_the_first_page(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api/v1/alerts", "/api/v1/nothing/here", "/api/dashboard/x", "/health"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_page_hides_what_the_api_says(browser: httpx.Client, method: str, path: str) -> None:
    answer = browser.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert "There is no such thing" in answer.text


def test_the_login_page_keeps_its_addresses(browser: httpx.Client) -> None:
    assert browser.get("/config.json").text == "from the login page"


def test_a_hashed_file_is_kept_for_ever(browser: httpx.Client) -> None:
    answer = browser.get("/assets/index-4f3a.js")

    assert (answer.status_code, answer.text) == (200, "start()")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-1234.js",
        "/robots.txt",
        "/assets/..%2f..%2fsecret.txt",
    ],
)
def test_a_file_that_is_not_there_is_no_page_and_nothing_outside_is_a_file(
    browser: httpx.Client, path: str
) -> None:
    answer = browser.get(path)

    assert (answer.status_code, answer.text) == (404, "Not found\n")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"]
)
def test_nothing_outside_is_served_under_any_name(browser: httpx.Client, path: str) -> None:
    assert "outside" not in browser.get(path).text


@pytest.mark.parametrize("path", ["/", "/alerts", "/assets/index-4f3a.js", "/gone.js"])
def test_everything_carries_the_headers_of_the_site(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)

    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_without_a_build_the_port_says_how_to_make_one(tmp_path: Path) -> None:
    with browser_of(tmp_path / "dist") as browser:
        answer = browser.get("/")

    assert answer.status_code == 503
    assert "make ui" in answer.text
