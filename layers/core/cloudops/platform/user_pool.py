"""The people of the user pool."""

from dataclasses import dataclass
from typing import Any

from cloudops.errors import ConflictError, InvalidError, UnavailableError
from cloudops.platform.aws import client


class UserPoolUnavailableError(UnavailableError):
    """The user pool does not answer."""


class NotInvitedError(ConflictError):
    """This person has no invitation to repeat."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """`is_new` where the pool did not know the person, and sent a temporary password."""

    sub: str
    is_new: bool


def subject_of(pool_id: str, email: str) -> str:
    """What the tokens of the person with this address call them by."""
    person = client("cognito-idp").admin_get_user(UserPoolId=pool_id, Username=email)
    return attribute(person["UserAttributes"], "sub")


def invite(pool_id: str, email: str) -> Login:
    """A login for the address. Who has one already keeps it, and gets no mail."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        made = client("cognito-idp").admin_create_user(
            UserPoolId=pool_id,
            Username=email,
            DesiredDeliveryMediums=["EMAIL"],
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    except ClientError as error:
        match code_of(error):
            case "UsernameExistsException":
                return Login(sub=subject_of(pool_id, email), is_new=False)
            case "InvalidParameterException":
                raise InvalidError("the user pool does not take this address", field="email") from error
        raise UserPoolUnavailableError(f"it answers {code_of(error)}") from error
    except BotoCoreError as error:
        raise UserPoolUnavailableError(type(error).__name__) from error
    return Login(sub=attribute(made["User"]["Attributes"], "sub"), is_new=True)


def repeat_invitation(pool_id: str, email: str) -> None:
    """Another temporary password, for somebody who never signed in."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        client("cognito-idp").admin_create_user(
            UserPoolId=pool_id, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )
    except ClientError as error:
        match code_of(error):
            case "UnsupportedUserStateException":
                raise NotInvitedError(f"{email} has signed in already") from error
            case "UserNotFoundException":
                raise NotInvitedError(f"the user pool does not know {email}") from error
        raise UserPoolUnavailableError(f"it answers {code_of(error)}") from error
    except BotoCoreError as error:
        raise UserPoolUnavailableError(type(error).__name__) from error


def code_of(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def attribute(attributes: list[dict[str, str]], name: str) -> str:
    return next(str(one["Value"]) for one in attributes if one["Name"] == name)
