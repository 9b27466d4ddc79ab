"""The user pool's API, as far as a signed-in person may ask it about himself, in the protocol of AWS.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from botocore.session import Session
from starlette.requests import Request
from starlette.responses import Response

from local.clock import Clock
from local.login.authorization import OWN_ACCOUNT
from local.login.enrollment import Enrollment
from local.login.grants import Grants
from local.people import Account, People
from local.strict.errors import RefusedError
from local.strict.shapes import ShapeError, check_shape
from local.tokens import ExpiredTokenError, InvalidTokenError, TokenIssuer

MEDIA_TYPE = "application/x-amz-json-1.1"
TARGET = "AWSCognitoIdentityProviderService."
FACTOR = "SOFTWARE_TOKEN_MFA"
CODE = re.compile(r"[0-9]{6}")

type Parameters = Mapping[str, Any]


class UserPoolApi:
    """Takes the calls that the web UI makes, and only as Cognito would."""

    def __init__(
        self, people: People, *, grants: Grants, issuer: TokenIssuer, enrollment: Enrollment, clock: Clock
    ) -> None:
        self._people = people
        self._grants = grants
        self._issuer = issuer
        self._enrollment = enrollment
        self._clock = clock
        self._operations: dict[str, Callable[[Account, Parameters], dict[str, Any]]] = {
            "GetUser": self._tell,
            "AssociateSoftwareToken": self._begin,
            "VerifySoftwareToken": self._verify,
            "SetUserMFAPreference": self._prefer,
        }

    async def answer(self, http: Request) -> Response:
        try:
            return _said(self._result(http, await http.body()))
        except RefusedError as error:
            return _said({"__type": error.code, "message": error.message}, error.status)

    def _result(self, http: Request, body: bytes) -> dict[str, Any]:
        operation = http.headers.get("x-amz-target", "").removeprefix(TARGET)
        if operation not in self._operations or http.headers.get("content-type") != MEDIA_TYPE:
            raise RefusedError("UnknownOperationException", "")
        parameters = _parameters(body, operation)
        return self._operations[operation](self._caller(parameters["AccessToken"]), parameters)

    def _caller(self, token: str) -> Account:
        try:
            claims = self._issuer.verify_access(token, now=self._clock.now())
        except ExpiredTokenError as error:
            raise RefusedError("NotAuthorizedException", "Access Token has expired") from error
        except InvalidTokenError as error:
            raise RefusedError("NotAuthorizedException", "Invalid Access Token") from error
        if self._grants.is_revoked(claims["origin_jti"]):
            raise RefusedError("NotAuthorizedException", "Access Token has been revoked")
        if OWN_ACCOUNT not in claims["scope"].split():
            raise RefusedError("NotAuthorizedException", "Access Token does not have required scopes")
        account = self._people.of_subject(claims["sub"])
        if account is None:
            raise RefusedError("UserNotFoundException", "User does not exist.")
        return account

    def _tell(self, account: Account, _: Parameters) -> dict[str, Any]:
        attributes = {"sub": account.sub, "email_verified": "true", "email": account.email}
        on = {"PreferredMfaSetting": FACTOR, "UserMFASettingList": [FACTOR]} if account.totp_key else {}
        return {
            "Username": account.sub,
            "UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
            **on,
        }

    def _begin(self, account: Account, _: Parameters) -> dict[str, Any]:
        return {"SecretCode": self._enrollment.begin(account)}

    def _verify(self, account: Account, parameters: Parameters) -> dict[str, Any]:
        if not CODE.fullmatch(parameters["UserCode"]):
            raise RefusedError("InvalidParameterException", "A code has six digits")
        if not self._enrollment.verify(account, parameters["UserCode"], now=self._clock.now()):
            raise RefusedError(
                "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"
            )
        return {"Status": "SUCCESS"}

    def _prefer(self, account: Account, parameters: Parameters) -> dict[str, Any]:
        if parameters.keys() != {"AccessToken", "SoftwareTokenMfaSettings"}:
            raise RefusedError("InvalidParameterException", "The pool knows authenticator apps alone")
        wanted = parameters["SoftwareTokenMfaSettings"]
        if wanted.get("PreferredMfa", False) != wanted.get("Enabled", False):
            raise RefusedError("InvalidParameterException", "Here what is on is preferred, and nothing else")
        if not wanted.get("Enabled"):
            self._enrollment.turn_off(account)
        elif not self._enrollment.turn_on(account):
            raise RefusedError("InvalidParameterException", "User has not set up software token mfa")
        return {}


def _parameters(body: bytes, operation: str) -> Parameters:
    """Raises RefusedError where they are not what botocore's model of the service says."""
    try:
        parameters: Parameters = json.loads(body)
        check_shape(_model().operation_model(operation).input_shape, parameters, name=operation)
    except ValueError as error:
        raise RefusedError("SerializationException", "The body is no JSON") from error
    except ShapeError as error:
        raise RefusedError("InvalidParameterException", str(error)) from error
    if "AccessToken" not in parameters:
        raise RefusedError("InvalidParameterException", "A signed-in person asks by an access token")
    return parameters


@cache
def _model() -> Any:
    return Session().get_service_model("cognito-idp")


def _said(body: Mapping[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "x-amzn-RequestId": str(uuid4())}
    return Response(json.dumps(body), status, headers=headers, media_type=MEDIA_TYPE)
