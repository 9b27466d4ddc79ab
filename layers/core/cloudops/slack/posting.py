"""Post to Slack and keep cards up to date, outside of any transaction: nothing holds a lock while Slack is asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient

from cloudops.notifications.models import Letter, NotDeliveredError, Topic, UndeliverableError
from cloudops.notifications.sending import Transactions
from cloudops.platform.secrets import SecretUnavailableError, read_secret
from cloudops.platform.slack import (
    SlackCredentials,
    SlackRefusedError,
    SlackUnavailableError,
    web_client,
    write,
)
from cloudops.slack import use_cases
from cloudops.slack.models import Draft, NewMessage, Place, StaleCard

# What people should see even where it is added to a thread.
LOUD = frozenset((Topic.ALERT_RAISED, Topic.APPROVAL_NEEDED))


def secret_text(credentials: SlackCredentials) -> str:
    return json.dumps({"bot_token": credentials.bot_token, "signing_secret": credentials.signing_secret})


def credentials_in(text: str) -> SlackCredentials:
    return SlackCredentials(**json.loads(text))


@dataclass(frozen=True, kw_only=True)
class Poster:
    transactions: Transactions
    clock: Callable[[], datetime]
    secret: Callable[[str], str] = read_secret

    def post(self, letter: Letter) -> None:
        """Raises NotDeliveredError and UndeliverableError. What was posted is kept before anything else is done."""
        with self.transactions() as connection:
            draft = use_cases.draft(connection, letter, now=self.clock())
        if draft is None:
            return
        place = self._posted(letter, draft)
        with self.transactions() as connection:
            use_cases.keep(connection, message_of(letter, draft, place), now=self.clock())

    def _posted(self, letter: Letter, draft: Draft) -> Place:
        thread = {"thread_ts": draft.thread_ts, "reply_broadcast": letter.topic in LOUD}
        try:
            answer = write(
                self._client(letter.secret_arn or ""),
                "chat.postMessage",
                channel=letter.slack_channel,
                text=draft.content.text,
                blocks=draft.content.blocks,
                unfurl_links=False,
                unfurl_media=False,
                **(thread if draft.thread_ts else {}),
            )
        except SlackRefusedError as error:
            raise UndeliverableError(str(error)) from error
        except SlackUnavailableError as error:
            raise NotDeliveredError(str(error), retry_after=error.retry_after) from error
        except SecretUnavailableError as error:
            raise NotDeliveredError(error.detail) from error
        return Place(team_id=letter.slack_team_id or "", channel=answer["channel"], ts=answer["ts"])

    def refresh(self) -> int:
        """Bring cards up to date, however what they show was decided; how many were looked at."""
        with self.transactions() as connection:
            cards = use_cases.take_stale(connection, now=self.clock())
        for card in cards:
            self._refresh(card)
        return len(cards)

    def _refresh(self, card: StaleCard) -> None:
        try:
            self._update(card)
        except SlackRefusedError as error:
            self._put_off(card, str(error), None)
        except SlackUnavailableError as error:
            self._put_off(card, str(error), self.clock() + error.retry_after)
        except SecretUnavailableError as error:
            self._put_off(card, error.detail, self.clock())
        else:
            with self.transactions() as connection:
                use_cases.settle(connection, card, now=self.clock())

    def _update(self, card: StaleCard) -> None:
        if card.state is None:
            return
        with self.transactions() as connection:
            content = use_cases.content_of(connection, card.subject_type, card.subject_id, now=self.clock())
        write(
            self._client(card.secret_arn),
            "chat.update",
            channel=card.slack_channel,
            ts=card.ts,
            text=content.text,
            blocks=content.blocks,
        )

    def _put_off(self, card: StaleCard, error: str, earliest: datetime | None) -> None:
        with self.transactions() as connection:
            use_cases.put_off(connection, card, error, earliest=earliest, now=self.clock())

    def _client(self, secret_arn: str) -> WebClient:
        return web_client(credentials_in(self.secret(secret_arn)).bot_token)


def message_of(letter: Letter, draft: Draft, place: Place) -> NewMessage:
    return NewMessage(
        channel_id=letter.channel_id,
        notification_id=letter.notification_id,
        entity_type=letter.entity_type,
        entity_id=letter.entity_id,
        subject=draft.subject,
        place=place,
        thread_ts=draft.thread_ts,
    )
