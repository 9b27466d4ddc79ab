"""A bucket of the template on this machine: written as well as read, versioned, and kept in the home."""

import hashlib
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from local.etags import Etags
from local.folder_bucket import NAMESPACE, FolderBucket, S3Answer, S3Error, StoredObject, is_plain, xml

# What comes after it in a file's name is the number of the version; the first has none.
VERSION = "~"


class KeptBucket(FolderBucket):
    """Every version of every object is a file. Nothing is deleted, as if all of it were under Object Lock.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(self, name: str, folder: Path, etags: Etags) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(name, folder, etags)

    def put(self, key: str, content: bytes) -> S3Answer:
        if not is_plain(key) or VERSION in key:
            raise S3Error(400, "InvalidArgument", f"{key} is no key that a folder can keep")
        number = self._store(key, content)
        # An ETag is the MD5 of the content, as AWS has it.
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return S3Answer(status=200, headers={"ETag": f'"{etag}"', "x-amz-version-id": str(number)})

    def answer(
        self, method: str, key: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> S3Answer:
        if method == "DELETE":
            raise S3Error(403, "AccessDenied", "Access Denied because object protected by object lock.")
        if method == "GET" and not key and "versions" in query:
            return xml(self._version_listing(query.get("prefix", "")))
        if key and (versions := self._versions(key)):
            wanted = query.get("versionId", str(len(versions)))
            if not wanted.isdigit() or not 1 <= int(wanted) <= len(versions):
                raise S3Error(404, "NoSuchVersion", "The specified version does not exist.")
            path = versions[int(wanted) - 1]
            return super().answer(method, self._relative(path), query={}, headers=headers)
        return super().answer(method, key, query=query, headers=headers)

    def objects(self, prefix: str = "") -> list[StoredObject]:
        """The newest version of each key."""
        return [
            StoredObject(
                key=one.key,
                path=newest,
                size=newest.stat().st_size,
                modified=_modified(newest),
                etag=self._stored(newest).etag,
            )
            for one in super().objects(prefix)
            if VERSION not in one.key
            for newest in self._versions(one.key)[-1:]
        ]

    def _store(self, key: str, content: bytes) -> int:
        """The number of the version. Commands that share a home write into one folder."""
        path = self._version_path(key, 1)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{VERSION}{secrets.token_hex(8)}")
        draft.write_bytes(content)
        number = len(self._versions(key)) + 1
        while not _linked(draft, self._version_path(key, number)):
            number += 1
        draft.unlink()
        return number

    def _version_listing(self, prefix: str) -> Element:
        result = Element("ListVersionsResult", xmlns=NAMESPACE)
        for name, text in {"Name": self.name, "Prefix": prefix, "IsTruncated": "false"}.items():
            SubElement(result, name).text = text
        for one in super().objects(prefix):
            if VERSION not in one.key:
                self._describe_versions(result, one.key)
        return result

    def _describe_versions(self, result: Element, key: str) -> None:
        versions = self._versions(key)
        for number, path in reversed(list(enumerate(versions, start=1))):
            described = SubElement(result, "Version")
            for name, text in {
                "Key": key,
                "VersionId": str(number),
                "IsLatest": str(number == len(versions)).lower(),
                "LastModified": _modified(path).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "ETag": self._stored(path).etag,
                "Size": str(path.stat().st_size),
                "StorageClass": "STANDARD",
            }.items():
                SubElement(described, name).text = text

    def _versions(self, key: str) -> list[Path]:
        """The files of a key's versions, the first one first."""
        found: list[Path] = []
        while is_plain(key) and (path := self._version_path(key, len(found) + 1)).is_file():
            found.append(path)
        return found

    def _version_path(self, key: str, number: int) -> Path:
        return self._folder / (key if number == 1 else f"{key}{VERSION}{number}")

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _linked(draft: Path, path: Path) -> bool:
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    return True


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
