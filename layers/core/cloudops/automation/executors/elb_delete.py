"""Delete a load balancer that serves nobody."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.parameters import without_parameters
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step
from cloudops.recommendations.models import RiskClass

NO_GROUPS = frozenset(("TargetGroupNotFound",))
NOT_THERE = frozenset(("LoadBalancerNotFound",))


class DeleteLoadBalancer:
    """The resource id is the load balancer's ARN."""

    nature = Nature(
        type="elb.delete",
        title="Delete an idle load balancer",
        risk=RiskClass.C,
        restarts=False,
        loses="the load balancer with its listeners and its DNS name; its configuration stays in the evidence",
        undone_by=None,
        reads=(
            Grant(
                actions=(
                    "elasticloadbalancing:DescribeLoadBalancers",
                    "elasticloadbalancing:DescribeLoadBalancerAttributes",
                    "elasticloadbalancing:DescribeListeners",
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                    "elasticloadbalancing:DescribeTags",
                )
            ),
        ),
        writes=(Grant(actions=("elasticloadbalancing:DeleteLoadBalancer",), resources=("{resource}",)),),
        names=r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/(app|net|gwy)/[\w-]+/[0-9a-f]+",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        elb, arn = clients("elbv2"), target.resource_id
        answer = found_or_none(lambda: elb.describe_load_balancers(LoadBalancerArns=[arn]), absent=NOT_THERE)
        balancer = next(iter(answer["LoadBalancers"]), None) if answer else None
        if balancer is None:
            return Probe(state=GONE)
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        protected = {one["Key"]: one["Value"] for one in attributes}.get(
            "deletion_protection.enabled"
        ) == "true"
        groups = groups_of(elb, arn)
        return Probe(
            state={
                "exists": True,
                "state": balancer["State"]["Code"],
                "deletion_protection": protected,
                "healthy_targets": healthy_targets(elb, groups),
            },
            tags=tags_of(elb, arn),
            configuration={
                "name": balancer["LoadBalancerName"],
                "type": balancer["Type"],
                "scheme": balancer.get("Scheme"),
                "dns_name": balancer.get("DNSName"),
                "subnets": [zone.get("SubnetId") for zone in balancer.get("AvailabilityZones", ())],
                "security_groups": balancer.get("SecurityGroups", []),
                "listeners": [
                    {"port": one.get("Port"), "protocol": one.get("Protocol")}
                    for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
                ],
                "target_groups": [group["TargetGroupArn"] for group in groups],
            },
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such load balancer")
        if probe.state["deletion_protection"]:
            raise TargetUnfitError("it is protected from deletion")
        if probe.state["healthy_targets"]:
            raise TargetUnfitError(f"it has {probe.state['healthy_targets']} healthy targets")
        call = Call(
            service="elbv2",
            operation="delete_load_balancer",
            arguments={"LoadBalancerArn": target.resource_id},
        )
        step = Step(name="delete the load balancer", call=call, becomes=GONE)
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def groups_of(elb: Any, arn: str) -> Sequence[Any]:
    answer = found_or_none(lambda: elb.describe_target_groups(LoadBalancerArn=arn), absent=NO_GROUPS)
    return answer["TargetGroups"] if answer else ()


def healthy_targets(elb: Any, groups: Sequence[Any]) -> int:
    health = [
        one["TargetHealth"]["State"]
        for group in groups
        for one in elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])[
            "TargetHealthDescriptions"
        ]
    ]
    return sum(state in ("healthy", "draining") for state in health)


def tags_of(elb: Any, arn: str) -> dict[str, str]:
    described = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return tags_in(tag for one in described for tag in one["Tags"])
