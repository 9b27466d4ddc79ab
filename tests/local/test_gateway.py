import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from local.functions import FunctionBusyError, Functions, FunctionTimeoutError
from local.gateway import Gateway
from local.home import Home
from local.proxy_event import Answer, Pairs, Request
from local.template import Template
from local.tokens import TokenIssuer
from local.web import application

ORIGIN = "http://localhost:3000"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenIssuer:
    return TokenIssuer(Home(tmp_path_factory.mktemp("gateway") / "home"), pool_id="p", client_id="web")


@pytest.fixture(scope="module")
def gateway(small_template: Template, functions: Functions, tokens: TokenIssuer) -> Gateway:
    return Gateway(small_template, functions=functions, tokens=tokens)


@pytest.fixture(scope="module")
def token(tokens: TokenIssuer) -> str:
    return tokens.issue(sub="ada", email="ada@example.com", now=datetime.now(UTC))


def call(
    gateway: Gateway,
    method: str,
    path: str,
    token: str | None = None,
    *,
    query: Pairs = (),
    content_type: str | None = None,
    body: bytes = b"",
) -> Answer:
    headers = [("authorization", f"Bearer {token}")] if token else []
    headers += [("content-type", content_type)] if content_type else []
    return gateway.handle(Request(method=method, path=path, query=query, headers=headers, body=body))


def event_of(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer
    event: dict[str, Any] = json.loads(answer.body)["event"]
    return event


def test_the_event_is_api_gateways(gateway: Gateway, token: str) -> None:
    request = Request(
        method="POST",
        path="/things/a/b c",
        query=[("tag", "x"), ("tag", "y"), ("empty", "")],
        headers=[
            ("authorization", f"Bearer {token}"),
            ("x-tenant-id", "1"),
            ("accept", "text/csv"),
            ("accept", "*/*"),
            ("user-agent", "test"),
        ],
        body=b'{"a": "\xc3\xbc"}',
        source_ip="10.0.0.1",
    )

    event = event_of(gateway.handle(request))

    assert event["resource"] == "/things/{proxy+}"
    assert event["path"] == "/things/a/b c"
    assert event["httpMethod"] == "POST"
    assert event["pathParameters"] == {"proxy": "a/b c"}
    assert event["queryStringParameters"] == {"tag": "y", "empty": ""}
    assert event["multiValueQueryStringParameters"] == {"tag": ["x", "y"], "empty": [""]}
    assert event["headers"]["X-Tenant-Id"] == "1"
    assert event["multiValueHeaders"]["Accept"] == ["text/csv", "*/*"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": "ü"}', False)
    assert event["stageVariables"] is None
    context = event["requestContext"]
    assert context["resourcePath"] == "/things/{proxy+}"
    assert context["path"] == "/live/things/a/b c"
    assert context["stage"] == "live"
    assert context["requestId"] == request.id
    assert context["identity"]["sourceIp"] == "10.0.0.1"
    assert context["identity"]["userAgent"] == "test"
    assert abs(context["requestTimeEpoch"] / 1000 - time.time()) < 60


def test_the_authorizers_claims_are_text(gateway: Gateway, token: str) -> None:
    claims = event_of(call(gateway, "GET", "/things", token))["requestContext"]["authorizer"]["claims"]

    assert claims["sub"] == "ada"
    assert claims["email_verified"] == "true"
    assert claims["exp"].isdigit()


def test_what_is_absent_is_null(gateway: Gateway) -> None:
    event = event_of(gateway.handle(Request(method="GET", path="/open")))

    absent = ("headers", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert {name: event[name] for name in absent} == dict.fromkeys(absent)
    assert "authorizer" not in event["requestContext"]


def test_a_body_that_is_no_text_travels_as_base64(gateway: Gateway) -> None:
    event = event_of(call(gateway, "POST", "/open", body=b"\x00\xff"))

    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/things", "/things"),
        ("/things/special", "/things/special"),
        ("/things/7", "/things/{id}"),
        ("/things/7/parts", "/things/{proxy+}"),
        ("/things/special/parts", "/things/{proxy+}"),
    ],
)
def test_the_most_literal_resource_is_chosen(gateway: Gateway, token: str, path: str, resource: str) -> None:
    assert event_of(call(gateway, "GET", path, token))["resource"] == resource


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/thing"),
        ("GET", "/things/"),
        ("GET", "/Things"),
        ("POST", "/things/special"),
        ("GET", "/live/things"),
    ],
)
def test_an_unknown_route_is_missing_an_authentication_token(
    gateway: Gateway, token: str, method: str, path: str
) -> None:
    answer = call(gateway, method, path, token)

    assert answer.status == 403
    assert json.loads(answer.body) == {"message": "Missing Authentication Token"}
    assert answer.header("x-amzn-errortype") == "MissingAuthenticationTokenException"


def test_no_token_is_unauthorized_in_the_templates_words(gateway: Gateway) -> None:
    answer = call(gateway, "GET", "/things")

    assert answer.status == 401
    assert json.loads(answer.body) == {"title": "Unauthorized", "status": 401}
    assert answer.header("access-control-allow-origin") == ORIGIN


