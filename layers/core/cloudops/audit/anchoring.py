"""Heads in the evidence bucket: read as they were first written, and written once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from cloudops.audit.heads import Head, StoredHead, prefix_of
from cloudops.platform.objects import list_first_versions, put_object, read_version
from cloudops.stored_object import FirstVersion

# A year of hourly heads is 9,000 objects, and each is a round trip.
READERS = 10


def stored_heads(bucket: str, tenant_id: UUID) -> list[StoredHead]:
    versions = list_first_versions(bucket, prefix_of(tenant_id))
    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(lambda version: stored_head(bucket, version), versions))


def last_head(bucket: str, tenant_id: UUID) -> StoredHead | None:
    versions = list_first_versions(bucket, prefix_of(tenant_id))
    return stored_head(bucket, versions[-1]) if versions else None


def stored_head(bucket: str, version: FirstVersion) -> StoredHead:
    body = read_version(bucket, version)
    return StoredHead(key=version.key, body=body, later_versions=version.later_versions)


def write_head(bucket: str, head: Head) -> None:
    put_object(bucket, head.key, head.to_json(), content_type="application/json")
