"""Send what is due, outside of any transaction: nothing holds a lock while it waits for a receiver."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloudops.notifications import use_cases
from cloudops.notifications.models import Letter, NotDeliveredError, UndeliverableError, outcome_of
from cloudops.notifications.wording import Mail, body_of, headers_of, mail_of
from cloudops.platform.database import Connection

type Transactions = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, kw_only=True)
class Carriers:
    """What carries a letter. They raise NotDeliveredError, and UndeliverableError where trying again is in vain."""

    mail: Callable[[list[str], Mail], None]
    request: Callable[[str, bytes, Mapping[str, str]], None]
    secret: Callable[[str], str]
    slack: Callable[[Letter], None]


def send_due(
    transactions: Transactions, carriers: Carriers, *, tenant_id: UUID, clock: Callable[[], datetime]
) -> int:
    with transactions() as connection:
        letters = use_cases.take_due(connection, now=clock())
    for letter in letters:
        error = attempt(letter, carriers, tenant_id=tenant_id, now=clock())
        with transactions() as connection:
            now = clock()
            use_cases.settle(connection, letter, outcome_of(letter.attempts, error, now), now=now)
    return len(letters)


def attempt(letter: Letter, carriers: Carriers, *, tenant_id: UUID, now: datetime) -> Exception | None:
    try:
        carry(letter, carriers, tenant_id=tenant_id, now=now)
    except (NotDeliveredError, UndeliverableError) as error:
        return error
    return None


def carry(letter: Letter, carriers: Carriers, *, tenant_id: UUID, now: datetime) -> None:
    if letter.kind == "slack":
        carriers.slack(letter)
        return
    if letter.url is None or letter.secret_arn is None:
        carriers.mail(letter.recipients, mail_of(letter))
        return
    body = body_of(letter, tenant_id)
    headers = headers_of(letter, body, carriers.secret(letter.secret_arn), now)
    carriers.request(letter.url, body, headers)
