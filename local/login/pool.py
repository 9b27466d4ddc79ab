"""The user pool's part of a sign-in: whether the password is the person's."""

from contextlib import suppress
from typing import Any

from local.aws import UserPool
from local.people import Account, People

REFUSALS = {"NotAuthorizedException", "UserNotFoundException", "InvalidParameterException"}


class PasswordCheck:
    """Asks the emulated pool, after putting into it whom the home has and the pool does not yet."""

    def __init__(self, people: People, *, pool: UserPool, cognito: Any) -> None:
        self._people = people
        self._pool = pool
        self._cognito = cognito
        self._known: set[Account] = set()

    def __call__(self, email: str, password: str) -> Account | None:
        """The account, or None for an unknown person and a wrong password alike."""
        account = self._people.find(email)
        if account is not None:
            self.enroll(account)
        if not password:
            return None
        try:
            self._cognito.initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH",
                ClientId=self._pool.client_id,
                AuthParameters={"USERNAME": account.email if account else email, "PASSWORD": password},
            )
        except self._cognito.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in REFUSALS:
                return None
            raise
        return account

    def enroll(self, account: Account) -> None:
        """Put the account into the pool, unless this was done before."""
        if account in self._known:
            return
        user = {"UserPoolId": self._pool.id, "Username": account.email}
        with suppress(self._cognito.exceptions.UsernameExistsException):
            self._cognito.admin_create_user(
                **user,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "email_verified", "Value": "true"}],
            )
        # The membership was made for the subject that the home gave, which AWS would let nobody choose.
        self._cognito.admin_update_user_attributes(
            **user, UserAttributes=[{"Name": "sub", "Value": account.sub}]
        )
        self._cognito.admin_set_user_password(**user, Password=account.password, Permanent=True)
        self._known.add(account)
