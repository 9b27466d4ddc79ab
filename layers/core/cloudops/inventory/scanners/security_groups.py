from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of

EVERYBODY = ("0.0.0.0/0", "::/0")
ADMIN_PORTS = (22, 3389)
WEB_PORTS = (80, 443)
EVERY_PORT = (0, 65535)
# ICMP has types where these have ports; -1 stands for every protocol.
WITH_PORTS = ("-1", "tcp", "6", "udp", "17")


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    group_id, tags = item["GroupId"], tags_of(item.get("Tags"))
    return ScannedResource(
        resource_id=group_id,
        type="Security Group",
        service="AmazonEC2",
        name=name_in(tags, item.get("GroupName") or group_id),
        arn=place.arn("ec2", f"security-group/{group_id}"),
        status="active",
        group_name=item.get("VpcId"),
        tags=tags,
        configuration=configuration_of(item),
    )


def configuration_of(item: Mapping[str, Any]) -> dict[str, Json]:
    ranges = sorted(set(open_ranges(item.get("IpPermissions", ()))))
    return {
        "groupName": item.get("GroupName"),
        "description": item.get("Description"),
        "vpcId": item.get("VpcId"),
        "ingressRules": len(item.get("IpPermissions", ())),
        "openPorts": [f"{first}-{last}" if first != last else str(first) for first, last in ranges],
        "openAdminPorts": [
            port for port in ADMIN_PORTS if any(first <= port <= last for first, last in ranges)
        ],
        "opensOtherPorts": any(first != last or first not in WEB_PORTS for first, last in ranges),
    }


def open_ranges(permissions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """The ports that everybody reaches, as first and last."""
    for permission in permissions:
        if permission.get("IpProtocol") in WITH_PORTS and is_open(permission):
            if permission["IpProtocol"] == "-1":
                yield EVERY_PORT
            else:
                yield permission.get("FromPort", EVERY_PORT[0]), permission.get("ToPort", EVERY_PORT[1])


def is_open(permission: Mapping[str, Any]) -> bool:
    fourth = (one.get("CidrIp") for one in permission.get("IpRanges", ()))
    sixth = (one.get("CidrIpv6") for one in permission.get("Ipv6Ranges", ()))
    return any(one in EVERYBODY for one in (*fourth, *sixth))


SECURITY_GROUPS = Scanner(
    name="security-groups",
    types=frozenset(("Security Group",)),
    listing=Listing(
        client="ec2",
        operation="describe_security_groups",
        items="SecurityGroups",
        permission="ec2:DescribeSecurityGroups",
        arguments={"PaginationConfig": {"PageSize": 500}},
    ),
    parse=parse,
)
