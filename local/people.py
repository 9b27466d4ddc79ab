"""Who can sign in on this machine. The emulated user pool forgets, so the home keeps their passwords."""

import json
import secrets
import string
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from local.errors import LocalError
from local.first_tenant import admin_of, person_of
from local.home import Home

# Nothing that a reader could take for something else.
LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
GROUPS, GROUP_LENGTH = 4, 5
TOTP_KEY_BYTES = 20


@dataclass(frozen=True, kw_only=True)
class Account:
    """`totp_key` is the base32 key of the person's authenticator app, or None where a password is enough."""

    sub: str
    email: str
    password: str
    totp_key: str | None = None


class People:
    """The first admin and whoever was added, by their addresses."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def admin(self) -> Account:
        person = admin_of(self._home)
        password = self._home.remember("admin_password", make_password)
        totp_key = self._home.recall("admin_totp_key")
        return Account(sub=person.sub, email=person.email, password=password, totp_key=totp_key)

    def all(self) -> tuple[Account, ...]:
        kept = json.loads(self._home.recall("people") or "[]")
        return (self.admin(), *(Account(**one) for one in kept))

    def find(self, email: str) -> Account | None:
        wanted = normalized(email)
        return next((one for one in self.all() if one.email == wanted), None)

    def of_subject(self, sub: str) -> Account | None:
        return next((one for one in self.all() if one.sub == sub), None)

    def replace_totp_key(self, sub: str, key: str | None) -> None:
        """What somebody's next sign-in asks for besides the password; None for nothing."""
        with self._home.lock("people"):
            admin, *others = self.all()
            if admin.sub != sub:
                self._keep([replace(one, totp_key=key) if one.sub == sub else one for one in others])
            elif key is None:
                self._home.forget("admin_totp_key")
            else:
                self._home.replace("admin_totp_key", key)

    def add(self, email: str, *, with_totp: bool = False) -> Account:
        """With a password of its own making; raises LocalError where the person is known."""
        person = person_of(self._home, normalized(email))
        key = b32encode(secrets.token_bytes(TOTP_KEY_BYTES)).decode() if with_totp else None
        account = Account(sub=person.sub, email=person.email, password=make_password(), totp_key=key)
        with self._home.lock("people"):
            _, *others = self.all()
            if self.find(email):
                raise LocalError(f"{account.email} can sign in already")
            self._keep([*others, account])
        return account

    def _keep(self, others: Iterable[Account]) -> None:
        self._home.replace("people", json.dumps([asdict(one) for one in others]))


def normalized(email: str) -> str:
    return email.strip().lower()


def make_password() -> str:
    """E.g. "kX4fa-9bTqw-mzZ3c-7Ryhe", about 117 bits that a user pool's default policy takes."""
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        password = "-".join(groups)
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(map(kind, password)) for kind in kinds):
            return password
