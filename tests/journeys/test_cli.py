import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from local.cli import main
from local.functions import CHECKOUT
from local.home import Home
from local.postgres import Postgres
from local.stack import issuer


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    path = Path(os.environ["CLOUDOPS_TEST_HOME"]) / uuid4().hex
    yield path
    main(["down", "--home", str(path)])


@pytest.fixture(scope="module")
def started(home: Path) -> Path:
    """A home that has been started once, so that its database is migrated."""
    assert main(["token", "--home", str(home)]) == 0
    return home


def up_without_bills(home: Path, folder: Path) -> subprocess.Popen[str]:
    """`cloudops up` on an empty folder of exports, which spares it the demo organisation."""
    arguments = ["up", "--port", "0", "--data", str(folder), "--home", str(home)]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "local.cli", *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )


def address_of(up: subprocess.Popen[str]) -> str:
    """Where it serves, once it does."""
    assert up.stdout
    found = (re.match(r"(http://localhost:\d+) is up", line) for line in up.stdout)
    return next(match[1] for match in found if match)


def test_a_token_is_the_first_admins_and_leaves_no_process(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--home", str(started)])

    claims = issuer(Home(started)).verify(capsys.readouterr().out.strip())
    assert claims["email"] == "admin@localhost.localdomain"
    assert not Postgres(Home(started)).is_running()


def test_the_same_address_is_the_same_person(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subjects = []
    for _ in range(2):
        main(["token", "--user", "ada@example.com", "--home", str(started)])
        subjects.append(issuer(Home(started)).verify(capsys.readouterr().out.strip())["sub"])

    assert subjects[0] == subjects[1]


def test_compliance_lists_the_latest_scan_and_can_scan_first(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unscanned = main(["compliance", "--home", str(started)])
    said = capsys.readouterr().err

    scanned = main(["compliance", "--scan", "--home", str(started)])

    assert (unscanned, "No compliance scan was completed yet" in said) == (1, True)
    assert (scanned, capsys.readouterr().out.strip()) == (0, "nothing to show")


def test_dsn_keeps_the_database_for_reading_until_down(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "dsn", "--home", str(started)]) == 0
    dsn = capsys.readouterr().out.strip()

    with psycopg.connect(dsn) as connection:
        tenants = connection.execute("SELECT name FROM tenants").fetchall()
        assert tenants == [("Local",)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM tenants")

    assert Postgres(Home(started)).is_running()
    assert main(["down", "--home", str(started)]) == 0
    assert not Postgres(Home(started)).is_running()
    assert "stopped" in capsys.readouterr().out


def test_down_where_nothing_runs_says_so(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--home", str(started)]) == 0

    assert capsys.readouterr().out == "nothing was running\n"


def test_what_cannot_be_done_is_one_line_and_1(started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "/nowhere/at/all", "--home", str(started)]) == 1

    captured = capsys.readouterr()
    assert captured.err == "cloudops: /nowhere/at/all does not exist\n"
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [[], ["fly"], ["costs", "--start", "yesterday"], ["ingest"]])
def test_what_cannot_be_understood_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert "usage: cloudops" in capsys.readouterr().err


def test_a_taken_port_is_said_before_anything_starts(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["up", "--port", str(port), "--home", str(started)]) == 1

    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_up_serves_the_api_to_a_token_until_down(
    started: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with up_without_bills(started, tmp_path) as up:
        address = address_of(up)
        main(["token", "--home", str(started)])
        token = capsys.readouterr().out.strip()

        health = httpx.get(f"{address}/health", trust_env=False)
        anonymous = httpx.get(f"{address}/api/v1/events", trust_env=False)
        events = httpx.get(
            f"{address}/api/v1/events", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        assert main(["down", "--home", str(started)]) == 0
        assert up.wait(timeout=120) == 0

    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert anonymous.status_code == 401
    assert events.status_code == 200
    assert events.json()["items"]
    assert not Postgres(Home(started)).is_running()


def test_two_commands_share_a_home(started: Path) -> None:
    command = [sys.executable, "-m", "local.cli", "costs", "--json", "--home", str(started)]
    running = [subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    answers = [one.communicate(timeout=60)[0] for one in running]

    assert [one.returncode for one in running] == [0, 0]
    assert [json.loads(answer)["items"] for answer in answers] == [[], []]
    assert not Postgres(Home(started)).is_running()


def test_an_empty_folder_holds_no_exports(
    started: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(tmp_path), "--home", str(started)]) == 0

    assert capsys.readouterr().out == "there are no exports here\n"


def test_ctrl_c_ends_up_and_all_that_it_started(started: Path, tmp_path: Path) -> None:
    with up_without_bills(started, tmp_path) as up:
        assert address_of(up)
        up.send_signal(signal.SIGINT)

        assert up.wait(timeout=30) == 0

    assert not Postgres(Home(started)).is_running()


def test_a_killed_command_leaves_the_home_usable(started: Path, tmp_path: Path) -> None:
    with up_without_bills(started, tmp_path) as up:
        assert address_of(up)
        up.kill()

    assert main(["down", "--home", str(started)]) == 0
    assert not Postgres(Home(started)).is_running()


def test_a_backtest_prints_a_verdict_per_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = date(2026, 1, 1)
    costs = [100 + number % 7 for number in range(90)]
    costs[80] = 900
    rows = [f"ec2,{first + timedelta(days=number)},{cost}" for number, cost in enumerate(costs)]
    file = tmp_path / "series.csv"
    file.write_text("\n".join(["series,timestamp,value", *rows]))

    assert main(["backtest", str(file), "--kind", "cost", "--json"]) == 0
    verdicts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["backtest", str(file)]) == 0
    printed = capsys.readouterr().out

    assert [verdict["observed"] for verdict in verdicts] == costs
    assert any(verdict["anomaly"] for verdict in verdicts[80:83])
    assert not any(verdict["anomaly"] for verdict in verdicts[:80])
    assert "of 90 rows are anomalies" in printed


def test_a_file_that_is_no_series_is_one_line_and_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "series.csv"
    file.write_text("a,b\n1,2\n")

    assert main(["backtest", str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
