"""The platform that `cloudops up` serves from a home, as another command meets it: by its API alone."""

import os
from datetime import UTC, datetime

import httpx

from local.errors import LocalError
from local.first_tenant import Person, admin_of
from local.home import Home
from local.proxy_event import Answer, Pairs
from local.stack import issuer

SECONDS = 40


class Running:
    """What it did to the emulated accounts it alone knows until it is started again."""

    def __init__(self, home: Home, address: str) -> None:
        self.home = home
        self._address = address
        self._tokens = issuer(home)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        body: bytes = b"",
        person: Person | None = None,
    ) -> Answer:
        who = person or admin_of(self.home)
        token = self._tokens.issue(sub=who.sub, email=who.email, now=datetime.now(UTC))
        try:
            answer = httpx.request(
                method,
                f"{self._address}{path}",
                params=list(query),
                headers=[*headers, ("Authorization", f"Bearer {token}")],
                content=body,
                timeout=SECONDS,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            raise LocalError(f"{self._address} does not answer: {error}") from error
        return Answer(
            status=answer.status_code, headers=list(answer.headers.multi_items()), body=answer.content
        )


def running_in(home: Home) -> Running | None:
    """None where nothing is served from the home."""
    address, process = home.recall("address"), home.recall("up")
    if address is None or process is None or not _is_alive(int(process)):
        return None
    return Running(home, address)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
