"""Who can reach whom: subnets, routes and security groups."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.template.stack import Properties, Stack, target

EVERYWHERE = "0.0.0.0/0"
POSTGRES, TLS = 5432, 443
FUNCTIONS, DATABASE = "FunctionSecurityGroup", "DatabaseSecurityGroup"
TO_DATABASE, TO_ANYBODY = ("tcp", POSTGRES, POSTGRES, DATABASE), ("tcp", TLS, TLS, EVERYWHERE)
FROM_FUNCTIONS = ("tcp", POSTGRES, POSTGRES, FUNCTIONS)
NOWHERE = ("-1", None, None, "127.0.0.1/32")


def functions_run_in_private_subnets(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        network = function.get("VpcConfig", {})
        subnets = [target(subnet) for subnet in network.get("SubnetIds", [])]
        if len(zones(stack, subnets)) < 2 or not set(subnets) <= private_subnets(stack):
            yield f"{name} runs in {subnets}"
        if [target(group) for group in network.get("SecurityGroupIds", [])] != [FUNCTIONS]:
            yield f"{name} has other rules than the functions'"


def the_network_spans_two_zones(stack: Stack) -> Iterator[str]:
    public = stack.of("EC2::Subnet").keys() - private_subnets(stack)
    for kind, subnets in {"private": private_subnets(stack), "public": public}.items():
        if len(zones(stack, subnets)) != 2:
            yield f"the {kind} subnets are {sorted(subnets)}"


def subnets_hand_out_no_public_addresses(stack: Stack) -> Iterator[str]:
    for name, subnet in stack.of("EC2::Subnet").items():
        if subnet.get("MapPublicIpOnLaunch") is not False:
            yield f"{name} hands out public addresses"


def subnets_have_routes_of_ours(stack: Stack) -> Iterator[str]:
    for name in stack.of("EC2::Subnet"):
        if not default_routes(stack, name):
            yield f"{name} uses the routes that AWS made"


def one_nat_gateway_is_the_way_out(stack: Stack) -> Iterator[str]:
    gateways = stack.of("EC2::NatGateway")
    if len(gateways) != 1:
        yield f"there are {len(gateways)} NAT gateways"
    for name, gateway in gateways.items():
        if target(gateway["SubnetId"]) in private_subnets(stack):
            yield f"{name} stands in a private subnet"
        address = stack.resources[target(gateway["AllocationId"])]
        if address.get("DependsOn") != "InternetGatewayAttachment":
            yield f"the address of {name} cannot be given back"


def s3_is_reached_without_the_nat_gateway(stack: Stack) -> Iterator[str]:
    served = {
        target(table)
        for endpoint in stack.of("EC2::VPCEndpoint").values()
        if endpoint["VpcEndpointType"] == "Gateway" and target(endpoint["ServiceName"]).endswith(".s3")
        for table in endpoint.get("RouteTableIds", [])
    }
    for subnet in private_subnets(stack):
        if route_table(stack, subnet) not in served:
            yield f"exports reach {subnet} through the NAT gateway"


def nothing_comes_in_from_the_internet(stack: Stack) -> Iterator[str]:
    for group in stack.of("EC2::SecurityGroup"):
        for rule in rules(stack, group, "Ingress"):
            if rule[3] not in stack.of("EC2::SecurityGroup"):
                yield f"{group} lets {rule} in"


def functions_go_out_by_tls_and_to_the_database_only(stack: Stack) -> Iterator[str]:
    if (found := rules(stack, FUNCTIONS, "Egress")) != {TO_ANYBODY, TO_DATABASE}:
        yield f"functions may go to {found}"
    if found := rules(stack, FUNCTIONS, "Ingress"):
        yield f"functions let {found} in"


def the_database_hears_the_functions_only(stack: Stack) -> Iterator[str]:
    if (found := rules(stack, DATABASE, "Ingress")) != {FROM_FUNCTIONS}:
        yield f"the database lets {found} in"
    if (found := rules(stack, DATABASE, "Egress")) != {NOWHERE}:
        yield f"the database may go to {found}"


def rules(stack: Stack, group: str, direction: str) -> set[tuple[Any, ...]]:
    """Protocol, first and last port, and the group or addresses on the other side."""
    alone = [
        rule
        for rule in stack.of(f"EC2::SecurityGroup{direction}").values()
        if target(rule["GroupId"]) == group
    ]
    inside: list[Properties] = stack.properties({"Ref": group}).get(f"SecurityGroup{direction}", [])
    return {
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), other_side(rule))
        for rule in [*inside, *alone]
    }


def other_side(rule: Properties) -> str:
    names = ("DestinationSecurityGroupId", "SourceSecurityGroupId", "CidrIp", "CidrIpv6")
    return next((target(rule[name]) for name in names if name in rule), "")


def private_subnets(stack: Stack) -> set[str]:
    """Those whose way out is a NAT gateway and nothing else."""
    nat = [{"NatGatewayId"}]
    return {name for name in stack.of("EC2::Subnet") if default_routes(stack, name) == nat}


def default_routes(stack: Stack, subnet: str) -> list[set[str]]:
    table = route_table(stack, subnet)
    return [
        route.keys() - {"RouteTableId", "DestinationCidrBlock"}
        for route in stack.of("EC2::Route").values()
        if target(route["RouteTableId"]) == table and route["DestinationCidrBlock"] == EVERYWHERE
    ]


def route_table(stack: Stack, subnet: str) -> str | None:
    associations = stack.of("EC2::SubnetRouteTableAssociation").values()
    tables = [target(one["RouteTableId"]) for one in associations if target(one["SubnetId"]) == subnet]
    return tables[0] if len(tables) == 1 else None


def zones(stack: Stack, subnets: Iterable[str]) -> set[str]:
    return {str(stack.properties({"Ref": name}).get("AvailabilityZone")) for name in subnets}


INVARIANTS = (
    functions_run_in_private_subnets,
    the_network_spans_two_zones,
    subnets_hand_out_no_public_addresses,
    subnets_have_routes_of_ours,
    one_nat_gateway_is_the_way_out,
    s3_is_reached_without_the_nat_gateway,
    nothing_comes_in_from_the_internet,
    functions_go_out_by_tls_and_to_the_database_only,
    the_database_hears_the_functions_only,
)
