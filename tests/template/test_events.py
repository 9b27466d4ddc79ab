"""events/ holds what the functions of the template are really sent."""

import json
from typing import Any

import pytest

from tests.template.stack import CHECKOUT, Stack

EVENTS = sorted((CHECKOUT / "events").glob("*.json"))


def test_every_function_has_an_event_and_every_event_a_function(transformed: dict[str, Any]) -> None:
    folders = {one["Handler"].partition(".")[0] for one in Stack(transformed).functions.values()}

    assert {file.name.partition(".")[0] for file in EVENTS} == folders


@pytest.mark.parametrize("file", EVENTS, ids=lambda file: file.stem)
def test_an_event_is_named_by_function_and_case_and_holds_one_object(file: Any) -> None:
    function, _, case = file.stem.partition(".")

    assert function
    assert case
    assert isinstance(json.loads(file.read_text(encoding="utf-8")), dict)
