"""Exports after FOCUS 1.0 to 1.2, the FinOps Open Cost and Usage Specification (focus.finops.org)."""

from cloudops.costs.formats.cells import Cells
from cloudops.costs.formats.mapping import ChargeMapping, instance_type_in
from cloudops.costs.formats.models import Kind
from cloudops.costs.formats.tags import tag_columns

# Feature level "Mandatory" in all of 1.0, 1.1 and 1.2.
REQUIRED = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
)
NEW_IN_1_1 = (
    "CapacityReservationId",
    "CapacityReservationStatus",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountUnit",
    "ServiceSubcategory",
    "SkuMeter",
    "SkuPriceDetails",
)
# BillingAccountType and SubAccountType are new as well, but Azure's 1.0 exports have them already.
NEW_IN_1_2 = (
    "InvoiceId",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
)
NOT_NULL = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "EffectiveCost",
)
AMOUNTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "PricingQuantity", "ConsumedQuantity")
MOMENTS = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
TEXTS = (
    "BillingAccountId",
    "SubAccountId",
    "BillingAccountName",
    "SubAccountName",
    "ProviderName",
    "ServiceName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "x_UsageType",
    "SkuMeter",
    "x_SkuMeterName",
    "x_Operation",
    "ConsumedUnit",
    "PricingUnit",
    "BillingCurrency",
    "PricingCategory",
)
CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
FREQUENCIES = ("One-Time", "Recurring", "Usage-Based")

PROVIDER = """CASE
    WHEN regexp_matches(provider_name, '^aws\\b|amazon', 'i') THEN 'aws'
    WHEN regexp_matches(provider_name, 'microsoft|azure', 'i') THEN 'azure'
    WHEN regexp_matches(provider_name, 'google|^gcp\\b', 'i') THEN 'gcp'
    WHEN regexp_matches(provider_name, '^ibm\\b', 'i') THEN 'ibm'
    WHEN regexp_matches(provider_name, 'oracle|^oci\\b', 'i') THEN 'oci'
    ELSE 'other' END"""
# FOCUS 1.0-preview still said On-Demand and Commitment-Based.
PRICING_CATEGORY = """CASE pricing
    WHEN 'On-Demand' THEN 'Standard' WHEN 'Commitment-Based' THEN 'Committed' ELSE pricing END"""


def focus_mapping(cells: Cells, kind: Kind) -> ChargeMapping:
    consumed = cells.amount("ConsumedQuantity")
    frequencies = ", ".join(f"'{one}'" for one in FREQUENCIES)
    return ChargeMapping(
        billing_account=cells.text("BillingAccountId"),
        period_start=cells.moment("BillingPeriodStart"),
        provider=PROVIDER.replace("provider_name", cells.text("ProviderName")),
        facts={
            "started": cells.moment("ChargePeriodStart"),
            "ended": cells.moment("ChargePeriodEnd"),
            "account_id": cells.text("SubAccountId", "BillingAccountId"),
            "account_name": account_name(cells),
            "service": f"coalesce({cells.text('ServiceName')}, 'Other')",
            "region": cells.text("RegionId", "RegionName"),
            "resource_id": cells.text("ResourceId"),
            "usage_type": cells.text("x_UsageType", "SkuMeter", "x_SkuMeterName"),
            "operation": cells.text("x_Operation"),
            "usage_unit": f"CASE WHEN {consumed} IS NULL THEN {cells.text('PricingUnit')}"
            f" ELSE {cells.text('ConsumedUnit')} END",
            "currency": cells.text("BillingCurrency"),
            "charge_category": cells.text("ChargeCategory"),
            "class": cells.text("ChargeClass"),
            "frequency": cells.text("ChargeFrequency"),
            "pricing": cells.text("PricingCategory"),
            "provider_name": cells.text("ProviderName"),
            "sku_instance_type": instance_type(cells),
        },
        measures={
            "usage_amount": cells.amount("ConsumedQuantity", "PricingQuantity"),
            "billed_cost": cells.amount("BilledCost"),
            "effective_cost": cells.amount("EffectiveCost"),
            "list_cost": cells.amount("ListCost"),
            "contracted_cost": cells.amount("ContractedCost"),
            "blended_cost": cells.amount(),
        },
        derived={
            "provider": PROVIDER,
            "instance_type": f"coalesce(sku_instance_type, {instance_type_in('usage_type')})",
            "charge_class": "CASE WHEN class = 'Correction' THEN class END",
            "charge_frequency": f"CASE WHEN frequency IN ({frequencies}) THEN frequency END",
            "pricing_category": PRICING_CATEGORY,
        },
        line_item_id=cells.text("x_LineItemId", "x_RecordId"),
        tags=tag_columns(cells, kind),
    )


def account_name(cells: Cells) -> str:
    """The name of the account whose id is taken: a sub account without a name does not get its payer's."""
    return (
        f"CASE WHEN {cells.text('SubAccountId')} IS NULL THEN {cells.text('BillingAccountName')}"
        f" ELSE {cells.text('SubAccountName')} END"
    )


def instance_type(cells: Cells) -> str:
    known = (
        ("SkuPriceDetails", "InstanceType"),
        ("SkuPriceDetails", "x_InstanceType"),
        ("x_SkuDetails", "ServiceType"),
    )
    return f"coalesce({', '.join(cells.entry(column, key) for column, key in known)})"
