from decimal import Decimal

import pytest
from recommendation_bills import bill, daily, judged, saved, usage, verdict

from cloudops.recommendations.bill import BilledUsage
from cloudops.recommendations.checks.dynamodb_class import DYNAMODB_TO_INFREQUENT, DYNAMODB_TO_STANDARD
from cloudops.recommendations.checks.ebs_gp2 import EBS_GP2
from cloudops.recommendations.checks.ebs_magnetic import EBS_MAGNETIC
from cloudops.recommendations.checks.ebs_provisioned_iops import EBS_PROVISIONED_IOPS
from cloudops.recommendations.checks.efs_lifecycle import EFS_LIFECYCLE
from cloudops.recommendations.checks.rds_storage import RDS_BACKUP, RDS_GP2
from cloudops.recommendations.checks.s3_requests import S3_REQUESTS
from cloudops.recommendations.checks.s3_tiering import S3_TIERING
from cloudops.recommendations.checks.storage_growth import BUCKET_GROWTH, LOG_GROWTH, SNAPSHOT_GROWTH
from cloudops.recommendations.models import Proposal

# Amount and cost of a gigabyte-month over the 30 days of the test window.
OF_A_MONTH = Decimal(30) / Decimal("30.4375")


def volume(kind: str, gib: int, rate: str, **fields: object) -> BilledUsage:
    amount = gib * OF_A_MONTH
    return usage(f"EBS:VolumeUsage{kind}", str(amount * Decimal(rate)), amount=str(amount), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gib", "expected"),
    [
        # Up to 333 GiB gp3 includes what gp2 gave: a fifth less.
        (100, "2.00"),
        (300, "6.00"),
        # From 334 GiB 125 MiB/s more are bought: 5.00 at a gp2 rate of 0.10.
        (500, "5.00"),
        # 3,000 IOPS more: 15.15, with the dearest region's ratio.
        (2000, "19.85"),
        # 13,000 IOPS more are the most that gp2 gives.
        (8000, "89.35"),
    ],
)
def test_gp3_keeps_the_iops_and_throughput_that_gp2_gave(gib: int, expected: str) -> None:
    assert saved(EBS_GP2, volume(".gp2", gib, "0.10")) == Decimal(expected)


def test_the_gp3_rate_of_the_bill_goes_before_the_published_ratio() -> None:
    gp2 = volume(".gp2", 100, "0.10")
    gp3 = volume(".gp3", 100, "0.05", resource_id="vol-2")

    assert saved(EBS_GP2, gp2, gp3) == Decimal("5.00")


def test_a_volume_already_on_gp3_does_not_concern_it() -> None:
    assert verdict(EBS_GP2, volume(".gp3", 100, "0.08")) == "silent"


@pytest.mark.parametrize(
    ("iops", "resource_id", "expected"),
    [
        (3000, "vol-1", "flagged"),
        (16000, "vol-1", "flagged"),
        (20000, "vol-1", "fine"),
        (3000, None, "unknown"),
    ],
)
def test_provisioned_iops_fit_on_gp3_up_to_its_limit(
    iops: int, resource_id: str | None, expected: str
) -> None:
    storage = volume(".piops", 100, "0.125", resource_id=resource_id)
    amount = iops * OF_A_MONTH
    provisioned = usage(
        "EBS:VolumeP-IOPS.piops", str(amount * Decimal("0.065")), amount=str(amount), resource_id=resource_id
    )

    assert verdict(EBS_PROVISIONED_IOPS, storage, provisioned) == expected


def test_gp3_saves_the_iops_it_includes() -> None:
    storage = volume(".piops", 100, "0.125")
    amount = 4000 * OF_A_MONTH
    iops = usage("EBS:VolumeP-IOPS.piops", str(amount * Decimal("0.065")), amount=str(amount))

    # 12.50 + 260.00 now; 8.00 and 1,000 IOPS at 0.005 on gp3.
    assert saved(EBS_PROVISIONED_IOPS, storage, iops) == Decimal("259.50")


