"""Slack's interactions by Bolt, which holds the signature and its age against the app's signing secret.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from cloudops.errors import CloudOpsError
from cloudops.notifications.sending import Transactions
from cloudops.platform.database import Connection
from cloudops.platform.principal import Principal
from cloudops.platform.slack import SlackCredentials, read, write
from cloudops.slack import use_cases
from cloudops.slack.cards import COMMENT, FORM, VERDICTS, form
from cloudops.slack.deciding import ask_first, decide
from cloudops.slack.members import member_of, user_of
from cloudops.slack.models import Consequence, Origin, Place, Press, SlackUser

SIGNED_BY = ("content-type", "x-slack-request-timestamp", "x-slack-signature")
# At its usual level Bolt writes whole requests into the log.
QUIET = logging.getLogger("slack_bolt.quiet")
QUIET.setLevel(logging.ERROR)


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """A request of Slack's, as far as it has to be read before it can be verified."""

    app_id: str
    place: Place


def interaction_in(body: str) -> Interaction | None:
    """None where it is none, or not about a message."""
    try:
        payload = json.loads(parse_qs(body, strict_parsing=True)["payload"][0])
        return Interaction(app_id=str(payload["api_app_id"]), place=place_in(payload))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def place_in(payload: Mapping[str, Any]) -> Place:
    if "view" in payload:
        told = json.loads(payload["view"]["private_metadata"])
        channel, ts = told["channel"], told["ts"]
    else:
        channel, ts = payload["container"]["channel_id"], payload["container"]["message_ts"]
    return Place(team_id=str(payload["team"]["id"]), channel=str(channel), ts=str(ts))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where the presses on one card arrive. `follow` is called once what they led to is committed."""

    origin: Origin
    place: Place
    client: WebClient
    transactions: Transactions
    follow: Callable[[Consequence], None]
    clock: Callable[[], datetime]

    def take(self, user_id: str, press: Press) -> None:
        with self._explaining(user_id):
            user, now = self._user(user_id), self.clock()
            with self.transactions() as connection:
                card = use_cases.show_card(connection, self.origin.id)
                principal = self._member(connection, user)
                consequence = decide(connection, card, press, user=user, principal=principal, now=now)
            self.follow(consequence)

    def ask(self, user_id: str, verb: str, trigger: str) -> None:
        """Show the form that asks for a comment to whoever may decide."""
        with self._explaining(user_id):
            user, now = self._user(user_id), self.clock()
            with self.transactions() as connection:
                card = use_cases.show_card(connection, self.origin.id)
                principal = self._member(connection, user)
                request, action = ask_first(connection, card, verb, principal=principal, now=now)
            told = {"channel": self.place.channel, "ts": self.place.ts, "verb": verb}
            view = form(verb, request, action, metadata=json.dumps(told))
            write(self.client, "views.open", trigger_id=trigger, view=view)

    def _user(self, user_id: str) -> SlackUser:
        return user_of(read(self.client, "users.info", user=user_id))

    def _member(self, connection: Connection, user: SlackUser) -> Principal:
        return member_of(connection, self.origin.tenant_id, user, team_id=self.place.team_id)

    @contextmanager
    def _explaining(self, user_id: str) -> Iterator[None]:
        """Who may not is told why, and nobody else is."""
        try:
            yield
        except CloudOpsError as error:
            why = f"{error.title()}: {error.detail}" if error.detail else error.title()
            write(
                self.client,
                "chat.postEphemeral",
                channel=self.place.channel,
                user=user_id,
                text=f"Nothing was changed. {why}.",
            )


def application(credentials: SlackCredentials, desk: Desk) -> App:
    app = App(
        name="cloudops",
        logger=QUIET,
        signing_secret=credentials.signing_secret,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id=desk.place.team_id, bot_token=credentials.bot_token
        ),
        client=WebClient(logger=QUIET),
        # A function is frozen once it has answered.
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        token_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
    )

    @app.action("acknowledge")
    @app.action("snooze")
    def press(ack: Ack, body: dict[str, Any]) -> None:
        desk.take(body["user"]["id"], press_of(body["actions"][0]))
        ack()

    @app.action("approve")
    @app.action("reject")
    def ask(ack: Ack, body: dict[str, Any]) -> None:
        desk.ask(body["user"]["id"], body["actions"][0]["action_id"], body["trigger_id"])
        ack()

    @app.view(FORM)
    def send(ack: Ack, body: dict[str, Any]) -> None:
        desk.take(body["user"]["id"], sent_form(body["view"], desk.clock()))
        ack()

    @app.error
    def refuse(error: Exception) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=404)
        raise error

    return app


def press_of(action: Mapping[str, Any]) -> Press:
    chosen = action.get("selected_option") or {}
    at = datetime.fromtimestamp(float(action["action_ts"]), UTC)
    return Press(verb=action["action_id"], value=chosen.get("value"), at=at)


def sent_form(view: Mapping[str, Any], now: datetime) -> Press:
    verb = json.loads(view["private_metadata"]).get("verb")
    comment = view["state"]["values"][COMMENT][COMMENT].get("value")
    return Press(verb=verb if verb in VERDICTS else "", value=comment or None, at=now)


def answer(app: App, body: str, headers: Mapping[str, str]) -> BoltResponse:
    """Headers that Bolt reads for its own ends are kept from it: no signature covers them."""
    known = {name: headers[name] for name in SIGNED_BY if name in headers}
    return app.dispatch(BoltRequest(body=body, headers=dict(known)))
