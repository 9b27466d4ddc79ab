"""Retention from its settings to restored rows, over an emulated AWS."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudops.platform.objects import Bucket
from cloudops.retention.archiving import NotArchivedError
from tests.functions.alerts_seen import alert_id, insert_alert
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, ADMIN, GLOBEX, OPERATOR, OUTSIDER, VIEWER


def change(**changes: Any) -> Any:
    shown = request("retention.show")
    headers = {"If-Match": shown.headers["etag"], **changes.pop("headers", {})}
    return request("retention.change", headers=headers, **changes)


def resolve_long_ago(company: Company, number: int, **values: Any) -> None:
    insert_alert(company, number, **values)
    company.change(
        "update alerts set status = 'resolved', resolved_at = now() - interval '200 days',"
        " window_end = now() - interval '200 days' where id = %s",
        [alert_id(number)],
    )


def archive(company: Company) -> dict[str, Any]:
    """A resolved alert of long ago, in its archive."""
    resolve_long_ago(company, 1)
    assert invoke("archive_rows", event("archive_rows.schedule"))["alerts"] == 1
    (found,) = request("retention.list-archives").json["items"]
    return dict(found)


@pytest.mark.parametrize(("damaged", "other"), [(ACME, GLOBEX), (GLOBEX, ACME)])
def test_a_tenant_whose_archive_is_damaged_fails_the_job_and_spares_the_others(
    company: Company, monkeypatch: pytest.MonkeyPatch, damaged: UUID, other: UUID
) -> None:
    resolve_long_ago(company, 1, tenant=damaged)
    resolve_long_ago(company, 2, tenant=other)
    read = Bucket.read

    def read_less(bucket: Bucket, key: str) -> bytes:
        content = read(bucket, key)
        return content[:-1] if str(damaged) in key else content

    monkeypatch.setattr(Bucket, "read", read_less)

    with pytest.raises(NotArchivedError, match=f"^{damaged}: .+ has another checksum[^;]+$"):
        invoke("archive_rows", event("archive_rows.schedule"))

    assert company.rows("select id from alerts") == [(alert_id(1),)]
    assert company.rows("select tenant_id from archives") == [(other,)]


def test_every_table_has_ninety_days_at_first(same_company: Company) -> None:
    items = request("retention.list", person=VIEWER).json["items"]

    assert {one["table_name"]: one["keeps_rows"] for one in items} == {
        "recommendations": False,
        "alerts": False,
        "violations": False,
        "events": True,
    }
    assert {one["hot_days"] for one in items} == {90}


def test_an_admin_changes_it_and_the_trail_tells(company: Company) -> None:
    reply = change()

    assert (reply.status, reply.json["hot_days"]) == (200, 180)
    assert request("retention.show").headers["etag"] == reply.headers["etag"]
    (told,) = request("events.list", query={"entity_type": "retention"}).json["items"]
    assert (told["actor"], told["metadata"]) == (
        ADMIN.email,
        {"old": {"hot_days": 90}, "new": {"hot_days": 180}},
    )


def test_a_change_needs_the_version_that_it_changes(same_company: Company) -> None:
    assert request("retention.change").status == 412
    assert change(headers={"If-Match": ""}).status == 428


@pytest.mark.parametrize("days", [0, 29, 3651, "many", None])
def test_days_that_make_no_sense_are_named(same_company: Company, days: Any) -> None:
    reply = change(body={"hot_days": days})

    assert (reply.status, reply.fields) == (422, ["hot_days"])


def test_only_admins_change_retention_and_restore(company: Company) -> None:
    found = archive(company)

    assert change(person=OPERATOR).status == 403
    path = f"/api/v1/retention/archives/{found['id']}/restore"
    assert request("retention.restore", path=path, person=OPERATOR).status == 403


def test_a_table_without_retention_is_not_there(same_company: Company) -> None:
    assert request("retention.show", path="/api/v1/retention/tables/tenants").status == 404


def test_an_archive_is_restored_and_read(company: Company) -> None:
    found = archive(company)
    path = f"/api/v1/retention/archives/{found['id']}"

    asked = request("retention.restore", path=f"{path}/restore")
    bodies = company.receive("RESTORE_QUEUE_URL")
    assert invoke("restore_archive", messages("restore_archive.one-archive", bodies)) == {
        "batchItemFailures": []
    }

    (row,) = request("retention.rows", path=f"{path}/rows").json["items"]
    assert (asked.status, json.loads(bodies[0])["type"]) == (202, "retention.restore")
    assert (row["id"], row["content"]["status"]) == (str(alert_id(1)), "resolved")
    assert request("retention.list-archives").json["items"][0]["restored_at"] is not None
    assert request("alerts.show").status == 404


def test_another_tenants_archive_is_not_there(company: Company) -> None:
    found = archive(company)
    path = f"/api/v1/retention/archives/{found['id']}"

    assert request("retention.restore", path=f"{path}/restore", person=OUTSIDER).status == 404
    assert request("retention.rows", path=f"{path}/rows", person=OUTSIDER).status == 404
    assert request("retention.list-archives", person=OUTSIDER).json["items"] == []
    assert request("retention.rows", path=f"/api/v1/retention/archives/{uuid4()}/rows").status == 404
