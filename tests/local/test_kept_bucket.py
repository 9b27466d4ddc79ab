"""Buckets of the template: what is put there is versioned, checked, and still there after a restart."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.aws import EmulatedAws

BUCKET = "cloudops-evidencebucket"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


@pytest.fixture
def s3(aws: EmulatedAws, tmp_path: Path) -> Iterator[Any]:
    aws.keep_buckets((BUCKET,), tmp_path)
    client = aws.client("s3")
    yield client
    client.close()


def put(s3: Any, key: str, body: bytes, **options: Any) -> Any:
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body, **options)


def read(s3: Any, key: str, **options: Any) -> bytes:
    return bytes(s3.get_object(Bucket=BUCKET, Key=key, **options)["Body"].read())


def test_an_object_is_read_and_listed_as_it_was_put(s3: Any) -> None:
    answer = put(s3, "tenants/a/trail/1.json", b"head")

    (listed,) = s3.list_objects_v2(Bucket=BUCKET, Prefix="tenants/a/")["Contents"]
    assert read(s3, "tenants/a/trail/1.json") == b"head"
    assert (listed["Key"], listed["Size"], listed["ETag"]) == ("tenants/a/trail/1.json", 4, answer["ETag"])


def test_an_object_outlives_the_emulation(aws: EmulatedAws, s3: Any, tmp_path: Path) -> None:
    put(s3, "a/b", b"kept")

    aws.keep_buckets((BUCKET,), tmp_path)

    assert read(s3, "a/b") == b"kept"


def test_every_version_stays(s3: Any) -> None:
    first, second = put(s3, "a", b"first")["VersionId"], put(s3, "a", b"second")["VersionId"]

    versions = s3.list_object_versions(Bucket=BUCKET, Prefix="a")["Versions"]

    assert [(one["VersionId"], one["IsLatest"]) for one in versions] == [(second, True), (first, False)]
    assert [read(s3, "a"), read(s3, "a", VersionId=first)] == [b"second", b"first"]
    assert [one["Size"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [6]
    with pytest.raises(ClientError, match="NoSuchVersion"):
        read(s3, "a", VersionId="9")


def test_nothing_is_deleted(s3: Any) -> None:
    put(s3, "a", b"x")

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key="a")

    assert read(s3, "a") == b"x"


def test_an_object_is_held_against_its_checksum(s3: Any) -> None:
    digest = base64.b64encode(hashlib.sha256(b"right").digest()).decode()

    put(s3, "right", b"right", ChecksumSHA256=digest)
    with pytest.raises(ClientError, match="BadDigest"):
        put(s3, "wrong", b"wrong", ChecksumSHA256=digest)

    assert [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["right"]


def test_a_file_is_put_and_a_link_leads_to_it(s3: Any, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(b"a,b\r\n" * 100_000)
    with file.open("rb") as body:
        s3.put_object(Bucket=BUCKET, Key="exports/events.csv", Body=body)

    link = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "exports/events.csv"})

    assert httpx.get(link, trust_env=False).content == file.read_bytes()


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "a//b", "a~2"])
def test_a_key_stays_in_its_folder(s3: Any, tmp_path: Path, key: str) -> None:
    with pytest.raises(ClientError):
        put(s3, key, b"x")

    assert not (tmp_path / "outside").exists()
    assert not (tmp_path.parent / "outside").exists()
