from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.pages import InvalidPageTokenError, page
from local.strict.rule import Forward

Result = Mapping[str, Any]
Operation = Callable[[Call], Result]


class OwnService:
    """Answers all calls of one service by itself; `operations` maps their names to what answers them."""

    service: ClassVar[str]

    def __init__(self) -> None:
        self.operations: Mapping[str, Operation] = {}

    def applies(self, call: Call) -> bool:
        return call.service == self.service

    def answer(self, call: Call, forward: Forward) -> Reply:
        answer = self.operations.get(call.operation)
        if answer is None:
            raise RefusedError(
                "UnknownOperationException",
                f"The emulated AWS does not answer {call.operation} of {call.service}.",
            )
        return call.answer(answer(call))


def one_page(
    call: Call, items: Sequence[Any], *, limit: str, token: str, most: int, unknown_token: str
) -> tuple[list[Any], dict[str, str]]:
    """The items of the page asked for, and the member that names the next one."""
    asked = call.parameters
    try:
        shown, following = page(
            items,
            size=min(int(asked.get(limit, most)), most),
            token=asked.get(token),
            question=call.digest(without=[limit, token]),
        )
    except InvalidPageTokenError as error:
        raise RefusedError(unknown_token, "The token is not valid.") from error
    return shown, {token: following} if following else {}
