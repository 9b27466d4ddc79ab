"""checkov.yaml: what is skipped has a reason, somebody who answers for it, and a day to look again."""

import datetime
import re
from typing import Any

import pytest
import yaml

from tests.template.stack import CHECKOUT

SKIPPED: list[dict[str, Any]] = yaml.safe_load((CHECKOUT / "checkov.yaml").read_text())["skipped"]


def test_eight_rules_at_most_are_skipped_once_each() -> None:
    rules = [entry["rule"] for entry in SKIPPED]

    assert len(rules) == len(set(rules)) <= 8


@pytest.mark.parametrize("entry", SKIPPED, ids=lambda entry: entry["rule"])
def test_a_skipped_rule_says_why_who_and_until_when(entry: dict[str, Any]) -> None:
    assert entry.keys() == {"rule", "about", "reason", "owner", "revisit"}
    assert re.fullmatch(r"CKV_AWS_\d+", entry["rule"])
    assert len(entry["reason"].split()) >= 8
    assert isinstance(entry["revisit"], datetime.date)


def test_nothing_is_skipped_where_it_is_written() -> None:
    sources = [CHECKOUT / "template.yaml", *(CHECKOUT / "onboarding").glob("*.yaml")]

    assert [source.name for source in sources if "checkov:" in source.read_text(encoding="utf-8")] == []
