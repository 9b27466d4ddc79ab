"""A Savings Plan and a reservation, with the line items by which AWS bills and amortises them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from local.demo import machines, skus
from local.demo.compute import Instance, Paid, billed
from local.demo.incidents import RESERVATION_PURCHASE
from local.demo.labels import Owner, cost_category, line_labels, present, product_map, rate_labels
from local.demo.lines import Lines, Scenario, money, usage, usage_measures
from local.demo.organization import PAYER, PROD
from local.demo.timeline import DAY, Days, Floats, days_in, month_ends

HOURS_PER_YEAR = 8760


@dataclass(frozen=True, kw_only=True)
class SavingsPlan:
    """A one-year Compute Savings Plan without upfront payment; `hourly` is the commitment in US dollars."""

    hourly: float = 9.8
    discount: float = 0.28
    bought: int = 300
    # Some hours of a day need less than the commitment, so a day never uses all of it.
    most_used: float = 0.985

    @property
    def arn(self) -> str:
        return f"arn:aws:savingsplans::{PAYER.number}:savingsplan/3f0c2d5e-77aa-4c10-9f6e-2b1d84e0a915"


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """One-year standard reserved instances, partial upfront; amounts in US dollars per instance."""

    kind: str = "m5.4xlarge"
    count: int = 4
    upfront: float = 1980.0
    hourly: float = 0.226
    bought: int = RESERVATION_PURCHASE.from_age

    @property
    def arn(self) -> str:
        return f"arn:aws:ec2:us-east-1:{PROD.number}:reserved-instances/8d2f41c6-0b5e-4e39-a7c1-6f9023bd5e70"

    @property
    def upfront_per_hour(self) -> float:
        return self.upfront / HOURS_PER_YEAR


PLAN = SavingsPlan()
RESERVATION = Reservation()
PLAN_SKU = skus.Sku(
    product_code="ComputeSavingsPlans",
    product_name="Savings Plans for AWS Compute usage",
    family="ComputeSavingsPlans",
    usage_type="ComputeSP:1yrNoUpfront",
    operation="",
    unit="Hrs",
    rate=PLAN.hourly,
    region=None,
    location="Any",
    attributes={"region": "global"},
)


def commitment_lines(scenario: Scenario) -> Iterator[Lines]:
    machines = tuple(billed(scenario))
    yield from savings_plan_lines(scenario, [one for one in machines if one.fleet.paid is Paid.SAVINGS_PLAN])
    yield from reservation_lines(scenario, [one for one in machines if one.fleet.paid is Paid.RESERVED])


def savings_plan_lines(scenario: Scenario, machines: Iterable[Instance]) -> Iterator[Lines]:
    active = scenario.timeline.span(from_age=PLAN.bought)
    left = np.where(active, 24 * PLAN.hourly * PLAN.most_used, 0.0)
    used = np.zeros(scenario.timeline.days)
    negated: dict[str, tuple[skus.Sku, Floats, Floats]] = {}
    for machine in machines:
        hours, effective = _covered(machine, left)
        left, used = left - effective, used + effective
        yield _covered_line(scenario, machine, hours, effective)
        yield usage(scenario, machine.owner, machine.sku, machine.hours - hours)
        _, so_far, cost = negated.get(machine.sku.code, (machine.sku, 0.0, 0.0))
        negated[machine.sku.code] = (machine.sku, so_far + hours, cost + money(hours * machine.sku.rate))
    for sku, hours, cost in negated.values():
        yield _negation_line(scenario, sku, hours, cost)
    yield _plan_fee_line(scenario, money(used))


def _covered(machine: Instance, left: Floats) -> tuple[Floats, Floats]:
    """The hours of each day that the plan still pays for, and their cost at the plan's rate."""
    rate = _plan_rate(machine.sku)
    hours = np.minimum(machine.hours, np.floor(np.clip(left, 0, None) / rate * 1e4) / 1e4)
    return hours, money(hours * rate)


def _plan_rate(sku: skus.Sku) -> float:
    return round(sku.rate * (1 - PLAN.discount), 5)


