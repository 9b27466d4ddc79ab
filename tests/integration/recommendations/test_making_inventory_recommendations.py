"""The inventory checks over what scans and bills stored: findings, ledger, and the bill's own checks beside them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb
from stored_bills import ACCOUNT, LAST_DAY, NOW, Office

from cloudops.actor import Actor
from cloudops.recommendations import coverage_ledger, exceptions
from cloudops.recommendations.exceptions import NewException
from cloudops.recommendations.inventory_making import InventoryOutcome, make_inventory_recommendations

VOLUME, INSTANCE = "vol-00000000000000001", "i-00000000000000001"
SCANNED_AT = datetime(2026, 8, 5, 2, tzinfo=UTC)
LONG_AGO = "2025-01-01T00:00:00+00:00"
UNATTACHED = {"volumeType": "gp3", "sizeGB": 500, "createdAt": LONG_AGO, "attachedTo": []}
NOT_USED = {"observedHours": 0, "periodDays": 14}


@pytest.fixture
def volume(office: Office) -> Office:
    """An unattached volume that costs 40 a month."""
    office.bill(
        "EUW1-EBS:VolumeUsage.gp3", "1.30", resource_id=VOLUME, usage_unit="GB-Mo", region="eu-west-1"
    )
    scanned(office, VOLUME, type="EBS", status="available", configuration=UNATTACHED, utilization=NOT_USED)
    return office


def scanned(office: Office, resource_id: str, **fields: Any) -> None:
    """What a scan leaves of a resource; other fields than given stay as the bill wrote them."""
    row = {
        "service": "AmazonEC2",
        "name": resource_id,
        "region": "eu-west-1",
        "scan_scope": "eu-west-1/x",
        "scanned_at": SCANNED_AT,
        "missing_actions": [],
        "configuration": {},
        "utilization": None,
        "tags": {},
        **fields,
    }
    values = {name: Jsonb(value) if isinstance(value, Mapping) else value for name, value in row.items()}
    names, slots = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    update = ", ".join(f"{name} = excluded.{name}" for name in values)
    office.connection.execute(
        f"""
        insert into resources (tenant_id, account_id, resource_id, provider, currency, first_seen, last_seen, {names})
        values ((select current_tenant()), %(account_id)s, %(resource_id)s, 'aws', 'USD', %(day)s, %(day)s, {slots})
            on conflict (tenant_id, account_id, resource_id) do update set {update}
        """,  # type: ignore[arg-type]  # noqa: S608
        {**values, "account_id": ACCOUNT, "resource_id": resource_id, "day": SCANNED_AT.date()},
    )


def judge(office: Office, *, now: datetime = NOW) -> InventoryOutcome:
    return make_inventory_recommendations(
        office.connection,
        tenant_id=office.tenant_id,
        project_id=office.project_id,
        as_of=LAST_DAY,
        now=now,
    )


def ledger(office: Office, resource_id: str) -> dict[str, str]:
    rows = office.connection.execute(
        "select check_id, verdict from coverage where resource_id = %s", [resource_id]
    )
    return dict(rows.fetchall())


def open_checks(office: Office) -> set[str]:
    return {one.check_id for one in office.found(status="open")}


def test_a_finding_saves_what_the_bill_shows_of_the_resource(volume: Office) -> None:
    outcome = judge(volume)

    (found,) = volume.found(check_id="EBS-01")
    assert outcome == InventoryOutcome(resources=1, found=1, new=1, expired=0)
    assert found.monthly_savings == Decimal("1.30") * Decimal("30.4375")
    assert (found.resource_id, found.region, found.account_id) == (VOLUME, "eu-west-1", ACCOUNT)


def test_every_check_of_its_type_says_something_about_a_resource(volume: Office) -> None:
    judge(volume)

    assert ledger(volume, VOLUME) == {"EBS-01": "flagged", "EBS-02": "fine", "EBS-04": "fine"}


def test_a_judged_resource_counts_as_analyzed(volume: Office) -> None:
    judge(volume)

    row = volume.connection.execute("select last_analyzed_at from resources").fetchone()
    assert row == (NOW,)


def test_judging_twice_changes_nothing(volume: Office) -> None:
    judge(volume)

    again = judge(volume, now=NOW + timedelta(hours=1))

    assert again == InventoryOutcome(resources=1, found=1, new=0, expired=0)
    assert len(volume.found()) == 1


def test_a_finding_expires_once_the_resource_is_in_order(volume: Office) -> None:
    judge(volume)
    scanned(volume, VOLUME, type="EBS", status="in-use", configuration={**UNATTACHED, "isRoot": True})

    outcome = judge(volume, now=NOW + timedelta(days=1))

    assert outcome.expired == 1
    assert [one.status for one in volume.found(check_id="EBS-01")] == ["expired"]


def test_a_finding_expires_and_leaves_the_ledger_once_the_resource_is_gone(volume: Office) -> None:
    judge(volume)
    scanned(volume, VOLUME, type="EBS", status="gone")

    judge(volume, now=NOW + timedelta(days=1))

    assert [one.status for one in volume.found(check_id="EBS-01")] == ["expired"]
    assert ledger(volume, VOLUME) == {}


def test_a_finding_stays_open_while_the_permission_to_look_again_is_missing(office: Office) -> None:
    busy = {"launchedAt": LONG_AGO, "instanceType": "m5.xlarge"}
    idle = {"cpuUtilization": 1, "cpuBusiestHour": 2, "networkIn": 1, "networkOut": 1, "observedHours": 336}
    office.bill("EUW1-BoxUsage:m5.xlarge", "4.6", resource_id=INSTANCE, region="eu-west-1")
    scanned(office, INSTANCE, type="EC2", status="running", configuration=busy, utilization=idle)
    judge(office)
    denied = ["cloudwatch:GetMetricData"]
    scanned(office, INSTANCE, type="EC2", status="running", configuration=busy, missing_actions=denied)

    judge(office, now=NOW + timedelta(days=1))

    assert ledger(office, INSTANCE)["EC2-01"] == "no_permission"
    assert "EC2-01" in open_checks(office)


def test_the_bills_own_run_leaves_inventory_findings_alone(volume: Office) -> None:
    judge(volume)

    volume.recommend()

    assert "EBS-01" in open_checks(volume)
    assert ledger(volume, VOLUME)["EBS-01"] == "flagged"


def test_what_a_scan_judged_the_bills_check_of_the_same_id_does_not_judge_again(office: Office) -> None:
    gp2 = {"volumeType": "gp3", "sizeGB": 100, "createdAt": LONG_AGO}
    # The bill still shows the gp2 that the volume was until yesterday.
    office.bill("EUW1-EBS:VolumeUsage.gp2", "5", resource_id=VOLUME, usage_unit="GB-Mo", region="eu-west-1")
    scanned(office, VOLUME, type="EBS", status="in-use", configuration={**gp2, "isRoot": True})
    judge(office)

    office.recommend()

    assert office.found(check_id="EBS-04") == []
    assert ledger(office, VOLUME)["EBS-04"] == "fine"


def test_what_no_scan_could_judge_is_left_to_the_bills_check(office: Office) -> None:
    office.bill("EUW1-EBS:VolumeUsage.gp2", "5", resource_id=VOLUME, usage_unit="GB-Mo", region="eu-west-1")
    office.connection.execute("update resources set type = 'EBS', region = 'eu-west-1'")
    judge(office)
    assert ledger(office, VOLUME)["EBS-04"] == "not_enough_data"

    office.recommend()

    assert ledger(office, VOLUME)["EBS-04"] == "flagged"
    assert "EBS-04" in open_checks(office)


@pytest.mark.parametrize(
    ("status", "missing", "reason", "verdict", "said"),
    [
        (None, [], None, "not_enough_data", "have not been scanned"),
        ("no_permission", ["ec2:DescribeVolumes"], "denied", "no_permission", "lacks ec2:DescribeVolumes"),
        ("failed", [], "throttled", "not_enough_data", "The last scan failed: throttled"),
        ("scanned", [], None, "not_enough_data", "no longer found it"),
    ],
)
def test_what_only_the_bill_knows_says_why_it_was_not_looked_at(
    office: Office, status: str | None, missing: list[str], reason: str | None, verdict: str, said: str
) -> None:
    office.bill("EUW1-EBS:VolumeUsage.gp3", "5", resource_id=VOLUME, region="eu-west-1")
    office.connection.execute("update resources set type = 'EBS', region = 'eu-west-1'")
    if status:
        scan_ended(office, status, missing, reason)

    judge(office)

    row = office.connection.execute(
        "select verdict, reason from coverage where check_id = 'EBS-01'"
    ).fetchone()
    assert row is not None
    assert row[0] == verdict
    assert said in row[1]


def scan_ended(office: Office, status: str, missing: list[str], reason: str | None) -> None:
    run_id = uuid4()
    office.connection.execute(
        "insert into scan_runs (tenant_id, id, started_at) values ((select current_tenant()), %s, %s)",
        [run_id, NOW],
    )
    office.connection.execute(
        """
        insert into scan_items (tenant_id, run_id, account_id, region, service, status, missing_actions, reason,
                                finished_at)
        values ((select current_tenant()), %s, %s, 'eu-west-1', 'ebs-volumes', %s, %s, %s, %s)
        """,
        [run_id, ACCOUNT, status, missing, reason, NOW],
    )


def test_an_accepted_finding_is_excepted_in_the_ledger_and_no_recommendation(volume: Office) -> None:
    accept(volume)

    judge(volume)

    assert ledger(volume, VOLUME)["EBS-01"] == "excepted"
    assert volume.found() == []


def test_an_open_finding_that_is_accepted_closes_and_stays_closed(volume: Office) -> None:
    judge(volume)
    accept(volume)

    judge(volume, now=NOW + timedelta(days=1))
    volume.recommend(now=NOW + timedelta(days=1))

    assert [one.status for one in volume.found(check_id="EBS-01")] == ["expired"]
    assert ledger(volume, VOLUME)["EBS-01"] == "excepted"


def accept(office: Office) -> None:
    new = NewException(check_id="EBS-01", account_id=ACCOUNT, resource_id=VOLUME, reason="kept")
    exceptions.accept(office.connection, new, actor=Actor(name="ann@acme.example"), now=NOW)


def test_a_long_stopped_instance_is_charged_with_its_volumes(office: Office) -> None:
    office.bill("EUW1-EBS:VolumeUsage.gp3", "2", resource_id=VOLUME, usage_unit="GB-Mo", region="eu-west-1")
    stopped = {"stoppedAt": "2026-05-01T00:00:00+00:00", "volumes": [VOLUME]}
    scanned(office, INSTANCE, type="EC2", status="stopped", configuration=stopped)

    judge(office)

    (found,) = office.found(check_id="EC2-07")
    assert found.monthly_savings is not None
    assert 60 < found.monthly_savings < 62


def test_without_any_bill_a_finding_has_no_saving(office: Office) -> None:
    scanned(office, VOLUME, type="EBS", status="available", configuration=UNATTACHED, utilization=NOT_USED)

    judge(office)

    (found,) = office.found(check_id="EBS-01")
    assert found.monthly_savings is None


def test_a_negotiated_discount_lowers_what_a_finding_saves(volume: Office) -> None:
    judge(volume)
    (before,) = volume.found(check_id="EBS-01")
    volume.bill(
        None,
        "-0.65",
        resource_id=None,
        region=None,
        charge_category="Credit",
        usage_amount=None,
        usage_unit=None,
    )

    judge(volume, now=NOW + timedelta(days=1))

    (after,) = volume.found(check_id="EBS-01")
    assert before.monthly_savings is not None
    assert after.monthly_savings is not None
    assert after.monthly_savings == pytest.approx(before.monthly_savings / 2)


def test_the_ledger_counts_verdicts_by_check(volume: Office) -> None:
    judge(volume)

    counts = coverage_ledger.count_by_check(volume.connection)

    assert counts["EBS-01"] == {"flagged": 1}
    assert counts["EBS-02"] == {"fine": 1}
