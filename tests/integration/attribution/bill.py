"""A small bill whose lines say whom they belong to."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.attribution import use_cases as attribution
from cloudops.attribution.attributing import attribute_everything
from cloudops.attribution.models import Attributed, AttributionRule, Kind, Method, Share, SplitRule, TagRule
from cloudops.attribution.use_cases import ATTRIBUTION_RULES, SPLIT_RULES, TAG_RULES
from tests.integration.bills import Charge, charge, write_bill
from tests.integration.intake import NOW, take_in
from tests.integration.tenant import Tenant

FIRST, SECOND = "20260810T000000Z", "20260820T000000Z"
ANN = Actor(name="ann@acme.example")
TAG_COLUMNS = ("team", "Team", "env", "app")


def line(day: int, cost: float | str, *, tags: dict[str, str] | None = None, **cells: str) -> Charge:
    named = {f"resourceTags/user:{key}": (tags or {}).get(key, "") for key in TAG_COLUMNS}
    return charge(day, cost, **{**named, **cells})


def load(tenant: Tenant, folder: Path, lines: list[Charge], *, assembly: str = FIRST) -> None:
    write_bill(folder, assembly, [lines])
    assert "published" in take_in(tenant, folder)


def attribute(tenant: Tenant, *, now: datetime = NOW) -> Attributed:
    with tenant.transaction(batch=True) as connection:
        return attribute_everything(connection, now=now)


def tag_rule(name: str, **fields: Any) -> TagRule:
    given: dict[str, Any] = {
        "tag_key": "team",
        "pattern": None,
        "normalized_key": None,
        "normalized_value": None,
        "priority": 0,
        "is_active": True,
        **fields,
    }
    return TagRule(id=uuid4(), rule_name=name, created_at=NOW, updated_at=NOW, **given)


def attribution_rule(name: str, kind: Kind, **fields: Any) -> AttributionRule:
    given: dict[str, Any] = {"tag_key": None, "priority": 0, **fields}
    return AttributionRule(id=uuid4(), rule_name=name, kind=kind, created_at=NOW, updated_at=NOW, **given)


def split_rule(name: str, method: Method, shares: list[Share] | None = None, **fields: Any) -> SplitRule:
    given: dict[str, Any] = {
        "charge_category": None,
        "service": None,
        "account_id": None,
        "tag_key": None,
        "tag_value": None,
        "priority": 0,
        "is_active": True,
        **fields,
    }
    return SplitRule(
        id=uuid4(),
        rule_name=name,
        method=method,
        shares=shares or [],
        created_at=NOW,
        updated_at=NOW,
        **given,
    )


def save(tenant: Tenant, *rules: TagRule | AttributionRule | SplitRule, force: bool = True) -> None:
    with tenant.transaction() as connection:
        for rule in rules:
            if isinstance(rule, TagRule):
                attribution.add_rule(connection, TAG_RULES, rule, force=force, actor=ANN)
            elif isinstance(rule, AttributionRule):
                attribution.add_rule(connection, ATTRIBUTION_RULES, rule, force=force, actor=ANN)
            else:
                attribution.add_rule(connection, SPLIT_RULES, rule, force=force, actor=ANN)


def direct_costs(tenant: Tenant) -> dict[UUID | None, Decimal]:
    return dict(
        tenant.rows(
            "select team_id, sum(billed_cost) from current_team_costs where split_rule_id is null group by 1"
        )
    )
