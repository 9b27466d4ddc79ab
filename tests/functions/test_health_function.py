import psycopg
import pytest
from psycopg import sql

from local.postgres import SUPERUSER
from tests.functions.conftest import Company
from tests.functions.invoking import request


def kill_sessions(company: Company) -> int:
    """End every session of the application, as a restart or a failover does."""
    with psycopg.connect(company.database.server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        killed = connection.execute(
            sql.SQL("select pg_terminate_backend(pid) from pg_stat_activity where datname = {}").format(
                sql.Literal(company.database.name)
            )
        ).fetchall()
    return len(killed)


def test_health_tells_the_schema_version(company: Company) -> None:
    newest = max(
        int(version.split(".")[1]) for (version,) in company.rows("select version from schema_version")
    )

    reply = request("health.get")

    assert reply.status == 200
    assert reply.json == {"status": "ok", "database": "up", "schema_version": f"0.{newest}.0"}
    assert reply.headers["cache-control"] == "no-store"


def test_health_without_a_database_says_when_to_ask_again_and_nothing_else(company: Company) -> None:
    company.point_to(port=1)

    reply = request("health.get")

    assert reply.status == 503
    assert reply.headers["retry-after"] == "5"
    assert reply.json == {"status": "unavailable", "database": "down"}


def test_health_without_a_secret_is_unavailable(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_SECRET_ARN", "no-such-secret")

    reply = request("health.get")

    assert (reply.status, reply.json) == (503, {"status": "unavailable", "database": "down"})


def test_an_api_route_without_a_database_is_a_503_problem(company: Company) -> None:
    company.point_to(port=1)

    reply = request("alerts.list")

    assert reply.status == 503
    assert reply.headers["retry-after"] == "5"
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(reply.json) == {"type", "title", "status"}


def test_an_api_route_without_a_secret_is_a_503_problem(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_SECRET_ARN", "no-such-secret")

    reply = request("alerts.list")

    assert reply.status == 503
    assert "no-such-secret" not in reply.body


@pytest.mark.parametrize("name", ["health.get", "alerts.list"])
def test_a_connection_that_the_server_ended_is_replaced(company: Company, name: str) -> None:
    assert request(name).status == 200
    assert kill_sessions(company) == 1

    assert request(name).status == 200


def test_a_rotated_password_is_read_again(company: Company) -> None:
    company.point_to(password="not yet rotated")
    assert request("health.get").status == 503

    company.point_to()

    assert request("health.get").status == 200
