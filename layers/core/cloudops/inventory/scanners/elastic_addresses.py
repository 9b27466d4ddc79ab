from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    """Addresses of EC2-Classic have no allocation id; their address names them."""
    address, tags = item.get("PublicIp"), tags_of(item.get("Tags"))
    identifier = str(item.get("AllocationId") or address)
    arn = place.arn("ec2", f"elastic-ip/{identifier}")
    return ScannedResource(
        resource_id=arn,
        aliases=(identifier, place.arn("ec2", f"eip-allocation/{identifier}")),
        type="Elastic IP",
        service="AmazonEC2",
        name=name_in(tags, address or identifier),
        arn=arn,
        status="associated" if is_associated(item) else "unassociated",
        tags=tags,
        configuration={
            "publicIp": address,
            "allocationId": item.get("AllocationId"),
            "domain": item.get("Domain"),
            "associatedWith": item.get("InstanceId") or item.get("NetworkInterfaceId") or None,
            "ownPool": item.get("PublicIpv4Pool") not in (None, "amazon"),
        },
    )


def is_associated(item: Mapping[str, Any]) -> bool:
    return bool(item.get("AssociationId") or item.get("InstanceId") or item.get("NetworkInterfaceId"))


ELASTIC_ADDRESSES = Scanner(
    name="elastic-addresses",
    types=frozenset(("Elastic IP",)),
    listing=Listing(
        client="ec2",
        operation="describe_addresses",
        items="Addresses",
        permission="ec2:DescribeAddresses",
    ),
    parse=parse,
)
