"""One call of an AWS API, read by botocore's own model of the service."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.parsers import create_parser
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from werkzeug.exceptions import NotFound

from local.strict.errors import RefusedError, serialized
from local.strict.shapes import check_shape

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
# Where the name that requests are signed with is not the service's name in botocore.
SIGNED_AS = {"monitoring": "cloudwatch", "email": "ses"}
LOAD_BALANCING = "elasticloadbalancing"
FORM = "application/x-www-form-urlencoded"
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Http:
    """`path` is as it came, percent-encoded."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Call:
    def __init__(
        self, http: Http, *, service: str, operation: Any, labels: Mapping[str, str], region: str, key: str
    ) -> None:
        self.http = http
        self.service = service
        self.region = region
        self.access_key = key
        self.model = operation
        self._labels = labels

    @property
    def operation(self) -> str:
        return str(self.model.name)

    @property
    def protocol(self) -> str:
        return determine_request_protocol(self.model.service_model, self.http.header("content-type"))

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """As a client of botocore would have given them."""
        request = _moto_request(self.http)
        parsed: Mapping[str, Any] = PROTOCOL_PARSERS[self.protocol](self.model).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": dict(self._labels),
            }
        )
        return parsed

    def digest(self, *, without: Sequence[str] = ()) -> str:
        """The same for the same parameters, whatever their order."""
        kept = {name: value for name, value in self.parameters.items() if name not in without}
        return sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()

    def changed(self, **parameters: str | None) -> "Call":
        """The call with other top-level text parameters, or without those that are None."""
        return self._with(_rewritten(self, parameters))

    def instead(self, operation: str, form: Mapping[str, str]) -> "Call":
        """Another operation of the same service by the same caller; for the form-encoded protocols."""
        version = self.model.service_model.api_version
        body = urlencode({"Action": operation, "Version": version, **form}).encode()
        model = self.model.service_model.operation_model(operation)
        return self._with(replace(self.http, body=body), operation=model)

    def read(self, reply: Reply) -> dict[str, Any]:
        parsed: dict[str, Any] = create_parser(self.protocol).parse(
            {"body": reply.body, "headers": _Folded(reply.headers), "status_code": reply.status},
            self.model.output_shape,
        )
        parsed.pop("ResponseMetadata", None)
        return parsed

    def answer(self, result: Mapping[str, Any]) -> Reply:
        """Raises ShapeError where it is nothing that the service would answer."""
        check_shape(self.model.output_shape, result, name=f"{self.service}.{self.operation}")
        made = get_serializer_class(self.service, self.protocol)(self.model).serialize(result)
        body = made["body"]
        return Reply(
            status=int(made["status_code"]),
            headers=[(name, str(value)) for name, value in made["headers"].items()],
            body=body.encode() if isinstance(body, str) else body,
        )

    def error(self, error: RefusedError) -> Reply:
        headers, body = serialized(error, self.protocol)
        return Reply(status=error.status, headers=list(headers.items()), body=body)

    def _with(self, http: Http, *, operation: Any = None) -> "Call":
        return Call(
            http,
            service=self.service,
            operation=operation or self.model,
            labels=self._labels,
            region=self.region,
            key=self.access_key,
        )


class _Folded(dict[str, str]):
    """Headers as botocore's parsers read them."""

    def __init__(self, headers: Headers) -> None:
        super().__init__({name.lower(): value for name, value in headers})

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.lower(), default)


def read(http: Http) -> Call | None:
    """None for what is signed by nobody or meant for no service that botocore knows."""
    scope = SCOPE.search(http.header("authorization") or "")
    if scope is None:
        return None
    key, region, signed_as = scope.groups()
    service = _service(signed_as, http)
    if service not in _services():
        return None
    try:
        operation, labels = get_service_router(service).match(_moto_request(http))
    except (NotFound, NotImplementedError):
        return None
    return Call(http, service=service, operation=operation, labels=labels, region=region, key=key)


def _service(signed_as: str, http: Http) -> str:
    if signed_as == "ses" and http.path.startswith("/v2/"):
        return "sesv2"
    if signed_as == LOAD_BALANCING:
        return "elbv2" if b"Version=2015-12-01" in http.body else "elb"
    return SIGNED_AS.get(signed_as, signed_as)


@cache
def _services() -> frozenset[str]:
    import botocore.session  # noqa: PLC0415 - needed once, to list its folders

    return frozenset(botocore.session.get_session().get_available_services())


def _moto_request(http: Http) -> Any:
    return MotoRequest.from_primitives(
        http.method, f"http://localhost{http.target}", dict(http.headers), http.body
    )


def _rewritten(call: Call, parameters: Mapping[str, str | None]) -> Http:
    http = call.http
    if call.protocol in {"ec2", "query"}:
        return replace(
            http, body=urlencode(_merged(parse_qsl(http.body.decode(), True), parameters)).encode()
        )
    if call.protocol == "json":
        document = {**json.loads(http.body or b"{}"), **parameters}
        kept = {name: value for name, value in document.items() if value is not None}
        return replace(http, body=json.dumps(kept).encode())
    members = call.model.input_shape.members
    named = {members[name].serialization["name"]: value for name, value in parameters.items()}
    return replace(http, query=urlencode(_merged(parse_qsl(http.query, True), named)))


def _merged(
    pairs: Sequence[tuple[str, str]], parameters: Mapping[str, str | None]
) -> Sequence[tuple[str, str]]:
    kept = [(name, value) for name, value in pairs if name not in parameters]
    return [*kept, *((name, value) for name, value in parameters.items() if value is not None)]
