import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cloudops.costs.formats.errors import InvalidManifestError
from cloudops.costs.formats.manifest import BillingPeriod, parse_manifest, resolve_key

DATA = Path(__file__).parents[5] / "shared" / "data"
JULY = BillingPeriod(start=date(2026, 7, 1), end=date(2026, 8, 1))
CUR1 = {
    "assemblyId": "20260821T055913Z",
    "account": "111122223333",
    "columns": [{"category": "lineItem", "name": "UnblendedCost", "type": "Decimal"}],
    "contentType": "text/csv",
    "reportName": "acme-cur",
    "billingPeriod": {"start": "20260701T000000.000Z", "end": "20260801T000000.000Z"},
    "reportKeys": ["cur/acme-cur/20260701-20260801/20260821T055913Z/acme-cur-00001.csv.gz"],
}
DATA_EXPORT = {
    "executionId": "0b1b6f0e-8f0a-4d6c-9d0b-2f3f3f1b7d1a",
    "exportArn": "arn:aws:bcm-data-exports:us-east-1:111122223333:export/acme-cur2-0f3b",
    "columns": [{"name": "line_item_unblended_cost", "type": "double"}],
    "dataFiles": [
        "s3://acme-exports/cur2/acme-cur2/data/BILLING_PERIOD=2026-07/"
        "2026-08-03T04:05:06.789Z-0b1b6f0e/acme-cur2-00001.snappy.parquet"
    ],
}


def parsed(document: dict[str, object]):
    return parse_manifest(json.dumps(document).encode())


def test_a_legacy_manifest_tells_report_period_version_and_files() -> None:
    manifest = parsed(CUR1)

    assert manifest.report_name == "acme-cur"
    assert manifest.account == "111122223333"
    assert manifest.billing_period == JULY
    assert manifest.assembly_id == "20260821T055913Z"
    assert manifest.assembled_at == datetime(2026, 8, 21, 5, 59, 13, tzinfo=UTC)
    assert manifest.keys == ("cur/acme-cur/20260701-20260801/20260821T055913Z/acme-cur-00001.csv.gz",)
    assert manifest.format == "csv"
    assert manifest.columns == ("lineItem/UnblendedCost",)


def test_an_assembly_id_that_is_no_time_gives_none() -> None:
    manifest = parsed(CUR1 | {"assemblyId": "a305820500ea7253a735396277786017"})

    assert manifest.assembly_id == "a305820500ea7253a735396277786017"
    assert manifest.assembled_at is None


def test_a_data_exports_manifest_is_read_from_its_arn_and_keys() -> None:
    manifest = parsed(DATA_EXPORT)

    assert manifest.report_name == "acme-cur2"
    assert manifest.account == "111122223333"
    assert manifest.billing_period == JULY
    assert manifest.assembly_id == "0b1b6f0e-8f0a-4d6c-9d0b-2f3f3f1b7d1a"
    assert manifest.assembled_at == datetime(2026, 8, 3, 4, 5, 6, 789000, tzinfo=UTC)
    assert manifest.keys[0].startswith("cur2/acme-cur2/data/BILLING_PERIOD=2026-07/")
    assert manifest.format == "parquet"
    assert manifest.columns == ("line_item_unblended_cost",)


def test_a_data_exports_manifest_may_state_what_its_keys_do_not_tell() -> None:
    manifest = parsed(
        {
            "executionId": "e-1",
            "exportName": "focus",
            "account": "1",
            "createdAt": "2026-08-03T04:05:06Z",
            "billingPeriod": {"start": "2026-07-01T00:00:00.000Z", "end": "2026-08-01T00:00:00.000Z"},
            "dataFiles": [{"key": "focus-00001.csv.gz"}],
        }
    )

    assert (manifest.report_name, manifest.account, manifest.billing_period) == ("focus", "1", JULY)
    assert manifest.assembled_at == datetime(2026, 8, 3, 4, 5, 6, tzinfo=UTC)
    assert manifest.keys == ("focus-00001.csv.gz",)


def test_a_manifest_of_an_empty_month_names_no_file() -> None:
    assert parsed(CUR1 | {"reportKeys": []}).keys == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b"{}",
        b'{"dataFiles": []}',
        json.dumps(CUR1 | {"reportKeys": "one"}).encode(),
        json.dumps(CUR1 | {"reportKeys": [7]}).encode(),
        json.dumps(CUR1 | {"reportKeys": ["../../secrets.csv"]}).encode(),
        json.dumps(CUR1 | {"billingPeriod": "July"}).encode(),
        json.dumps(CUR1 | {"billingPeriod": {"start": "July", "end": "August"}}).encode(),
        json.dumps(CUR1 | {"billingPeriod": {"start": "2026-08-01", "end": "2026-07-01"}}).encode(),
        json.dumps(CUR1 | {"columns": [{"type": "string"}]}).encode(),
        json.dumps(CUR1 | {"reportName": ["acme"]}).encode(),
    ],
)
def test_a_malformed_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidManifestError):
        parse_manifest(content)


def test_a_key_is_found_where_the_whole_bucket_was_copied() -> None:
    assert resolve_key("b/m.json", "p/data/one.csv", {"p/data/one.csv"}) == "p/data/one.csv"


def test_a_key_is_found_below_a_folder_that_was_copied_alone() -> None:
    listing = {"bills/acme-cur/year=2026/month=7/one.parquet", "bills/20260701-20260801/m.json"}

    path = resolve_key(
        "bills/20260701-20260801/m.json", "cur/acme/acme-cur/year=2026/month=7/one.parquet", listing
    )

    assert path == "bills/acme-cur/year=2026/month=7/one.parquet"


def test_the_longest_tail_of_a_key_counts() -> None:
    key = "cur/20260701-20260801/B/one.csv"
    listing = {
        "x/20260701-20260801/one.csv",
        "x/20260701-20260801/A/one.csv",
        "x/20260701-20260801/B/one.csv",
    }

    assert resolve_key("x/20260701-20260801/m.json", key, listing) == "x/20260701-20260801/B/one.csv"


def test_a_key_beside_its_manifest_is_found_by_name() -> None:
    assert resolve_key("flat/m.json", "cur/acme/data/one.csv", {"flat/one.csv"}) == "flat/one.csv"


def test_a_file_elsewhere_is_not_taken_for_the_key() -> None:
    assert resolve_key("x/july/m.json", "cur/july/one.csv", {"x/june/one.csv", "y/july/one.csv"}) is None


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared exports are not at {DATA}")
def test_every_file_that_a_real_manifest_names_is_found() -> None:
    folder = DATA.parent
    listing = {str(path.relative_to(folder)) for path in DATA.glob("aws_cur1_*/**/*") if path.is_file()}
    manifests = sorted(path for path in listing if path.endswith("Manifest.json"))

    for path in manifests:
        manifest = parse_manifest((folder / path).read_bytes())
        found = [resolve_key(path, key, listing) for key in manifest.keys]
        assert found
        assert all(
            one is not None and one.endswith(key) for one, key in zip(found, manifest.keys, strict=True)
        )
    assert len(manifests) == 6
