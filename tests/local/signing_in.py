"""An application that signs people in through the page, as a browser and a UI do it together."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One browser (a cookie jar) and one sign-in of it."""

    origin: str
    client_id: str
    browser: httpx.Client
    scope: str = "openid email"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    @property
    def callback(self) -> str:
        return f"{self.origin}/callback"

    def query(self, **changes: str | None) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": self.scope,
            "state": self.state,
            "nonce": "once",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def authorize(self, **changes: str | None) -> httpx.Response:
        return self.browser.get(f"{self.origin}/oauth2/authorize", params=self.query(**changes))

    def post(self, form: dict[str, str], **headers: str) -> httpx.Response:
        return self.browser.post(
            f"{self.origin}/login", params=self.query(), data=form, headers={"origin": self.origin, **headers}
        )

    def sign_in(self, email: str, password: str) -> httpx.Response:
        return self.post({"username": email, "password": password})

    def token(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": self.verifier,
            **changes,
        }
        return self.browser.post(f"{self.origin}/oauth2/token", data=form)

    def refresh(self, token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": self.client_id, "refresh_token": token}
        return self.browser.post(f"{self.origin}/oauth2/token", data=form)

    def tokens(self, email: str, password: str) -> dict[str, Any]:
        answer = self.token(code_of(self.sign_in(email, password)))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def alert_of(answer: httpx.Response) -> str:
    found = re.search(r'<p role="alert">([^<]*)</p>', answer.text)
    assert found, answer.text
    return unescape(found[1])


def hidden_session(answer: httpx.Response) -> str:
    found = re.search(r'name="session" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]
