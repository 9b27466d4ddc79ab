"""S3 buckets, of which the emulation holds the sizes and none of the bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.s3.models import s3_backends
from moto.s3.utils import _VersionedKeyStore

from local.demo import storage
from local.demo.aws.tags import tags_of
from local.demo.aws.times import ago
from local.demo.lines import Scenario
from local.demo.planted import WITHOUT_LIFECYCLE

REGION = "us-east-1"
BYTES_PER_OBJECT = 400_000
EXPIRING = [
    {
        "ID": "expire",
        "Filter": {"Prefix": ""},
        "Status": "Enabled",
        "Expiration": {"Days": "730"},
    }
]


class Claimed(_VersionedKeyStore):
    """Says to CloudWatch how much a bucket of its name would hold."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def item_size(self) -> int:
        return self._size


def place(scenario: Scenario, _now: datetime) -> int:
    for bucket in storage.BUCKETS:
        place_bucket(scenario, bucket)
    return len(storage.BUCKETS)


def place_bucket(scenario: Scenario, bucket: storage.Bucket) -> None:
    backend: Any = s3_backends[bucket.account.number]["aws"]
    made = backend.create_bucket(bucket.name, REGION)
    made.creation_date = ago(scenario).replace(tzinfo=UTC)
    made.keys = Claimed(int(1e9 * dict(bucket.tiers).get("standard", 0)))
    tags = tags_of(storage.bucket_owner(scenario, bucket))
    if tags:
        backend.put_bucket_tagging(bucket.name, tags)
    if bucket.name not in WITHOUT_LIFECYCLE:
        made.set_lifecycle(EXPIRING)
