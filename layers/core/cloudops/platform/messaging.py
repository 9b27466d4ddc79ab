"""Queue messages in the envelope of the governance document, and batches of them with partial failures."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.errors import InvalidError
from cloudops.platform.aws import client
from cloudops.platform.telemetry import logger

LONGEST_DELAY_SECONDS = 900


class BadEnvelopeError(InvalidError):
    """The message is not an envelope."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    id: UUID
    tenant_id: UUID
    type: str
    params: Mapping[str, Any]
    idempotency_key: str
    created_at: datetime

    def to_json(self) -> str:
        return json.dumps(
            {
                "id": str(self.id),
                "tenant_id": str(self.tenant_id),
                "type": self.type,
                "params": dict(self.params),
                "idempotency_key": self.idempotency_key,
                "created_at": self.created_at.isoformat(),
            }
        )

    @staticmethod
    def parse(body: str) -> "Envelope":
        try:
            fields = json.loads(body)
            return Envelope(
                id=UUID(fields["id"]),
                tenant_id=UUID(fields["tenant_id"]),
                type=fields["type"],
                params=fields["params"],
                idempotency_key=fields["idempotency_key"],
                created_at=datetime.fromisoformat(fields["created_at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadEnvelopeError(f"{type(error).__name__}: {error}") from error


def envelope(
    *, tenant_id: UUID, kind: str, params: Mapping[str, Any], idempotency_key: str, now: datetime
) -> Envelope:
    return Envelope(
        id=uuid4(),
        tenant_id=tenant_id,
        type=kind,
        params=params,
        idempotency_key=idempotency_key,
        created_at=now,
    )


def of_kind(message: Envelope, kind: str) -> Envelope:
    if message.type != kind:
        raise BadEnvelopeError(f"this queue carries {kind}, not {message.type}")
    return message


def send(queue_url: str, message: Envelope, *, delay: timedelta = timedelta()) -> None:
    """Delivered once `delay` is over, which SQS allows up to fifteen minutes of."""
    seconds = min(max(int(delay.total_seconds()), 0), LONGEST_DELAY_SECONDS)
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=message.to_json(), DelaySeconds=seconds)


def process_batch(
    event: dict[str, Any], context: LambdaContext, kind: str, handle_one: Callable[[Envelope], Any]
) -> dict[str, Any]:
    """Handle each record of a queue that carries `kind`; what fails goes back to its queue, the rest is done."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handle_record(record: SQSRecord) -> Any:
        try:
            return handle_one(of_kind(Envelope.parse(record.body), kind))
        except Exception:
            # The processor keeps the reason to itself, and the dead-letter queue shows the message only.
            logger.exception("a message failed", extra={"message_id": record.message_id})
            raise

    return dict(
        process_partial_response(
            event=event, record_handler=handle_record, processor=processor, context=context
        )
    )
