"""CUR 2.0: its columns, and its table made from series of line items.

Columns and types are those of AWS's table dictionary for CUR 2.0, with resource ids and without split cost
allocation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from local.demo.lines import Lines, Scenario
from local.demo.organization import PAYER
from local.demo.skus import digest
from local.demo.timeline import DAY, MONTH, Days, Floats, Integers

TEXT = {
    "bill": "bill_type billing_entity invoice_id invoicing_entity payer_account_id payer_account_name",
    "identity": "line_item_id time_interval",
    "line_item": (
        "availability_zone blended_rate currency_code legal_entity line_item_description line_item_type "
        "net_unblended_rate operation product_code resource_id tax_type unblended_rate usage_account_id "
        "usage_account_name usage_type"
    ),
    "pricing": (
        "currency lease_contract_length offering_class public_on_demand_rate purchase_option rate_code "
        "rate_id term unit"
    ),
    "product": (
        "comment fee_code fee_description from_location from_location_type from_region_code instance_family "
        "instance_type instancesku location location_type operation pricing_unit product_family region_code "
        "servicecode sku to_location to_location_type to_region_code usagetype"
    ),
    "reservation": (
        "availability_zone end_time modification_status normalized_units_per_reservation "
        "number_of_reservations reservation_a_r_n start_time subscription_id "
        "total_reserved_normalized_units total_reserved_units units_per_reservation"
    ),
    "savings_plan": (
        "end_time instance_type_family offering_type payment_option purchase_term region savings_plan_a_r_n "
        "start_time"
    ),
}
NUMBERS = {
    "discount": "bundled_discount total_discount",
    "line_item": (
        "blended_cost net_unblended_cost normalization_factor normalized_usage_amount unblended_cost "
        "usage_amount"
    ),
    "pricing": "public_on_demand_cost",
    "reservation": (
        "amortized_upfront_cost_for_usage amortized_upfront_fee_for_billing_period effective_cost "
        "net_amortized_upfront_cost_for_usage net_amortized_upfront_fee_for_billing_period "
        "net_effective_cost net_recurring_fee_for_usage "
        "net_unused_amortized_upfront_fee_for_billing_period net_unused_recurring_fee "
        "net_upfront_value recurring_fee_for_usage unused_amortized_upfront_fee_for_billing_period "
        "unused_normalized_unit_quantity unused_quantity unused_recurring_fee upfront_value"
    ),
    "savings_plan": (
        "amortized_upfront_commitment_for_billing_period net_amortized_upfront_commitment_for_billing_period "
        "net_recurring_commitment_for_billing_period net_savings_plan_effective_cost "
        "recurring_commitment_for_billing_period savings_plan_effective_cost savings_plan_rate "
        "total_commitment_to_date used_commitment"
    ),
}
TIMES = {
    "bill": "billing_period_end_date billing_period_start_date",
    "line_item": "usage_end_date usage_start_date",
}
TEXT_MAP = pa.map_(pa.string(), pa.string())
MAPS = {
    "cost_category": TEXT_MAP,
    "discount": pa.map_(pa.string(), pa.float64()),
    "product": TEXT_MAP,
    "resource_tags": TEXT_MAP,
}
MOMENT = pa.timestamp("ms")
SELLER = "Amazon Web Services, Inc."


def _named(groups: dict[str, str], kind: Any) -> list[Any]:
    return [pa.field(f"{prefix}_{name}", kind) for prefix, names in groups.items() for name in names.split()]


SCHEMA = pa.schema(
    sorted(
        _named(TEXT, pa.string())
        + _named(NUMBERS, pa.float64())
        + _named(TIMES, MOMENT)
        + [pa.field(name, kind) for name, kind in MAPS.items()],
        key=lambda column: column.name,
    )
)


def table(scenario: Scenario, series: Sequence[Lines]) -> Any:
    """All line items of the series as one Arrow table, by day."""
    filled = [lines for lines in series if len(lines.starts)]
    lengths = np.array([len(lines.starts) for lines in filled])
    starts = np.concatenate([lines.starts for lines in filled])
    order = np.argsort(starts, kind="stable")
    index = np.repeat(np.arange(len(filled)), lengths)[order]
    columns = {
        **_constant_columns(filled, index),
        **_measure_columns(filled, lengths, order),
        **_time_columns(starts[order], np.concatenate([lines.ends for lines in filled])[order]),
        **_identity_columns(filled, starts[order], index, scenario.seed),
    }
    columns["bill_invoice_id"] = _invoices(scenario, starts[order])
    return pa.table(
        [columns.get(field.name, pa.nulls(len(index), field.type)) for field in SCHEMA], schema=SCHEMA
    )


def _constant_columns(series: Sequence[Lines], index: Integers) -> dict[str, Any]:
    """One value per series, repeated for each of its days."""
    always = {
        "bill_bill_type": "Anniversary",
        "bill_billing_entity": "AWS",
        "bill_invoicing_entity": SELLER,
        "bill_payer_account_id": PAYER.number,
        "bill_payer_account_name": PAYER.name,
        "line_item_currency_code": "USD",
        "line_item_legal_entity": SELLER,
    }
    names = sorted({name for lines in series for name in lines.labels} | always.keys())
    columns = {
        name: pa.array([lines.labels.get(name, always.get(name)) for lines in series], pa.string()).take(
            index
        )
        for name in names
    }
    maps: dict[str, list[Mapping[str, str]]] = {
        "product": [lines.product for lines in series],
        "resource_tags": [lines.tags for lines in series],
        "cost_category": [lines.cost_category for lines in series],
        "discount": [{} for _ in series],
    }
    for name, values in maps.items():
        columns[name] = pa.array([sorted(value.items()) for value in values], MAPS[name]).take(index)
    return columns


def _measure_columns(series: Sequence[Lines], lengths: Integers, order: Integers) -> dict[str, Any]:
    names = sorted({name for lines in series for name in lines.measures})
    return {name: _measure(series, lengths, order, name) for name in names}


def _measure(series: Sequence[Lines], lengths: Integers, order: Integers, name: str) -> Any:
    parts = [
        lines.measures.get(name, np.full(length, np.nan))
        for lines, length in zip(series, lengths, strict=True)
    ]
    values: Floats = np.concatenate(parts)[order]
    return pa.array(values, from_pandas=True)


def _time_columns(starts: Days, ends: Days) -> dict[str, Any]:
    months = starts.astype("datetime64[M]")
    moments = {
        "line_item_usage_start_date": starts,
        "line_item_usage_end_date": ends,
        "bill_billing_period_start_date": months,
        "bill_billing_period_end_date": months + MONTH,
    }
    return {name: pa.array(days.astype("datetime64[ms]")) for name, days in moments.items()}


def _identity_columns(series: Sequence[Lines], starts: Days, index: Integers, seed: int) -> dict[str, Any]:
    keys = [f"{seed}/{number}/{sorted(lines.labels.items())}" for number, lines in enumerate(series)]
    days = starts.astype(str)
    ids = [digest(f"{keys[number]}/{day}") for number, day in zip(index, days, strict=True)]
    intervals = np.char.add(
        np.char.add(days, "T00:00:00Z/"), np.char.add((starts + DAY).astype(str), "T00:00:00Z")
    )
    return {"identity_line_item_id": pa.array(ids), "identity_time_interval": pa.array(intervals.tolist())}


def _invoices(scenario: Scenario, starts: Days) -> Any:
    """The month that is still open has no invoice yet."""
    months, index = np.unique(starts.astype("datetime64[M]"), return_inverse=True)
    still_open = np.datetime64(scenario.timeline.end, "M") if _open(scenario) else None
    numbers = [
        None if month == still_open else str(2_200_000_000 + int(month.astype(np.int64)) * 7_919)
        for month in months
    ]
    return pa.array(numbers, pa.string()).take(index)


def _open(scenario: Scenario) -> bool:
    tomorrow = np.datetime64(scenario.timeline.end) + DAY
    return bool(tomorrow.astype("datetime64[M]") == np.datetime64(scenario.timeline.end, "M"))
