"""Send what a tenant's outbox holds, and bring its cards in Slack up to date.

A message is only a reason to look: the deliveries say what is to be sent, and the cards what they show.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.notifications.carrying import carriers
from cloudops.notifications.sending import send_due
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed
from cloudops.slack.posting import Poster

# What one round of deliveries may take where each receiver lets us wait.
ROUND_MS = 240_000


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "notifications.send", partial(send, context=context))


def send(message: Envelope, *, context: LambdaContext) -> int:
    """What is left is due at the next tick."""
    hosts = (settings().webhook_hosts or "").split(",")
    transactions = partial(database.transaction, message.tenant_id)
    clock = partial(datetime.now, UTC)
    poster = Poster(transactions=transactions, clock=clock)
    carry = carriers(sender=settings().notification_sender, hosts=hosts, slack=poster.post)
    round_of = partial(send_due, transactions, carry, tenant_id=message.tenant_id, clock=clock)
    sent = newly = poster.refresh() + round_of()
    while newly and context.get_remaining_time_in_millis() > ROUND_MS:
        newly = poster.refresh() + round_of()
        sent += newly
    count("NotificationsTried", sent)
    logger.info("sent notifications", extra={"tried": sent})
    return sent