def test_an_expired_token_is_unauthorized(gateway: Gateway, tokens: TokenIssuer) -> None:
    old = tokens.issue(sub="ada", email="ada@example.com", now=datetime.now(UTC) - timedelta(hours=2))

    assert call(gateway, "GET", "/things", old).status == 401


def test_the_token_may_come_without_bearer(gateway: Gateway, token: str) -> None:
    answer = gateway.handle(Request(method="GET", path="/things", headers=[("Authorization", token)]))

    assert answer.status == 200


def test_a_preflight_needs_no_token_and_reaches_no_function(gateway: Gateway) -> None:
    answer = call(gateway, "OPTIONS", "/things/7")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("access-control-allow-origin") == ORIGIN
    assert answer.header("access-control-allow-methods") == "GET,POST"


def test_ten_megabytes_come_in_and_one_byte_more_does_not(gateway: Gateway) -> None:
    limit = 10 * 2**20

    assert call(gateway, "POST", "/things", body=b"x" * limit).status == 401
    assert call(gateway, "POST", "/things", body=b"x" * (limit + 1)).status == 413


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"{", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("content_type", [None, "application/json", "Application/JSON; charset=utf-8"])
def test_a_body_that_breaks_the_routes_model_reaches_no_function(
    gateway: Gateway, token: str, content_type: str | None, body: bytes
) -> None:
    answer = call(gateway, "POST", "/things", token, content_type=content_type, body=body)

    assert answer.status == 400
    assert json.loads(answer.body) == {"message": "Invalid request body"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("application/json", b""),
        (None, b""),
        ("text/csv", b"a,b"),
    ],
)
def test_a_body_that_the_model_holds_for_or_is_not_about_passes(
    gateway: Gateway, token: str, content_type: str | None, body: bytes
) -> None:
    answer = call(gateway, "POST", "/things", token, content_type=content_type, body=body)

    assert event_of(answer)["body"] == (body.decode() or None)


def test_a_route_without_a_model_takes_any_body(gateway: Gateway, token: str) -> None:
    assert call(gateway, "POST", "/things/7/parts", token, body=b"[]").status == 200


def test_who_may_not_call_learns_nothing_of_the_model(gateway: Gateway) -> None:
    assert call(gateway, "POST", "/things", body=b"[]").status == 401


@pytest.mark.parametrize("wish", ["raise", "exit", "no status", "not json", "large"])
def test_a_function_that_fails_is_a_bad_gateway_with_cors_headers(gateway: Gateway, wish: str) -> None:
    answer = call(gateway, "GET", "/open", query=[("do", wish)])

    assert answer.status == 502
    assert json.loads(answer.body) == {"message": "Internal server error"}
    assert answer.header("access-control-allow-origin") == ORIGIN


def test_a_binary_answer_is_decoded(gateway: Gateway) -> None:
    assert call(gateway, "GET", "/open", query=[("do", "binary")]).body == b"\x00\xff"


def test_repeated_headers_win_over_single_ones(gateway: Gateway) -> None:
    answer = call(gateway, "GET", "/open", query=[("do", "cookies")])

    assert answer.status == 201
    assert [value for name, value in answer.headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    assert answer.header("x-one") == "1"


class FailingFunctions:
    def __init__(self, error: Exception, timeout: int) -> None:
        self._error = error
        self._timeout = timeout

    def invoke(self, name: str, event: Any, *, seconds: float | None = None) -> Any:
        assert seconds == 29
        raise self._error

    def timeout(self, name: str) -> int:
        return self._timeout


@pytest.mark.parametrize(
    ("error", "timeout", "status"),
    [
        (FunctionTimeoutError("x"), 29, 504),
        (FunctionTimeoutError("x"), 300, 504),
        (FunctionTimeoutError("x"), 3, 502),
        (FunctionBusyError("x"), 29, 429),
    ],
)
def test_time_runs_out_at_the_gateway_or_in_the_function(
    small_template: Template, tokens: TokenIssuer, error: Exception, timeout: int, status: int
) -> None:
    gateway = Gateway(small_template, functions=FailingFunctions(error, timeout), tokens=tokens)

    assert call(gateway, "GET", "/open").status == status


def test_a_slow_function_is_given_up_after_the_gateways_time(
    small_template: Template, functions: Functions, tokens: TokenIssuer
) -> None:
    gateway = Gateway(small_template, functions=functions, tokens=tokens, seconds=1)

    answer = call(gateway, "GET", "/open", query=[("do", "sleep")])

    assert answer.status == 504
    assert json.loads(answer.body) == {"message": "Endpoint request timed out"}


def test_over_http_nothing_is_lost(gateway: Gateway, token: str) -> None:
    async def both() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(application(gateway))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            headers = {"Authorization": f"Bearer {token}", "X-Tenant-Id": "1"}
            things = await http.get("/things/a%20b?tag=x&tag=%C3%BC", headers=headers)
            return things, await http.get("/open?do=cookies")

    things, cookies = asyncio.run(both())

    event = things.json()["event"]
    assert event["pathParameters"] == {"id": "a b"}
    assert event["multiValueQueryStringParameters"] == {"tag": ["x", "ü"]}
    assert event["headers"]["X-Forwarded-Proto"] == "http"
    assert event["headers"]["X-Tenant-Id"] == "1"
    assert cookies.headers.get_list("set-cookie") == ["a=1", "b=2"]
