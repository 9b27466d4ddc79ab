"""Faults on demand: throttled calls, and calls that took effect and whose answer never arrived.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (SlowDown)
https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html (Throttling)
"""

import threading
from dataclasses import dataclass

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward


class AnswerLostError(Exception):
    """The call was made; the connection ends before its answer."""


@dataclass(kw_only=True)
class Fault:
    """Hits `times` calls of the operation after letting `passing` ones through."""

    operation: tuple[str, str]
    passing: int
    times: int
    loses_answer: bool


class Faults:
    """Armed by a test, in this process; each fault wears off by itself."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._counting = threading.Lock()

    def throttle(self, service: str, operation: str, *, nth: int = 1, times: int = 1) -> None:
        """Calls number `nth` and the following, `times` in all, are throttled. The names are botocore's."""
        self._arm(service, operation, nth, times, loses_answer=False)

    def lose_answer(self, service: str, operation: str, *, nth: int = 1, times: int = 1) -> None:
        """These calls take effect, and their connection is cut."""
        self._arm(service, operation, nth, times, loses_answer=True)

    def clear(self) -> None:
        with self._counting:
            self._armed = []

    def applies(self, call: Call) -> bool:
        return any(fault.operation == (call.service, call.operation) for fault in self._armed)

    def answer(self, call: Call, forward: Forward) -> Reply:
        fault = self._due(call)
        if fault is None:
            return forward(call)
        if not fault.loses_answer:
            raise throttled(call)
        forward(call)
        raise AnswerLostError(f"{call.service}.{call.operation}")

    def _arm(self, service: str, operation: str, nth: int, times: int, *, loses_answer: bool) -> None:
        fault = Fault(operation=(service, operation), passing=nth - 1, times=times, loses_answer=loses_answer)
        with self._counting:
            self._armed.append(fault)

    def _due(self, call: Call) -> Fault | None:
        with self._counting:
            due = None
            for fault in self._armed:
                if fault.operation != (call.service, call.operation):
                    continue
                if fault.passing > 0:
                    fault.passing -= 1
                elif due is None:
                    fault.times -= 1
                    due = fault
            self._armed = [fault for fault in self._armed if fault.times > 0]
            return due


def throttled(call: Call) -> RefusedError:
    if call.service == "ec2":
        return RefusedError("RequestLimitExceeded", "Request limit exceeded.", status=503)
    if call.service == "s3":
        return RefusedError("SlowDown", "Please reduce your request rate.", status=503)
    if call.service == "lambda":
        return RefusedError("TooManyRequestsException", "Rate exceeded", status=429)
    if call.protocol == "query":
        return RefusedError("Throttling", "Rate exceeded")
    return RefusedError("ThrottlingException", "Rate exceeded")
