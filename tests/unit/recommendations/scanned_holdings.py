"""Scanned resources in few words: as of one night, fourteen days observed, billed 30 a month."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from recommendation_bills import WINDOW, bill, usage

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.inventory_checks.models import Holding, InventoryCheck
from cloudops.recommendations.inventory_evaluation import evaluate_holding, judge
from cloudops.recommendations.models import Coverage, Finding, Proposal, Verdict
from cloudops.recommendations.subjects import Scope, Subject

AT = datetime(2026, 7, 31, 2, tzinfo=UTC)
FULL = 336
CENT = Decimal("0.01")


def ago(days: float) -> str:
    return (AT - timedelta(days=days)).isoformat()


def holding(
    kind: str,
    *lines: BilledUsage,
    status: str = "available",
    config: Mapping[str, Any] | None = None,
    use: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Holding:
    found = bill(*lines) if lines else None
    return Holding(
        subject=Subject(
            scope=Scope.RESOURCE,
            provider="aws",
            account_id="111122223333",
            account_name=None,
            service="AmazonEC2",
            region="us-east-1",
            resource_id="thing-1",
            usages=lines,
            live=tuple(line for line in lines if found and found.is_live(line)),
            series=(),
        ),
        **{
            "type": kind,
            "name": "thing-1",
            "status": status,
            "configuration": dict(config or {}),
            "utilization": None if use is None else {"observedHours": FULL, "periodDays": 14, **use},
            "scanned_at": AT,
            **fields,
        },
    )


def bill_of(*lines: BilledUsage) -> Bill:
    """The whole bill of a tenant; one unrelated line keeps it from being empty."""
    return bill(*lines, usage("TaxAndSuch", "1", resource_id="other"))


def verdict(check: InventoryCheck, of: Holding, whole: Bill | None = None) -> tuple[Verdict, str]:
    line = evaluated(check, of, whole)[0]
    return line.verdict, line.reason


def evaluated(
    check: InventoryCheck, of: Holding, whole: Bill | None = None
) -> tuple[Coverage, Finding | None]:
    report = evaluate_holding(of, whole or bill_of(*of.subject.usages, *of.attached), checks=(check,))
    (line,) = report.coverage
    return line, next(iter(report.findings), None)


def saved(check: InventoryCheck, of: Holding, whole: Bill | None = None) -> Decimal | None:
    """Of a flagged resource, per month, in cents."""
    _, finding = evaluated(check, of, whole)
    assert finding is not None
    return finding.monthly_savings.quantize(CENT) if finding.monthly_savings is not None else None


def per_month(amount: float) -> Decimal:
    """What an amount of the window's 30 days is in a month of 30.4375."""
    return (Decimal(str(amount)) * Decimal("30.4375") / 30).quantize(CENT, rounding=ROUND_HALF_EVEN)


def proposed(check: InventoryCheck, of: Holding) -> Proposal:
    answer = judge(check, of, bill_of(*of.subject.usages))
    assert isinstance(answer, Proposal), answer
    return answer


__all__ = [
    "AT",
    "FULL",
    "WINDOW",
    "ago",
    "bill_of",
    "evaluated",
    "holding",
    "per_month",
    "proposed",
    "saved",
    "usage",
    "verdict",
]
