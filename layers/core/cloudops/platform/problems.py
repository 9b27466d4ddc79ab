"""Errors as RFC 9457 problem documents: the one place that maps families to HTTP."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response

from cloudops.errors import CloudOpsError, InvalidError, UnavailableError

PROBLEM = "application/problem+json"


def problem_type(error: type[CloudOpsError]) -> str:
    """`AlertNotFoundError` -> `/problems/alert-not-found`."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", error.__name__.removesuffix("Error")).lower()
    return f"/problems/{words}"


def problem(
    status: int,
    title: str,
    *,
    kind: str = "about:blank",
    detail: str = "",
    errors: Sequence[dict[str, str]] = (),
) -> Response[str]:
    body: dict[str, Any] = {"type": kind, "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = list(errors)
    headers: dict[str, str | list[str]] = {"Retry-After": "5"} if status == UnavailableError.status else {}
    return Response(status_code=status, content_type=PROBLEM, headers=headers, body=json.dumps(body))


def problem_of(error: CloudOpsError) -> Response[str]:
    findings = error.findings if isinstance(error, InvalidError) else []
    errors = [{"field": field, "detail": detail or error.title()} for field, detail in findings]
    return problem(
        error.status, error.title(), kind=problem_type(type(error)), detail=error.detail, errors=errors
    )


def invalid_request(findings: Sequence[Any], body: Any = None) -> Response[str]:
    """Pydantic's findings, each with the field as the caller wrote it: `("body", "status")` -> `status`."""
    errors = [{"field": field_of(finding, body), "detail": finding["msg"]} for finding in findings]
    return problem(422, InvalidError.title(), kind=problem_type(InvalidError), errors=errors)


def field_of(finding: Any, body: Any) -> str:
    place, *inner = finding["loc"]
    if place != "body":
        return ".".join(map(str, inner))
    names = [*written(inner, body), *discriminator(finding)]
    return ".".join(names) or "body"


def written(location: Sequence[Any], body: Any) -> Iterator[str]:
    """The parts of the location that the caller wrote: for a union pydantic adds the name of the member."""
    for number, part in enumerate(location, start=1):
        inside = (isinstance(body, dict) and part in body) or isinstance(body, list)
        if inside or number == len(location):
            yield str(part)
        if inside:
            body = body[part]


def discriminator(finding: Any) -> list[str]:
    """The field that chooses a union's member, where it is what is wrong."""
    wrong = finding["type"] in ("union_tag_invalid", "union_tag_not_found")
    return [finding["ctx"]["discriminator"].strip("'")] if wrong else []
