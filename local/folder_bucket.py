"""A folder served as an S3 bucket: read-only, confined to the folder, and streamed."""

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from local.etags import Etags

CHUNK = 2**20
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    key: str
    path: Path
    size: int
    modified: datetime
    etag: str


@dataclass(frozen=True, kw_only=True)
class S3Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes | Iterator[bytes] = b""


class S3Error(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self) -> S3Answer:
        error = Element("Error")
        for name, text in (("Code", self.code), ("Message", str(self))):
            SubElement(error, name).text = text
        return S3Answer(
            status=self.status, headers={"Content-Type": "application/xml"}, body=_document(error)
        )


class FolderBucket:
    def __init__(self, name: str, folder: Path, etags: Etags) -> None:
        self.name = name
        self._etags = etags
        self._folder = folder.resolve()

    def answer(
        self, method: str, key: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> S3Answer:
        """Raises S3Error. `headers` have lower-case names."""
        if method not in {"GET", "HEAD"}:
            raise S3Error(403, "AccessDenied", f"{self.name} is a folder that is only read")
        if key:
            return self._object(method, key, headers)
        if method == "HEAD":
            return S3Answer(status=200, headers={"x-amz-bucket-region": "us-east-1"})
        if "location" in query:
            return xml(Element("LocationConstraint", xmlns=NAMESPACE))
        if query.get("list-type") == "2":
            return xml(_listing(self.name, self.objects(query.get("prefix", "")), query))
        raise S3Error(501, "NotImplemented", "a mounted folder answers ListObjectsV2, HEAD and GET")

    def objects(self, prefix: str = "") -> list[StoredObject]:
        """In the order of S3, which is that of the keys' UTF-8 bytes."""
        # Only the deepest folder that the prefix names needs to be walked.
        start = self._folder / prefix.rpartition("/")[0]
        if ".." in start.parts:
            return []
        paths = [
            Path(folder) / name
            for folder, _, names in os.walk(start)
            for name in names
            if self._serves(Path(folder) / name)
        ]
        found = [self._stored(path) for path in paths if self._key(path).startswith(prefix)]
        return sorted(found, key=lambda stored: stored.key.encode())

    def _object(self, method: str, key: str, headers: Mapping[str, str]) -> S3Answer:
        if not is_plain(key) or not self._serves(self._folder / key):
            raise S3Error(404, "NoSuchKey", "The specified key does not exist.")
        stored = self._stored(self._folder / key)
        if headers.get("if-match", stored.etag) not in {stored.etag, "*", stored.etag.strip('"')}:
            raise S3Error(412, "PreconditionFailed", "The object has changed.")
        first, last = _range(headers.get("range"), stored.size)
        described = {
            "Content-Length": str(last - first + 1),
            "Content-Type": "binary/octet-stream",
            "Accept-Ranges": "bytes",
            "ETag": stored.etag,
            "Last-Modified": format_datetime(stored.modified, usegmt=True),
        }
        partial = "range" in headers and stored.size > 0
        if partial:
            described["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
        body = b"" if method == "HEAD" else _chunks(stored.path, first, last)
        return S3Answer(status=206 if partial else 200, headers=described, body=body)

    def _stored(self, path: Path) -> StoredObject:
        status = path.stat()
        return StoredObject(
            key=self._key(path),
            path=path,
            size=status.st_size,
            modified=datetime.fromtimestamp(int(status.st_mtime), UTC),
            etag=f'"{self._etags.of(path)}"',
        )

    def _key(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _serves(self, path: Path) -> bool:
        # A link that leads out of the folder would serve files that nobody mounted.
        return path.is_file() and path.resolve().is_relative_to(self._folder)


def is_plain(key: str) -> bool:
    return "\0" not in key and all(part not in {"", ".", ".."} for part in key.split("/"))


def _range(header: str | None, size: int) -> tuple[int, int]:
    """First and last byte; the last is -1 for an empty object."""
    if not header or size == 0:
        return 0, size - 1
    unit, _, span = header.partition("=")
    start, _, end = span.partition("-")
    try:
        first = int(start) if start else max(0, size - int(end))
        last = min(int(end), size - 1) if start and end else size - 1
    except ValueError:
        return 0, size - 1
    if unit != "bytes" or first > last:
        raise S3Error(416, "InvalidRange", "The requested range is not satisfiable")
    return first, last


def _chunks(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _listing(bucket: str, objects: list[StoredObject], query: Mapping[str, str]) -> Element:
    limit = min(int(query.get("max-keys", "1000")), 1000)
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    after = _token_key(query["continuation-token"]) if "continuation-token" in query else ""
    after = max(after, query.get("start-after", ""), key=lambda key: key.encode())
    entries = _entries(objects, prefix=prefix, delimiter=delimiter)
    rest = [entry for entry in entries if entry[0].encode() > after.encode()]
    page, truncated = rest[:limit], len(rest) > limit
    write = quote if query.get("encoding-type") == "url" else str
    result = Element("ListBucketResult", xmlns=NAMESPACE)
    fields = {
        "Name": bucket,
        "Prefix": write(prefix),
        "KeyCount": str(len(page)),
        "MaxKeys": str(limit),
        "IsTruncated": str(truncated).lower(),
    }
    if delimiter:
        fields["Delimiter"] = write(delimiter)
    if "encoding-type" in query:
        fields["EncodingType"] = query["encoding-type"]
    if truncated and page:
        fields["NextContinuationToken"] = base64.urlsafe_b64encode(page[-1][0].encode()).decode()
    for name, text in fields.items():
        SubElement(result, name).text = text
    for key, stored in page:
        _describe(result, write(key), stored)
    return result


def _entries(
    objects: list[StoredObject], *, prefix: str, delimiter: str
) -> list[tuple[str, StoredObject | None]]:
    """Keys with their objects, and common prefixes with none, in order."""
    entries: dict[str, StoredObject | None] = {}
    for stored in objects:
        head, found, _ = stored.key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if found:
            entries[prefix + head + delimiter] = None
        else:
            entries[stored.key] = stored
    return list(entries.items())


def _describe(result: Element, key: str, stored: StoredObject | None) -> None:
    if stored is None:
        SubElement(SubElement(result, "CommonPrefixes"), "Prefix").text = key
        return
    contents = SubElement(result, "Contents")
    for name, text in {
        "Key": key,
        "LastModified": stored.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ETag": stored.etag,
        "Size": str(stored.size),
        "StorageClass": "STANDARD",
    }.items():
        SubElement(contents, name).text = text


def _token_key(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise S3Error(400, "InvalidArgument", "The continuation token provided is incorrect") from error


def xml(element: Element) -> S3Answer:
    return S3Answer(status=200, headers={"Content-Type": "application/xml"}, body=_document(element))


def _document(element: Element) -> bytes:
    document: bytes = tostring(element, encoding="UTF-8", xml_declaration=True)
    return document
