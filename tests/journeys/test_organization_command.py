from pathlib import Path

import pytest

from local.cli import main
from local.home import Home
from local.people import People
from local.stack import Stack

DOCUMENT = "business_groups: {Commerce: {business_units: {Shop: {teams: {Checkout: }}}}}"


def test_an_organisation_is_taken_in_and_exported(
    started_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "organization.yaml"
    file.write_text(DOCUMENT)
    command = ["organization", "import", str(file), "--home", str(started_home)]

    assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "+ business group Commerce",
        "+ business unit Commerce / Shop",
        "+ team Commerce / Shop / Checkout",
        "3 created, 0 changed, 0 removed",
    ]
    assert main(["organization", "export", "--home", str(started_home)]) == 0
    assert capsys.readouterr().out.startswith("business_groups:\n  Commerce:\n")
    file.write_text("teams: {Checkout: {boss: me}}")
    assert main([*command, "--dry-run"]) == 1
    assert "\n  teams.Checkout.boss: there is no such field" in capsys.readouterr().err


def test_who_is_invited_signs_in_with_the_password_that_the_home_keeps(
    started_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invitation = b'{"email": "Nina@Example.com", "role": "operator"}'
    headers = [("Content-Type", "application/json")]
    with Stack(Home(started_home)) as stack:
        invited = stack.request("POST", "/api/v1/users", headers=headers, body=invitation)
        account = People(stack.home).find("nina@example.com")
        assert (invited.status, bool(account)) == (201, True), invited.body
        assert account
        assert stack.login._check_password("nina@example.com", account.password) == account
        assert stack.login._check_password("nina@example.com", "another password") is None

    assert main(["users", "password", "Nina@example.com", "--home", str(started_home)]) == 0
    assert capsys.readouterr().out.strip() == account.password
    assert main(["users", "password", "nobody@example.com", "--home", str(started_home)]) == 1
