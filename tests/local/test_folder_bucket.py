import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.aws import EmulatedAws

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("not mounted")
    folder = tmp_path_factory.mktemp("exports")
    for month in range(1, 4):
        part = folder / "cur" / f"BILLING_PERIOD=2026-0{month}" / "part 1+ü.parquet"
        part.parent.mkdir(parents=True)
        part.write_bytes(b"x" * month)
    (folder / "big.bin").write_bytes(CONTENT)
    (folder / "empty.csv").touch()
    (folder / "way-out.txt").symlink_to(outside / "secret.txt")
    os.utime(folder / "big.bin", (1_750_000_000.9, 1_750_000_000.9))
    return folder


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


@pytest.fixture(scope="module")
def s3(aws: EmulatedAws) -> Iterator[Any]:
    client = aws.client("s3")
    yield client
    client.close()


@pytest.fixture(scope="module")
def bucket(aws: EmulatedAws, folder: Path) -> str:
    return aws.mount(folder)


def keys(s3: Any, bucket: str, **question: Any) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, **question)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


PARTS = [f"cur/BILLING_PERIOD=2026-0{month}/part 1+ü.parquet" for month in range(1, 4)]


def test_files_are_listed_in_the_order_of_their_keys(s3: Any, bucket: str) -> None:
    assert keys(s3, bucket) == ["big.bin", *PARTS, "empty.csv"]


def test_pages_of_any_size_list_every_file_once(s3: Any, bucket: str) -> None:
    for size in range(1, 7):
        assert keys(s3, bucket, PaginationConfig={"PageSize": size}) == ["big.bin", *PARTS, "empty.csv"]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("cur/", PARTS),
        ("cur/BILLING_PERIOD=2026-02", PARTS[1:2]),
        ("cu", PARTS),
        ("nothing/here", []),
        ("../", []),
        ("cur/../", []),
    ],
)
def test_a_prefix_narrows_the_list(s3: Any, bucket: str, prefix: str, expected: list[str]) -> None:
    assert keys(s3, bucket, Prefix=prefix) == expected


def test_a_delimiter_folds_folders(s3: Any, bucket: str) -> None:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="cur/", Delimiter="/")

    assert [one["Prefix"] for one in listed["CommonPrefixes"]] == [
        f"cur/BILLING_PERIOD=2026-0{month}/" for month in range(1, 4)
    ]
    assert "Contents" not in listed


def test_a_listed_file_has_its_size_time_and_the_md5_of_its_content(s3: Any, bucket: str) -> None:
    (entry,) = s3.list_objects_v2(Bucket=bucket, Prefix="big.bin")["Contents"]

    assert entry["Size"] == len(CONTENT)
    assert entry["LastModified"] == datetime.fromtimestamp(1_750_000_000, UTC)
    assert entry["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'  # noqa: S324


def test_head_and_get_agree_with_the_list(s3: Any, bucket: str) -> None:
    (entry,) = s3.list_objects_v2(Bucket=bucket, Prefix="big.bin")["Contents"]

    head = s3.head_object(Bucket=bucket, Key="big.bin")
    got = s3.get_object(Bucket=bucket, Key="big.bin")

    assert got["Body"].read() == CONTENT
    for answer in (head, got):
        assert answer["ContentLength"] == entry["Size"]
        assert answer["ETag"] == entry["ETag"]
        assert answer["LastModified"] == entry["LastModified"]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("bytes=0-0", CONTENT[:1]),
        ("bytes=100-199", CONTENT[100:200]),
        ("bytes=5119990-", CONTENT[5_119_990:]),
        ("bytes=-8", CONTENT[-8:]),
        ("bytes=5119990-9999999", CONTENT[5_119_990:]),
    ],
)
def test_a_range_gives_those_bytes(s3: Any, bucket: str, span: str, expected: bytes) -> None:
    got = s3.get_object(Bucket=bucket, Key="big.bin", Range=span)

    assert got["Body"].read() == expected
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["ContentRange"].endswith(f"/{len(CONTENT)}")


def test_a_range_behind_the_end_is_refused(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="InvalidRange"):
        s3.get_object(Bucket=bucket, Key="big.bin", Range="bytes=99999999-")


def test_an_empty_file_is_an_empty_object(s3: Any, bucket: str) -> None:
    assert s3.get_object(Bucket=bucket, Key="empty.csv")["Body"].read() == b""


def test_a_download_in_parallel_ranges_is_the_file(s3: Any, bucket: str, tmp_path: Path) -> None:
    s3.download_file(bucket, "big.bin", str(tmp_path / "copy"))

    assert (tmp_path / "copy").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "key", ["missing", "cur", "way-out.txt", "../outside0/secret.txt", "a/../big.bin", "/big.bin"]
)
def test_what_is_no_file_of_the_folder_is_not_found(s3: Any, bucket: str, key: str) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=bucket, Key=key)


@pytest.mark.parametrize(
    "path", ["%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2f..%2f..%2fetc/passwd", "cur/%2e%2e/big.bin"]
)
def test_no_encoding_leads_out_of_the_folder(aws: EmulatedAws, bucket: str, path: str) -> None:
    answer = httpx.get(f"{aws.endpoint}/{bucket}/{path}", trust_env=False)

    assert answer.status_code == 404


@pytest.mark.parametrize("operation", ["put_object", "delete_object"])
def test_a_mounted_folder_is_only_read(s3: Any, bucket: str, folder: Path, operation: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(s3, operation)(Bucket=bucket, Key="big.bin")

    assert (folder / "big.bin").read_bytes() == CONTENT


def test_a_folder_keeps_its_bucket_name(aws: EmulatedAws, folder: Path, bucket: str) -> None:
    assert aws.mount(folder) == bucket


def test_the_same_content_elsewhere_has_the_same_tag(aws: EmulatedAws, s3: Any, tmp_path: Path) -> None:
    (tmp_path / "copy.bin").write_bytes(CONTENT)
    other = aws.mount(tmp_path)

    assert s3.head_object(Bucket=other, Key="copy.bin")["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'  # noqa: S324


def test_a_changed_file_gets_another_tag(aws: EmulatedAws, s3: Any, tmp_path: Path) -> None:
    file = tmp_path / "part"
    file.write_bytes(b"before")
    bucket = aws.mount(tmp_path)
    before = s3.head_object(Bucket=bucket, Key="part")["ETag"]

    file.write_bytes(b"behind")

    assert s3.head_object(Bucket=bucket, Key="part")["ETag"] != before


def test_other_buckets_are_still_motos(s3: Any, bucket: str) -> None:
    s3.create_bucket(Bucket="evidence")
    s3.put_object(Bucket="evidence", Key="a b/ü+", Body=b"kept")

    assert s3.get_object(Bucket="evidence", Key="a b/ü+")["Body"].read() == b"kept"
    assert bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_what_was_in_memory_is_gone_after_a_stop() -> None:
    first = EmulatedAws()
    first.client("sqs").create_queue(QueueName="once")
    first.stop()
    second = EmulatedAws()
    try:
        assert "QueueUrls" not in second.client("sqs").list_queues()
    finally:
        second.stop()
