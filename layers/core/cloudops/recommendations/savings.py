"""What a change saves per month: net effective cost as billed, less what a commitment pays anyway."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage, clamped
from cloudops.recommendations.models import Finding, PriceRatio, Saving, Severity
from cloudops.recommendations.prices import ON_THIS_BILL

MICRO = Decimal("0.000001")
SEVERITIES = ((5000, Severity.CRITICAL), (500, Severity.HIGH), (50, Severity.MEDIUM))


def rounded(amount: Decimal) -> Decimal:
    """Six places, towards zero, so that no saving exceeds the cost it comes from."""
    return amount.quantize(MICRO, rounding=ROUND_DOWN)


def uncovered(lines: Iterable[BilledUsage]) -> tuple[BilledUsage, ...]:
    return tuple(line for line in lines if not line.is_committed)


def saving_of(
    lines: Sequence[BilledUsage],
    bill: Bill,
    *,
    share: Decimal = Decimal(1),
    basis: str,
    ratio: PriceRatio | None = None,
) -> Saving:
    """`share` (0-1) of what the lines cost without commitments; `basis` says in words how it was reckoned."""
    open_lines = uncovered(lines)
    cost = bill.monthly_cost(open_lines)
    return Saving(
        monthly=rounded(cost * clamped(share)),
        cost=cost,
        covered=bill.monthly_cost(line for line in lines if line.is_committed),
        basis=basis,
        ratio=ratio,
    )


def saving_at(lines: Sequence[BilledUsage], bill: Bill, ratio: PriceRatio) -> Saving:
    """The same use at `ratio` of its price; a ratio above 1 saves nothing."""
    basis = f"the same use at {ratio.value.normalize():f} of its net price ({ratio.source}, {ratio.as_of})"
    return saving_of(lines, bill, share=1 - ratio.value, basis=basis, ratio=ratio)


def saving_of_amount(lines: Sequence[BilledUsage], bill: Bill, amount: Decimal, basis: str) -> Saving:
    """`amount` per month, held between nothing and what the lines cost without commitments."""
    cost = bill.monthly_cost(uncovered(lines))
    share = clamped(amount / cost) if cost > 0 else ZERO
    return saving_of(lines, bill, share=share, basis=basis)


def ratio_on_bill(
    line: BilledUsage, bill: Bill, meter: str, *, same_operation: bool = False
) -> PriceRatio | None:
    """The net rate of `meter` over that of `line` in the same region; None where the bill lacks one."""
    operation = line.operation if same_operation else None
    target = bill.net_rate(line.region, meter, operation)
    current = bill.net_rate(line.region, line.meter, operation)
    if target is None or current is None:
        return None
    day = bill.last_day.isoformat()
    return PriceRatio(value=target / current, source=ON_THIS_BILL, as_of=day, confidence=Decimal("0.9"))


def less_per_month(saving: Saving, bill: Bill) -> str:
    return f"About {saving.monthly:,.2f} {bill.currency} less per month"


def severity_of(stake: Decimal) -> Severity:
    """By what is at stake per month in the bill's currency."""
    return next((severity for least, severity in SEVERITIES if stake >= least), Severity.LOW)


def best_of_each_group(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings that concern the same part of a resource, the one that saves most."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.currency, finding.overlap_group].append(finding)
    return [
        max(group, key=lambda one: (one.monthly_savings or ZERO, one.natural_key))
        for _, group in sorted(groups.items())
    ]


def identified_savings(findings: Iterable[Finding]) -> dict[str, Decimal]:
    """Net savings per month by currency, without overlaps."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for finding in best_of_each_group(findings):
        sums[finding.currency] += finding.monthly_savings or ZERO
    return dict(sums)
