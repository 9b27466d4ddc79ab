import json
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record_all
from cloudops.audit.verifying import verify
from cloudops.platform.etags import PreconditionFailedError
from cloudops.retention import archiving
from cloudops.retention.models import ARCHIVED
from cloudops.retention.parquet import DamagedArchiveError
from cloudops.retention.use_cases import (
    TableNotArchivedError,
    change_retention,
    list_restored_rows,
    list_retention,
    show_archive,
)
from tests.integration.retention.archived_tenant import (
    LATELY,
    LONG_AGO,
    NOW,
    ArchivedTenant,
    ForgetfulFiles,
)
from tests.integration.tenant import Tenant, open_tenant

ANN = Actor(name="ann@acme.example")
NOTE = NewEvent(entity_type="alert", entity_id=None, event_type="created", message="a line")
# What refers to rows that are archived, and why none of it is lost with them.
REFERENCES = {
    ("anomalies", "alerts"): "They are archived with their alert.",
    ("actions", "recommendations"): "The recommendation stays for as long as one refers to it.",
    ("approval_requests", "recommendations"): "So does their action, for which the recommendation stays.",
    ("autonomy_considerations", "recommendations"): "They tell by themselves what was considered.",
    ("recommendations", "alerts"): "The alert stays for as long as one refers to it.",
}


@pytest.fixture
def archived(tenant: Tenant) -> ArchivedTenant:
    return ArchivedTenant(tenant=tenant)


def test_violations_that_were_fixed_long_ago_go(archived: ArchivedTenant) -> None:
    old = archived.violation(fixed_at=LONG_AGO)
    stay = {archived.violation(fixed_at=None), archived.violation(fixed_at=LATELY)}

    moved = archived.archive()

    assert (moved["violations"], archived.ids("violations")) == (1, stay)
    (archive,) = archived.archives("violations")
    assert [row.id for row in archiving.read_back(archived.files, archive)] == [old]


def test_what_was_closed_long_ago_goes_and_all_else_stays(archived: ArchivedTenant) -> None:
    old = archived.alert(resolved_at=LONG_AGO)
    stay = {
        archived.alert(resolved_at=None),
        archived.alert(resolved_at=LATELY),
        # Detection would raise it again.
        archived.alert(resolved_at=LONG_AGO, window_end=NOW - timedelta(days=95)),
    }
    kept = archived.tenant.count("anomalies") - 1

    moved = archived.archive()

    assert (moved["alerts"], archived.ids("alerts")) == (1, stay)
    assert archived.tenant.count("anomalies") == kept
    (archive,) = archived.archives("alerts")
    (row,) = archiving.read_back(archived.files, archive)
    assert (row.id, row.closed_at) == (old, LONG_AGO)
    assert [one["alert_id"] for one in json.loads(row.content)["anomalies"]] == [str(old)]


@pytest.mark.parametrize(
    ("values", "goes"),
    [
        ({"status": "done", "updated_at": LONG_AGO}, True),
        ({"status": "expired", "updated_at": LONG_AGO}, True),
        ({"status": "dismissed", "dismissed_until": LATELY, "updated_at": LONG_AGO}, True),
        ({"status": "dismissed", "dismissed_until": NOW + timedelta(days=9), "updated_at": LONG_AGO}, False),
        ({"status": "dismissed", "updated_at": LONG_AGO}, False),
        ({"status": "open", "updated_at": LONG_AGO}, False),
        ({"status": "in_progress", "updated_at": LONG_AGO}, False),
        ({"status": "done", "updated_at": LATELY}, False),
    ],
)
def test_a_recommendation_goes_when_nothing_needs_it(
    archived: ArchivedTenant, values: dict[str, Any], goes: bool
) -> None:
    recommendation = archived.recommendation(**values)

    archived.archive()

    assert (recommendation not in archived.ids("recommendations")) == goes


