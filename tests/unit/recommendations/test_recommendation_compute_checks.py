from datetime import date
from decimal import Decimal

import pytest
from recommendation_bills import bill, judged, saved, usage, verdict

from cloudops.recommendations.checks.ec2_graviton import EC2_GRAVITON_CANDIDATE
from cloudops.recommendations.checks.ec2_previous_generation import EC2_PREVIOUS_GENERATION
from cloudops.recommendations.checks.managed_node_families import (
    ELASTICACHE_FAMILY,
    OPENSEARCH_FAMILY,
    RDS_GRAVITON_CANDIDATE,
    RDS_PREVIOUS_GENERATION,
)
from cloudops.recommendations.checks.off_hours import EC2_OFF_HOURS, RDS_OFF_HOURS, SAGEMAKER_NOTEBOOK
from cloudops.recommendations.checks.short_lived_instances import SHORT_LIVED_INSTANCES
from cloudops.recommendations.checks.uncovered_nodes import UNCOVERED_EC2, UNCOVERED_REDSHIFT
from cloudops.recommendations.models import Proposal

LINUX = {"operation": "RunInstances"}
WINDOWS = {"operation": "RunInstances:0002"}


@pytest.mark.parametrize(
    ("usage_type", "expected"),
    [
        ("BoxUsage:m4.large", "flagged"),
        ("USW2-BoxUsage:t2.small", "flagged"),
        ("EU-BoxUsage:c4.8xlarge", "flagged"),
        ("BoxUsage:m4.10xlarge", "fine"),
        ("BoxUsage:m5.large", "fine"),
        ("BoxUsage:m6i.large", "fine"),
        ("SpotUsage:m4.large", "silent"),
        ("DataTransfer-Out-Bytes", "silent"),
        (None, "silent"),
    ],
)
def test_previous_generations_have_a_successor_of_the_same_size(
    usage_type: str | None, expected: str
) -> None:
    assert verdict(EC2_PREVIOUS_GENERATION, usage(usage_type, **LINUX)) == expected


def test_a_move_saves_by_the_published_ratio_where_the_bill_shows_no_rate() -> None:
    # m4 to m6i at 0.96 of 30.4375 a month.
    assert saved(EC2_PREVIOUS_GENERATION, usage("BoxUsage:m4.large", "30", **LINUX)) == Decimal("1.22")


def test_a_move_saves_by_the_rate_of_the_bill_where_there_is_one() -> None:
    old = usage("BoxUsage:m4.large", "72", amount="720", resource_id="i-old", **LINUX)
    new = usage("BoxUsage:m6i.large", "36", amount="720", resource_id="i-new", **LINUX)

    proposal = next(
        judgement
        for _, judgement in judged(EC2_PREVIOUS_GENERATION, bill(old, new))
        if isinstance(judgement, Proposal)
    )

    assert proposal.saving is not None
    assert round(proposal.saving.monthly, 2) == Decimal("36.52")
    assert proposal.saving.ratio is not None
    assert proposal.saving.ratio.source == "net rate on this bill"


def test_a_move_that_costs_more_on_this_bill_is_not_proposed() -> None:
    old = usage("BoxUsage:m4.large", "72", resource_id="i-old", **LINUX)
    new = usage("BoxUsage:m6i.large", "80", resource_id="i-new", **LINUX)

    assert not any(
        isinstance(found, Proposal) for _, found in judged(EC2_PREVIOUS_GENERATION, bill(old, new))
    )


def test_the_linux_price_ratio_is_not_used_for_licensed_systems() -> None:
    assert saved(EC2_PREVIOUS_GENERATION, usage("BoxUsage:m4.large", **WINDOWS)) is None


def test_resources_without_ids_are_summed_over_their_types() -> None:
    lines = [
        usage("BoxUsage:m4.large", "100", resource_id=None, **LINUX),
        usage("BoxUsage:c4.large", "100", resource_id=None, **LINUX),
    ]

    # 4 % and 14.51 % of 101.4583.
    assert saved(EC2_PREVIOUS_GENERATION, *lines) == Decimal("18.78")


