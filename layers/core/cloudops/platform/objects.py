"""Objects in S3: listed with what identifies their content, downloaded and stored as exactly that content."""

import base64
import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloudops.errors import ConflictError, ForbiddenError, NotFoundError
from cloudops.platform.aws import client
from cloudops.stored_object import FirstVersion, StoredObject

CHUNK = 1 << 20
# Whole files are moved by jobs, and S3 answers for one only once it has it all.
BODY_SECONDS = 60


class ObjectNotFoundError(NotFoundError):
    """The bucket or the object does not exist, or may not be read."""


class ObjectChangedError(ConflictError):
    """The object was replaced after it was listed."""


class ObjectsRefusedError(ForbiddenError):
    """The bucket may not be read."""

    def __init__(self, detail: str, *, action: str) -> None:
        super().__init__(detail)
        self.action = action


def bodies() -> Any:
    """The client that whole files are moved by."""
    return client("s3", read_seconds=BODY_SECONDS)


@contextmanager
def told(bucket: str, action: str) -> Iterator[None]:
    """S3's refusals of an IAM action as errors of ours; what is S3's own trouble passes.

    The action is the one that S3 names, where it names one: an object's key may refuse what its bucket allows.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in {"NoSuchBucket", "NoSuchKey", "404"}:
            raise ObjectNotFoundError(f"there is no bucket {bucket}, or not what was listed in it") from error
        if code in {"AccessDenied", "403", "AllAccessDisabled"}:
            from cloudops.platform.aws_failures import explain  # noqa: PLC0415 - as slow as botocore

            lacking = explain(error).action or action
            refused = f"S3 denies us the bucket {bucket}, for want of {lacking}"
            raise ObjectsRefusedError(refused, action=lacking) from error
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
        return bytes((s3 or bodies()).get_object(Bucket=bucket, Key=key)["Body"].read())


def download(bucket: str, stored: StoredObject, path: Path, *, s3: Any = None) -> None:
    """Write the object to `path`; it must still be the one that was listed."""
    with told(bucket, "s3:GetObject"):
        response = (s3 or bodies()).get_object(Bucket=bucket, Key=stored.key)
    if response["ETag"].strip('"') != stored.etag:
        raise ObjectChangedError(f"s3://{bucket}/{stored.key} is another object than the one listed")
    with path.open("wb") as file:
        shutil.copyfileobj(response["Body"], file, CHUNK)
    if path.stat().st_size != stored.size:
        raise ObjectChangedError(
            f"s3://{bucket}/{stored.key} came as {path.stat().st_size} bytes of {stored.size}"
        )


def list_first_versions(bucket: str, prefix: str) -> list[FirstVersion]:
    """Of each key the version that was there first, however it was written over or deleted since."""
    pages = client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    first: dict[str, str] = {}
    seen: Counter[str] = Counter()
    with told(bucket, "s3:ListBucketVersions"):
        for page in pages:
            # S3 lists a key's versions from the newest to the oldest.
            for version in page.get("Versions", []):
                first[version["Key"]] = version["VersionId"]
                seen[version["Key"]] += 1
            for marker in page.get("DeleteMarkers", []):
                seen[marker["Key"]] += 1
    return [
        FirstVersion(key=key, version_id=version_id, later_versions=seen[key] - 1)
        for key, version_id in sorted(first.items())
    ]


def read_version(bucket: str, version: FirstVersion) -> bytes:
    with told(bucket, "s3:GetObjectVersion"):
        found = client("s3").get_object(Bucket=bucket, Key=version.key, VersionId=version.version_id)
        return bytes(found["Body"].read())


def put_object(bucket: str, key: str, body: bytes, *, content_type: str) -> None:
    """S3 holds the body against its SHA-256, and stores neither or both."""
    with told(bucket, "s3:PutObject"):
        bodies().put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode(),
        )


def put_file(bucket: str, key: str, path: Path, *, content_type: str) -> str:
    """Store a file of up to 5 GB; its SHA-256 in hexadecimal, which S3 held it against."""
    with path.open("rb") as file, told(bucket, "s3:PutObject"):
        digest = hashlib.file_digest(file, "sha256")
        file.seek(0)
        bodies().put_object(
            Bucket=bucket,
            Key=key,
            Body=file,
            ContentType=content_type,
            ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
        )
    return digest.hexdigest()


def link_to(bucket: str, key: str, *, seconds: int, file_name: str) -> str:
    """A link that downloads the object without any other right, for as long."""
    link: str = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        },
        ExpiresIn=seconds,
    )
    return link


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket as a place for files."""

    name: str

    def put(self, key: str, content: bytes) -> None:
        put_object(self.name, key, content, content_type="application/vnd.apache.parquet")

    def read(self, key: str) -> bytes:
        return read_object(self.name, key)
