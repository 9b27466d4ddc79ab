"""The text columns of a line item, from who owns it and what it is."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.demo.organization import Account
from local.demo.skus import Sku

ON_DEMAND_OFFER = "JRTCKXETXF.6YS6EN2CT7"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose usage it is: an account, and perhaps one resource in it."""

    account: Account
    resource_id: str | None = None
    zone: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def line_labels(owner: Owner, sku: Sku, *, kind: str, description: str | None = None) -> dict[str, str]:
    return present(
        {
            "line_item_usage_account_id": owner.account.number,
            "line_item_usage_account_name": owner.account.name,
            "line_item_line_item_type": kind,
            "line_item_line_item_description": description or _price_text(sku),
            "line_item_product_code": sku.product_code,
            "line_item_usage_type": sku.usage_type,
            "line_item_operation": sku.operation,
            "line_item_resource_id": owner.resource_id,
            "line_item_availability_zone": owner.zone,
            "pricing_unit": sku.unit,
            **_product_labels(sku),
        }
    )


def rate_labels(sku: Sku) -> dict[str, str]:
    rate = f"{sku.rate:.10f}"
    return {
        "line_item_unblended_rate": rate,
        "line_item_blended_rate": rate,
        "pricing_public_on_demand_rate": rate,
        "pricing_term": "OnDemand",
        "pricing_currency": "USD",
        "pricing_rate_code": f"{sku.code}.{ON_DEMAND_OFFER}",
        "pricing_rate_id": str(zlib.crc32(sku.code.encode())),
    }


def product_map(sku: Sku) -> dict[str, str]:
    region = {"region": sku.region} if sku.region else {}
    return {"product_name": sku.product_name, **region, **sku.attributes}


def cost_category(account: Account) -> dict[str, str]:
    return {"business_group": account.business_group}


def present(labels: Mapping[str, str | None]) -> dict[str, str]:
    return {column: value for column, value in labels.items() if value}


def _price_text(sku: Sku) -> str:
    rate = f"{sku.rate:.10f}".rstrip("0")
    return f"${rate} per {sku.unit}: {sku.usage_type}"


def _product_labels(sku: Sku) -> dict[str, str | None]:
    return {
        "product_servicecode": sku.service_code or sku.product_code,
        "product_product_family": sku.family,
        "product_sku": sku.code,
        "product_usagetype": sku.usage_type,
        "product_operation": sku.operation,
        "product_pricing_unit": sku.unit,
        "product_instance_type": sku.instance_type,
        "product_instance_family": sku.instance_family,
        **_place_labels(sku),
    }


def _place_labels(sku: Sku) -> dict[str, str | None]:
    """A transfer names where it comes from, and has no region code of its own."""
    if sku.family == "Data Transfer":
        return {
            "product_from_region_code": sku.region,
            "product_from_location": sku.location,
            "product_from_location_type": "AWS Region",
            "product_to_location": "External",
            "product_to_location_type": "Other",
        }
    return {
        "product_region_code": sku.region,
        "product_location": sku.location,
        "product_location_type": "AWS Region" if sku.region else None,
    }
