"""The people of the user pool."""

from cloudops.platform.aws import client


def subject_of(pool_id: str, email: str) -> str:
    """What the tokens of the person with this address call them by."""
    person = client("cognito-idp").admin_get_user(UserPoolId=pool_id, Username=email)
    return next(str(one["Value"]) for one in person["UserAttributes"] if one["Name"] == "sub")
