"""What a format says about each charge, as SQL over the columns of its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from cloudops.costs.formats.tags import TagColumns

MEASURES = (
    "usage_amount",
    "billed_cost",
    "effective_cost",
    "list_cost",
    "contracted_cost",
    "blended_cost",
)
# Amazon's usage types end in the instance type: USW2-BoxUsage:m5.xlarge, InstanceUsage:db.r6g.large.
INSTANCE_TYPE = (
    ":((?:[a-z]+[.])?[a-z][a-z0-9-]*[.](?:nano|micro|small|medium|large|[0-9]*xlarge|metal(?:-[0-9a-z]+)?))$"
)


@dataclass(frozen=True, kw_only=True)
class ChargeMapping:
    """`facts` are read from every row and tell charges apart, `measures` are added up within them, `derived`
    charge columns follow from the facts and are worked out once per group.

    A fact named like a charge column is that column. Facts `started` and `ended` are timestamps in UTC.
    """

    billing_account: str
    period_start: str
    provider: str
    facts: Mapping[str, str]
    measures: Mapping[str, str]
    derived: Mapping[str, str]
    line_item_id: str
    tags: TagColumns

    @property
    def period(self) -> str:
        return f"CAST(date_trunc('month', {self.period_start}) AS DATE)"


def instance_type_in(usage_type: str) -> str:
    return f"nullif(regexp_extract({usage_type}, '{INSTANCE_TYPE}', 1), '')"
