import json
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from tests.template.mutations import plant
from tests.template.stack import TEMPLATE, source, transform

CONFIG = ManualArgs(regions=["eu-west-1"])


def findings(text: str) -> list[str]:
    return [f"{match.rule.id} {match.message} ({match.path})" for match in lint(text, config=CONFIG)]


def test_the_source_has_no_findings() -> None:
    assert findings(TEMPLATE.read_text()) == []


def test_what_cloudformation_receives_has_no_findings(transformed: dict[str, Any]) -> None:
    assert findings(json.dumps(transformed)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Resources/CostsFunction/Properties/MemorySize", 64),
        ("Resources/IngestPartsQueue/Properties/VisibilityTimeouts", 3600),
        # A circle: the role needs the API, the API the function, the function the role.
        ("Resources/CostsRole/Properties/Description", {"Fn::Sub": "${Api}"}),
    ],
)
def test_a_planted_fault_is_found(path: str, value: object) -> None:
    document = source()
    plant(document, path, value)

    assert findings(json.dumps(transform(document)))
