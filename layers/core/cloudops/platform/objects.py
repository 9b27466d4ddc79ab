"""Objects in S3: listed with what identifies their content, and downloaded as exactly that content."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from cloudops.errors import ConflictError, NotFoundError
from cloudops.platform.aws import client
from cloudops.stored_object import StoredObject

CHUNK = 1 << 20


class ObjectNotFoundError(NotFoundError):
    """The bucket or the object does not exist, or may not be read."""


class ObjectChangedError(ConflictError):
    """The object was replaced after it was listed."""


def list_objects(bucket: str, prefix: str) -> Iterator[StoredObject]:
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        for page in pages:
            for entry in page.get("Contents", []):
                yield StoredObject(
                    key=entry["Key"],
                    size=entry["Size"],
                    etag=entry["ETag"].strip('"'),
                    modified_at=entry["LastModified"],
                )
    except client("s3").exceptions.NoSuchBucket as error:
        raise ObjectNotFoundError(f"there is no bucket {bucket}") from error


def read_object(bucket: str, key: str) -> bytes:
    return bytes(client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def download(bucket: str, stored: StoredObject, path: Path) -> None:
    """Write the object to `path`; it must still be the one that was listed."""
    response = client("s3").get_object(Bucket=bucket, Key=stored.key)
    if response["ETag"].strip('"') != stored.etag:
        raise ObjectChangedError(f"s3://{bucket}/{stored.key} is another object than the one listed")
    with path.open("wb") as file:
        shutil.copyfileobj(response["Body"], file, CHUNK)
    if path.stat().st_size != stored.size:
        raise ObjectChangedError(
            f"s3://{bucket}/{stored.key} came as {path.stat().st_size} bytes of {stored.size}"
        )
