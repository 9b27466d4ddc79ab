"""API Gateway's Lambda proxy integration: a request becomes an event, the handler's result an answer."""

import base64
import binascii
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.intrinsics import ACCOUNT

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` is decoded, `query` and `headers` keep their order and repetitions."""

    method: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    id: str = field(default_factory=lambda: str(uuid4()))

    def header(self, name: str) -> str | None:
        return next((value for key, value in reversed(self.headers) if key.lower() == name.lower()), None)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Pairs
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class MalformedAnswerError(Exception):
    """The handler's result is not what the proxy integration takes."""


def event_of(
    request: Request,
    *,
    resource: str,
    path_parameters: Mapping[str, str],
    stage: str,
    claims: Mapping[str, Any] | None,
) -> dict[str, Any]:
    headers = [(_title(name), value) for name, value in request.headers]
    body, encoded = _text(request.body)
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers) or None,
        "multiValueHeaders": _grouped(headers) or None,
        "queryStringParameters": dict(request.query) or None,
        "multiValueQueryStringParameters": _grouped(request.query) or None,
        "pathParameters": dict(path_parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, resource=resource, stage=stage, claims=claims),
        "body": body,
        "isBase64Encoded": encoded,
    }


def _context(
    request: Request, *, resource: str, stage: str, claims: Mapping[str, Any] | None
) -> dict[str, Any]:
    now = time.time()
    authorizer = {"authorizer": {"claims": {k: _claim(v) for k, v in claims.items()}}} if claims else {}
    return {
        "resourceId": "local",
        "resourcePath": resource,
        "httpMethod": request.method,
        "extendedRequestId": request.id[:15],
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "path": f"/{stage}{request.path}",
        "accountId": ACCOUNT,
        "protocol": "HTTP/1.1",
        "stage": stage,
        "domainPrefix": "local",
        "requestTimeEpoch": int(now * 1000),
        "requestId": request.id,
        "identity": {
            "cognitoIdentityPoolId": None,
            "accountId": None,
            "cognitoIdentityId": None,
            "caller": None,
            "sourceIp": request.source_ip,
            "principalOrgId": None,
            "accessKey": None,
            "cognitoAuthenticationType": None,
            "cognitoAuthenticationProvider": None,
            "userArn": None,
            "userAgent": request.header("user-agent"),
            "user": None,
        },
        "domainName": request.header("host") or "localhost",
        "apiId": "local",
        **authorizer,
    }


def _claim(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value)


def _text(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _grouped(pairs: Pairs) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _title(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def answer_of(result: Any) -> Answer:
    if not isinstance(result, dict) or not isinstance(result.get("statusCode"), int):
        raise MalformedAnswerError("the result has no statusCode")
    several = result.get("multiValueHeaders") or {}
    # A header that stands in both is taken from multiValueHeaders alone.
    repeated = {name.lower() for name in several}
    single = [(k, str(v)) for k, v in (result.get("headers") or {}).items() if k.lower() not in repeated]
    headers = [*single, *((name, str(value)) for name, values in several.items() for value in values)]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Answer(status=result["statusCode"], headers=headers, body=_bytes(result))


def _bytes(result: Mapping[str, Any]) -> bytes:
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise MalformedAnswerError("the body is not text")
    if not result.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise MalformedAnswerError("the body is not base64") from error
