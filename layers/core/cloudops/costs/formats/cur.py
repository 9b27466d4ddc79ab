"""AWS Cost and Usage Reports, legacy and 2.0, in the words of FOCUS.

Line item types: docs.aws.amazon.com/cur/latest/userguide/Lineitem-columns.html. Amortised cost follows the
rule of the CUDOS dashboards: covered usage takes the commitment's effective cost, and the fees of the
commitment keep only what nobody used.
"""

from cloudops.costs.formats.cells import AMOUNT, Cells
from cloudops.costs.formats.mapping import ChargeMapping, instance_type_in
from cloudops.costs.formats.models import Kind
from cloudops.costs.formats.tags import tag_columns

REQUIRED = (
    "bill_payer_account_id",
    "bill_billing_period_start_date",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_product_code",
    "line_item_currency_code",
    "line_item_unblended_cost",
)
NOT_NULL = (
    "bill_payer_account_id",
    "bill_billing_period_start_date",
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_currency_code",
)
TEXTS = (
    "bill_payer_account_id",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_product_code",
    "product_region",
    "product_region_code",
    "line_item_resource_id",
    "line_item_usage_type",
    "line_item_operation",
    "pricing_unit",
    "line_item_currency_code",
    "line_item_line_item_type",
    "product_instance_type",
    "identity_line_item_id",
)
AMOUNTS = (
    "line_item_unblended_cost",
    "line_item_usage_amount",
    "line_item_blended_cost",
    "pricing_public_on_demand_cost",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
    "reservation_effective_cost",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee",
)
MOMENTS = ("bill_billing_period_start_date", "line_item_usage_start_date", "line_item_usage_end_date")

CHARGE_CATEGORY = """CASE
    WHEN ends_with(line_item_type, 'Usage') OR line_item_type = 'SavingsPlanNegation' THEN 'Usage'
    WHEN line_item_type = 'Tax' THEN 'Tax'
    WHEN line_item_type IN ('Credit', 'Refund') OR ends_with(line_item_type, 'Discount') THEN 'Credit'
    WHEN line_item_type IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee',
        'FlatRateSubscription') THEN 'Purchase'
    ELSE 'Adjustment' END"""
CHARGE_FREQUENCY = """CASE
    WHEN ends_with(line_item_type, 'Usage') OR ends_with(line_item_type, 'Discount')
        OR line_item_type = 'SavingsPlanNegation' THEN 'Usage-Based'
    WHEN is_upfront OR line_item_type IN ('SavingsPlanUpfrontFee', 'Refund') THEN 'One-Time'
    ELSE 'Recurring' END"""
PRICING_CATEGORY = """CASE
    WHEN line_item_type IN ('DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation')
        THEN 'Committed'
    WHEN line_item_type = 'Usage' AND contains(usage_type, 'SpotUsage') THEN 'Dynamic'
    WHEN line_item_type = 'Usage' OR ends_with(line_item_type, 'Fee') THEN 'Standard' END"""


