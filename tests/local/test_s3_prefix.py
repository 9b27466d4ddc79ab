from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from local.errors import LocalError
from local.s3_prefix import copy_prefix


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="acme-billing")
        s3.put_object(Bucket="acme-billing", Key="cur/2026-06/part-1.csv", Body=b"a,b\n1,2\n")
        s3.put_object(Bucket="acme-billing", Key="other/file.csv", Body=b"x\n")
        yield "acme-billing"


def test_a_prefix_is_copied_with_its_keys_and_times(bucket: str, tmp_path: Path) -> None:
    folder = copy_prefix(f"s3://{bucket}/cur/", tmp_path)

    copied = [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]
    written = boto3.client("s3").head_object(Bucket=bucket, Key="cur/2026-06/part-1.csv")["LastModified"]
    assert copied == ["cur/2026-06/part-1.csv"]
    assert (folder / copied[0]).stat().st_mtime == written.timestamp()


def test_what_did_not_change_is_not_copied_again(bucket: str, tmp_path: Path) -> None:
    copy_prefix(f"s3://{bucket}/cur/", tmp_path)
    again: list[str] = []

    copy_prefix(f"s3://{bucket}/cur/", tmp_path, progress=again.append)

    assert again == []


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("s3://acme-billing/nothing/", "there is nothing under"),
        ("s3://no-such-bucket/cur/", "cannot be read"),
        ("s3://UPPER/x", "is not an address like"),
    ],
)
def test_what_cannot_be_copied_is_said(bucket: str, tmp_path: Path, uri: str, reason: str) -> None:
    with pytest.raises(LocalError, match=reason):
        copy_prefix(uri, tmp_path)


def test_a_key_cannot_leave_the_folder(bucket: str, tmp_path: Path) -> None:
    boto3.client("s3").put_object(Bucket=bucket, Key="cur/../../evil.csv", Body=b"x")

    with pytest.raises(LocalError, match="leaves its bucket"):
        copy_prefix(f"s3://{bucket}/cur/", tmp_path / "copies")
