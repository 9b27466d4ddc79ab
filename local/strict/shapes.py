"""Whether an answer of our own is one that the service could give, by botocore's model of it."""

from collections.abc import Mapping
from typing import Any

from botocore.validate import ParamValidator


class ShapeError(Exception):
    """The answer lacks what the model requires, has it in another type, or has what the model does not know."""


def check_shape(shape: Any, value: Mapping[str, Any], *, name: str) -> None:
    """Raises ShapeError."""
    if shape is None:
        if value:
            raise ShapeError(f"{name} answers nothing")
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise ShapeError(f"{name}: {report.generate_report()}")
