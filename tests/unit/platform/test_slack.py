from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from cloudops.platform.slack import (
    SlackCredentials,
    SlackRefusedError,
    SlackUnavailableError,
    failure_of,
    read,
)


def error(status: int, data: Any, headers: dict[str, Any] | None = None) -> SlackApiError:
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("it failed", response)


@pytest.mark.parametrize("code", ["channel_not_found", "invalid_auth", "is_archived", "invalid_blocks"])
def test_a_refusal_is_final_and_tells_its_code(code: str) -> None:
    found = failure_of("chat.postMessage", error(200, {"ok": False, "error": code}))

    assert isinstance(found, SlackRefusedError)
    assert str(found) == f"Slack answers {code} to chat.postMessage"


@pytest.mark.parametrize(
    ("status", "code", "headers", "wait"),
    [
        (429, "ratelimited", {"Retry-After": "30"}, 30),
        (429, "ratelimited", {"retry-after": ["7"]}, 7),
        (429, "ratelimited", {"Retry-After": "soon"}, 0),
        (200, "ratelimited", {}, 0),
        (200, "internal_error", {}, 0),
        (503, None, {}, 0),
    ],
)
def test_what_may_pass_is_tried_again_after_the_wait_that_slack_asks_for(
    status: int, code: str | None, headers: dict[str, Any], wait: int
) -> None:
    found = failure_of("chat.update", error(status, {"ok": False, "error": code}, headers))

    assert isinstance(found, SlackUnavailableError)
    assert found.retry_after == timedelta(seconds=wait)


def test_a_slack_that_is_not_there_may_be_later() -> None:
    client = WebClient(token="x", base_url="http://127.0.0.1:1/", retry_handlers=[], timeout=1)
    client.proxy = None

    with pytest.raises(SlackUnavailableError, match=r"does not answer auth\.test"):
        read(client, "auth.test")


def test_credentials_do_not_show_themselves() -> None:
    shown = repr(SlackCredentials(bot_token="xoxb-token", signing_secret="signing"))

    assert "xoxb-token" not in shown
    assert "=signing" not in shown
