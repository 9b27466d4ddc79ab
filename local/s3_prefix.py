"""Exports in a real bucket: a copy of a prefix on this machine, made with the user's own AWS credentials."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.errors import LocalError

URI = re.compile(r"^s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?$")
Progress = Callable[[str], None]


def is_s3(path: str) -> bool:
    return path.startswith("s3://")


def prefix_of(uri: str) -> str:
    found = URI.match(uri)
    return (found["prefix"] or "") if found else ""


def copy_prefix(uri: str, into: Path, *, progress: Progress = lambda _: None) -> Path:
    """Download what lies under the prefix and changed since the last time; the folder that holds the bucket's keys.

    Files keep the time at which AWS wrote them, because versions of a bill are ordered by it.
    """
    found = URI.match(uri)
    if found is None:
        raise LocalError(f"{uri} is not an address like s3://bucket/prefix")
    folder = into / found["bucket"]
    s3 = boto3.client("s3")
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(
            Bucket=found["bucket"], Prefix=found["prefix"] or ""
        ):
            for entry in page.get("Contents", []):
                copy_object(s3, found["bucket"], entry, folder, progress)
    except (BotoCoreError, ClientError) as error:
        raise LocalError(f"{uri} cannot be read: {error}") from error
    if not folder.exists():
        raise LocalError(f"there is nothing under {uri}")
    return folder


def copy_object(s3: Any, bucket: str, entry: Mapping[str, Any], folder: Path, progress: Progress) -> None:
    target = (folder / entry["Key"]).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise LocalError(f"the key {entry['Key']} leaves its bucket")
    written = entry["LastModified"].timestamp()
    if entry["Key"].endswith("/") or is_same(target, entry["Size"], written):
        return
    progress(entry["Key"])
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    s3.download_file(bucket, entry["Key"], str(partial))
    os.utime(partial, (written, written))
    partial.replace(target)


def is_same(file: Path, size: int, written: float) -> bool:
    return file.exists() and file.stat().st_size == size and file.stat().st_mtime == written
