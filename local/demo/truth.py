"""Totals of the generated rows, made with Decimal so that an ingester can be held against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from local.demo.incidents import Incident

MEASURE = (
    "line_item_unblended_cost unless named otherwise, summed with Decimal over the printed float64 values; "
    "compare with a tolerance of 1e-6"
)
COLUMNS = (
    "bill_billing_period_start_date",
    "line_item_line_item_type",
    "line_item_usage_account_id",
    "line_item_product_code",
    "line_item_usage_start_date",
    "product_region_code",
    "product",
    "resource_tags",
    "line_item_unblended_cost",
    "line_item_blended_cost",
    "pricing_public_on_demand_cost",
    "reservation_effective_cost",
    "reservation_reservation_a_r_n",
    "reservation_unused_recurring_fee",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
)
ZERO = Decimal(0)
UNTAGGED = "(untagged)"

Row = Mapping[str, Any]
Totals = Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class DemoTruth:
    """What the demo cost, in US dollars. Keys of `by_...` are texts: ids, codes, ISO days, `service|day`."""

    directory: Path
    export_name: str
    first_day: date
    last_day: date
    rows: int
    unblended: Decimal
    amortized: Decimal
    blended: Decimal
    list_cost: Decimal
    by_billing_period: Totals
    by_line_item_type: Totals
    by_account: Totals
    by_service: Totals
    by_region: Totals
    by_day: Totals
    by_day_amortized: Totals
    by_service_and_day: Totals
    by_tag: Mapping[str, Totals]
    incidents: tuple[Incident, ...]
    benign: tuple[Incident, ...]


class Charge(NamedTuple):
    """What the totals need of one line item."""

    period: str
    day: str
    account: str
    service: str
    region: str
    kind: str
    tags: Mapping[str, str]
    unblended: Decimal
    amortized: Decimal


def exact(value: float | None) -> Decimal:
    return ZERO if value is None else Decimal(repr(value))


def amortized(row: Row) -> Decimal:
    """The usual amortisation: covered usage at its effective cost, fees at what stays unused."""
    kind = row["line_item_line_item_type"]
    if kind == "Fee" and row["reservation_reservation_a_r_n"]:
        return ZERO
    return AMORTIZED.get(kind, unblended)(row)


def unblended(row: Row) -> Decimal:
    return exact(row["line_item_unblended_cost"])


def _unused_commitment(row: Row) -> Decimal:
    return exact(row["savings_plan_total_commitment_to_date"]) - exact(row["savings_plan_used_commitment"])


def _unused_reservation(row: Row) -> Decimal:
    upfront = exact(row["reservation_unused_amortized_upfront_fee_for_billing_period"])
    return upfront + exact(row["reservation_unused_recurring_fee"])


AMORTIZED: Mapping[str, Callable[[Row], Decimal]] = {
    "SavingsPlanCoveredUsage": lambda row: exact(row["savings_plan_savings_plan_effective_cost"]),
    "SavingsPlanRecurringFee": _unused_commitment,
    "SavingsPlanNegation": lambda _: ZERO,
    "DiscountedUsage": lambda row: exact(row["reservation_effective_cost"]),
    "RIFee": _unused_reservation,
}


def measure(
    rows: Sequence[Row],
    *,
    directory: Path,
    export_name: str,
    days: tuple[date, date],
    incidents: tuple[Incident, ...],
    benign: tuple[Incident, ...],
) -> DemoTruth:
    """`rows` need the columns of COLUMNS, as `to_pylist` of an Arrow table gives them."""
    charges = [_charge(row) for row in rows]
    return DemoTruth(
        directory=directory,
        export_name=export_name,
        first_day=days[0],
        last_day=days[1],
        rows=len(charges),
        unblended=sum((charge.unblended for charge in charges), ZERO),
        amortized=sum((charge.amortized for charge in charges), ZERO),
        blended=sum((exact(row["line_item_blended_cost"]) for row in rows), ZERO),
        list_cost=sum((exact(row["pricing_public_on_demand_cost"]) for row in rows), ZERO),
        by_billing_period=_sums((charge.period, charge.unblended) for charge in charges),
        by_line_item_type=_sums((charge.kind, charge.unblended) for charge in charges),
        by_account=_sums((charge.account, charge.unblended) for charge in charges),
        by_service=_sums((charge.service, charge.unblended) for charge in charges),
        by_region=_sums((charge.region, charge.unblended) for charge in charges),
        by_day=_sums((charge.day, charge.unblended) for charge in charges),
        by_day_amortized=_sums((charge.day, charge.amortized) for charge in charges),
        by_service_and_day=_sums((f"{charge.service}|{charge.day}", charge.unblended) for charge in charges),
        by_tag=_by_tag(charges),
        incidents=incidents,
        benign=benign,
    )


def _charge(row: Row) -> Charge:
    return Charge(
        period=f"{row['bill_billing_period_start_date']:%Y-%m}",
        day=f"{row['line_item_usage_start_date']:%Y-%m-%d}",
        account=row["line_item_usage_account_id"],
        service=row["line_item_product_code"],
        region=row["product_region_code"] or dict(row["product"]).get("region") or "",
        kind=row["line_item_line_item_type"],
        tags=dict(row["resource_tags"]),
        unblended=unblended(row),
        amortized=amortized(row),
    )


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> Totals:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in amounts:
        totals[key] += amount
    return dict(sorted(totals.items()))


def _by_tag(charges: Sequence[Charge]) -> Mapping[str, Totals]:
    keys = sorted({key for charge in charges for key in charge.tags})
    return {
        f"resource_tags_{key}": _sums(
            (charge.tags.get(key, UNTAGGED), charge.unblended) for charge in charges
        )
        for key in keys
    }


def document(truth: DemoTruth) -> dict[str, Any]:
    """The truth as JSON; amounts are decimal texts."""
    groups = (
        "by_billing_period",
        "by_line_item_type",
        "by_account",
        "by_service",
        "by_region",
        "by_day",
        "by_day_amortized",
        "by_service_and_day",
    )
    return {
        "measure": MEASURE,
        "day_is": "UTC date of line_item_usage_start_date",
        "rows": truth.rows,
        "currency": {"USD": str(truth.unblended)},
        "total_unblended": str(truth.unblended),
        "total_blended": str(truth.blended),
        "total_public_on_demand": str(truth.list_cost),
        "total_amortized_cudos_rule": str(truth.amortized),
        **{name: _texts(getattr(truth, name)) for name in groups},
        "by_tag": {key: _texts(values) for key, values in truth.by_tag.items()},
    }


def _texts(totals: Totals) -> dict[str, str]:
    return {key: str(amount) for key, amount in totals.items()}


def labels_document(truth: DemoTruth) -> dict[str, Any]:
    return {
        "dataset": truth.export_name,
        "end_is": "exclusive day",
        "incidents": [_label(incident) for incident in truth.incidents],
        "benign": [_label(incident) for incident in truth.benign],
    }


def _label(incident: Incident) -> dict[str, Any]:
    return {
        "slug": incident.slug,
        "kind": incident.kind,
        "start": f"{incident.start}",
        "end": f"{incident.end}",
        "account_id": incident.account_id,
        "service": incident.service,
        "expected": incident.expected.value,
        "extra_cost": str(incident.extra_cost),
        "resource_ids": list(incident.resource_ids),
        "note": incident.note,
    }
