"""Instance types of EC2, RDS, ElastiCache and OpenSearch as prefix, family and size."""

from dataclasses import dataclass

from cloudops.recommendations.bill import BilledUsage

PREFIXES = ("db.", "cache.")
SUFFIXES = (".search", ".elasticsearch")


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    family: str
    size: str
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}{self.family}.{self.size}{self.suffix}"

    def moved_to(self, family: str) -> "InstanceType":
        return InstanceType(family=family, size=self.size, prefix=self.prefix, suffix=self.suffix)


def parse(text: str) -> InstanceType | None:
    prefix = next((one for one in PREFIXES if text.startswith(one)), "")
    suffix = next((one for one in SUFFIXES if text.endswith(one)), "")
    family, dot, size = text.removeprefix(prefix).removesuffix(suffix).partition(".")
    return (
        InstanceType(family=family, size=size, prefix=prefix, suffix=suffix)
        if dot and family and size
        else None
    )


def instance_type_of(line: BilledUsage) -> InstanceType | None:
    """From the usage type where it names one, since a product's attributes may describe something else."""
    named = line.meter.partition(":")[2]
    return parse(named) or parse(line.instance_type or "")
