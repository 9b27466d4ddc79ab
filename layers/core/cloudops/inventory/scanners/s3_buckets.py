from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cloudops.inventory.calls import Answered, Detail, Listing, Page
from cloudops.inventory.metrics import DAY, Metric, gigabytes_per_month, last, total
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.scanners.s3_access import ACCESS_DETAILS, GONE, PERMISSIONS, access_of, per_bucket
from cloudops.inventory.tags import mapped_tags, name_in, tags_by_arn
from cloudops.inventory.times import iso

VERSIONING, LIFECYCLE = "get_bucket_versioning", "get_bucket_lifecycle_configuration"
NAMESPACE, DIMENSION = "AWS/S3", "BucketName"
STORED, OBJECTS = "stored/", "objects/"
# What CloudWatch calls the storage of a class, and what the S3 API calls the class.
CLASSES = {
    "StandardStorage": "STANDARD",
    "StandardIAStorage": "STANDARD_IA",
    "OneZoneIAStorage": "ONEZONE_IA",
    "ReducedRedundancyStorage": "REDUCED_REDUNDANCY",
    "GlacierInstantRetrievalStorage": "GLACIER_IR",
    "GlacierStorage": "GLACIER",
    "DeepArchiveStorage": "DEEP_ARCHIVE",
    "ExpressOneZone": "EXPRESS_ONEZONE",
}


def bucket_arn(bucket: str, place: Place) -> str:
    return f"arn:{place.partition}:s3:::{bucket}"


def arns(items: Sequence[Any], place: Place) -> list[str]:
    return [bucket_arn(item["Name"], place) for item in items]


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    tags = mapped_tags(page)
    versioning, lifecycle = page.by(VERSIONING, "Bucket"), page.by(LIFECYCLE, "Bucket")
    for item in page.items:
        if item.get("BucketRegion", place.region) == place.region:
            name = item["Name"]
            arn = bucket_arn(name, place)
            found = resource_of(item, arn, tags.get(arn, {}), versioning.get(name), lifecycle.get(name))
            yield with_access(found, page)


def with_access(resource: ScannedResource, page: Page) -> ScannedResource:
    answers = {operation: page.by(operation, "Bucket").get(resource.resource_id) for operation in PERMISSIONS}
    denied = (PERMISSIONS[name] for name, answered in answers.items() if answered and answered.denied)
    return replace(
        resource,
        configuration={**resource.configuration, **access_of(answers)},
        missing_actions=(*resource.missing_actions, *denied),
    )


def resource_of(
    item: Mapping[str, Any],
    arn: str,
    tags: Mapping[str, str],
    versioning: Answered | None,
    lifecycle: Answered | None,
) -> ScannedResource:
    name = item["Name"]
    return ScannedResource(
        resource_id=name,
        type="S3",
        service="AmazonS3",
        name=name_in(tags, name),
        arn=arn,
        status="active",
        metric_name=name,
        tags=tags,
        configuration={
            "storageClass": None,
            "sizeGB": None,
            "objectCount": None,
            "versioning": is_versioned(versioning),
            "lifecycleRules": rules_of(lifecycle),
            "createdAt": iso(item.get("CreationDate")),
        },
        missing_actions=tuple(
            permission
            for permission, answered in (
                ("s3:GetBucketVersioning", versioning),
                ("s3:GetLifecycleConfiguration", lifecycle),
            )
            if answered and answered.denied
        ),
    )


def is_versioned(answered: Answered | None) -> bool | None:
    if answered is None or answered.answer is None:
        return None
    return answered.answer.get("Status") == "Enabled"


def rules_of(answered: Answered | None) -> list[Json] | None:
    """None where they could not be read, empty where there are none."""
    if answered is None or answered.denied:
        return None
    return [rule_of(rule) for rule in (answered.answer or {}).get("Rules", ())]


def rule_of(rule: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "id": rule.get("ID"),
        "enabled": rule.get("Status") == "Enabled",
        "expires": bool(rule.get("Expiration")),
        "transitions": bool(rule.get("Transitions")),
        "expiresNoncurrent": bool(rule.get("NoncurrentVersionExpiration")),
        "abortsUploads": bool(rule.get("AbortIncompleteMultipartUpload")),
    }


def measured(resource: ScannedResource, figures: Mapping[str, Json]) -> ScannedResource:
    """Sizes are configuration, requests are utilization."""
    sizes = {
        key.removeprefix(STORED): size
        for key, size in figures.items()
        if key.startswith(STORED) and isinstance(size, int | float)
    }
    objects = [size for key, size in figures.items() if key.startswith(OBJECTS)]
    rest = {key: value for key, value in figures.items() if not key.startswith((STORED, OBJECTS))}
    return replace(
        resource,
        configuration={
            **resource.configuration,
            "storageClass": largest_class(sizes),
            "sizeGB": round(sum(sizes.values()) / 1e9, 6) if sizes else None,
            "objectCount": objects[0] if objects else None,
            "sizeGBByClass": {name: round(size / 1e9, 6) for name, size in sorted(sizes.items())},
        },
        utilization=rest,
    )


def largest_class(sizes: Mapping[str, float]) -> str | None:
    if not sizes:
        return None
    name = max(sorted(sizes), key=lambda one: sizes[one])
    if name.startswith("IntelligentTiering"):
        return "INTELLIGENT_TIERING"
    return CLASSES.get(name, name)


def requests(name: str, key: str) -> Metric:
    """Reported only for buckets whose request metrics are switched on, per filter."""
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        period=DAY,
        figures={key: total},
        discovered=True,
    )


S3_BUCKETS = Scanner(
    name="s3-buckets",
    types=frozenset(("S3",)),
    listing=Listing(
        client="s3",
        operation="list_buckets",
        items="Buckets",
        permission="s3:ListAllMyBuckets",
        region_argument="BucketRegion",
        # Each takes five calls of its own, and what is read of a page is kept before the next.
        arguments={"PaginationConfig": {"PageSize": 100}},
    ),
    details=(
        Detail(
            client="s3",
            operation=VERSIONING,
            permission="s3:GetBucketVersioning",
            requests=per_bucket,
            absent=frozenset((GONE,)),
            per_resource=True,
        ),
        Detail(
            client="s3",
            operation=LIFECYCLE,
            permission="s3:GetLifecycleConfiguration",
            requests=per_bucket,
            absent=frozenset((GONE, "NoSuchLifecycleConfiguration")),
            per_resource=True,
        ),
        *ACCESS_DETAILS,
        tags_by_arn(arns),
    ),
    parse=parse,
    measured=measured,
    metrics=(
        Metric(
            namespace=NAMESPACE,
            name="BucketSizeBytes",
            dimension=DIMENSION,
            statistic="Average",
            period=DAY,
            figures={STORED: last},
            discovered=True,
            split_by="StorageType",
        ),
        Metric(
            namespace=NAMESPACE,
            name="NumberOfObjects",
            dimension=DIMENSION,
            statistic="Average",
            period=DAY,
            figures={OBJECTS: last},
            discovered=True,
            split_by="StorageType",
        ),
        requests("GetRequests", "getRequests"),
        requests("PutRequests", "putRequests"),
        Metric(
            namespace=NAMESPACE,
            name="BytesDownloaded",
            dimension=DIMENSION,
            statistic="Sum",
            period=DAY,
            figures={"dataTransferOut": gigabytes_per_month},
            discovered=True,
        ),
    ),
)
