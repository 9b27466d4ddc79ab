import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.home import Home
from local.tokens import InvalidTokenError, TokenIssuer

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Claims = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("tokens") / "home")


@pytest.fixture(scope="module")
def issuer(home: Home) -> TokenIssuer:
    return TokenIssuer(home, pool_id="us-east-1_local", client_id="web")


@pytest.fixture(scope="module")
def key(home: Home, issuer: TokenIssuer) -> Any:
    pem = home.recall("token_key")
    assert pem
    return serialization.load_pem_private_key(pem.encode(), password=None)


@pytest.fixture(scope="module")
def key_id(issuer: TokenIssuer) -> str:
    return str(issuer.jwks()["keys"][0]["kid"])


def good_claims(issuer: TokenIssuer) -> Claims:
    token = issuer.issue(sub="ada", email="ada@example.com", now=NOW)
    return dict(jwt.decode(token, options={"verify_signature": False}))


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def changed(**values: object) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **values}


def test_an_issued_token_is_accepted_with_cognitos_claims(issuer: TokenIssuer) -> None:
    token = issuer.issue(sub="ada", email="ada@example.com", now=NOW)

    claims = issuer.verify(token, now=NOW)

    assert claims["sub"] == "ada"
    assert claims["cognito:username"] == "ada"
    assert claims["email"] == "ada@example.com"
    assert claims["iss"] == "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_local"
    assert claims["aud"] == "web"
    assert claims["token_use"] == "id"
    assert claims["exp"] - claims["auth_time"] == 3600


def test_anybody_can_check_a_token_with_the_published_key(issuer: TokenIssuer) -> None:
    token = issuer.issue(sub="ada", email="ada@example.com", now=datetime.now(UTC))
    published = jwt.PyJWKSet.from_dict(issuer.jwks())

    key = published[jwt.get_unverified_header(token)["kid"]].key

    assert jwt.decode(token, key, algorithms=["RS256"], audience="web")["sub"] == "ada"


def test_a_token_outlives_a_restart(home: Home, issuer: TokenIssuer) -> None:
    token = issuer.issue(sub="ada", email="ada@example.com", now=NOW)
    restarted = TokenIssuer(home, pool_id="us-east-1_local", client_id="web")

    assert restarted.verify(token, now=NOW)["sub"] == "ada"


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(
            changed(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"), id="other pool"
        ),
        pytest.param(
            changed(iss="https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_local"), id="other region"
        ),
        pytest.param(changed(aud="another-client"), id="other client"),
        pytest.param(changed(aud=["web", "another-client"]), id="list of clients"),
        pytest.param(changed(token_use="access"), id="access token"),
        pytest.param(changed(token_use=None), id="use is null"),
        pytest.param(changed(exp=int(NOW.timestamp()) - 1), id="expired"),
        pytest.param(changed(exp=int(NOW.timestamp())), id="expires now"),
        pytest.param(changed(exp="4000000000"), id="expiry as text"),
        pytest.param(changed(exp=float("inf")), id="never expires"),
        pytest.param(changed(sub=""), id="empty subject"),
        pytest.param(changed(sub=7), id="subject is a number"),
        pytest.param(without("exp"), id="no expiry"),
        pytest.param(without("aud"), id="no client"),
        pytest.param(without("iss"), id="no issuer"),
        pytest.param(without("sub"), id="no subject"),
        pytest.param(without("token_use"), id="no use"),
        pytest.param(lambda claims: {**without("aud")(claims), "client_id": "web"}, id="client_id for aud"),
    ],
)
def test_a_well_signed_token_with_wrong_claims_is_refused(
    issuer: TokenIssuer, key: Any, key_id: str, forge: Callable[[Claims], Claims]
) -> None:
    token = jwt.encode(forge(good_claims(issuer)), key, algorithm="RS256", headers={"kid": key_id})

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_the_right_key_with_another_algorithm_is_refused(
    issuer: TokenIssuer, key: Any, key_id: str, algorithm: str
) -> None:
    token = jwt.encode(good_claims(issuer), key, algorithm=algorithm, headers={"kid": key_id})

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


def test_a_foreign_key_under_our_key_id_is_refused(issuer: TokenIssuer, key_id: str) -> None:
    token = jwt.encode(good_claims(issuer), FOREIGN_KEY, algorithm="RS256", headers={"kid": key_id})

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


@pytest.mark.parametrize("headers", [{"kid": "unknown"}, {}], ids=["unknown", "missing"])
def test_an_unknown_or_missing_key_id_is_refused(
    issuer: TokenIssuer, key: Any, headers: Mapping[str, str]
) -> None:
    token = jwt.encode(good_claims(issuer), key, algorithm="RS256", headers=dict(headers))

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


def test_a_key_that_the_token_brings_along_is_ignored(issuer: TokenIssuer, key_id: str) -> None:
    own = jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key(), as_dict=True)
    headers = {"kid": key_id, "jwk": own, "jku": "https://example.com/jwks.json"}
    token = jwt.encode(good_claims(issuer), FOREIGN_KEY, algorithm="RS256", headers=headers)

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


def test_an_unsigned_token_is_refused(issuer: TokenIssuer, key_id: str) -> None:
    token = jwt.encode(good_claims(issuer), None, algorithm="none", headers={"kid": key_id})

    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW)


def test_the_public_key_is_no_shared_secret(issuer: TokenIssuer, key: Any, key_id: str) -> None:
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = encoded({"alg": "HS256", "typ": "JWT", "kid": key_id}) + "." + encoded(good_claims(issuer))
    signature = hmac.new(public, head.encode(), hashlib.sha256).digest()

    with pytest.raises(InvalidTokenError):
        issuer.verify(f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}", now=NOW)


def test_claims_changed_after_signing_are_refused(issuer: TokenIssuer) -> None:
    head, _, signature = issuer.issue(sub="ada", email="ada@example.com", now=NOW).split(".")

    with pytest.raises(InvalidTokenError):
        issuer.verify(f"{head}.{encoded({**good_claims(issuer), 'sub': 'eve'})}.{signature}", now=NOW)


def test_a_signature_cut_off_is_refused(issuer: TokenIssuer) -> None:
    head, claims, _ = issuer.issue(sub="ada", email="ada@example.com", now=NOW).split(".")

    with pytest.raises(InvalidTokenError):
        issuer.verify(f"{head}.{claims}.", now=NOW)


@pytest.mark.parametrize("text", ["", "Bearer", "a.b.c", "null", "..", "💥"])
def test_what_is_no_token_is_refused(issuer: TokenIssuer, text: str) -> None:
    with pytest.raises(InvalidTokenError):
        issuer.verify(text, now=NOW)


def test_a_token_is_good_until_its_last_second(issuer: TokenIssuer) -> None:
    token = issuer.issue(sub="ada", email="ada@example.com", now=NOW)

    assert issuer.verify(token, now=NOW + timedelta(seconds=3599))
    with pytest.raises(InvalidTokenError):
        issuer.verify(token, now=NOW + timedelta(seconds=3600))


def encoded(part: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
