"""The invented company of the demo: Larkmoor Outfitters, an online shop for outdoor clothing."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Larkmoor Outfitters"
DOMAIN = "larkmoor.example"


GUARDRAILS = "guardrails"
"""The service that the company knows this product's own stack as, whose tag is on all of it."""


@dataclass(frozen=True, kw_only=True)
class Account:
    number: str
    name: str
    business_group: str


@dataclass(frozen=True, kw_only=True)
class Team:
    name: str
    cost_center: str
    lead: str

    @property
    def owner(self) -> str:
        return f"{self.lead}@{DOMAIN}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can sign in where the demo runs."""

    name: str
    role: str
    finance_approver: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@{DOMAIN}"

    @property
    def described(self) -> str:
        return f"{self.role}, approves for finance" if self.finance_approver else self.role


PAYER = Account(number="700100200301", name="larkmoor-payer", business_group="Corporate")
PROD = Account(number="700100200302", name="larkmoor-prod", business_group="Shop")
STAGING = Account(number="700100200303", name="larkmoor-staging", business_group="Shop")
DEV = Account(number="700100200304", name="larkmoor-dev", business_group="Shop")
DATA = Account(number="700100200305", name="larkmoor-data-platform", business_group="Insights")
# AWS account ids may begin with a zero, which a reader that takes them for numbers loses.
SECURITY = Account(number="070010020036", name="larkmoor-security", business_group="Corporate")
ACCOUNTS = (PAYER, PROD, STAGING, DEV, DATA, SECURITY)

CHECKOUT = Team(name="checkout", cost_center="CC-110", lead="ines.okafor")
CATALOG = Team(name="catalog", cost_center="CC-120", lead="tomasz.reyes")
SEARCH = Team(name="search", cost_center="CC-130", lead="maya.lindqvist")
PLATFORM = Team(name="platform", cost_center="CC-200", lead="jonas.abara")
INSIGHTS = Team(name="insights", cost_center="CC-310", lead="priya.halvorsen")
TRUST = Team(name="trust", cost_center="CC-400", lead="leo.marchetti")
TEAMS = (CHECKOUT, CATALOG, SEARCH, PLATFORM, INSIGHTS, TRUST)

PEOPLE = (
    Person(name=SEARCH.lead, role="viewer"),
    Person(name=CHECKOUT.lead, role="operator"),
    Person(name=PLATFORM.lead, role="approver"),
    Person(name="nora.castellan", role="approver", finance_approver=True),
    Person(name=TRUST.lead, role="admin"),
)


def person(name: str) -> Person:
    return next(one for one in PEOPLE if one.name == name)