def test_an_alert_stays_with_its_open_recommendation_and_goes_with_its_last(
    archived: ArchivedTenant,
) -> None:
    busy, idle = archived.alert(resolved_at=LONG_AGO), archived.alert(resolved_at=LONG_AGO)
    archived.recommendation(alert_id=busy, status="open")
    archived.recommendation(alert_id=idle, status="done", updated_at=LONG_AGO)

    archived.archive()

    assert archived.ids("alerts") == {busy}
    assert archived.tenant.count("recommendations") == 1


def test_quarters_are_apart_and_so_are_tenants(archived: ArchivedTenant) -> None:
    archived.alert(resolved_at=LONG_AGO)
    archived.alert(resolved_at=LONG_AGO - timedelta(days=92))
    other = ArchivedTenant(tenant=open_tenant(archived.tenant.database), files=archived.files)
    untouched = other.alert(resolved_at=LONG_AGO)

    archived.archive()

    assert [one.quarter for one in archived.archives("alerts")] in (
        [date(2026, 1, 1), date(2026, 4, 1)],
        [date(2026, 4, 1), date(2026, 1, 1)],
    )
    assert {key.rpartition("/")[0] for key in archived.files.content if "alerts" in key} == {
        f"archives/{archived.tenant.id}/alerts/2026-Q1",
        f"archives/{archived.tenant.id}/alerts/2026-Q2",
    }
    assert other.ids("alerts") == {untouched}


def test_nothing_is_deleted_when_the_archive_is_not_whole(archived: ArchivedTenant) -> None:
    old = archived.alert(resolved_at=LONG_AGO)
    broken = replace(archived, files=ForgetfulFiles())

    with pytest.raises(DamagedArchiveError):
        broken.archive()

    assert (archived.ids("alerts"), archived.archives("alerts")) == ({old}, [])


