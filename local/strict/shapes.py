"""Whether an answer of our own is one that the service could give, by botocore's model of it."""

from collections.abc import Iterator, Mapping
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
    unknown = sorted(_unknown(shape, value, ""))
    if report.has_errors() or unknown:
        raise ShapeError(f"{name}: {report.generate_report()} unknown: {', '.join(unknown) or 'nothing'}")


def _unknown(shape: Any, value: Any, path: str) -> Iterator[str]:
    """botocore's validation passes over members that the model does not have."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, part in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from _unknown(shape.members[name], part, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unknown(shape.member, part, f"{path}[{number}]")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for name, part in value.items():
            yield from _unknown(shape.value, part, f"{path}[{name}]")
