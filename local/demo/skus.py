"""What AWS sells: units of usage, regions and machine types."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Sku:
    """What one unit of usage is and what it costs; `rate` is US dollars per `unit` on demand."""

    product_code: str
    product_name: str
    family: str
    usage_type: str
    operation: str
    unit: str
    rate: float
    region: str | None
    location: str | None
    service_code: str | None = None
    instance_type: str | None = None
    instance_family: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return digest(f"{self.product_code}/{self.usage_type}/{self.operation}/{self.region}")[:16].upper()


@dataclass(frozen=True, kw_only=True)
class Region:
    code: str
    location: str
    prefix: str
    premium: float


@dataclass(frozen=True, kw_only=True)
class Machine:
    rate: float
    vcpu: int
    memory_gib: float
    family: str
    current: bool = True


US = Region(code="us-east-1", location="US East (N. Virginia)", prefix="", premium=1.0)
EU = Region(code="eu-west-1", location="EU (Ireland)", prefix="EU-", premium=1.11)


def digest(text: str) -> str:
    """52 characters of lower-case base 32, the form of AWS's line item ids."""
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=").lower()


def in_region(sku: Sku, region: Region) -> Sku:
    """The same usage elsewhere: AWS prefixes the usage type and asks another price."""
    return replace(
        sku,
        usage_type=f"{region.prefix}{sku.usage_type}",
        region=region.code,
        location=region.location,
        rate=round(sku.rate * region.premium, 10),
    )


def at_the_edge(sku: Sku) -> Sku:
    """Usage of edge locations belongs to no region."""
    return replace(sku, region=None, location="United States")


def listed(
    product: tuple[str, str],
    family: str,
    usage_type: str,
    operation: str,
    *,
    unit: str,
    rate: float,
    **attributes: str,
) -> Sku:
    """A price in us-east-1; `product` is AWS's product code and product name."""
    return Sku(
        product_code=product[0],
        product_name=product[1],
        family=family,
        usage_type=usage_type,
        operation=operation,
        unit=unit,
        rate=rate,
        region=US.code,
        location=US.location,
        attributes=attributes,
    )


def hardware(sku: Sku, kind: str, machine: Machine) -> Sku:
    described = {
        "vcpu": str(machine.vcpu),
        "memory": f"{machine.memory_gib:g} GiB",
        "current_generation": "Yes" if machine.current else "No",
    }
    return replace(
        sku, instance_type=kind, instance_family=machine.family, attributes={**sku.attributes, **described}
    )