@pytest.mark.parametrize(
    ("usage_type", "operation", "expected"),
    [
        ("BoxUsage:m5.xlarge", "RunInstances", "flagged"),
        ("BoxUsage:t3.micro", "RunInstances", "flagged"),
        ("BoxUsage:m7g.xlarge", "RunInstances", "fine"),
        ("BoxUsage:m5.xlarge", "RunInstances:0002", "fine"),
        ("BoxUsage:m5.xlarge", None, "unknown"),
    ],
)
def test_graviton_is_for_linux_on_x86(usage_type: str, operation: str | None, expected: str) -> None:
    assert verdict(EC2_GRAVITON_CANDIDATE, usage(usage_type, operation=operation)) == expected


@pytest.mark.parametrize(
    ("check", "usage_type", "expected"),
    [
        (RDS_PREVIOUS_GENERATION, "InstanceUsage:db.m4.large", "flagged"),
        (RDS_PREVIOUS_GENERATION, "Multi-AZUsage:db.r3.large", "flagged"),
        (RDS_PREVIOUS_GENERATION, "InstanceUsage:db.r5.large", "fine"),
        (RDS_GRAVITON_CANDIDATE, "USE1-InstanceUsage:db.r5.large", "flagged"),
        (RDS_GRAVITON_CANDIDATE, "InstanceUsage:db.r6g.large", "fine"),
        (ELASTICACHE_FAMILY, "NodeUsage:cache.m4.large", "flagged"),
        (ELASTICACHE_FAMILY, "NodeUsage:cache.m6g.large", "fine"),
        (OPENSEARCH_FAMILY, "ESInstance:m4.large", "flagged"),
        (OPENSEARCH_FAMILY, "ESInstance:m6g.large", "fine"),
    ],
)
def test_managed_nodes_have_a_newer_family(check: object, usage_type: str, expected: str) -> None:
    assert verdict(check, usage(usage_type)) == expected  # type: ignore[arg-type]


def test_a_managed_node_saves_only_what_the_bill_can_show() -> None:
    assert saved(RDS_GRAVITON_CANDIDATE, usage("InstanceUsage:db.r5.large", "100")) is None


@pytest.mark.parametrize(
    ("check", "usage_type", "environment", "amount", "days", "expected"),
    [
        (EC2_OFF_HOURS, "BoxUsage:t3.large", "staging", "720", 30, "flagged"),
        (EC2_OFF_HOURS, "BoxUsage:t3.large", "Dev", "700", 30, "flagged"),
        (EC2_OFF_HOURS, "BoxUsage:t3.large", "prod", "720", 30, "fine"),
        (EC2_OFF_HOURS, "BoxUsage:t3.large", None, "720", 30, "unknown"),
        (EC2_OFF_HOURS, "BoxUsage:t3.large", "dev", "300", 30, "fine"),
        (EC2_OFF_HOURS, "BoxUsage:t3.large", "dev", "240", 10, "unknown"),
        (RDS_OFF_HOURS, "InstanceUsage:db.t3.medium", "test", "720", 30, "flagged"),
        (RDS_OFF_HOURS, "RDS:GP2-Storage", "test", "720", 30, "silent"),
        (SAGEMAKER_NOTEBOOK, "Notebk:ml.t3.medium", None, "720", 30, "flagged"),
        (SAGEMAKER_NOTEBOOK, "Notebk:ml.t3.medium", None, "100", 30, "fine"),
    ],
)
def test_what_never_stops_outside_production_gets_a_schedule(
    check: object, usage_type: str, environment: str | None, amount: str, days: int, expected: str
) -> None:
    tags = {"Environment": environment} if environment else {}
    line = usage(usage_type, amount=amount, days=days, tags=tags)

    assert verdict(check, line) == expected  # type: ignore[arg-type]


def test_a_schedule_saves_the_hours_that_are_off() -> None:
    line = usage("BoxUsage:t3.large", "30", tags={"env": "dev"})

    # 108 of 168 hours of 30.4375.
    assert saved(EC2_OFF_HOURS, line) == Decimal("19.57")


