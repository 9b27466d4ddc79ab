"""Who owns what at Larkmoor, how its tags are read, and what has to hold there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from local.demo.organization import (
    CATALOG,
    CHECKOUT,
    DATA,
    DEV,
    DOMAIN,
    INSIGHTS,
    PAYER,
    PEOPLE,
    PLATFORM,
    PROD,
    SEARCH,
    SECURITY,
    STAGING,
    TRUST,
    Account,
    Team,
)

# Group > unit > team.
HIERARCHY: Mapping[str, Mapping[str, tuple[Team, ...]]] = {
    "Shop": {"Storefront": (CHECKOUT, CATALOG), "Discovery": (SEARCH,)},
    "Insights": {"Data": (INSIGHTS,)},
    "Corporate": {"Foundations": (PLATFORM,), "Risk": (TRUST,)},
}
SERVICES: Mapping[str, tuple[str, Team]] = {
    "checkout-api": ("API", CHECKOUT),
    "order-events": ("Worker", CHECKOUT),
    "catalog-api": ("API", CATALOG),
    "thumbnail": ("Worker", CATALOG),
    "personalization": ("API", CATALOG),
    "search-index": ("Database", SEARCH),
    "search-feed": ("Worker", SEARCH),
    "cluster-node": ("Platform", PLATFORM),
    "network": ("Platform", PLATFORM),
    "batch": ("Worker", INSIGHTS),
    "stream-broker": ("Platform", INSIGHTS),
    "warehouse": ("Database", INSIGHTS),
    "scanner": ("Worker", TRUST),
}
# What nobody's tags claim belongs to whoever runs the account; production is shared by four teams.
ACCOUNT_OWNERS: Mapping[Account, Team] = {
    PAYER: PLATFORM,
    STAGING: PLATFORM,
    DEV: PLATFORM,
    DATA: INSIGHTS,
    SECURITY: TRUST,
}
TAG_RULES: tuple[Mapping[str, Any], ...] = (
    {
        "rule_name": "Production has one name",
        "tag_key": "environment",
        "pattern": "(?i)prod(uction)?",
        "normalized_value": "production",
        "priority": 20,
    },
    {
        "rule_name": "Staging has one name",
        "tag_key": "environment",
        "pattern": "(?i)stag(e|ing)",
        "normalized_value": "staging",
        "priority": 10,
    },
)
SPLIT_RULES: tuple[Mapping[str, Any], ...] = (
    {"rule_name": "Everybody bears the tax", "method": "proportional", "charge_category": "Tax"},
)
POLICY = {
    "name": "What runs in production has an owner",
    "description": "Whoever is called at night has to know whose it is.",
    "severity": "medium",
    "status": "enabled",
    "resource_types": ["EC2", "RDS"],
    "scope": PROD.number,
    "expression": {"field": "tags.owner", "op": "absent"},
    "remediation": "Ask who started it.\nTag it with its owner.",
}
EXCEPTION_REASON = "It is replaced before the summer sale."
ORDERS_A_DAY = 4200


def document() -> str:
    """The organisation as `cloudops organization import` takes it."""
    known = {person.email for person in PEOPLE}
    groups = {
        group: {
            "business_units": {
                unit: {"teams": {team.name: described(team, known) for team in teams}}
                for unit, teams in units.items()
            }
        }
        for group, units in HIERARCHY.items()
    }
    return yaml.safe_dump({"business_groups": groups}, sort_keys=False)


def described(team: Team, known: set[str]) -> dict[str, Any]:
    services = {
        name: {
            "service_type": kind,
            "repository_url": f"https://git.{DOMAIN}/{name}",
            "documentation_url": f"https://docs.{DOMAIN}/{name}",
            "description": f"{name} of {team.name}",
        }
        for name, (kind, owner) in SERVICES.items()
        if owner is team
    }
    members = {team.owner: "lead"} if team.owner in known else {}
    return {
        "owner_email": team.owner,
        "slack_channel": f"#{team.name}",
        **({"members": members} if members else {}),
        "services": services,
    }


def orders(day: int) -> int:
    """A week's shape: people shop for the mountains at the weekend. `day` is Monday's 0."""
    return ORDERS_A_DAY + (900 if day in (5, 6) else 0) + 37 * day
