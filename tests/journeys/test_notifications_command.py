import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from local.home import Home
from local.kept_slack import BOT_TOKEN, KeptWorkspace
from local.outbox import Outbox
from local.proxy_event import Request
from local.slack_workspace import JSON
from local.stack import Stack


def run(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["notifications", *arguments, "--home", str(home)]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def items(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(home, capsys, *arguments, "--json"))["items"]
    return found


def unsigned(stack: Stack) -> tuple[int, str]:
    """What the public route says to somebody who only knows its address."""
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    asked = Request(
        method="POST", path="/api/v1/slack/interactions", query=(), headers=form, body=b"payload=%7B%7D"
    )
    answer = stack.gateway.handle(asked)
    return answer.status, json.loads(answer.body)["title"]


def test_what_is_sent_from_here_is_kept_here(
    started_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = started_home
    with Stack(Home(home)) as stack, monkeypatch.context() as patch:
        # One start for several commands.
        patch.setattr("local.commands.notifications.Stack", lambda _home: nullcontext(stack))
        mail = run(home, capsys, "add", "email", "ann@acme.example", "--name", "On call").split()[0]
        slack = run(home, capsys, "add", "slack", "C0FINOPS", "--topic", "alert.raised").split()[0]
        assert {one["leads_to"] for one in items(home, capsys, "list")} == {"ann@acme.example", "C0FINOPS"}
        assert items(home, capsys, "test", mail)[0]["status"] == "delivered"
        assert [one["title"] for one in items(home, capsys, "outbox")] == ["A test of On call"]
        assert unsigned(stack) == (401, "This is no request that Slack signed for a message of ours")

    # The emulated AWS has forgotten all but what the home keeps.
    assert items(home, capsys, "test", slack)[0]["status"] == "delivered"

    kept = items(home, capsys, "outbox", "--sent")
    assert [(one["kind"], one.get("to"), one.get("channel")) for one in kept] == [
        ("mail", ["ann@acme.example"], None),
        ("slack", None, "C0FINOPS"),
    ]
    assert "A test of C0FINOPS" in run(home, capsys, "outbox", "--sent")


def test_a_workspace_of_the_home_remembers_what_was_posted(tmp_path: Path) -> None:
    home = Home(tmp_path)

    def told(method: str, **message: str) -> dict[str, Any]:
        """As a process that has just begun."""
        workspace = KeptWorkspace(home, Outbox(home))
        return workspace.answer(method, BOT_TOKEN, JSON, json.dumps(message).encode()).body

    first = told("chat.postMessage", channel="C1", text="one")
    second = told("chat.postMessage", channel="C1", text="two", thread_ts=first["ts"])
    changed = told("chat.update", channel="C1", ts=first["ts"], text="one more")

    assert (first["ok"], second["ok"], changed["ok"]) == (True, True, True)
    assert first["ts"] != second["ts"]
    assert [one["text"] for one in Outbox(home).kept()] == ["one", "two", "one more"]