def _covered_line(scenario: Scenario, machine: Instance, hours: Floats, effective: Floats) -> Lines:
    plain = usage(scenario, machine.owner, machine.sku, hours)
    days = hours > 0
    return replace(
        plain,
        labels={**plain.labels, "line_item_line_item_type": "SavingsPlanCoveredUsage", **_plan_labels()},
        measures={
            **plain.measures,
            "savings_plan_savings_plan_effective_cost": effective[days],
            "savings_plan_savings_plan_rate": np.full(days.sum(), _plan_rate(machine.sku)),
        },
    )


def _negation_line(scenario: Scenario, sku: skus.Sku, hours: Floats, cost: Floats) -> Lines:
    """Takes the on-demand cost of covered usage off again; it names no resource and has no list cost."""
    days = hours > 0
    text = f"SavingsPlanNegation used by AccountId : {PROD.number} and UsageSku : {sku.code}"
    dates = scenario.timeline.dates[days]
    return Lines(
        labels={
            **line_labels(Owner(account=PROD), sku, kind="SavingsPlanNegation", description=text),
            **rate_labels(sku),
            **_plan_labels(),
        },
        measures=usage_measures(hours[days], money(-cost[days]), on_demand=np.zeros(days.sum())),
        starts=dates,
        ends=dates + DAY,
        product=product_map(sku),
        cost_category=cost_category(PROD),
    )


def _plan_fee_line(scenario: Scenario, used: Floats) -> Lines:
    days = scenario.timeline.span(from_age=PLAN.bought)
    fee = np.full(days.sum(), round(24 * PLAN.hourly, 10))
    dates = scenario.timeline.dates[days]
    text = "1 year No Upfront Compute Savings Plan"
    return Lines(
        labels={
            **line_labels(
                Owner(account=PAYER, resource_id=PLAN.arn),
                PLAN_SKU,
                kind="SavingsPlanRecurringFee",
                description=text,
            ),
            **_plan_labels(),
            **_plan_term_labels(scenario),
        },
        measures={
            **usage_measures(np.full(len(fee), 24.0), fee, on_demand=np.zeros(len(fee))),
            "savings_plan_total_commitment_to_date": fee,
            "savings_plan_used_commitment": used[days],
            "savings_plan_recurring_commitment_for_billing_period": fee,
            "savings_plan_amortized_upfront_commitment_for_billing_period": np.zeros(len(fee)),
        },
        starts=dates,
        ends=dates + DAY,
        product=product_map(PLAN_SKU),
        cost_category=cost_category(PAYER),
    )


def _plan_labels() -> dict[str, str]:
    return {"savings_plan_savings_plan_a_r_n": PLAN.arn}


def _plan_term_labels(scenario: Scenario) -> dict[str, str]:
    start = scenario.timeline.today - timedelta(days=PLAN.bought)
    return {
        "savings_plan_offering_type": "ComputeSavingsPlans",
        "savings_plan_payment_option": "No Upfront",
        "savings_plan_purchase_term": "1yr",
        "savings_plan_start_time": f"{start}T00:00:00.000Z",
        "savings_plan_end_time": f"{start + timedelta(days=365)}T00:00:00.000Z",
    }


def reservation_lines(scenario: Scenario, machines: Iterable[Instance]) -> Iterator[Lines]:
    active = scenario.timeline.span(from_age=RESERVATION.bought)
    used = np.zeros(scenario.timeline.days)
    for machine in machines:
        yield usage(scenario, machine.owner, machine.sku, machine.hours * ~active)
        yield _discounted_line(scenario, machine, machine.hours * active)
        used = used + machine.hours * active
    yield from _upfront_line(scenario)
    yield _reservation_fee_line(scenario, used)


