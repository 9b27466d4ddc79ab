"""Write the policies of the Terraform module from the CloudFormation templates, so that both grant the same.

@partition, @account, @export_bucket, @export_key and @scheduler stand for what the module fills in.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.intrinsics import Resolver

ONBOARDING = Path(__file__).parents[1] / "onboarding"
WRITTEN = ONBOARDING / "terraform" / "policies.json"
STANDING_IN = {"AWS::Partition": "@partition", "AWS::AccountId": "@account"}

type Statements = list[dict[str, Any]]


def main() -> None:
    WRITTEN.write_text(policies())


def policies() -> str:
    return json.dumps({"read": reading(), **acting()}, indent=2) + "\n"


def reading() -> dict[str, Statements]:
    """What the read role is always allowed, where exports arrive in a bucket, and where that has a key of its own."""
    template = yaml_parse((ONBOARDING / "read-role.yaml").read_text())
    without = {"ExportBucket": "", "ExportKeyArn": ""}
    always = statements(template, "Reader", without)
    exports = statements(template, "Reader", {**without, "ExportBucket": "@export_bucket"})
    key = statements(template, "Reader", {**without, "ExportKeyArn": "@export_key"})
    return {
        "always": always,
        "exports": [one for one in exports if one not in always],
        "export_key": [one for one in key if one not in always],
    }


def acting() -> dict[str, Any]:
    """What each family of changes is allowed, what none is, and what schedules are."""
    template = yaml_parse((ONBOARDING / "action-role.yaml").read_text())
    families = {
        name: name.removeprefix("Allow") for name in template["Parameters"] if name.startswith("Allow")
    }
    none = dict.fromkeys(families, "false")
    denied = statements(template, "Actor", none)
    return {
        "act": {
            family.lower(): [
                one for one in statements(template, "Actor", {**none, name: "true"}) if one not in denied
            ]
            for name, family in families.items()
        },
        "denied": denied,
        "schedule": statements(template, "Scheduler", none),
    }


def statements(template: Mapping[str, Any], role: str, told: Mapping[str, str]) -> Statements:
    resolver = Resolver(
        references={**STANDING_IN, **told},
        attributes={"Scheduler.Arn": "@scheduler"},
        conditions=template["Conditions"],
    )
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    found: Statements = resolver.resolve(policy["PolicyDocument"]["Statement"])
    return found


if __name__ == "__main__":
    main()