@pytest.mark.parametrize(
    ("gib", "requests", "expected"), [(50, "0", "fine"), (50, "10", "flagged"), (500, "0", "flagged")]
)
def test_magnetic_volumes_move_only_where_that_is_cheaper(gib: int, requests: str, expected: str) -> None:
    assert verdict(EBS_MAGNETIC, volume("", gib, "0.05"), usage("EBS:VolumeIOUsage", requests)) == expected


def growing(by: float, days: int = 30) -> list[float]:
    return [100 * (1 + by * n / (days - 1)) for n in range(days)]


@pytest.mark.parametrize(
    ("amounts", "cost", "expected"),
    [
        (growing(0.5), "30", "flagged"),
        (growing(0.06), "30", "flagged"),
        (growing(0.02), "30", "fine"),
        ([100] * 15 + [150] * 15, "30", "fine"),
        (growing(0.5)[:20] + [50] * 10, "30", "fine"),
        (growing(0.5), "1", "fine"),
        (growing(0.5, days=14), "30", "unknown"),
        ([], "30", "unknown"),
    ],
)
def test_snapshots_that_pile_up_are_noticed(amounts: list[float], cost: str, expected: str) -> None:
    line = usage("EBS:SnapshotUsage", cost, resource_id="snap-1")
    series = [daily("EBS:SnapshotUsage", amounts, resource_id="snap-1")] if amounts else []

    assert verdict(SNAPSHOT_GROWTH, line, series=series) == expected


def test_logs_and_buckets_share_a_meter_but_not_a_check() -> None:
    logs = usage("TimedStorage-ByteHrs", service="AmazonCloudWatch")
    bucket = usage("TimedStorage-ByteHrs", service="AmazonS3")

    for check, concerned, other in ((LOG_GROWTH, logs, bucket), (BUCKET_GROWTH, bucket, logs)):
        series = [daily("TimedStorage-ByteHrs", growing(0.5), service=concerned.service)]
        assert verdict(check, concerned, series=series) == "flagged"
        assert verdict(check, other, series=series) == "silent"


def test_a_bucket_with_other_classes_has_a_lifecycle() -> None:
    standard = usage("TimedStorage-ByteHrs", service="AmazonS3")
    archived = usage("TimedStorage-GlacierByteHrs", service="AmazonS3")
    series = [daily("TimedStorage-ByteHrs", growing(0.5), service="AmazonS3")]

    assert verdict(BUCKET_GROWTH, standard, archived, series=series) == "silent"
    assert verdict(S3_TIERING, standard, archived) == "fine"


@pytest.mark.parametrize(
    ("reads", "cost", "resource_id", "expected"),
    [
        ("100", "30", "bucket", "flagged"),
        ("0", "30", "bucket", "flagged"),
        ("90000", "30", "bucket", "fine"),
        ("100", "3", "bucket", "fine"),
        ("100", "30", None, "unknown"),
    ],
)
def test_a_bucket_that_is_hardly_read_may_be_tiered(
    reads: str, cost: str, resource_id: str | None, expected: str
) -> None:
    stored = usage("TimedStorage-ByteHrs", cost, amount="1300", service="AmazonS3", resource_id=resource_id)
    got = usage("Requests-Tier2", "1", amount=reads, service="AmazonS3", resource_id=resource_id)

    assert verdict(S3_TIERING, stored, got) == expected


def test_tiering_counts_half_of_the_bytes_as_cold() -> None:
    stored = usage("TimedStorage-ByteHrs", "100", amount="4300", service="AmazonS3")

    # 101.4583 x 0.5 x 0.456.
    assert saved(S3_TIERING, stored) == Decimal("23.13")


