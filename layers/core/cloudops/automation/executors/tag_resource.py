"""Tags for a resource of any service that the tagging API knows."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import (
    BadParameterError,
    Clients,
    Grant,
    Nature,
    Probe,
    TargetUnfitError,
    planned,
)
from cloudops.automation.executors.parameters import only
from cloudops.automation.executors.reading import tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

MOST_TAGS = 20


class TagResource:
    """The resource id is an ARN. Present values are never replaced: whoever set them knew why."""

    nature = Nature(
        type="tags.add",
        title="Add tags to a resource",
        risk=RiskClass.A,
        restarts=False,
        loses=None,
        undone_by="taking the tags away again",
        reads=(Grant(actions=("tag:GetResources",)),),
        writes=(
            Grant(actions=("tag:TagResources", "tag:UntagResources")),
            # The tagging API asks the service itself, by the caller's rights.
            Grant(
                actions=(
                    "ec2:CreateTags",
                    "ec2:DeleteTags",
                    "rds:AddTagsToResource",
                    "rds:RemoveTagsFromResource",
                    "s3:GetBucketTagging",
                    "s3:PutBucketTagging",
                    "lambda:TagResource",
                    "lambda:UntagResource",
                    "elasticloadbalancing:AddTags",
                    "elasticloadbalancing:RemoveTags",
                    "logs:TagResource",
                    "logs:UntagResource",
                    "dynamodb:TagResource",
                    "dynamodb:UntagResource",
                ),
                resources=("{resource}",),
            ),
        ),
        names=r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:[\w.:/@+=,#-]{1,1000}",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("tags",))
        tags = given.get("tags")
        if not isinstance(tags, Mapping) or not 1 <= len(tags) <= MOST_TAGS:
            raise BadParameterError(f"1 to {MOST_TAGS} tags are asked for", field="tags")
        for key, value in tags.items():
            if not isinstance(value, str) or not 1 <= len(key) <= 128 or len(value) > 256:
                raise BadParameterError(
                    "a key of 1 to 128 and a value of up to 256 characters", field=f"tags.{key}"
                )
            if key.lower().startswith("aws:"):
                raise BadParameterError("keys that begin with aws: belong to AWS", field=f"tags.{key}")
        return {"tags": dict(sorted(tags.items()))}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        """The tagging API lists nothing that never had a tag, so one that is gone shows when it is tagged only."""
        listed = clients("resourcegroupstaggingapi").get_resources(ResourceARNList=[target.resource_id])
        found: Mapping[str, Any] = next(iter(listed["ResourceTagMappingList"]), {})
        tags = tags_in(found.get("Tags", ()))
        return Probe(state={"tags": {key: tags.get(key) for key in params["tags"]}}, tags=tags)

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        taken = {key: value for key, value in probe.state["tags"].items() if value is not None}
        if taken:
            raise TargetUnfitError(
                f"it has {', '.join(f'{key}={value}' for key, value in taken.items())} already"
            )
        step = Step(
            name="add the tags",
            call=tagging("tag_resources", target, Tags=params["tags"]),
            becomes={**probe.state, "tags": params["tags"]},
            undo=Undo(
                name="take the tags away",
                call=tagging("untag_resources", target, TagKeys=sorted(params["tags"])),
            ),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def tagging(operation: str, target: Target, **more: Any) -> Call:
    arguments = {"ResourceARNList": [target.resource_id], **more}
    return Call(service="resourcegroupstaggingapi", operation=operation, arguments=arguments)
