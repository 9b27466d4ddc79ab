"""What scans propose for missing tags, in the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from cloudops.compliance.tagging.models import (
    AcceptedTags,
    Lack,
    NewProposal,
    Proposal,
    ProposalStatus,
    Source,
    Vote,
)
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
STAGES = ("stage_bonds", "stage_votes", "stage_attachments", "analyze_staged")


@dataclass(frozen=True, kw_only=True)
class ProposalFilter:
    status: str | None = None
    account: str | None = None
    type: str | None = None
    resource: str | None = None
    key: str | None = None
    least_confidence: Decimal | None = None


def stage_votes(connection: Connection) -> None:
    for stage in STAGES:
        connection.execute(SQL[stage])


def read_lacks(connection: Connection) -> Iterator[Lack]:
    """Row by row from the server, so that memory stays flat."""
    with connection.cursor(name="lacks", row_factory=dict_row) as cursor:
        cursor.itersize = 2000
        for row in cursor.execute(SQL["list_lacks"]):
            yield Lack(**{**row, "votes": [vote_of(vote) for vote in row["votes"]]})


def vote_of(fields: dict[str, Any]) -> Vote:
    return Vote(**{**fields, "source": Source(fields["source"])})


def save_proposals(connection: Connection, proposals: Sequence[NewProposal], *, now: datetime) -> None:
    rows = [{**vars(one), "confidence": str(one.confidence)} for one in proposals]
    connection.execute(SQL["save_proposals"], {"proposals": Jsonb(rows), "now": now})


def delete_unfounded(connection: Connection, *, now: datetime) -> None:
    connection.execute(SQL["delete_unfounded_proposals"], {"now": now})


def settle_accepted(connection: Connection) -> list[tuple[UUID, ProposalStatus]]:
    rows = connection.execute(SQL["settle_accepted_proposals"])
    return [(row_id, ProposalStatus(status)) for row_id, status in rows]


def count_open(connection: Connection) -> int:
    row = connection.execute(SQL["count_open_proposals"]).fetchone()
    return int(row[0]) if row else 0


def list_proposals(
    connection: Connection, chosen: ProposalFilter, *, limit: int, after: tuple[str, str] | None
) -> list[Proposal]:
    confidence, row_id = after or (None, None)
    parameters = {**vars(chosen), "limit": limit, "after_confidence": confidence, "after_id": row_id}
    with connection.cursor(row_factory=class_row(Proposal)) as cursor:
        return cursor.execute(SQL["list_proposals"], parameters).fetchall()


def find_accepted_tags(connection: Connection, proposal_id: UUID) -> AcceptedTags | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SQL["read_accepted_tags"], {"id": proposal_id}).fetchone()
    return AcceptedTags(**{**row, "tags": row["tags"] or {}}) if row else None


def lock_proposals(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, ProposalStatus]:
    rows = connection.execute(SQL["lock_proposals"], {"ids": list(ids)})
    return {row_id: ProposalStatus(status) for row_id, status in rows}


def decide(
    connection: Connection,
    ids: Sequence[UUID],
    status: ProposalStatus,
    *,
    decided_by: str,
    reason: str | None,
    now: datetime,
) -> list[Proposal]:
    parameters = {"ids": list(ids), "status": status, "decided_by": decided_by, "reason": reason, "now": now}
    connection.execute(SQL["decide_proposals"], parameters)
    with connection.cursor(row_factory=class_row(Proposal)) as cursor:
        return cursor.execute(SQL["list_proposals_by_id"], {"ids": list(ids)}).fetchall()
