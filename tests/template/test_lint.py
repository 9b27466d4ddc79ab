import json
from typing import Any

from cfnlint.api import ManualArgs, lint

from tests.template.mutations import plant
from tests.template.stack import source, transform

CONFIG = ManualArgs(regions=["eu-west-1"])


def findings(text: str) -> list[str]:
    return [f"{match.rule.id} {match.message} ({match.path})" for match in lint(text, config=CONFIG)]


def test_what_cloudformation_receives_has_no_findings(transformed: dict[str, Any]) -> None:
    assert findings(json.dumps(transformed)) == []


def test_planted_faults_are_found() -> None:
    document = source()
    plant(document, "Resources/CostsFunction/Properties/MemorySize", 64)
    plant(document, "Resources/IngestPartsQueue/Properties/VisibilityTimeouts", 3600)
    # A circle: the role needs the API, the API the function, the function the role.
    plant(document, "Resources/CostsRole/Properties/Description", {"Fn::Sub": "${Api}"})

    found = "\n".join(findings(json.dumps(transform(document))))

    for fault in ("64 is less than the minimum", "VisibilityTimeouts", "E3004"):
        assert fault in found
