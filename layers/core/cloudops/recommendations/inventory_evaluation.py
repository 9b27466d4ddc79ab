"""All inventory checks over one resource: findings, and a verdict of every check that concerns it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.evaluation import (
    NOTHING_ACCEPTED,
    Report,
    acceptance_of,
    coverage_of,
    finding_of,
    worthwhile,
)
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.models import Acceptances, Coverage, Finding, Judgement, NoPermission, Proposal


def evaluate_holding(
    holding: Holding,
    bill: Bill,
    *,
    checks: Sequence[InventoryCheck] = INVENTORY_CHECKS,
    acceptances: Acceptances = NOTHING_ACCEPTED,
) -> Report:
    findings: list[Finding] = []
    coverage: list[Coverage] = []
    for check in checks:
        if holding.type not in check.types:
            continue
        judgement = worthwhile(check, judge(check, holding, bill), bill)
        # A check that concerns a type says something about each resource of it.
        if judgement is None:
            continue
        acceptance = acceptance_of(check, holding.subject, judgement, bill, acceptances)
        coverage.append(coverage_of(check, holding.subject, judgement, acceptance))
        if isinstance(judgement, Proposal) and acceptance is None:
            found = finding_of(check, holding.subject, judgement, bill)
            findings.append(replace(found, owner=holding.owner or found.owner))
    return Report(findings=tuple(findings), coverage=tuple(coverage))


def judge(check: InventoryCheck, holding: Holding, bill: Bill) -> Judgement:
    if holding.unseen is not None:
        return holding.unseen
    lacking = next((action for action in check.needs if action in holding.missing_actions), None)
    if lacking:
        return NoPermission(action=lacking)
    unmeasured = holding.unmeasured if GET_METRICS in check.needs else None
    return unmeasured or check.judge(holding, bill)
