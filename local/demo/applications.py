"""Lambda, queues, logs and metrics, data pipelines, security services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from local.demo import price_book, shapes
from local.demo.incidents import DEBUG_LOGGING, RETRY_STORM
from local.demo.labels import Owner
from local.demo.lines import Lines, Scenario, usage
from local.demo.organization import (
    ACCOUNTS,
    CATALOG,
    CHECKOUT,
    DATA,
    DEV,
    GUARDRAILS,
    INSIGHTS,
    PAYER,
    PLATFORM,
    PROD,
    SEARCH,
    SECURITY,
    STAGING,
    TRUST,
    Account,
    Team,
)
from local.demo.tagging import resource_tags, tagged_arn
from local.demo.timeline import Floats


@dataclass(frozen=True, kw_only=True)
class Function:
    """`millions` of invocations a day at the end, each of `seconds` with `memory` GB."""

    name: str
    account: Account
    team: Team | None
    millions: float
    seconds: float
    memory: float
    profile: tuple[float, ...] = shapes.SHOPPERS


ORDER_EVENTS = Function(
    name="order-events", account=PROD, team=CHECKOUT, millions=2.2, seconds=0.35, memory=1.0
)
FUNCTIONS = (
    ORDER_EVENTS,
    Function(name="thumbnail", account=PROD, team=CATALOG, millions=1.4, seconds=0.6, memory=2.0),
    Function(name="search-feed", account=PROD, team=SEARCH, millions=3.1, seconds=0.12, memory=0.5),
    Function(name="webhook", account=PROD, team=None, millions=0.9, seconds=0.2, memory=0.25),
    Function(name="order-events", account=STAGING, team=CHECKOUT, millions=0.15, seconds=0.4, memory=1.0),
    Function(
        name="loader",
        account=DATA,
        team=INSIGHTS,
        millions=0.6,
        seconds=2.5,
        memory=3.0,
        profile=shapes.PIPELINES,
    ),
    Function(
        name=GUARDRAILS,
        account=SECURITY,
        team=PLATFORM,
        millions=0.02,
        seconds=0.6,
        memory=0.5,
        profile=shapes.EVEN,
    ),
)


# Millions of requests a day.
QUEUES = (
    ("orders", PROD, CHECKOUT, 14.0, shapes.SHOPPERS),
    ("stock-changes", PROD, CATALOG, 9.0, shapes.SHOPPERS),
    (GUARDRAILS, SECURITY, PLATFORM, 0.35, shapes.EVEN),
)


@dataclass(frozen=True, kw_only=True)
class LogGroup:
    """`gigabytes` come in a day at the end, `yearly` more than a year before. Nothing of it ever expires."""

    name: str
    account: Account
    team: Team | None
    environment: str
    gigabytes: float
    yearly: float

    @property
    def path(self) -> str:
        return f"/larkmoor/{self.name}"


LOG_GROUPS = (
    LogGroup(name="checkout", account=PROD, team=CHECKOUT, environment="prod", gigabytes=34.0, yearly=0.8),
    LogGroup(name="catalog", account=PROD, team=CATALOG, environment="prod", gigabytes=26.0, yearly=0.5),
    LogGroup(name="cluster", account=PROD, team=PLATFORM, environment="prod", gigabytes=41.0, yearly=1.1),
    LogGroup(
        name="shop-staging", account=STAGING, team=CHECKOUT, environment="staging", gigabytes=9.0, yearly=0.2
    ),
    LogGroup(name="sandbox", account=DEV, team=None, environment="dev", gigabytes=4.0, yearly=0.3),
    LogGroup(name="pipelines", account=DATA, team=INSIGHTS, environment="prod", gigabytes=14.0, yearly=0.6),
)


def application_lines(scenario: Scenario) -> Iterator[Lines]:
    yield from _function_lines(scenario)
    yield from _log_lines(scenario)
    yield from _metric_lines(scenario)
    yield from _pipeline_lines(scenario)
    yield from _security_lines(scenario)
    yield from _queue_lines(scenario)


def function_owner(scenario: Scenario, function: Function) -> Owner:
    arn = f"arn:aws:lambda:us-east-1:{function.account.number}:function:{function.name}"
    environment = "staging" if function.account is STAGING else "prod"
    tags = resource_tags(scenario, arn, team=function.team, environment=environment, service=function.name)
    return Owner(account=function.account, resource_id=arn, tags=tags)


def _function_lines(scenario: Scenario) -> Iterator[Lines]:
    for function in FUNCTIONS:
        owner = function_owner(scenario, function)
        busy = scenario.busy(str(owner.resource_id), function.profile, yearly=0.5)
        calls = np.round(1e6 * function.millions * busy)
        yield from _invocation_lines(scenario, owner, function, calls)


def _invocation_lines(scenario: Scenario, owner: Owner, function: Function, calls: Floats) -> Iterator[Lines]:
    weight = function.seconds * function.memory
    if function is not ORDER_EVENTS:
        yield usage(scenario, owner, price_book.FUNCTION_SECONDS, calls * weight)
        yield usage(scenario, owner, price_book.FUNCTION_REQUESTS, calls)
        return
    storm = calls * np.where(RETRY_STORM.days(scenario.timeline), 14.0, 1.0)
    # A retry runs into the time limit, which takes three times as long as a good run.
    seconds = (calls + 3.0 * (storm - calls)) * weight
    yield usage(
        scenario, owner, price_book.FUNCTION_SECONDS, seconds, usual=calls * weight, cause=RETRY_STORM
    )
    yield usage(scenario, owner, price_book.FUNCTION_REQUESTS, storm, usual=calls, cause=RETRY_STORM)


def log_group_owner(scenario: Scenario, group: LogGroup) -> Owner:
    arn = f"arn:aws:logs:us-east-1:{group.account.number}:log-group:{group.path}"
    tags = resource_tags(scenario, arn, team=group.team, environment=group.environment, service=group.name)
    return Owner(account=group.account, resource_id=arn, tags=tags)


def _log_lines(scenario: Scenario) -> Iterator[Lines]:
    """Log groups without a retention keep all they ever took in."""
    timeline = scenario.timeline
    for group in LOG_GROUPS:
        owner = log_group_owner(scenario, group)
        usual = group.gigabytes * scenario.busy(str(owner.resource_id), shapes.PIPELINES, yearly=group.yearly)
        if group.account is STAGING:
            amount = usual * np.where(DEBUG_LOGGING.days(timeline), 16.0, 1.0)
            yield usage(scenario, owner, price_book.LOG_INGESTION, amount, usual=usual, cause=DEBUG_LOGGING)
        else:
            yield usage(scenario, owner, price_book.LOG_INGESTION, usual)
        stored = 0.15 * (400 * group.gigabytes + np.cumsum(usual)) / timeline.days_in_month
        yield usage(scenario, owner, price_book.LOG_STORAGE, stored)


def _metric_lines(scenario: Scenario) -> Iterator[Lines]:
    for account, metrics in ((PROD, 1450), (STAGING, 260), (DATA, 380)):
        yield usage(
            scenario,
            Owner(account=account),
            price_book.METRICS,
            metrics * shapes.growth(scenario.timeline, 0.4) / scenario.timeline.days_in_month,
        )


def _pipeline_lines(scenario: Scenario) -> Iterator[Lines]:
    for name, hours in (("sessions-etl", 46.0), ("orders-etl", 28.0), ("catalog-etl", 19.0)):
        owner = tagged_arn(
            scenario, DATA, INSIGHTS, path=f"glue:us-east-1:{DATA.number}:job/{name}", service=name
        )
        closing = shapes.month_start(scenario.timeline, 1.6)
        yield usage(
            scenario,
            owner,
            price_book.ETL_HOURS,
            hours * closing * scenario.busy(name, shapes.PIPELINES, yearly=0.3),
        )
    analysts = tagged_arn(
        scenario, DATA, INSIGHTS, path=f"athena:us-east-1:{DATA.number}:workgroup/analysts", service="athena"
    )
    yield usage(
        scenario, analysts, price_book.QUERY_BYTES, 6.0 * scenario.busy("athena", shapes.OFFICE, yearly=0.2)
    )


def _security_lines(scenario: Scenario) -> Iterator[Lines]:
    for account in ACCOUNTS:
        if account is not PAYER:
            busy = scenario.busy(f"security/{account.name}", shapes.EVEN, yearly=0.3)
            yield usage(scenario, Owner(account=account), price_book.THREAT_EVENTS, np.round(520_000 * busy))
            yield usage(scenario, Owner(account=account), price_book.CONFIG_ITEMS, np.round(700 * busy))
    trail = tagged_arn(
        scenario,
        SECURITY,
        TRUST,
        path=f"cloudtrail:us-east-1:{SECURITY.number}:trail/organization",
        service="trail",
    )
    yield usage(
        scenario,
        trail,
        price_book.TRAIL_EVENTS,
        np.round(310_000 * scenario.busy("trail", shapes.EVEN, yearly=0.5)),
    )
    monthly = 1.0 / scenario.timeline.days_in_month
    for account, keys in ((PROD, 34), (DATA, 12), (SECURITY, 9)):
        yield usage(scenario, Owner(account=account), price_book.KEYS, keys * monthly)
    yield usage(scenario, Owner(account=PROD), price_book.SECRETS, 120 * monthly)
    for path, sku, number in (
        ("kms:us-east-1:{}:key/5f0c8f6e-cloudops", price_book.KEYS, 1),
        ("secretsmanager:us-east-1:{}:secret:guardrails", price_book.SECRETS, 3),
    ):
        owner = tagged_arn(
            scenario, SECURITY, PLATFORM, path=path.format(SECURITY.number), service=GUARDRAILS
        )
        yield usage(scenario, owner, sku, number * monthly)


def _queue_lines(scenario: Scenario) -> Iterator[Lines]:
    for name, account, team, millions, profile in QUEUES:
        arn = f"sqs:us-east-1:{account.number}:{name}"
        calls = np.round(1e6 * millions * scenario.busy(arn, profile, yearly=0.3))
        yield usage(
            scenario,
            tagged_arn(scenario, account, team, path=arn, service=name),
            price_book.QUEUE_REQUESTS,
            calls,
        )
