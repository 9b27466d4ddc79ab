"""Tokens that nobody should get through the port with, sent over HTTP to the running gateway."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from local.functions import Functions
from local.gateway import Gateway
from local.home import Home
from local.template import Template
from local.tokens import TokenIssuer
from local.web import application
from tests.local.serving import free_port, served

FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Pool:
    origin: str
    issuer: TokenIssuer
    key: Any

    def good(self, **changes: Any) -> dict[str, Any]:
        token = self.issuer.issue(sub="ada", email="ada@example.com", now=datetime.now(UTC))
        claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def signed(
        self, key: Any = None, algorithm: str = "RS256", kid: str | None = None, **changes: Any
    ) -> str:
        headers = {"kid": kid or self.key_id}
        return jwt.encode(self.good(**changes), key or self.key, algorithm=algorithm, headers=headers)

    @property
    def key_id(self) -> str:
        return str(self.issuer.jwks()["keys"][0]["kid"])


@pytest.fixture(scope="module")
def pool(
    small_template: Template, functions: Functions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pool]:
    home = Home(tmp_path_factory.mktemp("forged") / "home")
    issuer = TokenIssuer(home, pool_id="us-east-1_local", client_id="web")
    key = serialization.load_pem_private_key((home.recall("token_key") or "").encode(), password=None)
    gateway = Gateway(small_template, functions=functions, tokens=issuer)
    with served(application(gateway), free_port()) as origin:
        yield Pool(origin=origin, issuer=issuer, key=key)


def ago(seconds: int) -> int:
    return int((datetime.now(UTC) - timedelta(seconds=seconds)).timestamp())


def part(content: object) -> str:
    return encoded(json.dumps(content).encode())


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(pool: Pool, word: str = "none", signature: str = "") -> str:
    return f"{part({'alg': word, 'kid': pool.key_id})}.{part(pool.good())}.{signature}"


def headed(pool: Pool, key: Any = None, **headers: Any) -> str:
    """A token with these headers beside the usual ones; None takes one away."""
    named = {"alg": "RS256", "typ": "JWT", "kid": pool.key_id, **headers}
    head = f"{part({name: value for name, value in named.items() if value is not None})}.{part(pool.good())}"
    signature = (key or pool.key).sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{encoded(signature)}"


def with_public_key_as_secret(pool: Pool, digest: str = "256") -> str:
    pem = pool.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = f"{part({'alg': f'HS{digest}', 'typ': 'JWT', 'kid': pool.key_id})}.{part(pool.good())}"
    signature = hmac.new(pem, head.encode(), f"sha{digest}").digest()
    return f"{head}.{encoded(signature)}"


def with_key_brought_along(pool: Pool) -> str:
    own = jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key(), as_dict=True)
    headers = {"kid": pool.key_id, "jwk": own}
    return jwt.encode(pool.good(), FOREIGN_KEY, algorithm="RS256", headers=headers)


def with_another_subject(pool: Pool) -> str:
    head, _, signature = pool.signed().split(".")
    return f"{head}.{part(pool.good(sub='eve'))}.{signature}"


def with_a_second_subject(pool: Pool) -> str:
    """Many parsers take the last of two members of one name."""
    head, _, signature = pool.signed().split(".")
    claims = json.dumps(pool.good()).removesuffix("}") + ', "sub": "eve"}'
    return f"{head}.{encoded(claims.encode())}.{signature}"


def with_the_signature_of_another(pool: Pool) -> str:
    head, claims, _ = pool.signed().split(".")
    return f"{head}.{claims}.{pool.signed(sub='eve').rpartition('.')[2]}"


def with_a_flipped_bit(pool: Pool) -> str:
    head, _, signature = pool.signed().rpartition(".")
    flipped = bytearray(base64.urlsafe_b64decode(signature + "=="))
    flipped[0] ^= 1
    return f"{head}.{encoded(bytes(flipped))}"


def with_an_elliptic_key(pool: Pool) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(pool.good(), key, algorithm="ES256", headers={"kid": pool.key_id})


def with_groups_added(pool: Pool) -> str:
    head, _, signature = pool.signed().split(".")
    return f"{head}.{part({**pool.good(), 'cognito:groups': ['admin']})}.{signature}"


def access_token(pool: Pool) -> str:
    now = datetime.now(UTC)
    return pool.issuer.issue_access(sub="ada", scope="openid", now=now, signed_in_at=now, origin="x")


FORGERIES: dict[str, Callable[[Pool], str]] = {
    "unsigned": unsigned,
    "signature cut off": lambda pool: pool.signed().rpartition(".")[0] + ".",
    "unsigned, in capitals": lambda pool: unsigned(pool, "NONE"),
    "unsigned, in mixed case": lambda pool: unsigned(pool, "nOnE"),
    "unsigned, with a signature": lambda pool: unsigned(pool, signature=pool.signed().rpartition(".")[2]),
    "no algorithm": lambda pool: headed(pool, alg=None),
    "algorithm under another casing": lambda pool: headed(pool, alg=None, ALG="RS256"),
    "algorithm in small letters": lambda pool: headed(pool, alg="rs256"),
    "header is no object": lambda pool: f"{part([])}.{pool.signed().partition('.')[2]}",
    "no key id": lambda pool: headed(pool, kid=None),
    "key id is a list": lambda pool: headed(pool, kid=[pool.key_id]),
    "key id under another casing": lambda pool: headed(pool, kid=None, KID=pool.key_id),
    "key id with a statement": lambda pool: headed(pool, kid="x' or '1'='1"),
    "foreign key, key set by address": lambda pool: headed(
        pool, FOREIGN_KEY, jku="https://eve.example/.well-known/jwks.json"
    ),
    "foreign key, certificate by address": lambda pool: headed(
        pool, FOREIGN_KEY, x5u="https://eve.example/key.pem"
    ),
    "foreign key, certificate brought along": lambda pool: headed(pool, FOREIGN_KEY, x5c=["MIIB"]),
    "elliptic key, our key id": with_an_elliptic_key,
    "signature of another token": with_the_signature_of_another,
    "signature with a flipped bit": with_a_flipped_bit,
    "another person put in a second time": with_a_second_subject,
    "letters after the end": lambda pool: pool.signed() + "AAAA",
    "a fourth part": lambda pool: pool.signed() + ".AAAA",
    "five parts, as if encrypted": lambda pool: ".".join([pool.signed().partition(".")[0], *"AAAA"]),
    "in small letters": lambda pool: pool.signed().lower(),
    "two parts": lambda pool: pool.signed().rpartition(".")[0],
    "public key as a shared secret": with_public_key_as_secret,
    "public key as a shared secret, SHA-512": lambda pool: with_public_key_as_secret(pool, "512"),
    "foreign key, our key id": lambda pool: pool.signed(FOREIGN_KEY),
    "foreign key, own key id": lambda pool: pool.signed(FOREIGN_KEY, kid="own"),
    "foreign key brought along": with_key_brought_along,
    "our key, unknown key id": lambda pool: pool.signed(kid="../../token_key"),
    "our key, RS512": lambda pool: pool.signed(algorithm="RS512"),
    "our key, RS384": lambda pool: pool.signed(algorithm="RS384"),
    "our key, PS256": lambda pool: pool.signed(algorithm="PS256"),
    "another person put in": with_another_subject,
    "groups put in": with_groups_added,
    "expired a second ago": lambda pool: pool.signed(exp=ago(1)),
    "expired yesterday": lambda pool: pool.signed(exp=ago(86400), iat=ago(90000)),
    "no expiry": lambda pool: pool.signed(exp=None),
    "expiry as text": lambda pool: pool.signed(exp="9999999999"),
    "expiry as yes": lambda pool: pool.signed(exp=True),
    "not valid before tomorrow": lambda pool: pool.signed(nbf=ago(-86400)),
    "issued tomorrow": lambda pool: pool.signed(iat=ago(-86400)),
    "other pool": lambda pool: pool.signed(iss=pool.issuer.issuer + "2"),
    "other region": lambda pool: pool.signed(iss=pool.issuer.issuer.replace("us-east-1.", "eu-west-1.")),
    "pool without its protocol": lambda pool: pool.signed(iss=pool.issuer.issuer.removeprefix("https://")),
    "pool with a slash": lambda pool: pool.signed(iss=pool.issuer.issuer + "/"),
    "no pool": lambda pool: pool.signed(iss=None),
    "client in capitals": lambda pool: pool.signed(aud="WEB"),
    "other client": lambda pool: pool.signed(aud="mobile"),
    "several clients": lambda pool: pool.signed(aud=["web", "mobile"]),
    "no client": lambda pool: pool.signed(aud=None),
    "access token": access_token,
    "access token of our client": lambda pool: pool.signed(token_use="access"),
    "access token put among several uses": lambda pool: pool.signed(token_use=["id", "access"]),
    "use left out": lambda pool: pool.signed(token_use=None),
    "no person": lambda pool: pool.signed(sub=None),
    "person as a list": lambda pool: pool.signed(sub=["ada"]),
    "nobody": lambda pool: pool.signed(sub=""),
    "groups signed by a foreign key": lambda pool: pool.signed(
        FOREIGN_KEY, **{"cognito:groups": ["admin"], "custom:role": "admin"}
    ),
    "null": lambda _: "null",
    "no token at all": lambda _: "eyJ0eXAiOiJKV1QifQ",
}


def status(pool: Pool, token: str) -> int:
    return httpx.get(
        f"{pool.origin}/things", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ).status_code


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_or_stale_token_is_refused(pool: Pool, name: str) -> None:
    assert status(pool, FORGERIES[name](pool)) == 401


def test_forgeries_are_of_many_kinds_and_no_two_the_same(pool: Pool) -> None:
    made = [forge(pool) for forge in FORGERIES.values()]

    assert len(set(made)) == len(made) >= 40


def test_the_token_they_were_forged_from_is_taken(pool: Pool) -> None:
    assert status(pool, pool.signed()) == 200
    assert status(pool, headed(pool)) == 200
