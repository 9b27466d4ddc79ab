"""A real export through the whole stack: folder, bucket, queue, function, database, API."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from local.cli import main
from local.functions import CHECKOUT

EXPORT = CHECKOUT.parent / "shared" / "data" / "aws_cur2_parquet" / "acme-cur2"

pytestmark = pytest.mark.skipif(not EXPORT.exists(), reason=f"the recorded exports are not at {EXPORT}")


@pytest.fixture(scope="module")
def home(started_home: Path) -> Path:
    assert main(["ingest", str(EXPORT), "--home", str(started_home)]) == 0
    return started_home


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_the_api_adds_up_to_the_bill(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = json.loads((EXPORT / "data" / "BILLING_PERIOD=2026-06.truth.json").read_text())

    answer = printed(
        capsys, "costs", "--start", "2026-06-01", "--end", "2026-07-01", "--json", "--home", str(home)
    )

    billed = sum(Decimal(item["billed_cost"]) for item in json.loads(answer)["items"])
    assert round(billed, 6) == round(Decimal(truth["total_unblended"]), 6)


def test_a_second_time_nothing_is_added(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = printed(capsys, "costs", "--json", "--home", str(home))

    again = printed(capsys, "ingest", str(EXPORT), "--home", str(home))

    assert again.count("current (unchanged)") == 2
    assert printed(capsys, "costs", "--json", "--home", str(home)) == before


def test_a_copy_of_the_folder_is_the_same_bill(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXPORT, tmp_path / "copy")
    before = printed(capsys, "costs", "--json", "--home", str(home))

    printed(capsys, "ingest", str(tmp_path / "copy"), "--home", str(home))

    assert printed(capsys, "costs", "--json", "--home", str(home)) == before


def test_a_damaged_part_is_refused_by_name_and_the_good_figures_stay(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXPORT, tmp_path / "damaged")
    (part,) = (tmp_path / "damaged").rglob("BILLING_PERIOD=2026-06/*.parquet")
    part.write_bytes(part.read_bytes()[:-1000])
    before = printed(capsys, "costs", "--json", "--home", str(home))

    assert main(["ingest", str(tmp_path / "damaged"), "--home", str(home)]) == 1

    captured = capsys.readouterr()
    assert "quarantined" in captured.out
    assert "1 of 2 deliveries were not loaded" in captured.err
    assert printed(capsys, "costs", "--json", "--home", str(home)) == before
