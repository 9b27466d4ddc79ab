"""Sizes within a family: which one has half of everything, and how much memory a managed node has."""

import re
from collections.abc import Mapping
from dataclasses import replace

from cloudops.recommendations.instance_types import InstanceType

HALF: Mapping[str, str] = {
    "48xlarge": "24xlarge", "32xlarge": "16xlarge", "24xlarge": "12xlarge", "18xlarge": "9xlarge",
    "16xlarge": "8xlarge", "8xlarge": "4xlarge", "4xlarge": "2xlarge", "2xlarge": "xlarge", "xlarge": "large",
    "large": "medium", "medium": "small", "small": "micro", "micro": "nano",
}  # fmt: skip
# Families whose half costs half (public on-demand prices): accelerators do not, their hosts are priced otherwise.
GENERAL = re.compile(r"^(a1|[cmr][2-9]|t[2-9]|z1d|i[34]|im4|is4|x2gd)")
BURSTABLE = re.compile(r"^t\d")
WITH_MEDIUM = re.compile(r"^(a1|[cmr]([6-9]g|[78]a)|x2gd)")
# Sizes that a family skips.
MISSING = frozenset(("m4.8xlarge", "m2.large"))
GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "z": 8, "x": 16}
BURSTABLE_GIB = {"nano": 0.5, "micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}


def half_of(current: InstanceType) -> InstanceType | None:
    """The next smaller size of the same family with half of its memory, at half of its price."""
    size = HALF.get(current.size)
    if size is None or not GENERAL.match(current.family) or not is_offered(current, size):
        return None
    return replace(current, size=size)


def is_offered(current: InstanceType, size: str) -> bool:
    family = current.family
    if f"{family}.{size}" in MISSING:
        return False
    match size:
        case "medium":
            managed = current.prefix != ""
            return bool(BURSTABLE.match(family)) or (not managed and bool(WITH_MEDIUM.match(family)))
        case "small" | "micro":
            return bool(BURSTABLE.match(family))
        case "nano":
            return bool(BURSTABLE.match(family)) and not current.prefix
        case _:
            return True


def memory_gib(of: InstanceType) -> float | None:
    """What a current family has by its pattern; None where there is no pattern."""
    if BURSTABLE.match(of.family):
        return BURSTABLE_GIB.get(of.size)
    per_vcpu, vcpus = GIB_PER_VCPU.get(of.family[0]), vcpus_of(of.size)
    return per_vcpu * vcpus if per_vcpu and vcpus else None


def vcpus_of(size: str) -> int | None:
    named = {"medium": 1, "large": 2, "xlarge": 4}
    times = re.fullmatch(r"(\d+)xlarge", size)
    return int(times[1]) * 4 if times else named.get(size)
