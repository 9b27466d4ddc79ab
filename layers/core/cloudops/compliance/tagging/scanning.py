"""Hold every resource of a tenant against the tags that it should carry."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID, uuid5

from psycopg import Error as DatabaseError

from cloudops.actor import SYSTEM
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record, record_all
from cloudops.compliance.tagging import proposal_repository, repository
from cloudops.compliance.tagging.models import Counts, ProposalStatus, Scan, ScanStatus, percentage
from cloudops.compliance.tagging.proposing import propose
from cloudops.errors import UnavailableError
from cloudops.platform.database import Connection

# A worker has five minutes, and its message comes back after thirty.
STUCK_AFTER = timedelta(hours=2)
KEPT_FOR = timedelta(days=90)
BATCH = 2000

type Transactions = Callable[..., AbstractContextManager[Connection]]


def scan_id_of(tenant_id: UUID, idempotency_key: str) -> UUID:
    """From the message, so that a message that comes twice makes one scan."""
    return uuid5(tenant_id, f"compliance-scan|{idempotency_key}")


def run_scan(
    transactions: Transactions, scan_id: UUID, *, now: datetime, clock: Callable[[], datetime]
) -> Scan | None:
    """Scan and say what was found; None where this scan was completed before. A failure is written down and raised."""
    with transactions() as connection:
        if begin(connection, scan_id, now=now).status == ScanStatus.COMPLETED:
            return None
    try:
        with transactions(batch=True) as connection:
            return judge(connection, scan_id, now=now, clock=clock)
    except (DatabaseError, UnavailableError) as error:
        with transactions() as connection:
            fail(connection, scan_id, f"the database gave up: {type(error).__name__}")
        raise


def begin(connection: Connection, scan_id: UUID, *, now: datetime) -> Scan:
    for stuck in repository.fail_stuck_scans(connection, before=now - STUCK_AFTER):
        record(connection, failed_event(stuck, "it did not finish"))
    repository.insert_scan(connection, scan_id, requested_by=SYSTEM, now=now)
    scan = repository.lock_scan(connection, scan_id)
    repository.resume_scan(connection, scan_id)
    return scan


def judge(
    connection: Connection, scan_id: UUID, *, now: datetime, clock: Callable[[], datetime]
) -> Scan | None:
    # Of two workers with one message, the later waits here and finds it done.
    if repository.lock_scan(connection, scan_id).status == ScanStatus.COMPLETED:
        return None
    counts = repository.judge_resources(connection, now=now)
    repository.insert_findings(connection, scan_id, now=now)
    proposals = make_proposals(connection, now=now)
    pruned = repository.delete_old_scans(connection, before=now - KEPT_FOR)
    repository.complete_scan(
        connection,
        scan_id,
        counts,
        percentage=percentage(counts.total - counts.untagged, counts.total),
        seconds=round((clock() - now).total_seconds()),
    )
    record(connection, completed_event(scan_id, counts, proposals=proposals, pruned=pruned))
    return repository.read_scan(connection, scan_id)


def make_proposals(connection: Connection, *, now: datetime) -> int:
    """How many are open afterwards."""
    settled = proposal_repository.settle_accepted(connection)
    record_all(connection, [settled_event(proposal_id, status) for proposal_id, status in settled])
    proposal_repository.stage_votes(connection)
    found = (proposal for lack in proposal_repository.read_lacks(connection) if (proposal := propose(lack)))
    for batch in batched(found, BATCH):
        proposal_repository.save_proposals(connection, batch, now=now)
    proposal_repository.delete_unfounded(connection, now=now)
    return proposal_repository.count_open(connection)


def fail(connection: Connection, scan_id: UUID, reason: str) -> None:
    if repository.fail_scan(connection, scan_id, reason):
        record(connection, failed_event(scan_id, reason))


def completed_event(scan_id: UUID, counts: Counts, *, proposals: int, pruned: int) -> NewEvent:
    return NewEvent(
        entity_type="compliance_scan",
        entity_id=str(scan_id),
        event_type="completed",
        message=f"{counts.untagged} of {counts.total} resources lack required tags",
        metadata={"counts": vars(counts), "open_proposals": proposals, "scans_removed": pruned},
    )


def failed_event(scan_id: UUID, reason: str) -> NewEvent:
    return NewEvent(
        entity_type="compliance_scan",
        entity_id=str(scan_id),
        event_type="failed",
        message=f"The compliance scan failed: {reason}",
    )


def settled_event(proposal_id: UUID, status: ProposalStatus) -> NewEvent:
    seen = "the proposed value" if status is ProposalStatus.APPLIED else "another value"
    return NewEvent(
        entity_type="tag_proposal",
        entity_id=str(proposal_id),
        event_type="status_changed",
        message=f"A scan saw {seen} on the resource",
        metadata={"old": {"status": ProposalStatus.ACCEPTED}, "new": {"status": status}},
    )
