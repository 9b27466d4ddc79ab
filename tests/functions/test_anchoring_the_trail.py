"""Heads of the trail in an emulated, locked bucket, and what the API says of a trail that was tampered with."""

from typing import Any, LiteralString

import psycopg
import pytest

from cloudops.audit import anchoring
from cloudops.audit.heads import prefix_of
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.audit.verifying import BrokenTrailError
from cloudops.platform import aws, database
from cloudops.stored_object import FirstVersion
from tests.functions.conftest import EVIDENCE, Company
from tests.functions.invoking import event, invoke, request
from tests.functions.people import ACME, ADMIN, GLOBEX, OUTSIDER, STRANGER, VIEWER

EDIT: LiteralString = (
    "update events set message = 'nothing' where tenant_id = %(tenant)s and entity_type = 'tenant'"
)
NEWS = NewEvent(entity_type="alert", entity_id=None, event_type="created", message="news")
RECHAIN: LiteralString = "select extend_chain(%(tenant)s, '-infinity', null)"


@pytest.fixture(autouse=True)
def no_heads(company: Company) -> None:
    """The bucket is the module's; locked objects go only by force."""
    s3 = aws.client("s3")
    for kind in ("Versions", "DeleteMarkers"):
        for one in s3.list_object_versions(Bucket=EVIDENCE).get(kind, []):
            s3.delete_object(Bucket=EVIDENCE, Key=one["Key"], VersionId=one["VersionId"])


def anchor() -> Any:
    return invoke("anchor_trail", event("anchor_trail.schedule"))


def tamper(company: Company, *statements: LiteralString) -> None:
    with psycopg.connect(company.database.superuser_dsn) as connection:
        connection.execute("set session_replication_role = replica")
        for statement in statements:
            connection.execute(statement, {"tenant": ACME})


def heads(tenant: object = ACME) -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=EVIDENCE, Prefix=f"tenants/{tenant}/trail/")
    return [one["Key"] for one in found.get("Contents", [])]


def verification(**changes: Any) -> Any:
    reply = request("events.verification", **changes)
    assert reply.status == 200, reply.body
    return reply.json


def test_every_tenant_gets_a_head_of_its_own(company: Company) -> None:
    assert anchor() == {"written": 2}

    found = verification(person=VIEWER)
    assert (found["intact"], found["heads"], found["faults"]) == (True, 1, [])
    # Writing the head is an event in turn.
    assert found["anchored_seq"] == found["events"] - 1
    assert len(heads(GLOBEX)) == 1


def test_nothing_new_is_no_reason_for_another_head(company: Company) -> None:
    anchor()

    assert anchor() == {"written": 0}
    assert len(heads()) == 1


def test_the_head_is_told_in_the_trail(company: Company) -> None:
    anchor()

    (told,) = request("events.list", query={"event_type": "trail_anchored"}).json["items"]

    assert (told["actor"], told["entity_type"]) == ("system", "job")
    assert told["metadata"]["key"] == heads()[0]


def test_an_edited_event_is_named(company: Company) -> None:
    anchor()
    tamper(company, EDIT)

    found = verification()

    ((event_id,),) = company.rows(
        "select id from events where tenant_id = %s and entity_type = 'tenant'", ACME
    )
    assert found["intact"] is False
    assert [found["faults"][0][name] for name in ("kind", "seq", "event_id")] == ["edited", 1, str(event_id)]


def test_a_chain_computed_anew_is_found_by_its_head(company: Company) -> None:
    anchor()
    tamper(company, EDIT, "delete from event_chain where tenant_id = %(tenant)s", RECHAIN)

    (fault,) = verification()["faults"]

    assert (fault["kind"], fault["seq"]) == ("rewritten", 1)


def test_a_head_written_over_convinces_nobody(company: Company) -> None:
    anchor()
    (key,) = heads()
    aws.client("s3").put_object(Bucket=EVIDENCE, Key=key, Body=b"{}")

    found = verification()

    assert found["heads"] == 1
    assert [fault["kind"] for fault in found["faults"]] == ["forged_head"]


def test_a_head_hidden_by_a_deletion_still_counts(company: Company) -> None:
    anchor()
    (key,) = heads()
    aws.client("s3").delete_object(Bucket=EVIDENCE, Key=key)

    found = verification()

    assert found["heads"] == 1
    assert [fault["kind"] for fault in found["faults"]] == ["forged_head"]


def gets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the heads that are read from now on."""
    read: list[str] = []
    read_version = anchoring.read_version

    def read_and_tell(bucket: str, version: FirstVersion) -> bytes:
        read.append(version.key)
        return read_version(bucket, version)

    monkeypatch.setattr(anchoring, "read_version", read_and_tell)
    return read


def test_heads_that_the_chain_agrees_with_are_not_read(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor()
    read = gets(monkeypatch)

    assert verification()["heads"] == 1
    assert read == []


def test_a_head_that_the_chain_contradicts_is_read(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    anchor()
    tamper(company, EDIT, "delete from event_chain where tenant_id = %(tenant)s", RECHAIN)
    read = gets(monkeypatch)

    assert verification()["intact"] is False
    assert read == heads()


def test_no_more_heads_are_read_than_it_takes_to_name_the_culprit(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "CONTRADICTIONS", 1)
    anchor()
    with database.transaction(ACME) as connection:
        record(connection, NEWS)
    anchor()
    oldest, _ = heads()
    tamper(company, EDIT, "delete from event_chain where tenant_id = %(tenant)s", RECHAIN)
    read = gets(monkeypatch)

    (fault,) = verification()["faults"]

    assert (read, fault["kind"], fault["seq"]) == ([oldest], "rewritten", 1)


def test_a_head_that_was_named_without_its_digest_still_counts(company: Company) -> None:
    anchor()
    (key,) = heads()
    s3 = aws.client("s3")
    body = s3.get_object(Bucket=EVIDENCE, Key=key)["Body"].read()
    s3.put_object(Bucket=EVIDENCE, Key=f"{key.rpartition('-')[0]}.json", Body=body)
    (version,) = s3.list_object_versions(Bucket=EVIDENCE, Prefix=key)["Versions"]
    s3.delete_object(Bucket=EVIDENCE, Key=key, VersionId=version["VersionId"])

    found = verification()

    assert (found["intact"], found["heads"]) == (True, 1)
    assert anchor() == {"written": 0}


def test_a_broken_trail_fails_the_job_and_spares_the_others(company: Company) -> None:
    tamper(company, EDIT)

    with pytest.raises(BrokenTrailError, match=f"{ACME}: edited at 1"):
        anchor()

    assert (len(heads(ACME)), len(heads(GLOBEX))) == (0, 1)


def test_a_tenant_verifies_its_own_trail_only(company: Company) -> None:
    tamper(company, EDIT)

    assert verification(person=OUTSIDER)["intact"] is True
    assert verification(person=ADMIN)["intact"] is False
    assert request("events.verification", person=STRANGER).status == 403


def test_heads_lie_below_their_tenant() -> None:
    assert prefix_of(ACME) == f"tenants/{ACME}/trail/"
