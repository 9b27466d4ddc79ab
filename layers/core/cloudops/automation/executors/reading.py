"""Reads of what may not be there."""

from collections.abc import Callable, Collection, Iterable, Mapping

from cloudops.automation.plans import State
from cloudops.platform.aws_failures import AWS_ERRORS, explain

GONE: State = {"exists": False}


def found_or_none[T](read: Callable[[], T], absent: Collection[str]) -> T | None:
    """None where AWS answers by one of the codes that mean that there is no such thing."""
    try:
        return read()
    except AWS_ERRORS as error:
        if explain(error).code in absent:
            return None
        raise


def tags_in(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in listed}
