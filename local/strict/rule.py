from collections.abc import Callable
from typing import Protocol

from local.strict.call import Call, Reply

Forward = Callable[[Call], Reply]


class Rule(Protocol):
    """Stands before the emulation for the calls it applies to; raises RefusedError for what AWS refuses."""

    def applies(self, call: Call) -> bool: ...

    def answer(self, call: Call, forward: Forward) -> Reply: ...
