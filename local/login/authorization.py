"""What an application asks for at /oauth2/authorize (RFC 6749, RFC 7636), and whether it may."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

# By it somebody's own token changes his own account at the pool's API.
OWN_ACCOUNT = "aws.cognito.signin.user.admin"
SCOPES = ("openid", "email", "profile", OWN_ACCOUNT)
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
LONGEST = 2048


@dataclass(frozen=True, kw_only=True)
class AppClient:
    """The pool's one public client; an address counts only where it is one of these, letter by letter."""

    id: str
    callbacks: tuple[str, ...]
    logouts: tuple[str, ...]


class UnknownApplicationError(Exception):
    """There is no address to send the person back to that could be trusted."""


class RefusedRequestError(Exception):
    """The application is known and its request is wrong; `location` tells it so."""

    def __init__(self, asked: dict[str, str], error: str) -> None:
        super().__init__(error)
        self.location = returning(asked["redirect_uri"], error=error, state=asked.get("state"))


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    client_id: str
    redirect_uri: str
    scope: str
    challenge: str
    state: str | None
    nonce: str | None

    def query(self) -> str:
        """The request again, for the address that the form is posted to."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "state": self.state,
            "nonce": self.nonce,
        }
        return urlencode({name: value for name, value in asked.items() if value is not None})


def read(pairs: Sequence[tuple[str, str]], client: AppClient) -> AuthorizationRequest:
    """Raises UnknownApplicationError or RefusedRequestError."""
    asked = dict(pairs)
    if asked.get("client_id") != client.id or asked.get("redirect_uri") not in client.callbacks:
        raise UnknownApplicationError
    if len(asked) != len(pairs) or any(len(value) > LONGEST for value in asked.values()):
        raise RefusedRequestError({"redirect_uri": asked["redirect_uri"]}, "invalid_request")
    if asked.get("response_type") != "code":
        raise RefusedRequestError(asked, "unsupported_response_type")
    challenge = asked.get("code_challenge", "")
    if asked.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise RefusedRequestError(asked, "invalid_request")
    scopes = asked.get("scope", " ".join(SCOPES)).split()
    if "openid" not in scopes or not set(scopes) <= set(SCOPES):
        raise RefusedRequestError(asked, "invalid_scope")
    return AuthorizationRequest(
        client_id=client.id,
        redirect_uri=asked["redirect_uri"],
        scope=" ".join(scopes),
        challenge=challenge,
        state=asked.get("state"),
        nonce=asked.get("nonce"),
    )


def returning(address: str, **parameters: str | None) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{address}?{urlencode(given)}"


def proves(verifier: str, challenge: str) -> bool:
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return secrets.compare_digest(digest, challenge)
