"""Public addresses, NAT gateways and load balancers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from local.demo import network
from local.demo.aws.tags import pairs_of, tags_of
from local.demo.aws.times import ago
from local.demo.lines import Scenario
from local.demo.organization import Account

REGION = "us-east-1"
# Documentation addresses of RFC 5737.
ADDRESSES = "203.0.113."


def place(scenario: Scenario, _now: datetime) -> int:
    addresses, gateways = list(network.addresses(scenario)), list(network.gateways(scenario))
    balancers = list(network.balancers(scenario))
    for number, address in enumerate(addresses, start=10):
        place_address(address, number)
    unused = [one for one in addresses if one.in_use]
    for gateway in gateways:
        own = next((one for one in unused if one.owner.account is gateway.owner.account), None)
        place_gateway(scenario, gateway, own)
        unused = [one for one in unused if one is not own]
    for address in unused:
        attach(address)
    for balancer in balancers:
        place_balancer(scenario, balancer)
    return len(addresses) + len(gateways) + len(balancers)


def backend_of(account: Account) -> Any:
    return ec2_backends[account.number][REGION]


def subnets_of(account: Account) -> list[str]:
    return sorted(one.id for one in backend_of(account).describe_subnets())


def place_address(address: network.Address, number: int) -> None:
    made = backend_of(address.owner.account).allocate_address("vpc", address=f"{ADDRESSES}{number}")
    made.allocation_id = made.id = address.allocation_id
    made.add_tags(tags_of(address.owner))


def attach(address: network.Address) -> None:
    """To an interface of the relay that partners know by its address."""
    account = address.owner.account
    backend = backend_of(account)
    interface = backend.create_network_interface(backend.get_subnet(subnets_of(account)[0]), None)
    backend.associate_address(eni=interface, allocation_id=address.allocation_id)


def place_gateway(scenario: Scenario, gateway: network.Gateway, address: network.Address | None) -> None:
    """Private where the account's bill shows no address in use for it."""
    account = gateway.owner.account
    backend = backend_of(account)
    made = backend.create_nat_gateway(
        subnets_of(account)[0],
        address.allocation_id if address else None,
        connectivity_type="public" if address else "private",
    )
    backend.nat_gateways[gateway.id] = backend.nat_gateways.pop(made.id)
    made.id = gateway.id
    made._created_at = ago(scenario)
    made.add_tags(tags_of(gateway.owner))


def place_balancer(scenario: Scenario, balancer: network.Balancer) -> None:
    account = balancer.owner.account
    backend: Any = elbv2_backends[account.number][REGION]
    made = backend.create_load_balancer(
        balancer.name, security_groups=[], subnet_ids=subnets_of(account)[:2], tags=[]
    )
    wanted = str(balancer.owner.resource_id)
    backend.load_balancers[wanted] = backend.load_balancers.pop(made.arn)
    made.arn, made.state = wanted, "active"
    made.created_time = ago(scenario).isoformat(timespec="milliseconds") + "Z"
    backend.tagging_service.tag_resource(wanted, pairs_of(tags_of(balancer.owner)))
