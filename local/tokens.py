"""Identity tokens as Cognito signs them, and the check that API Gateway's Cognito authorizer makes."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.home import Home
from local.template import REGION

VALID_FOR = timedelta(hours=1)
IDENTITY, ACCESS = "id", "access"
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "token_use")
REQUIRED_OF_ACCESS = ("iss", "client_id", "sub", "exp", "iat", "token_use", "scope", "origin_jti")


class InvalidTokenError(Exception):
    """The authorizer refuses the token."""


class ExpiredTokenError(InvalidTokenError):
    """It was good once."""


class TokenIssuer:
    """A user pool's signing key, kept in the home; ids are the pool's and its one client's."""

    def __init__(self, home: Home, *, pool_id: str, client_id: str) -> None:
        self.issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}"
        self.client_id = client_id
        pem = home.remember("token_key", _make_key)
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise InvalidTokenError("the kept signing key is not an RSA key")
        self._key = key
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._key_id = sha256(public).hexdigest()[:32]

    def issue(
        self,
        *,
        sub: str,
        email: str,
        now: datetime,
        signed_in_at: datetime | None = None,
        origin: str | None = None,
        nonce: str | None = None,
    ) -> str:
        """An identity token; `origin` is the sign-in's own id, which its later tokens share."""
        identity = {
            "email": email,
            "email_verified": True,
            "cognito:username": sub,
            "aud": self.client_id,
            "token_use": IDENTITY,
            **({"nonce": nonce} if nonce is not None else {}),
        }
        return self._sign(identity, sub=sub, now=now, signed_in_at=signed_in_at, origin=origin)

    def issue_access(
        self, *, sub: str, scope: str, now: datetime, signed_in_at: datetime, origin: str
    ) -> str:
        """An access token, which names its client outside of `aud` as Cognito's do."""
        access = {
            "username": sub,
            "client_id": self.client_id,
            "scope": scope,
            "token_use": ACCESS,
            "version": 2,
        }
        return self._sign(access, sub=sub, now=now, signed_in_at=signed_in_at, origin=origin)

    def _sign(
        self,
        own: Mapping[str, Any],
        *,
        sub: str,
        now: datetime,
        signed_in_at: datetime | None,
        origin: str | None,
    ) -> str:
        claims = {
            "sub": sub,
            "iss": self.issuer,
            "auth_time": int((signed_in_at or now).timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + VALID_FOR).timestamp()),
            "jti": str(uuid4()),
            "origin_jti": origin or str(uuid4()),
            "event_id": str(uuid4()),
            **own,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def jwks(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self._key_id, "alg": "RS256", "use": "sig"}]}

    def verify(self, token: str, *, now: datetime | None = None) -> Mapping[str, Any]:
        """The token's claims; raises InvalidTokenError. No leeway, as the authorizer gives none."""
        claims = self._signed(token, audience=self.client_id, required=REQUIRED)
        # Without scopes on the method the authorizer takes identity tokens alone.
        _check_use(claims, IDENTITY, now or datetime.now(UTC))
        return claims

    def verify_access(self, token: str, *, now: datetime) -> Mapping[str, Any]:
        """As the pool's own API takes it: the claims, or InvalidTokenError, or ExpiredTokenError."""
        claims = self._signed(token, audience=None, required=REQUIRED_OF_ACCESS)
        if claims["client_id"] != self.client_id:
            raise InvalidTokenError("the token is another client's")
        _check_use(claims, ACCESS, now)
        return claims

    def _signed(self, token: str, *, audience: str | None, required: Sequence[str]) -> dict[str, Any]:
        try:
            if jwt.get_unverified_header(token).get("kid") != self._key_id:
                raise InvalidTokenError("no key of this pool signed the token")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                audience=audience,
                issuer=self.issuer,
                options={"require": list(required), "verify_exp": False, "strict_aud": True},
            )
        except jwt.PyJWTError as error:
            raise InvalidTokenError(str(error)) from error
        return claims


def _check_use(claims: Mapping[str, Any], use: str, now: datetime) -> None:
    if claims["token_use"] != use:
        raise InvalidTokenError(f"only {use} tokens are taken")
    if not claims["sub"]:
        raise InvalidTokenError("the token names nobody")
    if not isinstance(claims["exp"], int) or claims["exp"] <= now.timestamp():
        raise ExpiredTokenError("the token has expired")


def _make_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
