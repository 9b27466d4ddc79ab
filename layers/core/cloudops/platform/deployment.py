"""The other side of a custom resource: CloudFormation asks, and waits for an answer at an address of its own."""

import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import urllib3
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.telemetry import logger

SPARE_SECONDS = 20  # What telling CloudFormation may take.
LONGEST_REASON = 500  # Characters; an answer may have 4096 bytes.
ANSWERING = urllib3.Retry(
    total=5, backoff_factor=0.5, status_forcelist=(500, 502, 503), allowed_methods=None, raise_on_status=False
)


class DeploymentTimeoutError(Exception):
    """The work did not end in the time that the function has."""


class UnansweredError(Exception):
    """CloudFormation did not take the answer."""


def is_deployment(event: Mapping[str, Any]) -> bool:
    return "ResponseURL" in event


def untouched(_: Mapping[str, Any]) -> dict[str, str]:
    """Deleting the resource leaves what it made, for which others decide."""
    return {}


def deploy(
    event: Mapping[str, Any],
    context: LambdaContext,
    *,
    resource_id: str,
    work: Callable[[Mapping[str, Any]], Mapping[str, str]],
    undo: Callable[[Mapping[str, Any]], Mapping[str, str]] = untouched,
) -> dict[str, str]:
    """Do the work with the resource's properties and tell CloudFormation how it went, whatever happens.

    `undo` is called when the resource is deleted. `resource_id` stays the same, or CloudFormation would take an update
    for a replacement and delete what it has just made.
    """
    do = undo if event["RequestType"] == "Delete" else work
    try:
        with deadline(context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS):
            found = do(event["ResourceProperties"])
    except Exception as error:  # noqa: BLE001 - what is not told here, the deployment waits for
        logger.exception("the deployment fails")
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        reason = f"{reason} (log stream {context.log_stream_name})"
        return tell(event, resource_id, Status="FAILED", Reason=reason)
    return tell(event, resource_id, Status="SUCCESS", Data=dict(found))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside, wherever it waits, and raise DeploymentTimeoutError after `seconds`."""
    expired = False

    def expire(_signal: int, _frame: FrameType | None) -> None:
        nonlocal expired
        expired = True
        raise DeploymentTimeoutError

    before = signal.signal(signal.SIGALRM, expire)
    # Zero would mean never.
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    except Exception as error:
        # Cleaning up after the interruption may have failed as well, and says less.
        if expired:
            raise DeploymentTimeoutError(f"not done after {seconds:.0f} seconds") from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def tell(event: Mapping[str, Any], resource_id: str, **outcome: Any) -> dict[str, str]:
    """Raises UnansweredError, so that the run counts as failed where CloudFormation could not be told."""
    answer = {
        **outcome,
        "PhysicalResourceId": event.get("PhysicalResourceId", resource_id),
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # The address is signed for a request without a content type.
    response = urllib3.request(
        "PUT",
        event["ResponseURL"],
        body=json.dumps(answer).encode(),
        headers={"Content-Type": ""},
        retries=ANSWERING,
        timeout=5,
    )
    if response.status >= 400:
        raise UnansweredError(f"CloudFormation answered {response.status}")
    return {"status": outcome["Status"]}
