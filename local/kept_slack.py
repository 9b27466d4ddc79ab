"""The home's own Slack workspace: nothing leaves this machine, and what was posted is there at the next start."""

import json
from typing import Any

from local.home import Home
from local.outbox import Outbox
from local.slack_workspace import Answer, Fields, SlackWorkspace

BOT_TOKEN, SIGNING_SECRET = "xoxb-on-this-machine", "signed-on-this-machine"
TOLD = ("chat.postMessage", "chat.update", "chat.postEphemeral")


class KeptWorkspace(SlackWorkspace):
    """Any channel is one of its channels."""

    def __init__(self, home: Home, outbox: Outbox) -> None:
        super().__init__(
            team_id="T0LOCAL", app_id="A0CLOUDOPS", bot_token=BOT_TOKEN, channels=set(), people={}
        )
        self._home = home
        self._outbox = outbox

    def answer(self, method: str, token: str, media_type: str, body: bytes) -> Answer:
        with self._home.lock("slack"):
            kept: list[tuple[str, str, Fields]] = json.loads(self._home.recall("slack") or "[]")
            self.messages = {(channel, ts): message for channel, ts, message in kept}
            answer = super().answer(method, token, media_type, body)
            told = [(channel, ts, message) for (channel, ts), message in self.messages.items()]
            self._home.replace("slack", json.dumps(told))
        if method in TOLD and answer.body["ok"]:
            self._outbox.keep("slack", {"method": method, **json.loads(body)})
        return answer

    def _refuse_unknown_channel(self, given: Fields) -> None:
        if not given.get("channel"):
            super()._refuse_unknown_channel(given)


def words_of(message: dict[str, Any]) -> str:
    """The text that stands in for the blocks, as people read it."""
    text = str(message["text"])
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
