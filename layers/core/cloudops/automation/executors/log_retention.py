"""How long a log group keeps its events."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.parameters import choice, only
from cloudops.automation.executors.reading import GONE
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
# Its own ARN ends in :*, and some actions ask for it without.
GROUP = "arn:{partition}:logs:{region}:{account}:log-group:{resource}"


class SetLogRetention:
    """The resource id is the log group's name."""

    nature = Nature(
        type="logs.retention",
        title="Set a log group's retention",
        risk=RiskClass.C,
        restarts=False,
        loses="the events that are older than the new retention",
        undone_by=None,
        reads=(
            Grant(actions=("logs:DescribeLogGroups",)),
            Grant(
                actions=("logs:ListTagsForResource",),
                resources=(GROUP,),
            ),
        ),
        writes=(
            Grant(
                actions=("logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
                resources=(GROUP, f"{GROUP}:*"),
            ),
        ),
        names=r"[\w./#-]{1,512}",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("days",))
        return {"days": choice(given, "days", DAYS)}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        logs, name = clients("logs"), target.resource_id
        listed = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        group = next((one for one in listed if one["logGroupName"] == name), None)
        if group is None:
            return Probe(state=GONE)
        arn = group["arn"].removesuffix(":*")
        return Probe(
            state={"exists": True, "retention_days": group.get("retentionInDays")},
            tags=logs.list_tags_for_resource(resourceArn=arn)["tags"],
            configuration={"stored_bytes": group.get("storedBytes")},
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such log group")
        present, wanted = probe.state["retention_days"], params["days"]
        if present is not None and present <= wanted:
            raise TargetUnfitError(f"it keeps its events for {present} days already")
        step = Step(
            name="set the retention",
            call=keep_for(target, wanted),
            becomes={**probe.state, "retention_days": wanted},
            undo=Undo(name="set it back", call=keep_for(target, present)),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def keep_for(target: Target, days: int | None) -> Call:
    name = {"logGroupName": target.resource_id}
    if days is None:
        return Call(service="logs", operation="delete_retention_policy", arguments=name)
    return Call(service="logs", operation="put_retention_policy", arguments={**name, "retentionInDays": days})
