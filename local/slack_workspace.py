"""A Slack workspace on this machine: the Web API as far as the application calls it, strict where Slack is.

It keeps what it is told. https://docs.slack.dev/reference/methods
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

type Fields = dict[str, Any]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# What a channel may hold of one kind of text.
LIMITS = {"header": 150, "section": 3000, "button": 75, "option": 75, "modal": 24, "context": 3000}
MOST_BLOCKS, MOST_FIELDS, LONGEST_FIELD = 50, 10, 2000


class RefusedError(Exception):
    """One of Slack's error codes."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Slack says instead of doing what it is asked."""

    status: int
    body: Fields
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class SlackWorkspace:
    """`people` are users by id, as users.info shows them. `faults` are given first, one after another."""

    team_id: str
    app_id: str
    bot_token: str
    channels: set[str]
    people: dict[str, Fields]
    first_second: int = 1789416060
    messages: dict[tuple[str, str], Fields] = field(default_factory=dict)
    ephemeral: list[Fields] = field(default_factory=list)
    views: list[Fields] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: list[Answer] = field(default_factory=list)

    def answer(self, method: str, token: str, media_type: str, body: bytes) -> Answer:
        self.calls.append(method)
        if self.faults:
            return self.faults.pop(0)
        try:
            return Answer(status=200, body={"ok": True, **self._done(method, token, media_type, body)})
        except RefusedError as error:
            return Answer(status=200, body={"ok": False, "error": str(error)})

    def _done(self, method: str, token: str, media_type: str, body: bytes) -> Fields:
        if token != self.bot_token:
            raise RefusedError("invalid_auth" if token else "not_authed")
        readers = {"auth.test": self._auth_test, "bots.info": self._bots_info, "users.info": self._users_info}
        writers = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._post_ephemeral,
            "views.open": self._open,
        }
        if method in readers:
            # What is JSON is not read by those that change nothing.
            return readers[method](dict(parse_qsl(body.decode())) if media_type == FORM else {})
        if method not in writers:
            raise RefusedError("unknown_method")
        if media_type != JSON:
            raise RefusedError("invalid_post_type")
        return writers[method](json.loads(body))

    def _auth_test(self, _given: Fields) -> Fields:
        return {"team_id": self.team_id, "bot_id": "B0CLOUDOPS", "user_id": "U0CLOUDOPS"}

    def _bots_info(self, given: Fields) -> Fields:
        if given.get("bot") != "B0CLOUDOPS":
            raise RefusedError("bot_not_found")
        return {"bot": {"id": "B0CLOUDOPS", "app_id": self.app_id}}

    def _users_info(self, given: Fields) -> Fields:
        if given.get("user") not in self.people:
            raise RefusedError("user_not_found")
        return {"user": {"id": given["user"], "team_id": self.team_id, **self.people[given["user"]]}}

    def _post(self, given: Fields) -> Fields:
        self._refuse_unknown_channel(given)
        refuse_malformed(given.get("blocks", []))
        if not given.get("text") and not given.get("blocks"):
            raise RefusedError("no_text")
        if "thread_ts" in given and (given["channel"], given["thread_ts"]) not in self.messages:
            raise RefusedError("thread_not_found")
        ts = f"{self.first_second}.{len(self.messages) + 1:06d}"
        self.messages[given["channel"], ts] = given
        return {"channel": given["channel"], "ts": ts}

    def _update(self, given: Fields) -> Fields:
        self._refuse_unknown_channel(given)
        refuse_malformed(given.get("blocks", []))
        place = given["channel"], given["ts"]
        if place not in self.messages:
            raise RefusedError("message_not_found")
        self.messages[place] |= given
        return {"channel": given["channel"], "ts": given["ts"]}

    def _post_ephemeral(self, given: Fields) -> Fields:
        self._refuse_unknown_channel(given)
        if given.get("user") not in self.people:
            raise RefusedError("user_not_in_channel")
        self.ephemeral.append(given)
        return {"message_ts": f"{self.first_second}.999999"}

    def _open(self, given: Fields) -> Fields:
        if not given.get("trigger_id"):
            raise RefusedError("invalid_trigger_id")
        view = given["view"]
        refuse_malformed(view.get("blocks", []))
        if any(len(view[name]["text"]) > LIMITS["modal"] for name in ("title", "submit", "close")):
            raise RefusedError("invalid_arguments")
        self.views.append(view)
        return {"view": {"id": f"V{len(self.views)}"}}

    def _refuse_unknown_channel(self, given: Fields) -> None:
        if given.get("channel") not in self.channels:
            raise RefusedError("channel_not_found")


def refuse_malformed(blocks: list[Fields]) -> None:
    if len(blocks) > MOST_BLOCKS:
        raise RefusedError("invalid_blocks")
    for block in blocks:
        fields = block.get("fields")
        if fields is not None and not 0 < len(fields) <= MOST_FIELDS:
            raise RefusedError("invalid_blocks")
        for kind, text in texts_of(block):
            if not text["text"] or len(text["text"]) > LIMITS.get(kind, LONGEST_FIELD):
                raise RefusedError("invalid_blocks")


def texts_of(part: Any, kind: str = "") -> Iterator[tuple[str, Fields]]:
    """Every text of a block, with the kind of thing that it stands in."""
    if isinstance(part, list):
        for one in part:
            yield from texts_of(one, kind)
    elif isinstance(part, dict):
        if part.get("type") in ("plain_text", "mrkdwn"):
            yield kind, part
            return
        for name, inner in part.items():
            yield from texts_of(inner, "option" if name == "options" else str(part.get("type", kind)))


class SlackServer:
    """The workspace on a port of the loopback interface, for as long as the `with` block lasts."""

    def __init__(self, workspace: SlackWorkspace) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(workspace))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="slack")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def handler_of(workspace: SlackWorkspace) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            media_type = (self.headers.get("Content-Type") or "").partition(";")[0]
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            answer = workspace.answer(self.path.removeprefix("/api/"), token, media_type, body)
            sent = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {
                "Content-Type": JSON,
                "Content-Length": str(len(sent)),
                **answer.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: what is told is kept in the workspace."""

    return Handler
