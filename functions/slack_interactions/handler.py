"""POST /api/v1/slack/interactions: what people press in Slack.

Public, because Slack has no token of ours: it signs each request by the secret of its app, which is kept with the
channel that the message was posted by. Whoever presses is a member of the tenant, or is told that he is not.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.errors import CloudOpsError
from cloudops.platform import database
from cloudops.platform.bodies import text_of
from cloudops.platform.http import answer, explained
from cloudops.platform.messaging import envelope, send
from cloudops.platform.problems import problem
from cloudops.platform.secrets import read_secret
from cloudops.platform.settings import settings
from cloudops.platform.slack import web_client
from cloudops.platform.telemetry import logger, observed
from cloudops.slack import use_cases
from cloudops.slack.listening import Desk, Interaction, application, interaction_in
from cloudops.slack.listening import answer as answer_of
from cloudops.slack.models import Consequence, Origin
from cloudops.slack.posting import credentials_in

type Answer = dict[str, Any]

LONGEST_BODY = 100_000
# As Bolt holds it, but before anything is looked up.
FRESH_FOR = timedelta(minutes=5)


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    body, now = body_of(event), datetime.now(UTC)
    asked = interaction_in(body) if is_fresh(headers, now) else None
    if asked is None:
        return refused()
    try:
        return answered(asked, body, headers, now)
    except CloudOpsError as error:
        return answer(explained(error))


def answered(asked: Interaction, body: str, headers: Mapping[str, str], now: datetime) -> Answer:
    with database.transaction() as connection:
        origin = use_cases.find_origin(connection, asked.place)
    if origin is None or origin.slack_app_id != asked.app_id:
        return refused()
    logger.append_keys(tenant_id=str(origin.tenant_id))
    credentials = credentials_in(read_secret(origin.secret_arn))
    desk = Desk(
        origin=origin,
        place=asked.place,
        client=web_client(credentials.bot_token),
        transactions=partial(database.transaction, origin.tenant_id),
        follow=partial(follow, origin, now),
        clock=lambda: now,
    )
    reply = answer_of(application(credentials, desk), body, headers)
    if reply.status == 401:
        return refused()
    return {"statusCode": reply.status, "headers": {"Content-Type": "text/plain"}, "body": reply.body}


def body_of(event: dict[str, Any]) -> str:
    """Empty where there is none, or where it is none of Slack's."""
    if len(event.get("body") or "") > LONGEST_BODY:
        return ""
    try:
        return text_of(event) if event.get("body") else ""
    except ValueError:
        return ""


def is_fresh(headers: Mapping[str, str], now: datetime) -> bool:
    seconds = headers.get("x-slack-request-timestamp", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 10):
        return False
    return abs(now - datetime.fromtimestamp(int(seconds), UTC)) <= FRESH_FOR


def refused() -> Answer:
    """One answer for all that is not proved to come from Slack, whatever is wrong with it."""
    return answer(problem(401, "This is no request that Slack signed for a message of ours"))


def follow(origin: Origin, now: datetime, consequence: Consequence) -> None:
    """Once it is committed: cards show it soon, and what was approved goes on. The schedules make up for losses."""
    queue(origin.tenant_id, "notifications.send", "notifications_queue_url", {}, now)
    if consequence.action_id is not None:
        params = {"action_id": str(consequence.action_id)}
        queue(origin.tenant_id, "actions.execute", "actions_queue_url", params, now)


def queue(tenant_id: UUID, kind: str, address: str, params: Mapping[str, str], now: datetime) -> None:
    key = json.dumps([kind, str(tenant_id), params, now.isoformat()])
    message = envelope(tenant_id=tenant_id, kind=kind, params=params, idempotency_key=key, now=now)
    send(settings().require(address), message)
