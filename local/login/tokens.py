"""The token endpoint's answers: a code or a refresh token becomes tokens of the gateway's issuer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.login.authorization import AppClient, proves
from local.login.grants import Grants, SignIn
from local.people import People
from local.tokens import VALID_FOR, TokenIssuer

Form = Mapping[str, str]


class TokenRefusedError(Exception):
    """Its text is RFC 6749's error code."""


class TokenEndpoint:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html"""

    def __init__(self, client: AppClient, *, grants: Grants, people: People, issuer: TokenIssuer) -> None:
        self._client = client
        self._grants = grants
        self._people = people
        self._issuer = issuer

    def answer(self, form: Form, *, now: datetime) -> dict[str, Any]:
        """Raises TokenRefusedError."""
        if form.get("client_id") != self._client.id:
            raise TokenRefusedError("invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form, now)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form, now)
        raise TokenRefusedError("unsupported_grant_type")

    def revoke(self, form: Form) -> None:
        """Raises TokenRefusedError for a foreign client; an unknown token is as good as revoked."""
        if form.get("client_id") != self._client.id:
            raise TokenRefusedError("invalid_client")
        self._grants.revoke(form.get("token", ""))

    def _redeem(self, form: Form, now: datetime) -> dict[str, Any]:
        code = self._grants.redeem(form.get("code", ""), now=now)
        if code is None or form.get("redirect_uri") != code.request.redirect_uri:
            raise TokenRefusedError("invalid_grant")
        if not proves(form.get("code_verifier", ""), code.request.challenge):
            raise TokenRefusedError("invalid_grant")
        tokens = self._issue(code.sign_in, code.request.scope, nonce=code.request.nonce, now=now)
        refresh = self._grants.issue_refresh(code.sign_in, code.request.scope, now=now)
        return {**tokens, "refresh_token": refresh}

    def _refresh(self, form: Form, now: datetime) -> dict[str, Any]:
        refresh = self._grants.refresh(form.get("refresh_token", ""), now=now)
        if refresh is None:
            raise TokenRefusedError("invalid_grant")
        return self._issue(refresh.sign_in, refresh.scope, nonce=None, now=now)

    def _issue(self, sign_in: SignIn, scope: str, *, nonce: str | None, now: datetime) -> dict[str, Any]:
        account = self._people.of_subject(sign_in.sub)
        if account is None:
            raise TokenRefusedError("invalid_grant")
        identity = self._issuer.issue(
            sub=account.sub,
            email=account.email,
            now=now,
            signed_in_at=sign_in.at,
            origin=sign_in.origin,
            nonce=nonce,
        )
        access = self._issuer.issue_access(
            sub=account.sub, scope=scope, now=now, signed_in_at=sign_in.at, origin=sign_in.origin
        )
        return {
            "id_token": identity,
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(VALID_FOR.total_seconds()),
        }