def test_a_row_that_changed_after_it_was_read_stays(
    archived: ArchivedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, other = archived.alert(resolved_at=LONG_AGO), archived.alert(resolved_at=LONG_AGO)
    write: Callable[..., Any] = archiving.write

    def write_while_it_changes(*arguments: Any, **options: Any) -> Any:
        with archived.owner() as connection:
            connection.execute("update alerts set resolution = 'a note' where id = %s", [changed])
        return write(*arguments, **options)

    monkeypatch.setattr(archiving, "write", write_while_it_changes)

    archived.archive()

    assert changed in archived.ids("alerts")
    assert other not in archived.ids("alerts")


def files_of(monkeypatch: pytest.MonkeyPatch, *, rows: int) -> None:
    monkeypatch.setattr(archiving, "ARCHIVED", [replace(table, rows_per_file=rows) for table in ARCHIVED])


def test_many_rows_go_into_several_files(archived: ArchivedTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    files_of(monkeypatch, rows=2)
    for _ in range(5):
        archived.alert(resolved_at=LONG_AGO)

    moved = archived.archive()

    assert (moved["alerts"], archived.ids("alerts")) == (5, set())
    assert sorted(one.row_count for one in archived.archives("alerts")) == [1, 2, 2]


def test_running_again_adds_nothing(archived: ArchivedTenant) -> None:
    archived.alert(resolved_at=LONG_AGO)
    archived.archive()
    before = dict(archived.files.content)

    moved = archived.archive()

    assert (set(moved.values()), archived.files.content) == ({0}, before)


def test_what_was_archived_is_told_in_the_trail(archived: ArchivedTenant) -> None:
    archived.alert(resolved_at=LONG_AGO)

    archived.archive()

    assert ("archive", "archived") in archived.tenant.events()


def test_a_restored_row_is_the_one_that_was_archived(archived: ArchivedTenant) -> None:
    amount = Decimal("12345678901234567890.123456789")
    old = archived.alert(resolved_at=LONG_AGO)
    with archived.owner() as connection:
        connection.execute("update alerts set excess = %s, title = '»ü \"' where id = %s", [amount, old])
        ((content,),) = connection.execute("select to_jsonb(t) from alerts t where id = %s", [old]).fetchall()
    archived.archive()
    (archive,) = archived.archives("alerts")

    archived.restore(archive)
    archived.restore(archive)

    with archived.tenant.transaction() as connection:
        (row,) = list_restored_rows(connection, archive.id, limit=10, cursor=None).items
        restored = connection.execute("select content ->> 'excess' from restored_rows").fetchone()
        assert show_archive(connection, archive.id).restored_at == NOW
    assert {name: value for name, value in row.content.items() if name != "anomalies"} == content
    assert restored == (str(amount),)
    assert archived.ids("alerts") == set()


def test_an_archive_that_was_changed_is_not_restored(archived: ArchivedTenant) -> None:
    archived.alert(resolved_at=LONG_AGO)
    archived.archive()
    (archive,) = archived.archives("alerts")
    archived.files.content[archive.key] += b" "

    with pytest.raises(DamagedArchiveError, match="another checksum"):
        archived.restore(archive)

    assert archived.tenant.count("restored_rows") == 0


def test_the_trail_is_copied_by_whole_quarters_and_stays_verifiable(
    archived: ArchivedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of(monkeypatch, rows=1)
    before = archived.tenant.rows("select id, created_at from events order by created_at, id")
    later = before[-1][1] + timedelta(days=200)

    first, second = archived.archive(now=later), archived.archive(now=later)

    copied = [
        row.id for one in archived.archives("events") for row in archiving.read_back(archived.files, one)
    ]
    assert (first["events"], second["events"]) == (len(before), 0)
    assert sorted(copied) == sorted(row[0] for row in before)
    with archived.tenant.transaction(batch=True) as connection:
        assert verify(connection, archived.tenant.id, []).intact


def test_only_the_rows_of_the_file_at_hand_are_in_memory(
    archived: ArchivedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of(monkeypatch, rows=1)
    with archived.tenant.transaction() as connection:
        record_all(connection, [NOTE] * 20)
    later = archived.tenant.value("select max(created_at) from events") + timedelta(days=200)
    seen: list[weakref.ref[archiving.Batch]] = []
    alive = []
    write: Callable[..., Any] = archiving.write

    def write_and_look(files: Any, tenant_id: Any, batch: archiving.Batch, **options: Any) -> Any:
        seen.append(weakref.ref(batch))
        alive.append(sum(one() is not None for one in seen))
        return write(files, tenant_id, batch, **options)

    monkeypatch.setattr(archiving, "write", write_and_look)

    copied = archived.archive(now=later)["events"]

    assert (copied, len(seen)) == (archived.tenant.count("events") - copied, copied)
    assert max(alive) <= 2


def test_retention_is_ninety_days_until_somebody_changes_it(archived: ArchivedTenant) -> None:
    age = archived.alert(resolved_at=NOW - timedelta(days=120))
    with archived.tenant.transaction() as connection:
        assert {one.hot_days for one in list_retention(connection)} == {90}
        change_retention(connection, "alerts", 150, if_match="*", actor=ANN, now=NOW)

    archived.archive()
    assert age in archived.ids("alerts")

    with archived.tenant.transaction() as connection:
        change_retention(connection, "alerts", 100, if_match="*", actor=ANN, now=NOW)
    archived.archive()
    assert age not in archived.ids("alerts")


def test_a_change_of_what_somebody_else_changed_is_refused(archived: ArchivedTenant) -> None:
    with archived.tenant.transaction() as connection:
        with pytest.raises(PreconditionFailedError):
            change_retention(connection, "alerts", 150, if_match='"x"', actor=ANN, now=NOW)
        with pytest.raises(TableNotArchivedError):
            change_retention(connection, "tenants", 150, if_match="*", actor=ANN, now=NOW)


def test_nothing_that_refers_to_archived_rows_goes_with_them_unseen(archived: ArchivedTenant) -> None:
    found = archived.tenant.rows(
        "select distinct conrelid::regclass::text, confrelid::regclass::text from pg_constraint"
        " where contype = 'f' and confrelid::regclass::text = any (%s)",
        [[table.name for table in ARCHIVED]],
    )

    assert set(found) == REFERENCES.keys()
