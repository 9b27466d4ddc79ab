"""What else the Resource Groups Tagging API knows: resources with tags, or once with tags, that no other scanner lists.

A resource that never had a tag is not among them; of those a bill tells.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of

# Kinds that other scanners list with all that they know; service and kind as ARNs write them.
SCANNED_ELSEWHERE = frozenset(
    (
        "autoscaling:autoScalingGroup",
        "dynamodb:table",
        "ec2:elastic-ip",
        "ec2:instance",
        "ec2:natgateway",
        "ec2:snapshot",
        "ec2:volume",
        "elasticache:cluster",
        "elasticloadbalancing:loadbalancer",
        "lambda:function",
        "logs:log-group",
        "rds:cluster",
        "rds:db",
        "redshift:cluster",
        "s3",
    )
)
# Of these services an ARN ends in a name, without a kind before it.
WITHOUT_KIND = frozenset(("s3", "sns", "sqs"))


def parse(page: Page, _place: Place) -> Iterator[ScannedResource]:
    for item in page.items:
        resource = resource_of(item)
        if resource.type not in SCANNED_ELSEWHERE:
            yield resource


def resource_of(item: Mapping[str, Any]) -> ScannedResource:
    arn, tags = item["ResourceARN"], tags_of(item.get("Tags"))
    service, kind, name = parts_of(arn)
    return ScannedResource(
        resource_id=arn,
        # Bills call most things by ARN, and those of EC2 by id.
        aliases=(name,) if service == "ec2" else (),
        type=f"{service}:{kind}" if kind else service,
        service=service,
        name=name_in(tags, name),
        arn=arn,
        group_name=tags.get("aws:cloudformation:stack-name"),
        tags=tags,
    )


def parts_of(arn: str) -> tuple[str, str, str]:
    """Service, kind and name, as in arn:aws:kms:eu-west-1:111122223333:key/1; the kind may be empty."""
    service, rest = arn.split(":", 5)[2::3]
    if service in WITHOUT_KIND:
        return service, "", rest
    ends = [place for mark in ":/" if (place := rest.find(mark, 1)) > 0]
    cut = min(ends, default=0)
    # API Gateway's begin with a slash.
    return service, rest[:cut].strip("/"), rest[cut:].lstrip(":/") if cut else rest


TAGGED_RESOURCES = Scanner(
    name="tagged-resources",
    types=frozenset(),
    listing=Listing(
        client="resourcegroupstaggingapi",
        operation="get_resources",
        items="ResourceTagMappingList",
        permission="tag:GetResources",
        arguments={"PaginationConfig": {"PageSize": 100}},
    ),
    parse=parse,
)
