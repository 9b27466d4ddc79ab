"""How a person sets an authenticator app up by himself.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
"""

import secrets
from base64 import b32encode
from datetime import datetime

from local.login.second_factor import SecondFactor
from local.people import Account, People

# As long as Cognito's: 52 characters.
KEY_BYTES = 32


class Enrollment:
    """Keeps in memory what is not on, so that after the next start it is begun anew; what is on stays in the home."""

    def __init__(self, people: People, second_factor: SecondFactor) -> None:
        self._people = people
        self._second_factor = second_factor
        self._begun: dict[str, str] = {}
        self._verified: dict[str, str] = {}

    def begin(self, account: Account) -> str:
        """A new key, in place of one that was never verified. An app that is in use goes on to count."""
        key = b32encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")
        self._begun[account.sub] = key
        return key

    def verify(self, account: Account, code: str, *, now: datetime) -> bool:
        """Whether the app has the key. Nothing is on by that, but an app that was on is replaced."""
        key = self._begun.get(account.sub)
        if key is None or not self._second_factor.takes(key, code, now=now):
            return False
        self._verified[account.sub] = self._begun.pop(account.sub)
        if account.totp_key is not None:
            self._people.replace_totp_key(account.sub, key)
        return True

    def turn_on(self, account: Account) -> bool:
        """Whether there is an app to be asked for."""
        key = account.totp_key or self._verified.get(account.sub)
        if key is not None:
            self._people.replace_totp_key(account.sub, key)
        return key is not None

    def turn_off(self, account: Account) -> None:
        """The app stays verified, as in Cognito, which cannot forget one."""
        if account.totp_key is not None:
            self._verified[account.sub] = account.totp_key
            self._people.replace_totp_key(account.sub, None)
