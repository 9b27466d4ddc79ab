"""Bills in few words: one month of 30 days, in USD, from one account."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from cloudops.period import DateRange
from cloudops.recommendations.bill import Bill, BilledUsage, DayOfUsage, Discount, UsageSeries
from cloudops.recommendations.models import Check, Finding, Fine, NotEnoughData, Proposal
from cloudops.recommendations.subjects import Subject, subjects

START = date(2026, 7, 1)
WINDOW = DateRange(start=START, end=START + timedelta(days=30))


def usage(
    usage_type: str | None,
    cost: str = "30",
    *,
    amount: str = "720",
    days: int = 30,
    ago: int = 0,
    pricing: str | None = "OnDemand",
    tags: Mapping[str, str] | None = None,
    **fields: object,
) -> BilledUsage:
    """A line billed on the last `days` days of the window, or until `ago` days before its end."""
    last = WINDOW.end - timedelta(days=1 + ago)
    defaults: dict[str, object] = {
        "account_id": "111122223333",
        "service": "AmazonEC2",
        "region": "us-east-1",
        "resource_id": "thing-1",
        "currency": "USD",
        "charge_category": "Usage",
        "billed_cost": Decimal(cost),
        "list_cost": Decimal(cost),
        "first_day": last - timedelta(days=days - 1),
    }
    return BilledUsage(
        **{**defaults, **fields},  # type: ignore[arg-type]
        usage_type=usage_type,
        effective_cost=Decimal(cost),
        usage_amount=Decimal(amount),
        days_billed=days,
        last_day=last,
        pricing_category=pricing,
        tags=dict(tags or {}),
    )


def bill(
    *usages: BilledUsage,
    days: int = 30,
    series: Iterable[UsageSeries] = (),
    discounts: Iterable[Discount] = (),
) -> Bill:
    return Bill(
        window=WINDOW,
        days=days,
        currency="USD",
        usages=tuple(usages),
        series=tuple(series),
        discounts=tuple(discounts),
    )


def daily(
    usage_type: str, amounts: Iterable[float], *, service: str = "AmazonEC2", **fields: str | None
) -> UsageSeries:
    """One amount per day, the last on the window's last day."""
    values = [Decimal(str(amount)) for amount in amounts]
    first = WINDOW.end - timedelta(days=len(values))
    points = (
        DayOfUsage(day=first + timedelta(days=n), amount=amount, effective_cost=amount)
        for n, amount in enumerate(values)
    )
    place: dict[str, str | None] = {"region": "us-east-1", "resource_id": "thing-1"}
    return UsageSeries(
        account_id="111122223333",
        service=service,
        usage_type=usage_type,
        days=tuple(points),
        **{**place, **fields},
    )


def judged(check: Check, the_bill: Bill) -> list[tuple[Subject, Proposal | Fine | NotEnoughData]]:
    """What the check says about each subject it concerns."""
    found = ((subject, check.judge(subject, the_bill)) for subject in subjects(the_bill, check.scope))
    return [(subject, judgement) for subject, judgement in found if judgement is not None]


def verdict(check: Check, *usages: BilledUsage, **options: object) -> str:
    """The single judgement as a word: flagged, fine, unknown, or silent where the check is not concerned."""
    judgements = judged(check, bill(*usages, **options))  # type: ignore[arg-type]
    if not judgements:
        return "silent"
    ((_, judgement),) = judgements
    return {Proposal: "flagged", Fine: "fine", NotEnoughData: "unknown"}[type(judgement)]


def saved(check: Check, *usages: BilledUsage, **options: object) -> Decimal | None:
    """The saving per month of the one proposal, in cents."""
    ((_, judgement),) = judged(check, bill(*usages, **options))  # type: ignore[arg-type]
    assert isinstance(judgement, Proposal)
    return judgement.saving.monthly.quantize(Decimal("0.01")) if judgement.saving else None


def only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding
