"""Settings, secrets, the seal, named queries, envelopes and problem documents."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import psycopg
import pytest

from cloudops import errors
from cloudops.platform import messaging, problems, queries, secrets
from cloudops.platform.messaging import BadEnvelopeError, Envelope, envelope
from cloudops.platform.migrations import padded
from cloudops.platform.principal import (
    Membership,
    NoMembershipError,
    Principal,
    Role,
    RoleTooLowError,
    choose,
    wanted_tenant,
)
from cloudops.platform.seal import sealed_tenant
from cloudops.platform.settings import Settings, SettingsError

TENANT, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 7, 28, 6, tzinfo=UTC)


def test_a_function_without_a_name_has_no_settings() -> None:
    with pytest.raises(SettingsError, match="the environment lacks POWERTOOLS_SERVICE_NAME"):
        Settings.read({"DATABASE_SECRET_ARN": "a"})


def test_a_variable_that_some_functions_have_is_asked_for_where_it_is_needed() -> None:
    read = Settings.read({"POWERTOOLS_SERVICE_NAME": "costs", "INGEST_QUEUE_URL": "q"})

    assert read.require("ingest_queue_url") == "q"
    with pytest.raises(SettingsError, match="the environment of costs lacks DETECT_QUEUE_URL"):
        read.require("detect_queue_url")


def test_variables_that_are_needed_together_are_missed_together() -> None:
    read = Settings.read({"POWERTOOLS_SERVICE_NAME": "migrate-database", "MIGRATIONS_DIRECTORY": "/opt"})

    with pytest.raises(SettingsError, match="lacks OWNER_SECRET_ARN, DATABASE_SECRET_ARN"):
        read.require_all("owner_secret_arn", "migrations_directory", "database_secret_arn")


def test_a_secret_becomes_a_uri_whatever_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {
        "host": "db",
        "port": 5432,
        "dbname": "cloud ops",
        "username": "app",
        "password": "p@ss/:%#?",
        "tenant_seal_key": "00",
    }
    answer = {"SecretString": json.dumps(stored)}
    monkeypatch.setattr(
        secrets,
        "client",
        lambda _: SimpleNamespace(get_secret_value=lambda SecretId: answer),  # noqa: N803
    )

    read = psycopg.conninfo.conninfo_to_dict(secrets.database_secret.__wrapped__("arn").uri)

    assert (read["password"], read["dbname"], read["sslmode"]) == ("p@ss/:%#?", "cloud ops", "require")


@pytest.mark.parametrize("key", ["5e" * 32, "ab" * 64, "cd" * 80, "01"])
def test_the_padded_key_of_the_database_makes_the_same_seal(key: str) -> None:
    inner, outer = padded(bytes.fromhex(key))
    made = hashlib.sha256(outer + hashlib.sha256(inner + str(TENANT).encode()).digest()).hexdigest()

    assert sealed_tenant(TENANT, key) == f"{TENANT}.{made}"
    assert made == hmac.new(bytes.fromhex(key), str(TENANT).encode(), "sha256").hexdigest()


def test_queries_are_found_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_queries(
        tmp_path / "orders", "-- read_one\nselect 1\n-- a comment of the next\n\n-- read_two\nselect 2\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    assert queries.load("orders") == {
        "read_one": "select 1\n-- a comment of the next",
        "read_two": "select 2",
    }


def test_a_query_that_is_named_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_queries(tmp_path / "parcels", "-- read_one\nselect 1\n-- read_one\nselect 2\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ValueError, match="read_one twice"):
        queries.load("parcels")


def test_an_envelope_comes_back_from_its_queue() -> None:
    sent = envelope(
        tenant_id=TENANT, kind="costs.ingest_part", params={"part_number": 1}, idempotency_key="k", now=NOW
    )

    assert Envelope.parse(sent.to_json()) == sent
    assert json.loads(sent.to_json()).keys() == {
        "id",
        "tenant_id",
        "type",
        "params",
        "idempotency_key",
        "created_at",
    }


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", "7", '{"id": "x"}', "null"])
def test_a_message_that_is_no_envelope_says_so(body: str) -> None:
    with pytest.raises(BadEnvelopeError):
        Envelope.parse(body)


def test_one_failing_message_goes_back_and_the_others_are_done() -> None:
    bodies = [envelope_of(1).to_json(), "broken", envelope_of(2).to_json(), envelope_of(3).to_json()]
    done = []

    def handle(message: Envelope) -> None:
        if message.params["n"] == 2:
            raise RuntimeError("no")
        done.append(message.params["n"])

    answer = messaging.process_batch(batch_of(bodies), SimpleNamespace(), "test", handle)  # type: ignore[arg-type]

    assert done == [1, 3]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}


def test_a_batch_that_fails_whole_goes_back_whole() -> None:
    answer = messaging.process_batch(batch_of(["broken"]), SimpleNamespace(), "test", print)  # type: ignore[arg-type]

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


@pytest.mark.parametrize(
    ("family", "status"),
    [
        (errors.NotFoundError, 404),
        (errors.ConflictError, 409),
        (errors.InvalidError, 422),
        (errors.ForbiddenError, 403),
        (errors.UnavailableError, 503),
    ],
)
def test_each_family_has_its_status(family: type[errors.CloudOpsError], status: int) -> None:
    response = problems.problem_of(family("in detail"))

    body = json.loads(str(response.body))
    assert (response.status_code, body["status"]) == (status, status)
    assert (body["title"], body["detail"]) == (family.title(), "in detail")
    assert response.content_type == "application/problem+json"
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_a_domain_error_has_a_type_of_its_own_and_names_its_field() -> None:
    class DateOfBirthError(errors.InvalidError):
        """That is no day."""

    body = json.loads(str(problems.problem_of(DateOfBirthError("none", field="born")).body))

    assert body == {
        "type": "/problems/date-of-birth",
        "title": "That is no day",
        "status": 422,
        "detail": "none",
        "errors": [{"field": "born", "detail": "none"}],
    }


def test_the_first_membership_is_chosen_unless_another_is_asked_for() -> None:
    mine = [membership(TENANT), membership(OTHER)]

    assert choose(mine, None).tenant_id == TENANT
    assert choose(mine, OTHER).tenant_id == OTHER
    with pytest.raises(NoMembershipError):
        choose(mine, UUID(int=3))
    with pytest.raises(NoMembershipError):
        choose([], None)


def test_the_asked_tenant_is_a_uuid_in_a_header_of_any_case() -> None:
    assert wanted_tenant({"headers": {"x-TENANT-id": str(OTHER)}}) == OTHER
    assert wanted_tenant({"headers": None}) is None
    with pytest.raises(errors.InvalidError) as refused:
        wanted_tenant({"headers": {"X-Tenant-Id": "1"}})
    assert refused.value.field == "X-Tenant-Id"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_allows_what_lower_ones_do_and_no_more(role: Role) -> None:
    principal = Principal(
        tenant_id=TENANT, user_id=OTHER, email="a@b.example", role=role, finance_approver=False
    )

    for asked in Role:
        if asked <= role:
            principal.require(asked)
        else:
            with pytest.raises(RoleTooLowError, match=asked.name.lower()):
                principal.require(asked)


def write_queries(package: Path, text: str) -> None:
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "queries.sql").write_text(text)


def envelope_of(number: int) -> Envelope:
    return envelope(tenant_id=TENANT, kind="test", params={"n": number}, idempotency_key="k", now=NOW)


def batch_of(bodies: list[str]) -> dict[str, object]:
    return {
        "Records": [
            {"messageId": str(n), "body": body, "eventSource": "aws:sqs"} for n, body in enumerate(bodies)
        ]
    }


def test_a_message_of_another_kind_fails_alone() -> None:
    stray = envelope(tenant_id=TENANT, kind="other", params={}, idempotency_key="k", now=NOW)
    handled: list[Envelope] = []
    bodies = [envelope_of(1).to_json(), stray.to_json()]

    answer = messaging.process_batch(batch_of(bodies), SimpleNamespace(), "test", handled.append)  # type: ignore[arg-type]

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert [message.params for message in handled] == [{"n": 1}]


def membership(tenant: UUID) -> Membership:
    return Membership(
        tenant_id=tenant, user_id=UUID(int=9), email="a@b.example", role="viewer", finance_approver=False
    )
