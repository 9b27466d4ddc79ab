from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import DAY, Metric, gigabytes_per_month, total
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import mapped_tags, name_in, tags_by_arn
from cloudops.inventory.times import iso

EVERY_STREAM = ":*"


def arn_of(item: Mapping[str, Any]) -> str:
    found: str = item["arn"]
    return found.removesuffix(EVERY_STREAM)


def arns(items: Sequence[Any], _place: Place) -> list[str]:
    return [arn_of(item) for item in items if item.get("arn")]


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    tags = mapped_tags(page)
    for item in page.items:
        arn = arn_of(item) if item.get("arn") else place.arn("logs", f"log-group:{item['logGroupName']}")
        yield resource_of(item, arn, tags.get(arn, {}))


def resource_of(item: Mapping[str, Any], arn: str, tags: Mapping[str, str]) -> ScannedResource:
    name = item["logGroupName"]
    return ScannedResource(
        resource_id=arn,
        aliases=(name, arn + EVERY_STREAM),
        type="Log Group",
        service="AmazonCloudWatch",
        name=name_in(tags, name),
        arn=arn,
        status="active",
        group_name=tags.get("aws:cloudformation:stack-name"),
        metric_name=name,
        tags=tags,
        configuration={
            "retentionDays": item.get("retentionInDays"),
            "storedGB": round(item.get("storedBytes", 0) / 1e9, 6),
            "class": item.get("logGroupClass", "STANDARD"),
            "metricFilters": item.get("metricFilterCount", 0),
            "createdAt": iso(item.get("creationTime")),
        },
    )


LOG_GROUPS = Scanner(
    name="log-groups",
    types=frozenset(("Log Group",)),
    listing=Listing(
        client="logs",
        operation="describe_log_groups",
        items="logGroups",
        permission="logs:DescribeLogGroups",
    ),
    details=(tags_by_arn(arns),),
    parse=parse,
    metrics=(
        Metric(
            namespace="AWS/Logs",
            name="IncomingBytes",
            dimension="LogGroupName",
            statistic="Sum",
            period=DAY,
            figures={"incomingBytes": total, "incomingGBPerMonth": gigabytes_per_month},
        ),
    ),
)