@pytest.mark.parametrize(
    ("cost", "requests", "unit", "expected"),
    [
        ("60", "1000000", "Requests", "flagged"),
        ("20", "1000000", "Requests", "fine"),
        ("60", "100", "Requests", "fine"),
        ("60", "1000000", "GB-Mo", "unknown"),
    ],
)
def test_requests_that_outweigh_storage_are_noticed(
    cost: str, requests: str, unit: str, expected: str
) -> None:
    asked = usage("Requests-Tier1", cost, amount=requests, usage_unit=unit, service="AmazonS3")
    stored = usage("TimedStorage-ByteHrs", "40", service="AmazonS3")

    assert verdict(S3_REQUESTS, asked, stored) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([usage("TimedStorage-ByteHrs", service="AmazonEFS")], "flagged"),
        ([usage("TimedStorage-ByteHrs", "2", service="AmazonEFS")], "fine"),
        ([usage("TimedStorage-ByteHrs", service="AmazonEFS", resource_id=None)], "unknown"),
        (
            [
                usage("TimedStorage-ByteHrs", service="AmazonEFS"),
                usage("IATimedStorage-ByteHrs", service="AmazonEFS"),
            ],
            "fine",
        ),
        ([usage("TimedStorage-ByteHrs", service="AmazonS3")], "silent"),
    ],
)
def test_a_file_system_all_in_standard_storage_lacks_a_lifecycle(
    lines: list[BilledUsage], expected: str
) -> None:
    assert verdict(EFS_LIFECYCLE, *lines) == expected


@pytest.mark.parametrize(("gp3_cost", "expected"), [(None, "unknown"), ("80", "flagged"), ("100", "fine")])
def test_database_storage_moves_only_where_the_bill_shows_a_gain(gp3_cost: str | None, expected: str) -> None:
    gp2 = usage("RDS:GP2-Storage", "100", amount="1000", service="AmazonRDS")
    gp3 = (
        [usage("RDS:GP3-Storage", gp3_cost, amount="1000", service="AmazonRDS", resource_id="db-2")]
        if gp3_cost
        else []
    )

    assert verdict(RDS_GP2, gp2, *gp3) == expected


@pytest.mark.parametrize(("cost", "expected"), [("50", "flagged"), ("2", "fine")])
def test_backups_beyond_the_free_amount_are_noticed(cost: str, expected: str) -> None:
    assert verdict(RDS_BACKUP, usage("USE1-RDS:ChargedBackupUsage", cost, service="AmazonRDS")) == expected


def table(storage: str, throughput: str, prefix: str = "", **fields: object) -> list[BilledUsage]:
    return [
        usage(f"{prefix}TimedStorage-ByteHrs", storage, service="AmazonDynamoDB", **fields),  # type: ignore[arg-type]
        usage(f"{prefix}WriteRequestUnits", throughput, service="AmazonDynamoDB", **fields),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("storage", "throughput", "expected"),
    [("100", "100", "flagged"), ("100", "240", "fine"), ("0", "100", "fine")],
)
def test_a_table_that_is_mostly_stored_belongs_in_the_infrequent_class(
    storage: str, throughput: str, expected: str
) -> None:
    assert verdict(DYNAMODB_TO_INFREQUENT, *table(storage, throughput)) == expected


def test_the_infrequent_class_saves_storage_and_costs_throughput() -> None:
    # (100 x 0.6 - 100 x 0.25) x 30.4375 / 30.
    assert saved(DYNAMODB_TO_INFREQUENT, *table("100", "100")) == Decimal("35.51")


@pytest.mark.parametrize(
    ("storage", "throughput", "expected"), [("10", "100", "flagged"), ("100", "100", "fine")]
)
def test_a_busy_infrequent_table_belongs_in_the_standard_class(
    storage: str, throughput: str, expected: str
) -> None:
    assert verdict(DYNAMODB_TO_STANDARD, *table(storage, throughput, "IA-")) == expected


def test_gp2_of_unnamed_volumes_is_less_sure() -> None:
    named, unnamed = (
        judged(EBS_GP2, bill(volume(".gp2", 100, "0.10", resource_id=resource_id)))[0][1]
        for resource_id in ("vol-1", None)
    )

    assert isinstance(named, Proposal)
    assert isinstance(unnamed, Proposal)
    assert unnamed.confidence < named.confidence
