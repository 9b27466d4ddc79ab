"""A recommendation and the change that carries it out, put together as an action to ask for."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid5

from cloudops.actor import Actor
from cloudops.automation.executor import Executor
from cloudops.automation.models import NewAction
from cloudops.automation.offers import Offer
from cloudops.errors import InvalidError
from cloudops.recommendations.life import RecommendationDetail

type Executors = Mapping[str, Executor]


def proposed(
    executors: Executors,
    found: RecommendationDetail,
    offered: Offer,
    *,
    key: str,
    actor: Actor,
    autonomous: bool,
) -> NewAction:
    """The same `key` gives the same action. Raises BadParameterError where the offer is none that works."""
    executor = executor_named(executors, offered.type)
    return NewAction(
        id=uuid5(found.id, f"action/{key}"),
        type=offered.type,
        target=offered.target,
        requested_by=actor.user_id,
        requested_by_name=actor.name,
        risk=riskier(executor, found),
        params=executor.parameters(offered.params),
        recommendation_id=found.id,
        autonomous=autonomous,
        monthly_savings=found.monthly_savings,
        currency=found.currency,
    )


def riskier(executor: Executor, found: RecommendationDetail) -> Decimal:
    return max(executor.nature.risk.value, found.risk)


def executor_named(executors: Executors, name: str) -> Executor:
    if name not in executors:
        raise InvalidError(f"there is no such change; there are {', '.join(sorted(executors))}", field="type")
    return executors[name]