@pytest.mark.parametrize(
    ("pricing", "amount", "resource_id", "expected"),
    [
        ("OnDemand", "720", "i-1", "flagged"),
        ("Standard", "690", "i-1", "flagged"),
        ("OnDemand", "400", "i-1", "fine"),
        ("Committed", "720", "i-1", "fine"),
        ("Dynamic", "720", "i-1", "fine"),
        (None, "720", "i-1", "unknown"),
        ("OnDemand", "720", None, "unknown"),
    ],
)
def test_what_ran_on_demand_all_the_time_may_be_committed(
    pricing: str | None, amount: str, resource_id: str | None, expected: str
) -> None:
    line = usage("BoxUsage:m5.large", amount=amount, pricing=pricing, resource_id=resource_id)

    assert verdict(UNCOVERED_EC2, line) == expected


def test_what_could_stop_at_night_is_not_committed() -> None:
    assert verdict(UNCOVERED_EC2, usage("BoxUsage:m5.large", tags={"env": "staging"})) == "fine"


def test_three_weeks_are_too_short_to_commit() -> None:
    assert verdict(UNCOVERED_EC2, usage("BoxUsage:m5.large", amount="504", days=21), days=21) == "unknown"


def test_a_commitment_is_never_reckoned_better_than_the_smallest_published_one() -> None:
    deal = usage("BoxUsage:c5.large", "30", list_cost=Decimal(100), pricing="Committed", resource_id="i-2")
    line = usage("BoxUsage:m5.large", "100")

    savings = [
        found.saving.monthly
        for _, found in judged(UNCOVERED_EC2, bill(deal, line))
        if isinstance(found, Proposal) and found.saving
    ]

    # 26.07 % of 101.4583, not the 70 % of the three-year deal beside it.
    assert [round(one, 2) for one in savings] == [Decimal("26.45")]


def test_a_worse_deal_on_the_bill_is_believed() -> None:
    deal = usage("BoxUsage:c5.large", "90", list_cost=Decimal(100), pricing="Committed", resource_id="i-2")
    line = usage("BoxUsage:m5.large", "100")

    (found,) = [found for _, found in judged(UNCOVERED_EC2, bill(deal, line)) if isinstance(found, Proposal)]

    assert found.saving is not None
    assert round(found.saving.monthly, 2) == Decimal("10.15")


def test_a_long_history_makes_a_commitment_surer() -> None:
    young, old = (
        judged(UNCOVERED_EC2, bill(usage("BoxUsage:m5.large", first_seen=first_seen)))[0][1]
        for first_seen in (None, date(2026, 1, 1))
    )

    assert isinstance(young, Proposal)
    assert isinstance(old, Proposal)
    assert old.confidence == 2 * young.confidence


def test_without_any_known_rate_a_commitment_names_no_saving() -> None:
    assert saved(UNCOVERED_REDSHIFT, usage("Node:ra3.xlplus", service="AmazonRedshift")) is None


def test_instances_that_lived_for_hours_could_be_spot() -> None:
    jobs = [
        usage("BoxUsage:m5.large", "4", amount="4", days=1, ago=5, resource_id=f"i-{n}") for n in range(5)
    ]
    spot = usage("SpotUsage:m5.large", "30", list_cost=Decimal(100), resource_id="i-spot")

    # 70 % of 20 x 30.4375 / 30.
    assert saved(SHORT_LIVED_INSTANCES, *jobs, spot) == Decimal("14.20")
    assert saved(SHORT_LIVED_INSTANCES, *jobs) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (usage("BoxUsage:m5.large", "40", amount="5", days=1, ago=5), "flagged"),
        (usage("BoxUsage:m5.large", "40", amount="8", days=1, ago=5), "fine"),
        (usage("BoxUsage:m5.large", "40", amount="5", days=1, ago=0), "fine"),
        (usage("BoxUsage:m5.large", "40", amount="5", days=1, ago=29), "fine"),
        (usage("BoxUsage:m5.large", "5", amount="5", days=1, ago=5), "fine"),
        (usage("BoxUsage:m5.large", "40", amount="5", days=1, ago=5, resource_id=None), "unknown"),
    ],
    ids=["short", "longer", "still running", "began before the window", "cheap", "no ids"],
)
def test_only_instances_that_came_and_went_count_as_short_lived(line: object, expected: str) -> None:
    assert verdict(SHORT_LIVED_INSTANCES, line) == expected  # type: ignore[arg-type]
