"""Which files of a bucket are one export."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudops.costs.discovery import DATA_FILE, Discovery, discover
from cloudops.stored_object import StoredObject

WRITTEN = datetime(2026, 8, 10, tzinfo=UTC)
NAMES = st.sampled_from(
    ["acme", "acme-00001", "acme-00002", "bill-20260814", "bill-20260821", "part_0_0001", "x"]
)
ENDS = st.sampled_from(
    [".csv", ".csv.gz", ".parquet", ".snappy.parquet", ".CSV", ".csv.zip", ".txt", ".json", ""]
)
FOLDERS = st.sampled_from(["", "a/", "a/b/", "a/year=2026/month=7/", "exports/data/BILLING_PERIOD=2026-07/"])
KEYS = st.builds(lambda folder, name, end: folder + name + end, FOLDERS, NAMES, ENDS)
MANIFEST_KEYS = st.builds(lambda folder: folder + "acme-Manifest.json", FOLDERS)


@st.composite
def buckets(draw: st.DrawFn) -> Mapping[str, bytes]:
    """Any files, beside manifests that name any of them, no file twice, and perhaps files that are not there."""
    keys = draw(st.lists(KEYS, unique=True, max_size=12))
    free = [key for key in keys if DATA_FILE.search(key)]
    bucket = dict.fromkeys(keys, b"")
    for number, key in enumerate(draw(st.lists(MANIFEST_KEYS, unique=True, max_size=3))):
        count = draw(st.integers(0, len(free)))
        named, free = free[:count], free[count:]
        lost = draw(st.sampled_from([[], ["lost-00001.csv"]]))
        content = json.dumps({"assemblyId": str(number), "reportName": "acme", "reportKeys": [*named, *lost]})
        bucket[key] = draw(st.sampled_from([content.encode(), b"{", b"{}"]))
    return bucket


@settings(max_examples=400)
@given(buckets())
def test_every_data_file_ends_in_exactly_one_bundle_and_every_other_is_told(
    bucket: Mapping[str, bytes],
) -> None:
    found = look_at(bucket)

    data = sorted(key for key in bucket if DATA_FILE.search(key))
    bundled = [part.key for bundle in found.bundles for part in bundle.parts]
    assert sorted(key for key in bundled if DATA_FILE.search(key)) == data
    assert set(bundled) | set(found.ignored) | set(manifests(bucket)) == set(bucket)
    assert all(bundle.parts for bundle in found.bundles)


@given(buckets(), st.randoms())
def test_the_order_of_the_listing_does_not_matter(bucket: Mapping[str, bytes], random: object) -> None:
    shuffled = list(bucket.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert grouped(look_at(dict(shuffled))) == grouped(look_at(bucket))


@pytest.mark.parametrize(
    "names",
    [
        ["acme-00001.snappy.parquet", "acme-00002.snappy.parquet"],
        ["acme-2026-07-00001.csv.gz", "acme-2026-07-00002.csv.gz"],
        ["part_0_0001.snappy.parquet", "part_1_0001.snappy.parquet"],
        ["focus.0001.csv", "focus.0002.csv"],
        ["bill-000000000000.csv", "bill-000000000001.csv"],
    ],
)
def test_numbered_files_are_parts_of_one_export(names: Sequence[str]) -> None:
    found = look_at(dict.fromkeys(names, b""))

    assert grouped(found) == [tuple(sorted(names))]


@pytest.mark.parametrize(
    "names",
    [
        ["export-20260814.csv", "export-20260821.csv"],
        ["export20260814.csv", "export20260821.csv"],
        ["export-202607.csv", "export-202608.csv"],
        ["export-2026-07.csv", "export-2026-08.csv"],
        ["export_2025.csv", "export_2026.csv"],
        ["export-2026-08-14.csv", "export-2026-08-21.csv"],
        ["a.csv", "b.csv"],
    ],
)
def test_snapshots_and_other_names_are_exports_of_their_own(names: Sequence[str]) -> None:
    found = look_at(dict.fromkeys(names, b""))

    assert grouped(found) == [(name,) for name in sorted(names)]


@pytest.mark.parametrize(
    "names", [["export-20260814.csv", "export-20260821.csv"], ["e_202607.csv", "e_202608.csv"]]
)
def test_snapshots_of_one_export_have_its_name_and_a_version_each(names: Sequence[str]) -> None:
    found = look_at({name: name.encode() for name in names})

    assert len({bundle.export_name for bundle in found.bundles}) == 1
    assert len({bundle.version for bundle in found.bundles}) == 2


def test_files_of_one_name_in_two_folders_are_two_exports() -> None:
    found = look_at({"month=6/acme-00001.parquet": b"", "month=7/acme-00001.parquet": b""})

    assert grouped(found) == [("month=6/acme-00001.parquet",), ("month=7/acme-00001.parquet",)]


def test_the_copy_of_a_manifest_above_its_assembly_adds_no_bundle() -> None:
    manifest = json.dumps({"assemblyId": "1", "reportName": "acme", "reportKeys": ["p/1/acme-00001.csv.gz"]})
    bucket = {
        "p/1/acme-00001.csv.gz": b"",
        "p/1/acme-Manifest.json": manifest.encode(),
        "p/acme-Manifest.json": manifest.encode(),
    }

    (bundle,) = look_at(bucket).bundles

    assert (bundle.export_name, bundle.version, bundle.refusal) == ("acme", "1", None)


def test_a_manifest_of_data_exports_tells_version_and_time() -> None:
    manifest = {
        "executionId": "abc",
        "exportName": "focus",
        "createdAt": "2026-08-02T03:04:05Z",
        "dataFiles": ["s3://bucket/exports/focus/data/focus-00001.csv.gz"],
    }
    bucket = {
        "exports/focus/data/focus-00001.csv.gz": b"",
        "exports/focus/metadata/focus-Manifest.json": json.dumps(manifest).encode(),
    }

    (bundle,) = look_at(bucket).bundles

    assert (bundle.version, bundle.made_at) == ("abc", datetime(2026, 8, 2, 3, 4, 5, tzinfo=UTC))


def look_at(bucket: Mapping[str, bytes]) -> Discovery:
    listing = [
        StoredObject(key=key, size=len(content), etag=f"{key}{content!r}", modified_at=WRITTEN)
        for key, content in bucket.items()
    ]
    read: Callable[[str], bytes] = bucket.__getitem__
    return discover(listing, read)


def grouped(found: Discovery) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(part.key for part in bundle.parts)) for bundle in found.bundles)


def manifests(bucket: Mapping[str, bytes]) -> list[str]:
    return [key for key in bucket if key.lower().endswith("manifest.json")]
