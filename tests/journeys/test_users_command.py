import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from local.cli import main
from local.functions import CHECKOUT
from local.home import Home
from local.people import People


def test_a_person_is_added_once_with_a_role(started_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["users", "add", "Bo@Example.com", "--role", "operator", "--totp", "--home", str(started_home)]

    first = main(command)
    said = capsys.readouterr().out
    second = main(command)

    account = People(Home(started_home)).find("bo@example.com")
    assert (first, second) == (0, 1)
    assert account
    assert account.password in said
    assert f"otpauth://totp/CloudOps%3Abo%40example.com?secret={account.totp_key}" in said
    assert capsys.readouterr().err == "cloudops: bo@example.com belongs to the tenant already\n"
    main(["db", "dsn", "--home", str(started_home)])
    with psycopg.connect(capsys.readouterr().out.strip()) as connection:
        roles = connection.execute("SELECT role, sub FROM memberships ORDER BY role").fetchall()
    assert roles == [("admin", People(Home(started_home)).admin().sub), ("operator", account.sub)]


def test_a_lost_phone_is_forgotten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = People(Home(tmp_path))
    people.add("cara@example.com", with_totp=True)

    said = main(["users", "forget-totp", "cara@example.com", "--home", str(tmp_path)])
    unknown = main(["users", "forget-totp", "nobody@example.com", "--home", str(tmp_path)])

    account = people.find("cara@example.com")
    assert account
    assert account.totp_key is None
    assert (said, unknown) == (0, 1)
    told = capsys.readouterr()
    assert told.out == "cara@example.com signs in by the password alone\n"
    assert told.err == "cloudops: nobody signs in as nobody@example.com\n"


def test_up_says_how_to_sign_in(started_home: Path, tmp_path: Path) -> None:
    arguments = ["up", "--port", "0", "--data", str(tmp_path), "--home", str(started_home)]
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "local.cli", *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout
        address = next(line for line in up.stdout if " is up" in line)
        said = up.stdout.readline()
        assert main(["down", "--home", str(started_home)]) == 0

    admin = People(Home(started_home)).admin()
    assert re.match(r"http://localhost:\d+ is up", address)
    assert said == f"sign in as {admin.email} with the password {admin.password}\n"


@pytest.mark.parametrize("email", ["", "bo", "bo@", "@example.com", "bo@host", "bo smith@example.com"])
def test_what_is_no_address_is_2(email: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["users", "add", email])

    assert stopped.value.code == 2
