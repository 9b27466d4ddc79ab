"""All checks over one bill: findings, and a verdict for every subject that a check concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.models import (
    Acceptance,
    Acceptances,
    CatalogueEntry,
    Check,
    Coverage,
    Finding,
    Fine,
    Json,
    Judgement,
    NoPermission,
    NotEnoughData,
    PriceRatio,
    Proposal,
    Verdict,
)
from cloudops.recommendations.savings import rounded, severity_of
from cloudops.recommendations.subjects import (
    OWNER_KEYS,
    Scope,
    Subject,
    dearest_first,
    first_tag,
    subjects,
)

LINES_SHOWN = 20
NOTHING_ACCEPTED = Acceptances()
# Without a known saving, a tenth of the cost concerned stands for what is at stake.
STAKE_WITHOUT_SAVING = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class Report:
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]


def evaluate(
    bill: Bill, *, checks: Sequence[Check] = CHECKS, acceptances: Acceptances = NOTHING_ACCEPTED
) -> Report:
    """Judge every subject by every check that concerns it; accepted findings are only in the ledger."""
    by_scope = {scope: subjects(bill, scope) for scope in Scope}
    outcomes = [
        (check, subject, judgement)
        for check in checks
        for subject in by_scope[check.scope]
        if check.provider in (None, subject.provider)
        and (judgement := worthwhile(check, check.judge(subject, bill), bill)) is not None
    ]
    accepted = [acceptance_of(*outcome, bill, acceptances) for outcome in outcomes]
    findings = [
        finding_of(check, subject, judgement, bill)
        for (check, subject, judgement), acceptance in zip(outcomes, accepted, strict=True)
        if isinstance(judgement, Proposal) and acceptance is None
    ]
    coverage = [
        coverage_of(*outcome, acceptance) for outcome, acceptance in zip(outcomes, accepted, strict=True)
    ]
    return Report(findings=tuple(findings), coverage=tuple(coverage))


def worthwhile(check: CatalogueEntry, judgement: Judgement | None, bill: Bill) -> Judgement | None:
    if not isinstance(judgement, Proposal) or judgement.saving is None:
        return judgement
    saving = judgement.saving
    if saving.cost <= 0 < saving.covered:
        return Fine(reason="A commitment pays for all of this; changing it saves nothing before that ends.")
    if saving.monthly < check.minimum_saving:
        least = f"{check.minimum_saving} {bill.currency}"
        return Fine(reason=f"It would save less than {least} a month.")
    return judgement


def acceptance_of(
    check: CatalogueEntry, subject: Subject, judgement: Judgement, bill: Bill, acceptances: Acceptances
) -> Acceptance | None:
    """What excepts a finding; what is no finding needs nobody's acceptance."""
    if not isinstance(judgement, Proposal):
        return None
    return acceptances.covering(check.id, subject, bill.last_day)


def finding_of(check: CatalogueEntry, subject: Subject, proposal: Proposal, bill: Bill) -> Finding:
    cost = bill.monthly_cost(proposal.lines)
    saving = proposal.saving
    return Finding(
        check_id=check.id,
        kind=check.kind,
        type=check.type,
        provider=subject.provider,
        account_id=subject.account_id,
        account_name=subject.account_name,
        service=subject.service,
        region=subject.region,
        resource_id=subject.resource_id,
        title=proposal.title,
        description=proposal.description,
        impact=proposal.impact,
        action_steps=proposal.steps,
        evidence=evidence_of(proposal, bill),
        current_config=proposal.current,
        recommended_config=proposal.recommended,
        monthly_cost=rounded(cost),
        monthly_savings=saving.monthly if saving else None,
        currency=bill.currency,
        confidence=proposal.confidence,
        severity=check.severity or severity_of(saving.monthly if saving else cost * STAKE_WITHOUT_SAVING),
        risk=check.risk.value,
        owner=owner_of(proposal),
        overlap_group=overlap_group(check, subject),
    )


def owner_of(proposal: Proposal) -> str | None:
    """Whoever owns the dearest of the lines concerned: in an account that is not the owner of the account."""
    return first_tag((line.tags for line in dearest_first(proposal.lines)), OWNER_KEYS)


def overlap_group(check: CatalogueEntry, subject: Subject) -> str:
    place = (subject.provider, subject.account_id, subject.service, subject.region, subject.resource_id)
    return "/".join((*(part or "-" for part in place), check.component))


def coverage_of(
    check: CatalogueEntry, subject: Subject, judgement: Judgement, acceptance: Acceptance | None
) -> Coverage:
    verdict, reason = (
        (Verdict.EXCEPTED, acceptance.words) if acceptance is not None else verdict_of(judgement)
    )
    return Coverage(
        check_id=check.id,
        provider=subject.provider,
        account_id=subject.account_id,
        service=subject.service,
        region=subject.region,
        resource_id=subject.resource_id,
        verdict=verdict,
        reason=reason,
    )


def verdict_of(judgement: Judgement) -> tuple[Verdict, str]:
    match judgement:
        case Proposal(title=title):
            return Verdict.FLAGGED, title
        case NoPermission():
            return Verdict.NO_PERMISSION, judgement.reason
        case NotEnoughData(reason=reason):
            return Verdict.NOT_ENOUGH_DATA, reason
        case Fine(reason=reason):
            return Verdict.FINE, reason


def evidence_of(proposal: Proposal, bill: Bill) -> Mapping[str, Json]:
    dearest = dearest_first(proposal.lines)
    last = bill.last_day.isoformat()
    evidence: dict[str, Json] = {
        "window": {"first_day": bill.window.start.isoformat(), "last_day": last, "days_with_data": bill.days},
        "monthly_cost": str(rounded(bill.monthly_cost(proposal.lines))),
        "currency": bill.currency,
        "lines": [line_facts(line) for line in dearest[:LINES_SHOWN]],
        "lines_in_all": len(dearest),
        **proposal.facts,
    }
    if saving := proposal.saving:
        evidence["saving_basis"] = saving.basis
        evidence["cost_without_commitments"] = str(rounded(saving.cost))
        evidence["cost_covered_by_commitments"] = str(rounded(saving.covered))
        if saving.covered > 0:
            evidence["stranded"] = (
                "The covered part is paid until its commitment ends, so it is not in the saving."
            )
        if saving.ratio:
            evidence["price_ratio"] = ratio_facts(saving.ratio)
    return evidence


def ratio_facts(ratio: PriceRatio) -> Json:
    return {"value": f"{ratio.value:.4f}", "source": ratio.source, "as_of": ratio.as_of}


def line_facts(line: BilledUsage) -> Json:
    return {
        "resource_id": line.resource_id,
        "usage_type": line.usage_type,
        "operation": line.operation,
        "pricing_category": line.pricing_category,
        "usage_amount": str(line.usage_amount),
        "usage_unit": line.usage_unit,
        "effective_cost": str(line.effective_cost),
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat(),
        "days_billed": line.days_billed,
    }
