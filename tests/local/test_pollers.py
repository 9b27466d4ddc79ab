import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws import EmulatedAws
from local.functions import FunctionError, Functions
from local.pollers import Poller, Pollers, reported_failures
from local.queues import Queues
from local.template import EventSource, Queue, Template

Handler = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


@pytest.fixture
def sqs(aws: EmulatedAws, small_template: Template) -> Iterator[Any]:
    aws.create_queues(small_template.queues)
    client = aws.client("sqs")
    yield client
    for url in client.list_queues()["QueueUrls"]:
        client.delete_queue(QueueUrl=url)
    client.close()


class RecordingFunctions:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.batches: list[list[str]] = []
        self.events: list[dict[str, Any]] = []

    def invoke(self, name: str, event: Any, *, seconds: float | None = None) -> Any:
        self.events.append(event)
        self.batches.append([record["body"] for record in event["Records"]])
        return self._handler(event)

    def timeout(self, name: str) -> int:
        return 60


def nothing_fails(_event: dict[str, Any]) -> dict[str, Any]:
    return {"batchItemFailures": []}


def bad_ones_fail(event: dict[str, Any]) -> dict[str, Any]:
    bad = [record["messageId"] for record in event["Records"] if "bad" in record["body"]]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}


def everything_fails(_event: dict[str, Any]) -> dict[str, Any]:
    raise FunctionError("ValueError: no")


def send(sqs: Any, *bodies: str) -> None:
    url = sqs.get_queue_url(QueueName="cloudops-work")["QueueUrl"]
    for body in bodies:
        sqs.send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}},
        )


def dead(sqs: Any) -> list[str]:
    url = sqs.get_queue_url(QueueName="DeadLetterQueue")["QueueUrl"]
    return [
        one["Body"] for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


def pollers(sqs: Any, template: Template, functions: RecordingFunctions, workers: int = 1) -> Pollers:
    return Pollers(template.event_sources, sqs=sqs, queues=Queues(), functions=functions, workers=workers)


def test_every_message_is_handled_once_and_all_queues_run_empty(sqs: Any, small_template: Template) -> None:
    send(sqs, *(str(number) for number in range(25)))
    functions = RecordingFunctions(nothing_fails)

    drained = pollers(sqs, small_template, functions).drain(timeout=20)

    assert drained.complete
    assert sorted(body for batch in functions.batches for body in batch) == sorted(map(str, range(25)))
    assert max(map(len, functions.batches)) <= 10


def test_the_event_is_what_lambda_sends(sqs: Any, small_template: Template) -> None:
    send(sqs, "one")
    functions = RecordingFunctions(nothing_fails)

    pollers(sqs, small_template, functions).drain(timeout=20)

    (record,) = functions.events[0]["Records"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:cloudops-work"
    assert record["awsRegion"] == "us-east-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"


def test_only_what_failed_comes_back_and_ends_as_a_dead_letter(sqs: Any, small_template: Template) -> None:
    send(sqs, "good", "bad", "fine")
    functions = RecordingFunctions(bad_ones_fail)

    drained = pollers(sqs, small_template, functions).drain(timeout=20)

    handled = [body for batch in functions.batches for body in batch]
    assert sorted(handled) == ["bad", "bad", "fine", "good"]
    assert drained.complete
    assert drained.dead == {"DeadLetterQueue": 1}
    assert dead(sqs) == ["bad"]


def test_an_error_fails_the_whole_batch(sqs: Any, small_template: Template) -> None:
    send(sqs, "a", "b")
    functions = RecordingFunctions(everything_fails)

    drained = pollers(sqs, small_template, functions).drain(timeout=20)

    assert drained.dead == {"DeadLetterQueue": 2}
    assert drained.reasons == "; work: ValueError: no"
    assert sorted(dead(sqs)) == ["a", "b"]


def test_draining_gives_up_when_its_time_is_over(sqs: Any, small_template: Template) -> None:
    def slow(_event: dict[str, Any]) -> None:
        time.sleep(0.5)

    source = EventSource(
        queue_arn=small_template.queues[0].arn,
        function="work",
        batch_size=1,
        concurrency=1,
        reports_failures=True,
    )
    send(sqs, *"abcdefgh")

    drained = Pollers([source], sqs=sqs, queues=Queues(), functions=RecordingFunctions(slow)).drain(
        timeout=0.7
    )

    assert not drained.complete
    assert 0 < drained.waiting["cloudops-work"] <= 8


def test_progress_tells_what_still_waits(sqs: Any, small_template: Template) -> None:
    send(sqs, "a", "b", "c")
    seen: list[int] = []

    pollers(sqs, small_template, RecordingFunctions(nothing_fails)).drain(
        timeout=20, progress=lambda waiting: seen.append(waiting["cloudops-work"])
    )

    assert seen[0] == 3
    assert seen == sorted(seen, reverse=True)


def test_in_the_background_messages_are_handled_as_they_come(sqs: Any, small_template: Template) -> None:
    functions = RecordingFunctions(nothing_fails)
    background = pollers(sqs, small_template, functions, workers=2)
    background.start()
    try:
        send(sqs, "late")
        deadline = time.monotonic() + 60
        while not functions.batches and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        background.stop()

    assert functions.batches == [["late"]]


def test_an_empty_queue_costs_no_request(sqs: Any, small_template: Template) -> None:
    requests: list[str] = []
    (source,) = small_template.event_sources
    poller = Poller(source, sqs=sqs, queues=Queues(), functions=RecordingFunctions(nothing_fails))
    sqs.meta.events.register("before-call.sqs", lambda model, **_: requests.append(model.name))

    assert poller.poll() == 0
    assert requests == []

    send(sqs, "one")

    assert poller.poll() == 1
    assert "ReceiveMessage" in requests


def test_messages_run_through_a_real_function(
    sqs: Any, small_template: Template, functions: Functions
) -> None:
    send(sqs, "good", "bad")

    drained = Pollers(small_template.event_sources, sqs=sqs, queues=Queues(), functions=functions).drain(
        timeout=20
    )

    assert drained.complete
    assert dead(sqs) == ["bad"]


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, {"1"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"1", "2"}),
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, {"1", "2"}),
        ({"batchItemFailures": [{"wrong": "1"}]}, {"1", "2"}),
        ("text", {"1", "2"}),
    ],
)
def test_an_unreadable_report_fails_the_whole_batch(result: object, failed: set[str]) -> None:
    assert reported_failures(result, {"1", "2"}) == failed


def test_a_queue_is_made_after_the_one_it_redrives_to(aws: EmulatedAws) -> None:
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:z-dead", "maxReceiveCount": 1}'
    aws.create_queues(
        (Queue(name="a-first", attributes={"RedrivePolicy": policy}), Queue(name="z-dead", attributes={}))
    )

    assert aws.client("sqs").get_queue_url(QueueName="a-first")["QueueUrl"].startswith(aws.endpoint)
