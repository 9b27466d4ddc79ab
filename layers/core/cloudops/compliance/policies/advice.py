"""The recommendation that an open violation yields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import batched
from uuid import UUID

from cloudops.compliance.policies import repository
from cloudops.compliance.policies.models import RISK_REDUCTION, Policy, PolicyFilter, ViolationStatus
from cloudops.compliance.policies.repository import Standing, Transition
from cloudops.platform.database import Connection
from cloudops.recommendations.life import NewRecommendation, numbered
from cloudops.recommendations.models import ActionType, RiskClass
from cloudops.recommendations.policy_advice import advice_id, advise_on_violations, close_advice
from cloudops.tenancy.use_cases import default_project

STANDING_PER_BATCH = 2000
# The expression was true of what the provider itself said.
CONFIDENCE = Decimal("0.95")
LOOK_FIRST = ("Look at what uses the resource, and mend or except it.",)
OWNER_TAGS = ("owner", "Owner", "team", "Team")


def follow(
    connection: Connection, transitions: Sequence[Transition], *, tenant_id: UUID, now: datetime
) -> None:
    """Bring recommendations in line with violations that opened, changed or ended. Twice is as good as once."""
    project_id = default_project(connection).id
    for status in (ViolationStatus.FIXED, ViolationStatus.SUPPRESSED):
        ended = [advice_id(tenant_id, one.id) for one in transitions if one.status == status]
        for ids in batched(ended, STANDING_PER_BATCH):
            fixed = status is ViolationStatus.FIXED
            close_advice(connection, ids, fixed=fixed, project_id=project_id, now=now)
    opened = {one.id for one in transitions if one.status == ViolationStatus.OPEN}
    if opened:
        back = {advice_id(tenant_id, one.id) for one in transitions if one.before == ViolationStatus.FIXED}
        concerned = {one.policy_id for one in transitions if one.policy_id}
        standing = (one for one in standing_of(connection, concerned) if one[1].id in opened)
        for batch in batched(standing, STANDING_PER_BATCH):
            found = [
                advice_of(policy, one, tenant_id=tenant_id, project_id=project_id) for policy, one in batch
            ]
            advise_on_violations(connection, found, came_back=back, now=now)


def standing_of(connection: Connection, policies: Iterable[str]) -> Iterable[tuple[Policy, Standing]]:
    recommending = {
        one.id: one
        for one in repository.list_policies(connection, PolicyFilter())
        if one.effect == "recommend"
    }
    wanted = sorted(recommending.keys() & set(policies))
    return ((recommending[one.policy_id], one) for one in repository.read_standing(connection, wanted))


def advice_of(policy: Policy, one: Standing, *, tenant_id: UUID, project_id: UUID) -> NewRecommendation:
    return NewRecommendation(
        id=advice_id(tenant_id, one.id),
        project_id=project_id,
        check_id=f"policy:{policy.id}",
        kind=policy.type,
        type=ActionType.REVIEW,
        severity=one.severity,
        title=f"{one.resource_name} violates: {policy.name}",
        description=" ".join(filter(None, (policy.description, f"Found: {one.reason}."))),
        action_steps=numbered(steps_of(policy)),
        impact=f"Takes away a {one.severity} {policy.type.replace('_', ' ')} risk.",
        overlap_group=f"violation|{one.id}",
        risk=RiskClass.B.value,
        confidence=CONFIDENCE,
        owner=owner_of(one.tags),
        provider=one.provider,
        account_id=one.account_id,
        service_name=one.service,
        region=one.region,
        resource_id=one.resource_id,
        evidence={
            "violation_id": str(one.id),
            "policy_id": policy.id,
            "reason": one.reason,
            "severity": one.severity,
            "resource_type": one.resource_type,
        },
        risk_reduction=RISK_REDUCTION[one.severity],
    )


def steps_of(policy: Policy) -> Sequence[str]:
    return tuple(line.strip() for line in policy.remediation.splitlines() if line.strip()) or LOOK_FIRST


def owner_of(tags: Mapping[str, str]) -> str | None:
    return next((tags[key] for key in OWNER_TAGS if tags.get(key)), None)
