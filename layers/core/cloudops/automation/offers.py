"""Which change carries out which recommendation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudops.automation.models import Target
from cloudops.recommendations.life import RecommendationDetail


@dataclass(frozen=True, kw_only=True)
class Offer:
    type: str
    target: Target
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How recommendations of a check become an executor's parameters; None where this one cannot."""

    type: str
    params: Callable[[RecommendationDetail], Mapping[str, Any] | None]


def instance_type(found: RecommendationDetail) -> Mapping[str, Any] | None:
    wanted = found.recommended_config.get("instanceType")
    return {"instance_type": wanted} if wanted else None


# A check that is not here is carried out by hand.
WAYS: Mapping[str, Way] = {
    "EC2-02": Way(type="ec2.resize", params=instance_type),
}


def offer_of(found: RecommendationDetail) -> Offer | None:
    way = WAYS.get(found.check_id)
    if way is None or not (found.account_id and found.region and found.resource_id):
        return None
    params = way.params(found)
    if params is None:
        return None
    target = Target(account_id=found.account_id, region=found.region, resource_id=found.resource_id)
    return Offer(type=way.type, target=target, params=params)
