"""Evaluate policies over a tenant's resources and keep what is violated, in flat memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched
from uuid import UUID, uuid5

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record, record_all
from cloudops.compliance.policies import repository
from cloudops.compliance.policies.advice import follow
from cloudops.compliance.policies.evaluating import evaluate, reason_of
from cloudops.compliance.policies.events import lapsed_event, transition_event
from cloudops.compliance.policies.expressions import Expression, parse
from cloudops.compliance.policies.fields import Subject
from cloudops.compliance.policies.models import (
    Policy,
    PolicyFilter,
    PolicyStatus,
    ScanKind,
    ViolationStatus,
)
from cloudops.compliance.policies.repository import Transition
from cloudops.compliance.policies.security_policies import SECURITY_POLICIES
from cloudops.platform.database import Connection

SUBJECTS_PER_BATCH = 2000
EVENTS_PER_BATCH = 2000


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A policy that is ready to be evaluated."""

    policy: Policy
    expression: Expression

    def concerns(self, subject: Subject) -> bool:
        types = self.policy.resource_types
        return (not types or subject.type in types) and self.policy.scope in (None, subject.account)


@dataclass
class Tally:
    """What an evaluation counted, and what it has to remember until its end."""

    resources: int = 0
    violations: int = 0
    unknown: int = 0
    transitions: list[Transition] = field(default_factory=list)
    doubtful: list[UUID] = field(default_factory=list)


def scan_id(tenant_id: UUID, idempotency_key: str) -> UUID:
    return uuid5(tenant_id, f"policy_scan|{idempotency_key}")


def scan(
    connection: Connection, run_id: UUID, kind: ScanKind, *, tenant_id: UUID, now: datetime
) -> Mapping[str, int]:
    """Evaluate once for each id. Twice over the same resources, only last_seen moves."""
    repository.lock_evaluation(connection)
    repository.start_scan(connection, run_id, kind, now=now)
    if not repository.lock_unfinished_scan(connection, run_id):
        return {}
    repository.ensure_built_in(connection, [vars(one) for one in SECURITY_POLICIES], now=now)
    record_all(connection, [lapsed_event(one) for one in repository.expire_exceptions(connection, now=now)])
    tally = evaluated(connection, rules_of(connection, kind), now=now)
    changed = settled(tally.transitions, repository.settle(connection, now=now))
    tell(connection, changed)
    follow(connection, changed, tenant_id=tenant_id, now=now)
    counts = counts_of(tally, changed)
    repository.finish_scan(connection, run_id, counts, now=now)
    record(connection, scan_event(run_id, kind, counts))
    return counts


def tell(connection: Connection, changed: Sequence[Transition]) -> None:
    for batch in batched((one for one in changed if one.status != one.before), EVENTS_PER_BATCH):
        record_all(connection, [transition_event(one) for one in batch])


def rules_of(connection: Connection, kind: ScanKind) -> list[Rule]:
    chosen = PolicyFilter(status=PolicyStatus.ENABLED, type="security" if kind is ScanKind.SECURITY else None)
    policies = repository.list_policies(connection, chosen)
    return [Rule(policy=one, expression=parse(one.expression)) for one in policies]


def evaluated(connection: Connection, rules: Sequence[Rule], *, now: datetime) -> Tally:
    tally = Tally()
    by_provider: dict[str, list[Rule]] = {}
    for rule in rules:
        by_provider.setdefault(rule.policy.provider, []).append(rule)
    for provider, its_rules in sorted(by_provider.items()):
        subjects = repository.read_subjects(
            connection, providers=[provider], types=types_of(its_rules), account=None
        )
        for batch in batched(subjects, SUBJECTS_PER_BATCH):
            keep(connection, batch, its_rules, tally, now=now)
    ids = [rule.policy.id for rule in rules]
    fixed = repository.fix_unseen(connection, ids, doubtful=tally.doubtful, now=now)
    tally.transitions += fixed
    return tally


def types_of(rules: Sequence[Rule]) -> list[str] | None:
    """None where one of them looks at every type."""
    if any(not rule.policy.resource_types for rule in rules):
        return None
    return sorted({one for rule in rules for one in rule.policy.resource_types})


def keep(
    connection: Connection, batch: Sequence[Subject], rules: Sequence[Rule], tally: Tally, *, now: datetime
) -> None:
    found: list[Mapping[str, str]] = []
    doubtful: list[Mapping[str, str]] = []
    for rule, subject, outcome in judged(batch, rules, now=now):
        if outcome is None:
            doubtful.append(key_of(rule, subject))
        elif outcome:
            found.append(violation_of(rule, subject, now=now))
    tally.resources += len(batch)
    tally.violations += len(found)
    tally.unknown += len(doubtful)
    if doubtful:
        tally.doubtful += repository.list_doubtful(connection, doubtful)
    if found:
        saved = repository.save_violations(connection, found, now=now)
        tally.transitions += [one for one in saved if one.differs or one.status != one.before]


def judged(
    subjects: Iterable[Subject], rules: Sequence[Rule], *, now: datetime
) -> Iterator[tuple[Rule, Subject, bool | None]]:
    for subject in subjects:
        for rule in rules:
            if rule.concerns(subject):
                yield rule, subject, evaluate(rule.expression, subject, now=now)


def key_of(rule: Rule, subject: Subject) -> dict[str, str]:
    return {
        "policy_id": rule.policy.id,
        "account_id": subject.account,
        "resource_id": subject.resource_id,
    }


def violation_of(rule: Rule, subject: Subject, *, now: datetime) -> Mapping[str, str]:
    return {
        **key_of(rule, subject),
        "policy_name": rule.policy.name,
        "severity": rule.policy.severity,
        "reason": reason_of(rule.expression, subject, now=now),
    }


def settled(found: Sequence[Transition], after: Sequence[Transition]) -> list[Transition]:
    """What became of each violation in the end: an exception has the last word on what was found."""
    last = {one.id: one for one in found}
    for one in after:
        known = last.get(one.id)
        last[one.id] = replace(one, before=known.before if known else one.before)
    return list(last.values())


def counts_of(tally: Tally, changed: Sequence[Transition]) -> dict[str, int]:
    became = Counter(
        "reopened" if one.status == ViolationStatus.OPEN and one.before else one.status
        for one in changed
        if one.status != one.before
    )
    return {
        "resources": tally.resources,
        "violations": tally.violations,
        "unknown": tally.unknown,
        "opened": became[ViolationStatus.OPEN],
        "reopened": became["reopened"],
        "suppressed": became[ViolationStatus.SUPPRESSED],
        "fixed": became[ViolationStatus.FIXED],
    }


def scan_event(run_id: UUID, kind: ScanKind, counts: Mapping[str, int]) -> NewEvent:
    return NewEvent(
        entity_type="job",
        entity_id=str(run_id),
        event_type="policies_evaluated",
        message=f"{counts['violations']} violations, {counts['opened']} of them new; {counts['fixed']} were fixed",
        metadata={"kind": kind, "counts": dict(counts)},
    )
