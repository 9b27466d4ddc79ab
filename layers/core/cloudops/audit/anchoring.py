"""Heads in the evidence bucket: read as they were first written, and written once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from uuid import UUID

from cloudops.audit.heads import Head, StoredHead, prefix_of, tells_digest
from cloudops.platform.objects import list_first_versions, put_object, read_version
from cloudops.stored_object import FirstVersion

# Each head that has to be read is a round trip.
READERS = 10
# The oldest head that the chain contradicts names the culprit, so a chain computed anew needs not all of years read.
CONTRADICTIONS = 1_000


def list_heads(bucket: str, tenant_id: UUID) -> list[FirstVersion]:
    """A thousand in each round trip: a year of hourly heads is nine."""
    return list_first_versions(bucket, prefix_of(tenant_id))


def stored_heads(
    bucket: str, versions: Sequence[FirstVersion], known: Mapping[str, bytes]
) -> list[StoredHead]:
    """Reads the heads whose bodies are not `known`; the list ends where enough were read that the chain contradicts."""
    listed = versions[: end_of(versions, known)]
    unknown = [version for version in listed if version.key not in known]
    with ThreadPoolExecutor(READERS) as readers:
        read = readers.map(lambda version: read_version(bucket, version), unknown)
        bodies = {**known, **{version.key: body for version, body in zip(unknown, read, strict=True)}}
    return [
        StoredHead(key=version.key, body=bodies[version.key], later_versions=version.later_versions)
        for version in listed
    ]


def end_of(versions: Sequence[FirstVersion], known: Mapping[str, bytes]) -> int:
    contradicted = (
        place
        for place, version in enumerate(versions, start=1)
        if version.key not in known and tells_digest(version.key)
    )
    return next(islice(contradicted, CONTRADICTIONS - 1, None), len(versions))


def last_head(bucket: str, tenant_id: UUID) -> StoredHead | None:
    last = list_heads(bucket, tenant_id)[-1:]
    return next(iter(stored_heads(bucket, last, {})), None)


def write_head(bucket: str, head: Head) -> None:
    put_object(bucket, head.key, head.to_json(), content_type="application/json")
