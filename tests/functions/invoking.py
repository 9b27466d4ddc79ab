"""Hand an event of events/*.json, as it is or changed for a case, to the handler of the function it names."""

import copy
import importlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from cloudops.platform import aws, database, secrets, settings
from local.proxy_event import answer_of
from local.runtime import Context
from tests.functions.people import Person
from tests.permissions.recording import recording, running

EVENTS = Path(__file__).parents[2] / "events"
Event = dict[str, Any]
_last_run: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def fields(self) -> list[str]:
        """The fields that a problem document complains about."""
        return [error["field"] for error in self.json.get("errors", [])]


def event(name: str) -> Event:
    recording().events.add(name)
    found: Event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def changed(
    original: Event,
    *,
    method: str | None = None,
    path: str | None = None,
    query: Mapping[str, str | list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    person: Person | None = None,
    claims: Mapping[str, str] | None = None,
) -> Event:
    """A proxy event with another request in it. `query` replaces the query, `headers` and `claims` are added.

    A body that is text is sent as it is, any other as JSON.
    """
    found = copy.deepcopy(original)
    if method:
        found["httpMethod"] = found["requestContext"]["httpMethod"] = method
    if path:
        found["path"] = path
        found["pathParameters"] = {"proxy": path.rpartition("/")[2]}
    if query is not None:
        several = {name: [value] if isinstance(value, str) else value for name, value in query.items()}
        found["multiValueQueryStringParameters"] = several or None
        found["queryStringParameters"] = {name: values[-1] for name, values in several.items()} or None
    for name, value in (headers or {}).items():
        found["headers"][name] = value
        found["multiValueHeaders"][name] = [value]
    if body is not None:
        found["body"] = body if isinstance(body, str) else json.dumps(body)
    if person:
        found["requestContext"]["authorizer"]["claims"] |= {"sub": person.sub, "email": person.email}
    found["requestContext"].get("authorizer", {}).get("claims", {}).update(claims or {})
    return found


def invoke(function: str, payload: Event, context: Context | None = None) -> Any:
    """What Lambda would return, so it has to survive JSON. The handler may call AWS as far as its role goes."""
    handler = importlib.import_module(f"{function}.handler").handler
    enter_environment_of(function)
    with running(function, payload):
        return json.loads(json.dumps(handler(payload, context or context_of(function))))


def restart_environment() -> None:
    """What an execution environment keeps between two events."""
    settings.settings.cache_clear()
    secrets.database_secret.cache_clear()
    aws.SESSIONS.forget()
    held: psycopg.Connection | None = vars(database._held).pop("connection", None)
    if held is not None:
        held.close()


def enter_environment_of(function: str) -> None:
    """Lambda runs one function in an environment: another finds nothing there that it did not ask for itself."""
    if _last_run != [function]:
        restart_environment()
    _last_run[:] = [function]


def context_of(function: str) -> Context:
    return Context(
        function_name=function,
        memory_limit_in_mb=512,
        aws_request_id="c0ffee00-0000-4000-8000-000000000000",
        invoked_function_arn=f"arn:aws:lambda:eu-west-1:123456789012:function:{function}",
        log_group_name=f"/aws/lambda/{function}",
        log_stream_name="tests",
        deadline=time.monotonic() + 29,
    )


def request(name: str, **changes: Any) -> Reply:
    """The answer to a proxy event: `request("alerts.show", path=...)` asks the function `alerts`."""
    function = name.partition(".")[0]
    answer = answer_of(invoke(function, changed(event(name), **changes)))
    return Reply(
        status=answer.status,
        headers={key.lower(): value for key, value in answer.headers},
        body=answer.body.decode(),
    )


def messages(name: str, bodies: list[str]) -> Event:
    """The SQS event of that name with one record per body."""
    original = event(name)
    (record,) = original["Records"]
    records = [{**record, "messageId": f"message-{n}", "body": body} for n, body in enumerate(bodies)]
    return {**original, "Records": records}
