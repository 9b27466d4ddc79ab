"""Slack's Web API, as far as we use it. https://docs.slack.dev/apis/web-api"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from typing import Any, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from cloudops.platform.settings import settings

SECONDS = 5
TOO_MANY = 429
# Instead of a code there may be what some proxy says.
LONGEST_CODE = 100
# What Slack calls its own trouble, or ours for a while.
PASSING = frozenset(
    (
        "fatal_error",
        "internal_error",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    )
)


class SlackRefusedError(Exception):
    """Slack does not do this, now or later."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack answers {code} to {method}")
        self.code = code


class SlackUnavailableError(Exception):
    """Slack did not do it this time. `retry_after` is how long it asks us to wait."""

    def __init__(self, message: str, *, retry_after: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class SlackCredentials:
    """What an app has in one workspace."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


def web_client(bot_token: str) -> WebClient:
    """Without retries of its own: a message that was posted twice stays twice, and our next attempt comes later."""
    address = settings().slack_api_url or WebClient.BASE_URL
    return WebClient(token=bot_token, base_url=address, timeout=SECONDS, retry_handlers=[])


def read(client: WebClient, method: str, **arguments: str) -> Mapping[str, Any]:
    """A method that takes no JSON, as those that change nothing. Raises as `write` does."""
    return asked(client, method, params=arguments)


def write(client: WebClient, method: str, **arguments: Any) -> Mapping[str, Any]:
    """The answer. Raises SlackRefusedError and SlackUnavailableError."""
    return asked(client, method, json=arguments)


def asked(client: WebClient, method: str, **sent: Any) -> Mapping[str, Any]:
    try:
        return cast(dict[str, Any], client.api_call(method, **sent).data)
    except SlackApiError as error:
        raise failure_of(method, error) from error
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise SlackUnavailableError(f"Slack does not answer {method}: {type(error).__name__}") from error


def failure_of(method: str, error: SlackApiError) -> SlackRefusedError | SlackUnavailableError:
    answer: Any = error.response
    code = str(answer.get("error") or f"status {answer.status_code}")[:LONGEST_CODE]
    if answer.status_code == TOO_MANY or answer.status_code >= 500 or code in PASSING:
        return SlackUnavailableError(f"Slack answers {code} to {method}", retry_after=wait_of(answer.headers))
    return SlackRefusedError(method, code)


def wait_of(headers: Mapping[str, Any]) -> timedelta:
    given = {name.lower(): value for name, value in headers.items()}.get("retry-after")
    seconds = str(given[0] if isinstance(given, list) else given)
    return timedelta(seconds=int(seconds)) if seconds.isdigit() else timedelta()
