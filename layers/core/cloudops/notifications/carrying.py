"""What carries notifications: SES, and signed requests to hosts that are allowed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from cloudops.notifications.models import Letter, NotDeliveredError, UndeliverableError
from cloudops.notifications.sending import Carriers
from cloudops.notifications.wording import Mail
from cloudops.platform.mail import MailRefusedError, MailUnavailableError, send_mail
from cloudops.platform.secrets import SecretUnavailableError, read_secret
from cloudops.platform.webhooks import (
    NoAnswerError,
    UnsafeAddressError,
    addresses_of,
    destination_of,
    post,
    public_address_of,
)

# What may be different another time, although the receiver answered.
LATER = frozenset((408, 425, 429))


def carriers(*, sender: str | None, hosts: Sequence[str], slack: Callable[[Letter], None]) -> Carriers:
    return Carriers(mail=partial(mail, sender), request=partial(request, hosts), secret=secret, slack=slack)


def mail(sender: str | None, recipients: Sequence[str], content: Mail) -> None:
    if not sender:
        raise UndeliverableError("no address is set that mail comes from (NotificationSender)")
    try:
        send_mail(sender, recipients, subject=content.subject, text=content.text, html=content.html)
    except MailRefusedError as error:
        raise UndeliverableError(error.detail) from error
    except MailUnavailableError as error:
        raise NotDeliveredError(error.detail) from error


def request(hosts: Sequence[str], url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """The host is judged again at every attempt: the list and its addresses may have changed."""
    try:
        to = destination_of(url, hosts)
        status = post(to, body, headers, address=public_address_of(to.host, addresses_of))
    except UnsafeAddressError as error:
        raise UndeliverableError(str(error)) from error
    except NoAnswerError as error:
        raise NotDeliveredError(str(error)) from error
    judge(status, to.host)


def judge(status: int, host: str) -> None:
    """A redirect is no delivery, and is not followed."""
    if 200 <= status < 300:
        return
    if status in LATER or status >= 500:
        raise NotDeliveredError(f"{host} answers {status}")
    raise UndeliverableError(f"{host} answers {status}")


def secret(arn: str) -> str:
    try:
        return read_secret(arn)
    except SecretUnavailableError as error:
        raise NotDeliveredError(error.detail) from error
