"""The emulated AWS's queues, looked at within its process.

Asked over its port, once a second, the empty queues of a stack keep a third of a core busy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.intrinsics import ACCOUNT
from local.template import REGION

if TYPE_CHECKING:
    from moto.sqs.models import Queue


class Queues:
    def wait_for_message(self, name: str, *, seconds: int) -> bool:
        """Whether there is one to receive; returns as soon as there is."""
        queue = self._queue(name)
        queue.wait_for_messages(seconds)
        return bool(queue.messages)

    def depth(self, name: str) -> int:
        """How many there are: to be received, being handled, or delayed."""
        queue = self._queue(name)
        return (
            queue.approximate_number_of_messages
            + queue.approximate_number_of_messages_not_visible
            + queue.approximate_number_of_messages_delayed
        )

    @staticmethod
    def _queue(name: str) -> Queue:
        from moto.sqs.models import sqs_backends  # noqa: PLC0415 - a second that not every command needs

        return sqs_backends[ACCOUNT][REGION].get_queue(name)
