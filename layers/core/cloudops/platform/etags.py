"""ETag and If-Match on what people edit, so that nobody overwrites a change that he has not seen (RFC 9110, 13.1.1)."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header

from cloudops.errors import ConflictError

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag of the version that this changes; without it, 428."),
]
TAG = re.compile(r'(?:W/)?"[^"]*"')


class PreconditionRequiredError(ConflictError):
    """Say by If-Match which version you change."""

    status = 428


class PreconditionFailedError(ConflictError):
    """It was changed meanwhile."""

    status = 412


def etag_of(fields: Mapping[str, Any]) -> str:
    """The strong tag of what people can edit; what only jobs write must not fail a person's edit, so leave it out."""
    text = json.dumps(dict(fields), sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def require_match(if_match: str | None, etag: str) -> None:
    """`*` stands for whatever is there; weak tags never match. Ask while the row is locked."""
    if not if_match:
        raise PreconditionRequiredError("send the ETag that you read as If-Match")
    if if_match.strip() != "*" and etag not in TAG.findall(if_match):
        raise PreconditionFailedError("read it again and repeat your change")
