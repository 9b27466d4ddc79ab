"""What is proposed for missing tags, and what becomes of it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from cloudops.compliance.tagging import proposals
from cloudops.compliance.tagging.models import RequiredTag
from cloudops.compliance.tagging.proposals import ProposalDecidedError, ProposalNotFoundError
from tests.integration.compliance.tagged_estate import (
    ANN,
    NOW,
    OTHER,
    has,
    proposed,
    requires,
    scan,
)
from tests.integration.tenant import Tenant

SHOP = {"Team": "shop"}
STACK = "aws:cloudformation:stack-name"


@pytest.fixture
def estate(tenant: Tenant) -> Tenant:
    requires(tenant, RequiredTag(key="Team"))
    return tenant


def neighbours(tenant: Tenant, common: dict[str, str], *, count: int = 4, **columns: object) -> None:
    for number in range(count):
        has(tenant, f"i-{number}", {**SHOP, **common}, **columns)


@pytest.mark.parametrize(
    "common",
    [
        pytest.param({STACK: "cart-prod"}, id="stack"),
        pytest.param({"aws:cloudformation_stack_name": "cart-prod"}, id="stack as reports write it"),
        pytest.param({"aws:autoscaling:groupName": "cart-web"}, id="Auto Scaling group"),
        pytest.param({"aws:createdBy": "AssumedRole:deployer"}, id="creator"),
    ],
)
def test_those_that_share_a_providers_tag_tell_the_value(estate: Tenant, common: dict[str, str]) -> None:
    neighbours(estate, common, count=8)
    has(estate, "vol-x", common)
    has(estate, "vol-y", account_id=OTHER, tags=common)

    scan(estate)

    assert proposed(estate) == {("vol-x", "Team"): "shop"}


def test_a_snapshot_takes_after_its_volume_and_a_volume_after_its_instance(estate: Tenant) -> None:
    has(estate, "i-1", SHOP)
    has(estate, "vol-1", configuration={"attachedTo": ["i-1"]}, type="EBS")
    has(estate, "vol-2", {"Team": "search"}, type="EBS")
    has(
        estate,
        "arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1",
        configuration={"volumeId": "vol-2"},
        type="EBS Snapshot",
    )

    scan(estate)

    assert {resource.rpartition("/")[2]: value for (resource, _), value in proposed(estate).items()} == {
        "vol-1": "shop",
        "snap-1": "search",
    }
    (evidence,) = estate.value("select evidence from tag_proposals where resource_id = 'vol-1'")
    assert evidence["text"] == "i-1, which it is attached to or made from, has Team=shop"


def test_names_that_begin_alike_in_one_network_tell_the_value_together(estate: Tenant) -> None:
    for number in range(6):
        has(estate, f"i-{number}", SHOP, name=f"cart-web-{number}", configuration={"vpcId": "vpc-1"})
    has(estate, "i-9", name="cart-web-9", configuration={"vpcId": "vpc-1"})

    scan(estate)

    assert proposed(estate) == {("i-9", "Team"): "shop"}
    ((evidence,),) = estate.rows("select evidence from tag_proposals")
    assert {one["source"]: one["group"] for one in evidence} == {"name": "cart-web", "vpc": "vpc-1"}


def test_ids_are_no_names_that_begin_alike(estate: Tenant) -> None:
    for number in range(6):
        has(estate, f"snap-0000000000000000{number}", SHOP)
    has(estate, "snap-00000000000000009")

    scan(estate)

    assert proposed(estate) == {}


def test_a_scan_brings_open_proposals_up_to_date(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    has(estate, "vol-y", {STACK: "cart"})
    scan(estate)
    for number in range(4):
        has(estate, f"i-{number}", {"Team": "search", STACK: "cart"})
    has(estate, "vol-y", {"Team": "search", STACK: "cart"})

    scan(estate, at=NOW + timedelta(days=1))

    assert proposed(estate) == {("vol-x", "Team"): "search"}


def test_what_was_rejected_is_not_proposed_again(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    scan(estate)
    with estate.transaction() as connection:
        (one,) = proposals.reject(connection, ids(estate), reason="it is search's", actor=ANN, now=NOW)

    scan(estate, at=NOW + timedelta(days=1))

    assert (one.status, one.reason, one.decided_by) == ("rejected", "it is search's", ANN.name)
    assert estate.rows("select status, reason from tag_proposals") == [("rejected", "it is search's")]


def test_what_was_accepted_waits_until_a_scan_sees_it_on_the_resource(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    scan(estate)
    accept(estate, ids(estate))
    scan(estate, at=NOW + timedelta(days=1))
    waiting = estate.rows("select status from tag_proposals")
    has(estate, "vol-x", {"team": "shop", STACK: "cart"})

    scan(estate, at=NOW + timedelta(days=2))

    assert (waiting, estate.rows("select status from tag_proposals")) == ([("accepted",)], [("applied",)])
    assert estate.events().count(("tag_proposal", "status_changed")) == 2


def test_an_accepted_one_ends_where_the_resource_got_another_value(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    scan(estate)
    accept(estate, ids(estate))
    has(estate, "vol-x", {"Team": "search", STACK: "cart"})

    scan(estate, at=NOW + timedelta(days=1))

    assert estate.rows("select status, reason from tag_proposals") == [
        ("rejected", "another value was given to it")
    ]


def test_several_are_decided_together_or_not_at_all(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    has(estate, "vol-y", {STACK: "cart"})
    scan(estate)
    first, second = ids(estate)
    accept(estate, [first])

    with pytest.raises(ProposalDecidedError):
        accept(estate, [first, second])
    with pytest.raises(ProposalNotFoundError):
        accept(estate, [second, UUID(int=1)])

    assert estate.value("select status from tag_proposals where id = %s", [second]) == "open"


def test_the_most_certain_come_first_page_by_page(estate: Tenant) -> None:
    neighbours(estate, {STACK: "cart"})
    has(estate, "vol-x", {STACK: "cart"})
    has(estate, "vol-y", {STACK: "cart"})
    has(estate, "vol-z", configuration={"attachedTo": ["i-0"]})
    scan(estate)

    seen, cursor = [], None
    with estate.transaction() as connection:
        while True:
            page = proposals.list_proposals(connection, proposals.ProposalFilter(), limit=1, cursor=cursor)
            seen += [one.resource_id for one in page.items]
            if (cursor := page.next_cursor) is None:
                break

    assert (seen[0], sorted(seen[1:])) == ("vol-z", ["vol-x", "vol-y"])


def ids(tenant: Tenant) -> list[UUID]:
    return [row[0] for row in tenant.rows("select id from tag_proposals order by resource_id")]


def accept(tenant: Tenant, chosen: Sequence[UUID]) -> None:
    with tenant.transaction() as connection:
        proposals.accept(connection, chosen, actor=ANN, now=NOW)
