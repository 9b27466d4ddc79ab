"""Objects in S3: listed with what identifies their content, and downloaded as exactly that content."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cloudops.errors import ConflictError, ForbiddenError, NotFoundError
from cloudops.platform.aws import client
from cloudops.stored_object import StoredObject

CHUNK = 1 << 20


class ObjectNotFoundError(NotFoundError):
    """The bucket or the object does not exist, or may not be read."""


class ObjectChangedError(ConflictError):
    """The object was replaced after it was listed."""


class ObjectsRefusedError(ForbiddenError):
    """The bucket may not be read."""

    def __init__(self, detail: str, *, action: str) -> None:
        super().__init__(detail)
        self.action = action


@contextmanager
def told(bucket: str, action: str) -> Iterator[None]:
    """S3's refusals of an IAM action as errors of ours; what is S3's own trouble passes."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in {"NoSuchBucket", "NoSuchKey", "404"}:
            raise ObjectNotFoundError(f"there is no bucket {bucket}, or not what was listed in it") from error
        if code in {"AccessDenied", "403", "AllAccessDisabled"}:
            raise ObjectsRefusedError(f"S3 denies us the bucket {bucket}", action=action) from error
        raise


def list_objects(bucket: str, prefix: str, *, s3: Any = None) -> Iterator[StoredObject]:
    """`s3` is a client that reads by another role than our own."""
    pages = (s3 or client("s3")).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    with told(bucket, "s3:ListBucket"):
        for page in pages:
            for entry in page.get("Contents", []):
                yield StoredObject(
                    key=entry["Key"],
                    size=entry["Size"],
                    etag=entry["ETag"].strip('"'),
                    modified_at=entry["LastModified"],
                )


def read_object(bucket: str, key: str, *, s3: Any = None) -> bytes:
    with told(bucket, "s3:GetObject"):
        return bytes((s3 or client("s3")).get_object(Bucket=bucket, Key=key)["Body"].read())


def download(bucket: str, stored: StoredObject, path: Path, *, s3: Any = None) -> None:
    """Write the object to `path`; it must still be the one that was listed."""
    with told(bucket, "s3:GetObject"):
        response = (s3 or client("s3")).get_object(Bucket=bucket, Key=stored.key)
    if response["ETag"].strip('"') != stored.etag:
        raise ObjectChangedError(f"s3://{bucket}/{stored.key} is another object than the one listed")
    with path.open("wb") as file:
        shutil.copyfileobj(response["Body"], file, CHUNK)
    if path.stat().st_size != stored.size:
        raise ObjectChangedError(
            f"s3://{bucket}/{stored.key} came as {path.stat().st_size} bytes of {stored.size}"
        )
