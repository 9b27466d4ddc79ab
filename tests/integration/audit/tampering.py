"""A trail with heads, and a superuser who changes it without asking the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from cloudops.audit.heads import StoredHead
from cloudops.audit.models import Fault, NewEvent, Verification
from cloudops.audit.use_cases import record_all
from cloudops.audit.verifying import foretell_heads, next_head, verify
from tests.integration.tenant import Tenant

MIDNIGHT = datetime(2026, 7, 14, tzinfo=UTC)
RECHAINED: LiteralString = """
    insert into event_chain (tenant_id, seq, event_id, prev_hash, hash)
    select tenant, h.seq, h.id, coalesce(lag(h.hash) over (order by h.seq), seed), h.hash
      from (select n.*, chain_hash(event_line(n.seq, n.e), n.seed) over (order by n.seq) as hash
              from (select row_number() over (order by e.created_at, e.id) as seq, e.id, e, e.tenant_id as tenant,
                           decode(repeat('00', 32), 'hex') as seed
                      from events e where e.tenant_id = %(tenant)s) n) h"""


@dataclass(frozen=True, kw_only=True)
class Trail:
    """`heads` are what the bucket holds."""

    tenant: Tenant
    heads: list[StoredHead] = field(default_factory=list)

    def grow(self, count: int) -> None:
        with self.tenant.transaction() as connection:
            record_all(connection, [line(number) for number in range(count)])

    def anchor(self) -> None:
        now = MIDNIGHT + timedelta(hours=len(self.heads))
        last = self.heads[-1] if self.heads else None
        with self.tenant.transaction(batch=True) as connection:
            head = next_head(connection, self.tenant.id, last, now=now)
        if head is not None:
            self.heads.append(StoredHead(key=head.key, body=head.to_json()))

    def verify(self) -> Verification:
        with self.tenant.transaction(batch=True) as connection:
            return verify(connection, self.tenant.id, self.heads)

    def foretold(self) -> dict[str, bytes]:
        with self.tenant.transaction() as connection:
            return foretell_heads(connection, self.tenant.id, [head.key for head in self.heads])

    def first_fault(self) -> Fault:
        return self.verify().faults[0]

    def event_at(self, seq: int) -> UUID:
        found: UUID = self.tenant.value("select event_id from event_chain where seq = %s", [seq])
        return found

    @contextmanager
    def tampered(self) -> Iterator[psycopg.Connection]:
        """A superuser for whom no trigger fires."""
        with psycopg.connect(self.tenant.database.superuser_dsn) as connection:
            connection.execute("set session_replication_role = replica")
            yield connection

    def tamper(self, *statements: LiteralString, **parameters: Any) -> None:
        with self.tampered() as connection:
            for statement in statements:
                connection.execute(statement, {"tenant": self.tenant.id, **parameters})

    def rechain(self) -> None:
        """Compute the chain anew, as whoever has the database can."""
        self.tamper("delete from event_chain where tenant_id = %(tenant)s", RECHAINED)


def line(number: int) -> NewEvent:
    return NewEvent(
        entity_type="alert",
        entity_id=str(number),
        event_type="created",
        message=f'number {number}, »quoted" {{}} and \n broken',
        metadata={"new": {"n": number, "amount": "12.50", "text": "ü"}},
    )