def _discounted_line(scenario: Scenario, machine: Instance, hours: Floats) -> Lines:
    plain = usage(scenario, machine.owner, machine.sku, hours)
    quantity = plain.measures["line_item_usage_amount"]
    upfront, recurring = money(quantity * RESERVATION.upfront_per_hour), money(quantity * RESERVATION.hourly)
    nothing = np.zeros(len(quantity))
    return replace(
        plain,
        labels={
            **plain.labels,
            "line_item_line_item_type": "DiscountedUsage",
            "line_item_line_item_description": f"{RESERVATION.kind} reserved instance applied",
            "line_item_unblended_rate": "0.0000000000",
            "line_item_blended_rate": "0.0000000000",
            **_reservation_labels(),
        },
        measures={
            **plain.measures,
            "line_item_unblended_cost": nothing,
            "line_item_blended_cost": nothing,
            "reservation_amortized_upfront_cost_for_usage": upfront,
            "reservation_recurring_fee_for_usage": recurring,
            "reservation_effective_cost": money(upfront + recurring),
        },
    )


def _upfront_line(scenario: Scenario) -> Iterator[Lines]:
    """The purchase, on the day it was made; its line ends with the term, a year later."""
    dates = scenario.timeline.dates[RESERVATION_PURCHASE.days(scenario.timeline)]
    cost = np.full(len(dates), RESERVATION.upfront * RESERVATION.count)
    yield Lines(
        labels=_fee_labels(
            "Fee", f"Sign up charge for {RESERVATION.count} {RESERVATION.kind} reserved instances"
        ),
        measures=usage_measures(
            np.full(len(dates), float(RESERVATION.count)), cost, on_demand=np.zeros(len(dates))
        ),
        starts=dates,
        ends=dates + 365 * DAY,
        cost_category=cost_category(PROD),
    )


def _reservation_fee_line(scenario: Scenario, used: Floats) -> Lines:
    """The recurring fee is billed for the whole month at once; what is unused is known up to the last day."""
    timeline = scenario.timeline
    active = timeline.span(from_age=RESERVATION.bought)
    months, first = np.unique(timeline.months[active], return_index=True)
    starts = timeline.dates[active][first]
    billed = _month_hours(months, starts)
    elapsed = np.add.reduceat(np.full(active.sum(), 24.0 * RESERVATION.count), first)
    unused = elapsed - np.add.reduceat(used[active], first)
    fee = money(billed * RESERVATION.hourly)
    return Lines(
        labels=_fee_labels(
            "RIFee", f"USD {RESERVATION.hourly} hourly fee per Linux/UNIX, {RESERVATION.kind} instance"
        ),
        measures={
            **usage_measures(billed, fee, on_demand=np.zeros(len(fee))),
            "reservation_amortized_upfront_fee_for_billing_period": money(
                billed * RESERVATION.upfront_per_hour
            ),
            "reservation_unused_quantity": unused,
            "reservation_unused_recurring_fee": money(unused * RESERVATION.hourly),
            "reservation_unused_amortized_upfront_fee_for_billing_period": money(
                unused * RESERVATION.upfront_per_hour
            ),
            "reservation_upfront_value": np.full(len(fee), RESERVATION.upfront * RESERVATION.count),
        },
        starts=starts,
        ends=month_ends(months),
        cost_category=cost_category(PROD),
    )


def _month_hours(months: Days, starts: Days) -> Floats:
    """Reserved instance hours from each start to the end of its month."""
    passed = (starts - months.astype("datetime64[D]")).astype(np.int64)
    hours: Floats = (days_in(months) - passed) * 24.0 * RESERVATION.count
    return hours


def _fee_labels(kind: str, text: str) -> dict[str, str]:
    sku = replace(machines.instance(RESERVATION.kind), usage_type=f"HeavyUsage:{RESERVATION.kind}")
    return {
        **line_labels(Owner(account=PROD), sku, kind=kind, description=text),
        **_reservation_labels(),
    }


def _reservation_labels() -> dict[str, str]:
    return present(
        {
            "pricing_term": "Reserved",
            "pricing_lease_contract_length": "1yr",
            "pricing_offering_class": "standard",
            "pricing_purchase_option": "Partial Upfront",
            "reservation_reservation_a_r_n": RESERVATION.arn,
            "reservation_number_of_reservations": str(RESERVATION.count),
        }
    )
