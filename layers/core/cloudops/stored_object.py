"""An object in a bucket, as a listing tells it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    key: str
    size: int
    etag: str
    modified_at: datetime

    @property
    def name(self) -> str:
        return self.key.rsplit("/", 1)[-1]

    @property
    def folder(self) -> str:
        return self.key.rpartition("/")[0]


@dataclass(frozen=True, kw_only=True)
class FirstVersion:
    """The oldest version of a key, and how many versions and delete markers came after it."""

    key: str
    version_id: str
    later_versions: int
