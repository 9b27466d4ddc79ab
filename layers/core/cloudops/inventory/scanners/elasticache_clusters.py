from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import Metric, mean, p95, total
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import mapped_tags, name_in, tags_by_arn
from cloudops.inventory.times import iso

NAMESPACE, DIMENSION = "AWS/ElastiCache", "CacheClusterId"


def arns(items: Sequence[Any], _place: Place) -> list[str]:
    return [item["ARN"] for item in items if item.get("ARN")]


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    tags = mapped_tags(page)
    for item in page.items:
        arn = item.get("ARN") or place.arn("elasticache", f"cluster:{item['CacheClusterId']}")
        yield resource_of(item, arn, tags.get(arn, {}))


def resource_of(item: Mapping[str, Any], arn: str, tags: Mapping[str, str]) -> ScannedResource:
    identifier = item["CacheClusterId"]
    return ScannedResource(
        resource_id=arn,
        aliases=(identifier,),
        type="ElastiCache",
        service="AmazonElastiCache",
        name=name_in(tags, identifier),
        arn=arn,
        status=item.get("CacheClusterStatus"),
        instance_type=item.get("CacheNodeType"),
        group_name=item.get("ReplicationGroupId"),
        metric_name=identifier,
        tags=tags,
        configuration={
            "engine": item.get("Engine"),
            "engineVersion": item.get("EngineVersion"),
            "nodeType": item.get("CacheNodeType"),
            "nodes": item.get("NumCacheNodes"),
            "replicationGroup": item.get("ReplicationGroupId"),
            "snapshotRetentionDays": item.get("SnapshotRetentionLimit"),
            "createdAt": iso(item.get("CacheClusterCreateTime")),
        },
    )


ELASTICACHE_CLUSTERS = Scanner(
    name="elasticache-clusters",
    types=frozenset(("ElastiCache",)),
    listing=Listing(
        client="elasticache",
        operation="describe_cache_clusters",
        items="CacheClusters",
        permission="elasticache:DescribeCacheClusters",
    ),
    details=(tags_by_arn(arns),),
    parse=parse,
    metrics=(
        Metric(
            namespace=NAMESPACE,
            name="CPUUtilization",
            dimension=DIMENSION,
            statistic="Average",
            figures={"cpuUtilization": mean, "cpuP95": p95},
            counts_hours=True,
        ),
        Metric(
            namespace=NAMESPACE,
            name="CurrConnections",
            dimension=DIMENSION,
            statistic="Maximum",
            figures={"connectionsMax": max},
        ),
        Metric(
            namespace=NAMESPACE,
            name="CacheHits",
            dimension=DIMENSION,
            statistic="Sum",
            figures={"cacheHits": total},
        ),
        Metric(
            namespace=NAMESPACE,
            name="Evictions",
            dimension=DIMENSION,
            statistic="Sum",
            figures={"evictions": total},
        ),
    ),
)
