"""What people ask of the platform in the demo's first hour, what they say to it, and what AWS puts in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from local.demo import compute, databases, disks
from local.demo.lines import Scenario
from local.demo.organization import CHECKOUT, DATA, DEV, PLATFORM, PROD, STAGING, Account, Person, person

ASKS = person(CHECKOUT.lead)
APPROVES = person(PLATFORM.lead)
APPROVES_FOR_FINANCE = person("nora.castellan")
CHANGEABLE = (PROD, STAGING, DEV, DATA)
# Nothing is done without a person; the limits are those of a team that begins with it.
SETTINGS = {
    "agent.autonomous_mode": "false",
    "agent.max_autonomous_risk_level": "5",
    "agent.approval_required_above_savings": "300000",
    "agent.auto_execute_types": "storage-class",
    "actions.allowed_accounts": ",".join(account.number for account in CHANGEABLE),
    "actions.max_per_run": "3",
    "actions.max_per_day": "30",
    "actions.max_savings_per_run": "500000",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "20",
    "actions.change_windows": "mon-sun 00:00-12:00,mon-sun 12:00-00:00",
    "actions.protect_tags": "cloudops:protect,service=checkout-api",
    "actions.enabled": "true",
}


class Word(StrEnum):
    APPROVED = "approve"
    REJECTED = "reject"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A change that is asked for by what a check found on a resource, and the word on it, if there is one yet."""

    check_id: str
    resource_id: str
    word: Word | None = None
    comment: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mishaps:
    """Resources by the ids that calls of AWS name them by.

    One is impaired after every start, of one type AWS has no capacity left, and reads of one are throttled.
    """

    impaired: str
    without_capacity: str
    throttled: str


def scenes(scenario: Scenario) -> Iterator[Scene]:
    """One that works, one that ends rolled back, two that fail, two that wait for somebody's word, one for AWS."""
    volumes = gp2_volumes(scenario)
    yes, no = Word.APPROVED, Word.REJECTED
    yield Scene(check_id="EC2-02", resource_id=instance(scenario, DATA, "scheduler", 0), word=yes)
    yield Scene(check_id="EC2-02", resource_id=instance(scenario, DATA, "scheduler", 1), word=yes)
    yield Scene(check_id="RDS-02", resource_id=catalog(scenario), word=yes, comment="After the sale.")
    yield Scene(
        check_id="EC2-01",
        resource_id=instance(scenario, PROD, "mail-relay", 1),
        word=no,
        comment="It takes over when the first one fails.",
    )
    yield Scene(check_id="EC2-01", resource_id=instance(scenario, DEV, "prototype", 0))
    yield Scene(check_id="EBS-04", resource_id=volumes[1])
    yield Scene(check_id="EBS-04", resource_id=mishaps(scenario).throttled)


def mishaps(scenario: Scenario) -> Mishaps:
    return Mishaps(
        impaired=instance(scenario, DATA, "scheduler", 1),
        without_capacity=catalog(scenario).rpartition(":")[2],
        throttled=gp2_volumes(scenario)[0],
    )


def instance(scenario: Scenario, account: Account, fleet: str, number: int) -> str:
    wanted = account.name, fleet, number
    return next(str(one.owner.resource_id) for one in compute.instances(scenario) if one.key == wanted)


def catalog(scenario: Scenario) -> str:
    found = next(one for one in databases.DATABASES if one.name == "catalog")
    return str(databases.database_owner(scenario, found).resource_id)


def gp2_volumes(scenario: Scenario) -> list[str]:
    """Of the data platform's broker."""
    return [
        str(one.owner.resource_id)
        for one in disks.volumes(scenario)
        if one.instance and one.instance.fleet.name == "stream-broker"
    ]


def approver(role: str) -> Person:
    """Who may say yes where this role is asked for."""
    return APPROVES_FOR_FINANCE if role == "cfo" else APPROVES
