"""Let a registry expire the images that nobody needs."""

import json
from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.parameters import only, whole
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

REPOSITORY = "arn:{partition}:ecr:{region}:{account}:repository/{resource}"
NO_REPOSITORY = frozenset(("RepositoryNotFoundException",))
NO_POLICY = frozenset(("LifecyclePolicyNotFoundException",))


class SetImageLifecycle:
    """The resource id is the repository's name."""

    nature = Nature(
        type="ecr.lifecycle",
        title="Expire untagged images of a repository",
        risk=RiskClass.C,
        restarts=False,
        loses="untagged images that are older than the given days",
        undone_by=None,
        reads=(
            Grant(
                actions=("ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"),
                resources=(REPOSITORY,),
            ),
        ),
        writes=(
            Grant(actions=("ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"), resources=(REPOSITORY,)),
        ),
        names=r"[a-z0-9][a-z0-9._/-]{1,255}",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("untagged_days",))
        return {"untagged_days": whole(given, "untagged_days", 1, 3650)}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        ecr, name = clients("ecr"), target.resource_id
        answer = found_or_none(
            lambda: ecr.describe_repositories(repositoryNames=[name]), absent=NO_REPOSITORY
        )
        if answer is None:
            return Probe(state=GONE)
        policy = found_or_none(lambda: ecr.get_lifecycle_policy(repositoryName=name), absent=NO_POLICY)
        arn = answer["repositories"][0]["repositoryArn"]
        return Probe(
            state={"exists": True, "policy": json.loads(policy["lifecyclePolicyText"]) if policy else None},
            tags=tags_in(ecr.list_tags_for_resource(resourceArn=arn)["tags"]),
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such repository")
        if probe.state["policy"] is not None:
            raise TargetUnfitError("it has a lifecycle policy, which would be replaced")
        wanted = policy_of(params["untagged_days"])
        step = Step(
            name="set the lifecycle policy",
            call=Call(
                service="ecr",
                operation="put_lifecycle_policy",
                arguments={
                    "repositoryName": target.resource_id,
                    "lifecyclePolicyText": json.dumps(wanted, sort_keys=True),
                },
            ),
            becomes={**probe.state, "policy": wanted},
            undo=Undo(
                name="take the policy away",
                call=Call(
                    service="ecr",
                    operation="delete_lifecycle_policy",
                    arguments={"repositoryName": target.resource_id},
                ),
            ),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def policy_of(days: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"""
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": days,
    }
    rule = {
        "rulePriority": 1,
        "description": "CloudOps Guardrails: expire untagged images",
        "selection": selection,
        "action": {"type": "expire"},
    }
    return {"rules": [rule]}
