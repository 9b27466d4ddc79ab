from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page
from cloudops.inventory.metrics import DAY, Metric, total
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import mapped_tags, name_in, tags_by_arn
from cloudops.inventory.times import iso

TABLE = "describe_table"
NAMESPACE, DIMENSION = "AWS/DynamoDB", "TableName"


def per_table(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    return ({"TableName": name} for name in items)


def arn_of(name: str, place: Place) -> str:
    return place.arn("dynamodb", f"table/{name}")


def arns(items: Sequence[Any], place: Place) -> list[str]:
    return [arn_of(name, place) for name in items]


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    tags, described = mapped_tags(page), page.by(TABLE, "TableName")
    for name in page.items:
        answered, arn = described.get(name), arn_of(name, place)
        if answered is None or answered.denied:
            yield resource_of({"TableName": name, "TableArn": arn}, tags.get(arn, {}))
        elif answered.answer is not None:
            table = answered.answer["Table"]
            yield resource_of(table, tags.get(table.get("TableArn", arn), {}))


def resource_of(table: Mapping[str, Any], tags: Mapping[str, str]) -> ScannedResource:
    name, arn = table["TableName"], table["TableArn"]
    return ScannedResource(
        resource_id=arn,
        aliases=(name,),
        type="DynamoDB",
        service="AmazonDynamoDB",
        name=name_in(tags, name),
        arn=arn,
        status=table.get("TableStatus"),
        metric_name=name,
        tags=tags,
        configuration=configuration_of(table),
    )


def configuration_of(table: Mapping[str, Any]) -> dict[str, Json]:
    throughput = table.get("ProvisionedThroughput", {})
    return {
        "billingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "readCapacity": throughput.get("ReadCapacityUnits"),
        "writeCapacity": throughput.get("WriteCapacityUnits"),
        "tableClass": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "sizeGB": round(table.get("TableSizeBytes", 0) / 1e9, 6),
        "itemCount": table.get("ItemCount"),
        "globalIndexes": [one["IndexName"] for one in table.get("GlobalSecondaryIndexes", ())],
        "replicas": [one["RegionName"] for one in table.get("Replicas", ()) if one.get("RegionName")],
        "streams": table.get("StreamSpecification", {}).get("StreamEnabled", False),
        "createdAt": iso(table.get("CreationDateTime")),
    }


def consumed(name: str, key: str) -> Metric:
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        period=DAY,
        figures={key: total},
    )


DYNAMODB_TABLES = Scanner(
    name="dynamodb-tables",
    types=frozenset(("DynamoDB",)),
    listing=Listing(
        client="dynamodb",
        operation="list_tables",
        items="TableNames",
        permission="dynamodb:ListTables",
    ),
    details=(
        Detail(
            client="dynamodb",
            operation=TABLE,
            permission="dynamodb:DescribeTable",
            requests=per_table,
            absent=frozenset(("ResourceNotFoundException",)),
        ),
        tags_by_arn(arns),
    ),
    parse=parse,
    metrics=(
        consumed("ConsumedReadCapacityUnits", "consumedReads"),
        consumed("ConsumedWriteCapacityUnits", "consumedWrites"),
    ),
)