def cur_mapping(cells: Cells, kind: Kind) -> ChargeMapping:
    line_item_type = cells.text("line_item_line_item_type")
    billed = cells.amount("line_item_unblended_cost")
    on_demand = cells.amount("pricing_public_on_demand_cost")
    return ChargeMapping(
        billing_account=cells.text("bill_payer_account_id"),
        period_start=cells.moment("bill_billing_period_start_date"),
        provider="'aws'",
        facts={
            "started": cells.moment("line_item_usage_start_date"),
            "ended": cells.moment("line_item_usage_end_date"),
            "account_id": cells.text("line_item_usage_account_id", "bill_payer_account_id"),
            "account_name": cells.text("line_item_usage_account_name"),
            "service": f"coalesce({cells.text('line_item_product_code')}, 'Other')",
            "region": region(cells),
            "resource_id": cells.text("line_item_resource_id"),
            "usage_type": cells.text("line_item_usage_type"),
            "operation": cells.text("line_item_operation"),
            "usage_unit": cells.text("pricing_unit"),
            "currency": cells.text("line_item_currency_code"),
            "line_item_type": line_item_type,
            "is_upfront": is_upfront(cells, line_item_type),
            "product_instance_type": cells.text("product_instance_type"),
        },
        measures={
            "usage_amount": cells.amount("line_item_usage_amount"),
            "billed_cost": billed,
            "effective_cost": effective_cost(cells, line_item_type, billed),
            "list_cost": on_demand,
            "contracted_cost": contracted_cost(line_item_type, billed, on_demand),
            "blended_cost": cells.amount("line_item_blended_cost"),
        },
        derived={
            "provider": "'aws'",
            "instance_type": f"coalesce(product_instance_type, {instance_type_in('usage_type')})",
            "charge_category": CHARGE_CATEGORY,
            "charge_class": "CASE WHEN line_item_type = 'Refund' THEN 'Correction' END",
            "charge_frequency": CHARGE_FREQUENCY,
            "pricing_category": PRICING_CATEGORY,
        },
        line_item_id=cells.text("identity_line_item_id"),
        tags=tag_columns(cells, kind),
    )


def region(cells: Cells) -> str:
    """CUR 2.0 keeps the region of some products in the `product` map only."""
    of_columns = cells.text("product_region", "product_region_code")
    return f"coalesce({of_columns}, {cells.entry('product', 'region')})"


def is_upfront(cells: Cells, line_item_type: str) -> str:
    """An all-upfront reservation is billed as a plain fee that names the reservation."""
    return f"{line_item_type} = 'Fee' AND {cells.text('reservation_reservation_a_r_n')} IS NOT NULL"


def effective_cost(cells: Cells, line_item_type: str, billed: str) -> str:
    """An export without the columns of a kind of commitment keeps its rows as billed: the total holds."""
    branches = [*savings_plan_branches(cells), *reservation_branches(cells, line_item_type)]
    if not branches:
        return billed
    cases = " ".join(f"WHEN {condition} THEN {cost}" for condition, cost in branches)
    return f"CASE {cases} ELSE {billed} END".replace("{type}", line_item_type)


def savings_plan_branches(cells: Cells) -> list[tuple[str, str]]:
    if cells.find("savings_plan_savings_plan_effective_cost") is None:
        return []
    commitment = or_zero(cells.amount("savings_plan_total_commitment_to_date"))
    used = or_zero(cells.amount("savings_plan_used_commitment"))
    return [
        (
            "{type} = 'SavingsPlanCoveredUsage'",
            or_zero(cells.amount("savings_plan_savings_plan_effective_cost")),
        ),
        ("{type} = 'SavingsPlanRecurringFee'", f"{commitment} - {used}"),
        ("{type} IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee')", "0"),
    ]


def reservation_branches(cells: Cells, line_item_type: str) -> list[tuple[str, str]]:
    if cells.find("reservation_effective_cost") is None:
        return []
    unused_upfront = or_zero(cells.amount("reservation_unused_amortized_upfront_fee_for_billing_period"))
    unused_recurring = or_zero(cells.amount("reservation_unused_recurring_fee"))
    return [
        ("{type} = 'DiscountedUsage'", or_zero(cells.amount("reservation_effective_cost"))),
        ("{type} = 'RIFee'", f"{unused_upfront} + {unused_recurring}"),
        (is_upfront(cells, line_item_type), "0"),
    ]


def contracted_cost(line_item_type: str, billed: str, on_demand: str) -> str:
    """At contracted rates, before commitments. What a reservation covers is billed as 0, so its list cost
    stands in; a negation only takes back what was counted already."""
    return (
        f"CASE {line_item_type} WHEN 'DiscountedUsage' THEN {on_demand}"
        f" WHEN 'SavingsPlanNegation' THEN 0 ELSE {billed} END"
    )


def or_zero(amount: str) -> str:
    return f"coalesce({amount}, CAST(0 AS {AMOUNT}))"
