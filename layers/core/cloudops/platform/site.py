"""The web UI's files in its bucket: hashed ones for ever, those that name them to be asked for again each time."""

import json
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path

from cloudops.platform.aws import client
from cloudops.platform.objects import told

FIRST_PAGE, CONFIG = "index.html", "config.json"
# The build names the files in this folder after what they hold.
HASHED = "assets/"
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
# What browsers insist on, and machines know differently or not at all.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class UnbuiltSiteError(Exception):
    """The folder holds no build of the web UI."""


class UndeletedObjectsError(Exception):
    """The bucket could not be emptied."""


def publish(directory: Path, bucket: str, config: Mapping[str, str]) -> int:
    """Upload a build and its configuration; how many files. The first page goes last, when all that it names is there.

    Files of earlier builds stay, because pages that are open still ask for them.
    """
    first_page = directory / FIRST_PAGE
    if not first_page.is_file():
        raise UnbuiltSiteError(f"{first_page} is missing: the layer was built without the web UI")
    files = sorted(path for path in directory.rglob("*") if path.is_file() and path != first_page)
    for path in files:
        put(bucket, path.relative_to(directory).as_posix(), path.read_bytes())
    put(bucket, CONFIG, json.dumps(config).encode())
    put(bucket, FIRST_PAGE, first_page.read_bytes())
    return len(files) + 2


def put(bucket: str, key: str, body: bytes) -> None:
    with told(bucket, "s3:PutObject"):
        client("s3").put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=type_of(key),
            CacheControl=FOREVER if key.startswith(HASHED) else ASK_AGAIN,
        )


def type_of(key: str) -> str:
    guessed, _ = mimetypes.guess_type(key)
    return TYPES.get(Path(key).suffix) or guessed or "application/octet-stream"


def empty(bucket: str) -> int:
    """Delete every version of everything, without which S3 deletes no bucket; how many versions."""
    deleted = 0
    for batch in versions(bucket):
        with told(bucket, "s3:DeleteObjectVersion"):
            answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        if errors := answer.get("Errors"):
            raise UndeletedObjectsError(f"S3 keeps {len(errors)} objects: {errors[0]['Code']}")
        deleted += len(batch)
    return deleted


def versions(bucket: str) -> Iterator[list[dict[str, str]]]:
    """A page of at most a thousand at a time, which is as many as S3 deletes at once."""
    pages = client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    with told(bucket, "s3:ListBucketVersions"):
        for page in pages:
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if found:
                yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
