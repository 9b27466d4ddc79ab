"""What value a missing tag probably should have, from resources that belong together with its own."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from math import prod
from typing import Any

from cloudops.compliance.tagging.models import Lack, NewProposal, Source, Vote

# How far one kind of neighbourhood is believed where all neighbours agree.
WEIGHTS: Mapping[Source, Decimal] = {
    Source.ATTACHMENT: Decimal("0.95"),
    Source.STACK: Decimal("0.95"),
    Source.AUTO_SCALING_GROUP: Decimal("0.95"),
    Source.CREATOR: Decimal("0.70"),
    Source.SUBNET: Decimal("0.60"),
    Source.VPC: Decimal("0.45"),
    Source.NAME: Decimal("0.70"),
}
LEAST_CONFIDENCE = Decimal("0.5")
MOST_CONFIDENCE = Decimal("0.99")
LEAST_AGREEING = 2
HUNDREDTH = Decimal("0.01")


def propose(lack: Lack) -> NewProposal | None:
    """The value that is most believed, with what speaks for and against it; None where nothing is convincing."""
    votes = [vote for vote in lack.votes if is_allowed(vote, lack) and has_weight(vote)]
    values = sorted({vote.value for vote in votes})
    best = max(values, key=lambda value: confidence(value, votes), default=None)
    if best is None or (believed := confidence(best, votes)) < LEAST_CONFIDENCE:
        return None
    return NewProposal(
        account_id=lack.account_id,
        resource_id=lack.resource_id,
        tag_key=lack.tag_key,
        tag_value=best,
        confidence=believed,
        evidence=[told(vote, lack.tag_key) for vote in strongest_first(votes)],
    )


def is_allowed(vote: Vote, lack: Lack) -> bool:
    return lack.allowed_values is None or vote.value in lack.allowed_values


def has_weight(vote: Vote) -> bool:
    """One neighbour is an accident, unless it is what the resource hangs on."""
    return vote.source is Source.ATTACHMENT or vote.agreeing >= LEAST_AGREEING


def strength(vote: Vote) -> Decimal:
    """The share that agrees, by Laplace's rule of succession: few neighbours prove little.

    What a resource is attached to is no sample, so there the plain share counts.
    """
    if vote.source is Source.ATTACHMENT:
        return WEIGHTS[vote.source] * vote.agreeing / vote.tagged
    return WEIGHTS[vote.source] * (vote.agreeing + 1) / (vote.tagged + 2)


def confidence(value: str, votes: Sequence[Vote]) -> Decimal:
    """Sources that agree add up as independent witnesses; one that disagrees takes away half its strength."""
    doubt = prod((1 - strength(vote) for vote in votes if vote.value == value), start=Decimal(1))
    kept = prod((1 - strength(vote) / 2 for vote in votes if vote.value != value), start=Decimal(1))
    return min((1 - doubt) * kept, MOST_CONFIDENCE).quantize(HUNDREDTH, ROUND_DOWN)


def strongest_first(votes: Iterable[Vote]) -> list[Vote]:
    return sorted(votes, key=lambda vote: (-strength(vote), vote.source, vote.group))


def told(vote: Vote, key: str) -> dict[str, Any]:
    return {**vars(vote), "text": text_of(vote, key)}


def text_of(vote: Vote, key: str) -> str:
    tag = f"{key}={vote.value}"
    if vote.source is Source.ATTACHMENT and vote.tagged == 1:
        return f"{vote.group}, which it is attached to or made from, has {tag}"
    return f"{vote.agreeing} of {vote.tagged} {GROUPS[vote.source].format(group=vote.group)} have {tag}"


GROUPS: Mapping[Source, str] = {
    Source.ATTACHMENT: "resources that it is attached to ({group})",
    Source.STACK: "tagged resources of stack {group}",
    Source.AUTO_SCALING_GROUP: "tagged resources of Auto Scaling group {group}",
    Source.CREATOR: "tagged resources that {group} created",
    Source.SUBNET: "tagged resources of subnet {group}",
    Source.VPC: "tagged resources of VPC {group}",
    Source.NAME: "tagged resources of the account whose names begin with {group}",
}
