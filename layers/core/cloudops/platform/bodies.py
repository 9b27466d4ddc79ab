"""What no route can read or store, refused before a route looks at it."""

import base64
import csv
import io
import json
from collections.abc import Collection
from typing import Any

from aws_lambda_powertools.event_handler import Response

from cloudops.errors import InvalidError
from cloudops.platform.problems import problem, problem_of

JSON, CSV = "application/json", "text/csv"
NUL = "\0"


def refusal_of(event: dict[str, Any]) -> Response[str] | None:
    """A problem where the body is no JSON object, or where text holds the one character PostgreSQL cannot store."""
    if event.get("body") and media_type(event) not in ("", JSON):
        return problem(415, f"The body has to be {JSON}")
    try:
        refuse_nul(event.get("multiValueQueryStringParameters") or {})
        refuse_nul(fields_of(event))
    except InvalidError as error:
        return problem_of(error)
    return None


def with_csv_as_json(event: dict[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """Turn a CSV body, on a path that takes one, into the JSON list that it stands for: the way back of `as_csv`.

    What is no text at all stays as it is, and is refused for its type.
    """
    if event.get("path") not in paths or not event.get("body") or media_type(event) != CSV:
        return event
    try:
        rows = list(csv.DictReader(io.StringIO(text_of(event).removeprefix("\ufeff")), restkey="more"))
    except (ValueError, csv.Error):
        return event
    headers = {
        name: JSON if name.lower() == "content-type" else value for name, value in event["headers"].items()
    }
    return {**event, "headers": headers, "body": json.dumps({"items": rows}), "isBase64Encoded": False}


def media_type(event: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get("content-type") or "").partition(";")[0].strip().lower()


def fields_of(event: dict[str, Any]) -> dict[str, Any]:
    if not event.get("body"):
        return {}
    try:
        body = json.loads(text_of(event))
    except (ValueError, RecursionError) as error:
        raise InvalidError("it is not JSON", field="body") from error
    if not isinstance(body, dict):
        raise InvalidError("it is not a JSON object", field="body")
    return body


def text_of(event: dict[str, Any]) -> str:
    body: str = event["body"]
    return base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body


def refuse_nul(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if holds_nul(value):
            raise InvalidError("text may not hold the character NUL", field=name)


def holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(holds_nul(part) for entry in value.items() for part in entry)
    if isinstance(value, list):
        return any(map(holds_nul, value))
    return isinstance(value, str) and NUL in value
