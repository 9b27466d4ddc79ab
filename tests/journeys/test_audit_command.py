"""`cloudops audit verify` on a home whose heads outlive the commands."""

import json
from pathlib import Path

import psycopg
import pytest

from local.cli import main
from local.home import Home
from local.postgres import SUPERUSER
from local.stack import Stack


@pytest.fixture(scope="module")
def anchored(started_home: Path) -> Path:
    """A home whose trail has a head."""
    with Stack(Home(started_home)) as stack:
        assert stack.invoke("anchor_trail", {}) == {"written": 1}
    return started_home


def verify(home: Path, *arguments: str) -> int:
    return main(["audit", "verify", *arguments, "--home", str(home)])


def rewrite(home: Path) -> None:
    """Edit the trail and compute its chain anew, which only heads can show."""
    with Stack(Home(home)) as stack, psycopg.connect(stack.postgres.dsn(SUPERUSER)) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update events set message = 'nothing' where entity_type = 'tenant'")
        connection.execute("delete from event_chain")
        connection.execute(
            "select extend_chain(tenant_id, '-infinity', null) from (select distinct tenant_id from events) t"
        )


def test_a_trail_is_intact_until_it_is_rewritten(anchored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(anchored) == 0
    assert "1 heads vouch" in capsys.readouterr().out

    rewrite(anchored)

    assert verify(anchored, "--json") == 1
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert [(fault["kind"], fault["seq"]) for fault in found["faults"]] == [("rewritten", 1)]
    assert "tampered" in told.err
    assert verify(anchored) == 1
    assert "rewritten" in capsys.readouterr().out
