"""What a sign-in left behind: the browser's session, codes on their way, refresh tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from local.login.authorization import AuthorizationRequest

CODE_LIVES = timedelta(seconds=60)
SESSION_LIVES = timedelta(hours=1)
REFRESH_LIVES = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """`origin` is one for all tokens that descend from it, so that they can be revoked together."""

    sub: str
    at: datetime
    origin: str


@dataclass(frozen=True, kw_only=True)
class Code:
    request: AuthorizationRequest
    sign_in: SignIn
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Refresh:
    sign_in: SignIn
    scope: str
    until: datetime


class Grants:
    """Secrets are kept as digests, and all of them in memory: whoever ends the stack signs everybody out."""

    def __init__(self) -> None:
        self._sessions: dict[str, SignIn] = {}
        self._codes: dict[str, Code] = {}
        self._spent: dict[str, SignIn] = {}
        self._refreshes: dict[str, Refresh] = {}
        self._revoked: set[str] = set()

    def open_session(self, sub: str, *, now: datetime) -> tuple[str, SignIn]:
        sign_in = SignIn(sub=sub, at=now, origin=str(uuid4()))
        return _kept(self._sessions, sign_in), sign_in

    def session(self, secret: str, *, now: datetime) -> SignIn | None:
        sign_in = self._sessions.get(_digest(secret))
        return sign_in if sign_in and now < sign_in.at + SESSION_LIVES else None

    def end_session(self, secret: str) -> None:
        sign_in = self._sessions.pop(_digest(secret), None)
        if sign_in:
            self._revoke(sign_in)

    def issue_code(self, request: AuthorizationRequest, sign_in: SignIn, *, now: datetime) -> str:
        return _kept(self._codes, Code(request=request, sign_in=sign_in, until=now + CODE_LIVES))

    def redeem(self, secret: str, *, now: datetime) -> Code | None:
        """Once. Whoever comes with a spent code may have stolen it, so what it was given for ends."""
        digest = _digest(secret)
        if digest in self._spent:
            self._revoke(self._spent[digest])
        code = self._codes.pop(digest, None)
        if code is None or code.until <= now:
            return None
        self._spent[digest] = code.sign_in
        return code

    def issue_refresh(self, sign_in: SignIn, scope: str, *, now: datetime) -> str:
        return _kept(self._refreshes, Refresh(sign_in=sign_in, scope=scope, until=now + REFRESH_LIVES))

    def refresh(self, secret: str, *, now: datetime) -> Refresh | None:
        refresh = self._refreshes.get(_digest(secret))
        return refresh if refresh and now < refresh.until else None

    def revoke(self, secret: str) -> None:
        refresh = self._refreshes.get(_digest(secret))
        if refresh:
            self._revoke(refresh.sign_in)

    def is_revoked(self, origin: str) -> bool:
        return origin in self._revoked

    def _revoke(self, sign_in: SignIn) -> None:
        self._revoked.add(sign_in.origin)
        self._codes = {key: one for key, one in self._codes.items() if one.sign_in != sign_in}
        self._refreshes = {key: one for key, one in self._refreshes.items() if one.sign_in != sign_in}


def _kept[T](store: dict[str, T], value: T) -> str:
    secret = secrets.token_urlsafe(32)
    store[_digest(secret)] = value
    return secret


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
