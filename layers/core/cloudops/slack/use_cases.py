"""What Slack shows of us: which messages were posted, which of them no longer tell the truth."""

from datetime import datetime
from uuid import UUID

from cloudops.alerts import use_cases as alerts
from cloudops.automation import approving
from cloudops.notifications.models import TAKEN_FOR, WAITS, Letter, Topic
from cloudops.platform.database import Connection
from cloudops.slack import repository
from cloudops.slack.cards import alert_card, approval_card, note
from cloudops.slack.models import Card, Content, Draft, NewMessage, Origin, Place, StaleCard, Subject

TAKEN_AT_ONCE = 10


def find_origin(connection: Connection, place: Place) -> Origin | None:
    """Of a card in this place. No tenant is known yet: whoever asks has proved nothing so far."""
    return repository.find_message(connection, place)


def show_card(connection: Connection, card_id: UUID) -> Card:
    return repository.read_card(connection, card_id)


def draft(connection: Connection, letter: Letter, *, now: datetime) -> Draft | None:
    """What to post for a notification; None where it was posted already."""
    slack_channel = letter.slack_channel or ""
    if repository.is_posted(connection, letter.channel_id, letter.notification_id):
        return None
    subject = subject_of(connection, letter, now=now)
    if subject is not None and repository.has_card(connection, letter.channel_id, slack_channel, subject):
        subject = None
    content = (
        note(f"[{letter.severity}] {letter.title}", letter.body)
        if subject is None
        else content_of(connection, subject.type, subject.id, now=now)
    )
    thread = repository.find_thread(
        connection, letter.channel_id, slack_channel, letter.entity_type, letter.entity_id
    )
    return Draft(content=content, subject=subject, thread_ts=thread)


def subject_of(connection: Connection, letter: Letter, *, now: datetime) -> Subject | None:
    """What a notification is about, if people can decide about it."""
    if letter.topic == Topic.ALERT_RAISED:
        return repository.read_subject(connection, "alert", UUID(letter.entity_id), now=now)
    if letter.topic == Topic.APPROVAL_NEEDED:
        request = approving.latest_request(connection, UUID(letter.entity_id))
        if request is not None:
            return repository.read_subject(connection, "approval_request", request.id, now=now)
    return None


def content_of(connection: Connection, subject_type: str, subject_id: UUID, *, now: datetime) -> Content:
    """The card as it has to look at this moment."""
    if subject_type == "alert":
        return alert_card(alerts.show_alert(connection, subject_id), now=now)
    request, action, decisions = approving.show_request(connection, subject_id)
    return approval_card(request, action, decisions, now=now)


def keep(connection: Connection, posted: NewMessage, *, now: datetime) -> None:
    repository.insert_message(connection, posted, now=now)
    if posted.subject is not None and posted.subject.type == "approval_request":
        place = f"{posted.place.channel}:{posted.thread_ts or posted.place.ts}"
        approving.thread_in_slack(connection, posted.subject.id, place)


def any_stale(connection: Connection, *, now: datetime) -> bool:
    return repository.any_stale(connection, now=now)


def take_stale(connection: Connection, *, now: datetime) -> list[StaleCard]:
    """Cards that show what is no longer so. They are due again later, should the taker not live to tell."""
    return repository.take_stale(connection, now=now, due_again=now + TAKEN_FOR, limit=TAKEN_AT_ONCE)


def settle(connection: Connection, card: StaleCard, *, now: datetime) -> None:
    """It shows `card.state` now; of what is gone there is nothing more to show."""
    repository.settle_card(
        connection,
        card.id,
        shown=card.state or "gone",
        changing=bool(card.state and card.changing_still),
        now=now,
    )


def put_off(
    connection: Connection, card: StaleCard, error: str, *, earliest: datetime | None, now: datetime
) -> None:
    """Try again later, or never where there is no `earliest` time or it was tried often enough."""
    if earliest is None or card.attempts > len(WAITS):
        repository.put_off_card(connection, card.id, error=error, due_at=None, now=now)
        return
    due_at = max(earliest, now + WAITS[card.attempts - 1])
    repository.put_off_card(connection, card.id, error=error, due_at=due_at, now=now)
