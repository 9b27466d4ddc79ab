import json
from pathlib import Path

import pytest

from local.cli import main

UNKNOWN = "00000000-0000-4000-8000-000000000001"


def test_changes_are_listed_and_what_is_not_there_is_told_as_the_api_tells_it(
    started_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--home", str(started_home)]

    for name in ("actions", "approvals"):
        assert main([name, "--json", *there]) == 0
        assert json.loads(capsys.readouterr().out)["items"] == []
    assert main(["act", UNKNOWN, "--dry-run", *there]) == 1
    assert "There is no such recommendation" in capsys.readouterr().err
    for decision in ("approve", "reject"):
        assert main([decision, UNKNOWN, "--comment", "fine", *there]) == 1
        assert "There is no such approval request" in capsys.readouterr().err
    assert main(["approve", UNKNOWN, "--as", "nobody@example.com", *there]) == 1
    assert "403" in capsys.readouterr().err
