"""What a missing tag is proposed to be, and how certainly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.compliance.tagging.models import Lack, Source, Vote, normal_key, percentage
from cloudops.compliance.tagging.proposing import propose


def vote(source: Source, value: str, agreeing: int, tagged: int, group: str = "checkout-prod") -> Vote:
    return Vote(source=source, group=group, value=value, agreeing=agreeing, tagged=tagged)


def lack(*votes: Vote, allowed: list[str] | None = None) -> Lack:
    return Lack(
        account_id="111122223333",
        resource_id="vol-1",
        tag_key="Team",
        allowed_values=allowed,
        votes=votes,
    )


@pytest.mark.parametrize(
    ("votes", "value", "confidence"),
    [
        pytest.param([vote(Source.STACK, "checkout", 11, 12)], "checkout", "0.81", id="most of a stack"),
        pytest.param([vote(Source.ATTACHMENT, "shop", 1, 1)], "shop", "0.95", id="what it is attached to"),
        pytest.param(
            [vote(Source.STACK, "checkout", 2, 2)], "checkout", "0.71", id="a small stack says less"
        ),
        pytest.param([vote(Source.CREATOR, "shop", 50, 50)], "shop", "0.68", id="one creator"),
        pytest.param(
            [vote(Source.STACK, "checkout", 11, 12), vote(Source.CREATOR, "checkout", 20, 20)],
            "checkout",
            "0.93",
            id="two that agree say more",
        ),
        pytest.param(
            [vote(Source.STACK, "checkout", 11, 12), vote(Source.CREATOR, "search", 20, 20)],
            "checkout",
            "0.54",
            id="two that disagree say less",
        ),
        pytest.param(
            [vote(Source.ATTACHMENT, "shop", 1, 1), vote(Source.ATTACHMENT, "shop", 400, 400)],
            "shop",
            "0.99",
            id="never certain",
        ),
    ],
)
def test_the_best_supported_value_is_proposed(votes: list[Vote], value: str, confidence: str) -> None:
    proposal = propose(lack(*votes))

    assert proposal is not None
    assert (proposal.tag_value, proposal.confidence) == (value, Decimal(confidence))


@pytest.mark.parametrize(
    "votes",
    [
        pytest.param([], id="nobody to ask"),
        pytest.param([vote(Source.STACK, "checkout", 1, 1)], id="one neighbour"),
        pytest.param([vote(Source.STACK, "checkout", 3, 9)], id="a divided stack"),
        pytest.param([vote(Source.VPC, "checkout", 900, 900)], id="a network alone"),
        pytest.param(
            [vote(Source.STACK, "checkout", 2, 2), vote(Source.NAME, "search", 30, 30)], id="a draw"
        ),
    ],
)
def test_what_convinces_nobody_is_not_proposed(votes: list[Vote]) -> None:
    assert propose(lack(*votes)) is None


def test_a_value_that_is_not_allowed_is_not_proposed() -> None:
    votes = (vote(Source.ATTACHMENT, "Prod", 1, 1), vote(Source.STACK, "prod", 9, 9))

    proposal = propose(lack(*votes, allowed=["prod", "dev"]))

    assert proposal is not None
    assert proposal.tag_value == "prod"
    assert [one["value"] for one in proposal.evidence] == ["prod"]


def test_the_evidence_tells_what_speaks_for_and_against_it_the_strongest_first() -> None:
    votes = (
        vote(Source.VPC, "search", 2, 40, "vpc-1"),
        vote(Source.STACK, "checkout", 11, 12),
        vote(Source.ATTACHMENT, "checkout", 1, 1, "i-1"),
    )

    proposal = propose(lack(*votes))

    assert proposal is not None
    assert [one["text"] for one in proposal.evidence] == [
        "i-1, which it is attached to or made from, has Team=checkout",
        "11 of 12 tagged resources of stack checkout-prod have Team=checkout",
        "2 of 40 tagged resources of VPC vpc-1 have Team=search",
    ]


VOTES = st.builds(
    lambda source, value, agreeing, others: vote(source, value, agreeing, agreeing + others),
    st.sampled_from(Source),
    st.sampled_from(["a", "b", "c"]),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
)


@given(st.lists(VOTES, max_size=8))
def test_whatever_is_heard_a_confidence_lies_between_a_half_and_certainty(votes: list[Vote]) -> None:
    proposal = propose(lack(*votes))

    assert proposal is None or Decimal("0.5") <= proposal.confidence < 1


@pytest.mark.parametrize("key", ["CostCenter", "cost_center", "cost-center", "Cost Center", "COSTCENTER"])
def test_spellings_of_a_key_are_one_key(key: str) -> None:
    assert normal_key(key) == "costcenter"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, None),
        (0, 3, Decimal("0.00")),
        (2, 3, Decimal("66.66")),
        (99_999, 100_000, Decimal("99.99")),
        (5, 5, Decimal("100.00")),
    ],
)
def test_a_percentage_is_never_rounded_up(part: int, whole: int, expected: Decimal | None) -> None:
    assert percentage(part, whole) == expected
