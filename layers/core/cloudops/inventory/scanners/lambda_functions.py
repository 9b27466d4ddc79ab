from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import DAY, HOUR, Metric, mean, p95, total
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import mapped_tags, name_in, tags_by_arn

NAMESPACE, DIMENSION = "AWS/Lambda", "FunctionName"


def arns(items: Sequence[Any], _place: Place) -> list[str]:
    return [item["FunctionArn"] for item in items]


def parse(page: Page, _place: Place) -> Iterator[ScannedResource]:
    tags = mapped_tags(page)
    return (resource_of(item, tags.get(item["FunctionArn"], {})) for item in page.items)


def resource_of(item: Mapping[str, Any], tags: Mapping[str, str]) -> ScannedResource:
    name, arn = item["FunctionName"], item["FunctionArn"]
    return ScannedResource(
        resource_id=arn,
        aliases=(name,),
        type="Lambda",
        service="AWSLambda",
        name=name_in(tags, name),
        arn=arn,
        status=item.get("State", "Active"),
        group_name=tags.get("aws:cloudformation:stack-name"),
        metric_name=name,
        tags=tags,
        configuration={
            "runtime": item.get("Runtime"),
            "memoryMB": item.get("MemorySize"),
            "timeoutSeconds": item.get("Timeout"),
            "architecture": next(iter(item.get("Architectures", ())), "x86_64"),
            "packageType": item.get("PackageType", "Zip"),
            "codeSizeBytes": item.get("CodeSize"),
            "ephemeralStorageMB": item.get("EphemeralStorage", {}).get("Size", 512),
            "lastModified": item.get("LastModified"),
        },
    )


def summed(name: str, key: str) -> Metric:
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        period=DAY,
        figures={key: total},
    )


LAMBDA_FUNCTIONS = Scanner(
    name="lambda-functions",
    types=frozenset(("Lambda",)),
    listing=Listing(
        client="lambda",
        operation="list_functions",
        items="Functions",
        permission="lambda:ListFunctions",
    ),
    details=(tags_by_arn(arns),),
    parse=parse,
    metrics=(
        summed("Invocations", "invocations"),
        summed("Errors", "errors"),
        Metric(
            namespace=NAMESPACE,
            name="Duration",
            dimension=DIMENSION,
            statistic="Average",
            period=HOUR,
            figures={"duration": mean, "durationP95": p95},
        ),
        Metric(
            namespace="LambdaInsights",
            name="used_memory_max",
            dimension="function_name",
            statistic="Maximum",
            period=DAY,
            figures={"usedMemoryMB": max},
        ),
    ),
)
