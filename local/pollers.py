"""Event source mappings: what waits in a queue is handed to its function, as Lambda's pollers do it."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.functions import FunctionError, Invoker
from local.queues import Queues
from local.template import REGION, EventSource

# Lambda leaves a failed message hidden for the rest of its visibility timeout, up to an hour and a half here. Nobody
# waits that long at a terminal, so it is shown again soon; how often it is tried stays the queue's matter.
RETRY_SECONDS = 1
POLL_SECONDS = 1
Message = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What is left after draining: messages per queue, and the last error of each function that failed."""

    waiting: Mapping[str, int]
    dead: Mapping[str, int]
    errors: Mapping[str, str]

    @property
    def complete(self) -> bool:
        return not any(self.waiting.values())

    @property
    def reasons(self) -> str:
        return "".join(f"; {name}: {error}" for name, error in sorted(self.errors.items()))


class Poller:
    """One mapping: each call of `poll` receives a batch, runs the function and deletes what it handled."""

    def __init__(self, source: EventSource, *, sqs: Any, queues: Queues, functions: Invoker) -> None:
        self.source = source
        self._sqs = sqs
        self._queues = queues
        self._functions = functions
        self.last_error: str | None = None
        self._url = sqs.get_queue_url(QueueName=source.queue)["QueueUrl"]

    def poll(self) -> int:
        """How many messages were received; waits a while for the first."""
        if not self._queues.wait_for_message(self.source.queue, seconds=POLL_SECONDS):
            return 0
        received: Sequence[Message] = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self.source.batch_size, 10),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if received:
            self._settle(received, self._failed(received))
        return len(received)

    def _failed(self, messages: Sequence[Message]) -> set[str]:
        everything = {message["MessageId"] for message in messages}
        try:
            result = self._functions.invoke(self.source.function, sqs_event(self.source, messages))
        except FunctionError as error:
            self.last_error = str(error)
            return everything
        if not self.source.reports_failures:
            return set()
        return reported_failures(result, everything)

    def _settle(self, messages: Sequence[Message], failed: set[str]) -> None:
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] in failed:
                self._sqs.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=handle, VisibilityTimeout=RETRY_SECONDS
                )
            else:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=handle)


def reported_failures(result: Any, everything: set[str]) -> set[str]:
    """Lambda takes an unreadable report, an unknown id or an empty one as the failure of the whole batch."""
    if result in (None, {}, ""):
        return set()
    try:
        failed = {item["itemIdentifier"] for item in result.get("batchItemFailures") or []}
    except (AttributeError, KeyError, TypeError):
        return everything
    return failed if failed <= everything else everything


def sqs_event(source: EventSource, messages: Iterable[Message]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": _attributes(message.get("MessageAttributes", {})),
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": source.queue_arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def _attributes(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        name: {
            "stringValue": value.get("StringValue"),
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
        }
        for name, value in attributes.items()
    }


class Pollers:
    """All mappings of a stack; `workers` caps how many batches of one queue are handled at the same time."""

    def __init__(
        self,
        sources: Iterable[EventSource],
        *,
        sqs: Any,
        queues: Queues,
        functions: Invoker,
        workers: int = 2,
    ) -> None:
        self._pollers = [Poller(source, sqs=sqs, queues=queues, functions=functions) for source in sources]
        self._sqs = sqs
        self._queues = queues
        self._workers = workers
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._stopped.clear()
        self._threads = [
            threading.Thread(target=self._work, args=[poller], name=f"poll-{poller.source.queue}")
            for poller in self._pollers
            for _ in range(min(self._workers, poller.source.concurrency))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when the batches at hand are done."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def drain(
        self, *, timeout: float, progress: Callable[[Mapping[str, int]], None] = lambda waiting: None
    ) -> Drained:
        """Works until all queues are empty or `timeout` seconds have passed."""
        deadline = time.monotonic() + timeout
        self.start()
        try:
            while any((waiting := self.waiting()).values()) and time.monotonic() < deadline:
                progress(waiting)
                time.sleep(0.1)
        finally:
            self.stop()
        return Drained(
            waiting=self.waiting(),
            dead=self.dead(),
            errors={one.source.function: one.last_error for one in self._pollers if one.last_error},
        )

    def waiting(self) -> dict[str, int]:
        names = [poller.source.queue for poller in self._pollers]
        return {name: self._queues.depth(name) for name in names}

    def dead(self) -> dict[str, int]:
        urls = self._sqs.list_queues().get("QueueUrls", [])
        targets = {url: _dead_letter_queue(self._sqs, url) for url in urls}
        names = {url.rpartition("/")[2] for url in urls}
        return {name: self._queues.depth(name) for name in targets.values() if name and name in names}

    def _work(self, poller: Poller) -> None:
        while not self._stopped.is_set():
            poller.poll()


def _dead_letter_queue(sqs: Any, url: str) -> str | None:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    policy = attributes.get("Attributes", {}).get("RedrivePolicy")
    return str(json.loads(policy)["deadLetterTargetArn"]).rpartition(":")[2] if policy else None
