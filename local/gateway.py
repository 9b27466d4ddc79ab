"""API Gateway's REST semantics over the routes, authorizers and gateway responses of the template."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

from local.functions import FunctionBusyError, FunctionError, FunctionTimeoutError, Invoker
from local.proxy_event import Answer, MalformedAnswerError, Request, answer_of, event_of
from local.template import GatewayResponse, Route, Template
from local.tokens import InvalidTokenError, TokenIssuer

REQUEST_LIMIT = 10 * 2**20
ANSWER_LIMIT = 6 * 2**20
INTEGRATION_SECONDS = 29
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One of API Gateway's own response types, with the status and the message that it has by default."""

    type: str
    status: int
    message: str
    error_type: str


MISSING_TOKEN = Refusal(
    type="MISSING_AUTHENTICATION_TOKEN",
    status=403,
    message="Missing Authentication Token",
    error_type="MissingAuthenticationTokenException",
)
UNAUTHORIZED = Refusal(
    type="UNAUTHORIZED", status=401, message="Unauthorized", error_type="UnauthorizedException"
)
BAD_BODY = Refusal(
    type="BAD_REQUEST_BODY", status=400, message="Invalid request body", error_type="BadRequestException"
)
TOO_LARGE = Refusal(
    type="REQUEST_TOO_LARGE", status=413, message="Request Too Long", error_type="RequestTooLargeException"
)
THROTTLED = Refusal(
    type="THROTTLED", status=429, message="Too Many Requests", error_type="TooManyRequestsException"
)
BAD_GATEWAY = Refusal(
    type="DEFAULT_5XX", status=502, message="Internal server error", error_type="InternalServerErrorException"
)
TIMED_OUT = Refusal(
    type="INTEGRATION_TIMEOUT",
    status=504,
    message="Endpoint request timed out",
    error_type="GatewayTimeoutException",
)


@dataclass(frozen=True, kw_only=True)
class Match:
    route: Route
    parameters: Mapping[str, str]


class RouteTable:
    """Chooses a resource first and its method second, as API Gateway does."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._resources: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._resources.setdefault(route.path, {})[route.method] = route
        self._patterns = [(_pattern(path), path) for path in sorted(self._resources, key=_specificity)]

    def match(self, method: str, path: str) -> Match | None:
        for pattern, resource in self._patterns:
            found = pattern.fullmatch(path)
            if found:
                methods = self._resources[resource]
                route = methods.get(method) or methods.get("ANY")
                return Match(route=route, parameters=found.groupdict()) if route else None
        return None


class Gateway:
    def __init__(
        self,
        template: Template,
        *,
        functions: Invoker,
        tokens: TokenIssuer,
        seconds: float = INTEGRATION_SECONDS,
    ) -> None:
        self._table = RouteTable(template.routes)
        self._responses = template.gateway_responses
        self._stage = template.stage
        self._functions = functions
        self._tokens = tokens
        self._seconds = seconds

    def handle(self, request: Request) -> Answer:
        if len(request.body) > REQUEST_LIMIT:
            return self._refuse(TOO_LARGE, request)
        match = self._table.match(request.method, request.path)
        if match is None:
            return self._refuse(MISSING_TOKEN, request)
        if match.route.function is None:
            return Answer(status=200, headers=tuple(match.route.headers.items()), body=b"")
        try:
            claims = self._authorize(request) if match.route.authorized else None
        except InvalidTokenError:
            return self._refuse(UNAUTHORIZED, request)
        if match.route.body is not None and not _is_valid(request, match.route.body):
            return self._refuse(BAD_BODY, request)
        return self._integrate(match.route.function, match, request, claims)

    def _authorize(self, request: Request) -> Mapping[str, Any]:
        header = request.header("authorization") or ""
        return self._tokens.verify(header.removeprefix("Bearer ").strip())

    def _integrate(
        self, function: str, match: Match, request: Request, claims: Mapping[str, Any] | None
    ) -> Answer:
        event = event_of(
            request,
            resource=match.route.path,
            path_parameters=match.parameters,
            stage=self._stage,
            claims=claims,
        )
        try:
            answer = answer_of(self._invoke(function, event))
        except FunctionTimeoutError:
            outlived = self._functions.timeout(function) >= self._seconds
            return self._refuse(TIMED_OUT if outlived else BAD_GATEWAY, request)
        except FunctionBusyError:
            return self._refuse(THROTTLED, request)
        except (FunctionError, MalformedAnswerError):
            return self._refuse(BAD_GATEWAY, request)
        return Answer(
            status=answer.status,
            headers=[*answer.headers, ("x-amzn-RequestId", request.id)],
            body=answer.body,
        )

    def _invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        result = self._functions.invoke(function, event, seconds=self._seconds)
        if len(json.dumps(result).encode()) > ANSWER_LIMIT:
            raise MalformedAnswerError("the result is larger than Lambda returns")
        return result

    def _refuse(self, refusal: Refusal, request: Request) -> Answer:
        fallback = "DEFAULT_4XX" if refusal.status < 500 else "DEFAULT_5XX"
        own = self._responses.get(refusal.type) or self._responses.get(fallback)
        response = own or GatewayResponse(status=None, headers={}, template=None)
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": request.id,
            "x-amzn-ErrorType": refusal.error_type,
            **response.headers,
        }
        return Answer(
            status=response.status or refusal.status,
            headers=tuple(headers.items()),
            body=_body(response.template, refusal, request).encode(),
        )


def _body(template: str | None, refusal: Refusal, request: Request) -> str:
    text = template or '{"message":$context.error.messageString}'
    values = {
        "$context.error.messageString": json.dumps(refusal.message),
        "$context.error.message": refusal.message,
        "$context.error.responseType": refusal.type,
        "$context.requestId": request.id,
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _is_valid(request: Request, schema: Mapping[str, Any]) -> bool:
    """As API Gateway judges: JSON is what says so or says nothing, no body is an empty object, and the rest passes."""
    media_type = (request.header("content-type") or JSON).partition(";")[0].strip().lower()
    if media_type != JSON:
        return True
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return False
    return jsonschema.Draft4Validator(schema).is_valid(body)


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(\+?)\}", path)
    pattern = re.escape(parts[0])
    for name, greedy, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{'.+' if greedy else '[^/]+'})" + re.escape(literal)
    return re.compile(pattern)


def _specificity(path: str) -> tuple[tuple[int, str], ...]:
    """Sorts literal segments before parameters, and parameters before greedy ones, from the left."""
    rank = {"": 0, "}": 1, "+}": 2}
    return tuple(
        (rank["+}" if part.endswith("+}") else "}" if part.endswith("}") else ""], part)
        for part in path.split("/")
    )
