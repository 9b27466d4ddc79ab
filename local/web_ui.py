"""The built web UI on the API's own port: its files, and its first page for every address that is a page of it."""

import os
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from local.functions import CHECKOUT

BUILT = CHECKOUT / "frontend" / "dist"
NOT_BUILT = "The web UI is not built: `make ui` builds it. The API answers under /api/v1.\n"
# As in CloudFront: files lie at the root or in assets/, and every other address is a page's.
IS_FILE = re.compile(r"assets/.+|[^/]+\.[A-Za-z0-9]+")
# The build names the files in this folder after what they hold.
HASHED = "assets/"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class WebUi:
    """`headers` are what CloudFront says with every file, so that a page that works here works there."""

    def __init__(self, headers: Mapping[str, str], built: Path = BUILT) -> None:
        self._headers = headers
        self._built = built.resolve()

    def routes(self) -> list[BaseRoute]:
        """One for everything that is neither the API's nor the login page's."""
        return [Route("/{path:path}", self.answer)]

    async def answer(self, http: Request) -> Response:
        path = http.path_params["path"]
        if not self._built.is_dir():
            return self._said(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        return self._file(path if IS_FILE.fullmatch(path) else "index.html")

    def _file(self, path: str) -> Response:
        wanted = Path(os.path.normpath(self._built / path))
        if not wanted.is_relative_to(self._built) or not wanted.is_file():
            return self._said("Not found\n", HTTPStatus.NOT_FOUND)
        caching = FOREVER if path.startswith(HASHED) else ASK_AGAIN
        return FileResponse(wanted, headers={**self._headers, "Cache-Control": caching})

    def _said(self, text: str, status: HTTPStatus) -> Response:
        return PlainTextResponse(text, status, headers={**self._headers, "Cache-Control": "no-store"})
