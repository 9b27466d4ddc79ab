"""Codes of an authenticator app (RFC 6238). The emulated pool takes any code, so they are checked here."""

import secrets
from base64 import b32decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from local.people import Account

STEP_SECONDS = 30
DIGITS = 6
# A phone's clock may be half a minute off.
TOLERATED_STEPS = (0, -1, 1)
ANSWER_WITHIN = timedelta(minutes=3)
TRIES = 3


class SecondFactor:
    """Takes each code of a key once."""

    def __init__(self) -> None:
        self._last_steps: dict[str, int] = {}

    def takes(self, key: str, code: str, *, now: datetime) -> bool:
        step, given = int(now.timestamp()) // STEP_SECONDS, code.replace(" ", "")
        for candidate in (step + offset for offset in TOLERATED_STEPS):
            fresh = candidate > self._last_steps.get(key, -1)
            if fresh and secrets.compare_digest(code_at(key, candidate).encode(), given.encode()):
                self._last_steps[key] = candidate
                return True
        return False


def code_at(key: str, step: int) -> str:
    """`key` is base32, whose padding apps and Cognito leave out."""
    padding = "=" * (-len(key) % 8)
    # RFC 6238's default hash, and the only one that all authenticator apps know.
    totp = TOTP(b32decode(key + padding), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return totp.generate(step * STEP_SECONDS).decode()


def enrollment_uri(account: Account) -> str:
    """What an authenticator app reads from a QR code."""
    label = quote(f"CloudOps:{account.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': account.totp_key, 'issuer': 'CloudOps'})}"


@dataclass(frozen=True, kw_only=True)
class Challenge:
    account: Account
    until: datetime
    tries: int


class Challenges:
    """Sign-ins whose password was right and whose code is awaited, by an unguessable name."""

    def __init__(self) -> None:
        self._open: dict[str, Challenge] = {}

    def ask(self, account: Account, *, now: datetime) -> str:
        self._open = {name: one for name, one in self._open.items() if one.until > now}
        name = secrets.token_urlsafe(32)
        self._open[name] = Challenge(account=account, until=now + ANSWER_WITHIN, tries=TRIES)
        return name

    def find(self, name: str, *, now: datetime) -> Account | None:
        """Spends one of the tries."""
        challenge = self._open.pop(name, None)
        if challenge is None or challenge.until <= now:
            return None
        if challenge.tries > 1:
            self._open[name] = Challenge(
                account=challenge.account, until=challenge.until, tries=challenge.tries - 1
            )
        return challenge.account

    def close(self, name: str) -> None:
        self._open.pop(name, None)
