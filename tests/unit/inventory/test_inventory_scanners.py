"""What scanners make of answers, and of details that are missing or denied."""

from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import boto3
import pytest

from cloudops.inventory.models import ItemStatus, Outcome, Place, ScannedResource
from cloudops.inventory.scanners import BY_NAME, BY_TYPE, SCANNERS
from cloudops.inventory.scanning import scan
from tests.unit.inventory.aws_fakes import InMemoryClient, Reply, clients_of, refusal

PLACE = Place(account_id="222233334444", region="eu-west-1")
NOW = datetime(2026, 8, 1, 12, 30, tzinfo=UTC)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
ARN = "arn:aws:{}:eu-west-1:222233334444:{}"


def scanned(name: str, **replies: Mapping[str, Reply]) -> tuple[list[ScannedResource], Outcome]:
    found: list[ScannedResource] = []
    outcome = scan(clients_of(**replies), BY_NAME[name], PLACE, now=NOW, keep=found.extend)
    return found, outcome


def only(name: str, **replies: Mapping[str, Reply]) -> ScannedResource:
    (found,), outcome = scanned(name, **replies)
    assert outcome.status is ItemStatus.SCANNED
    return found


INSTANCE = {
    "InstanceId": "i-1",
    "InstanceType": "m5.2xlarge",
    "State": {"Name": "stopped"},
    "StateTransitionReason": "User initiated (2026-06-01 10:00:00 GMT)",
    "EbsOptimized": True,
    "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "aws:autoscaling:groupName", "Value": "web-group"}],
}
SPECIFICATION = {
    "InstanceType": "m5.2xlarge",
    "VCpuInfo": {"DefaultVCpus": 8},
    "MemoryInfo": {"SizeInMiB": 32768},
}


def test_an_instance_has_the_keys_of_the_contract() -> None:
    found = only(
        "ec2-instances",
        ec2={
            "describe_instances": {"Reservations": [{"Instances": [INSTANCE]}]},
            "describe_instance_types": {"InstanceTypes": [SPECIFICATION]},
        },
    )

    shown = {key: found.configuration[key] for key in ("instanceType", "vcpus", "memory", "storage")}
    assert shown == {"instanceType": "m5.2xlarge", "vcpus": 8, "memory": "32 GiB", "storage": "EBS-optimized"}
    assert (found.name, found.group_name, found.status) == ("web", "web-group", "stopped")
    assert found.configuration["stoppedAt"] == "2026-06-01T10:00:00+00:00"
    assert found.known_as == ("i-1", ARN.format("ec2", "instance/i-1"))


def test_a_database_has_the_keys_of_the_contract_and_its_arn_for_an_id() -> None:
    item = {
        "DBInstanceIdentifier": "orders",
        "DBInstanceArn": ARN.format("rds", "db:orders"),
        "DBInstanceClass": "db.r5.xlarge",
        "Engine": "postgres",
        "AllocatedStorage": 500,
        "StorageType": "gp2",
        "DBInstanceStatus": "available",
    }

    found = only("rds-instances", rds={"describe_db_instances": {"DBInstances": [item]}})

    keys = ("engine", "instanceClass", "allocatedStorage", "storageType")
    assert [found.configuration[key] for key in keys] == ["postgres", "db.r5.xlarge", 500, "gp2"]
    assert found.resource_id == ARN.format("rds", "db:orders")
    assert "orders" in found.known_as


def test_a_cluster_is_called_what_the_bill_calls_its_storage() -> None:
    item = {
        "DBClusterIdentifier": "shop",
        "DBClusterArn": ARN.format("rds", "cluster:shop"),
        "DbClusterResourceId": "cluster-ABC",
        "Engine": "aurora-postgresql",
    }

    found = only("rds-clusters", rds={"describe_db_clusters": {"DBClusters": [item]}})

    assert found.resource_id == ARN.format("rds", "cluster:cluster-ABC")
    assert ARN.format("rds", "cluster:shop") in found.known_as


BUCKET = {"list_buckets": {"Buckets": [{"Name": "logs", "CreationDate": MADE}]}}
STORAGE = [
    {"Dimensions": [{"Name": "BucketName", "Value": "logs"}, {"Name": "StorageType", "Value": kind}]}
    for kind in ("StandardStorage", "GlacierStorage")
]


def answer_metrics(**arguments: Any) -> dict[str, Any]:
    """Every query's value is 2e9, at one time."""
    results = [
        {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [NOW], "Values": [2e9]}
        for query in arguments["MetricDataQueries"]
    ]
    return {"MetricDataResults": results}


def test_a_bucket_has_the_keys_of_the_contract_from_its_daily_metrics() -> None:
    found = only(
        "s3-buckets",
        s3={**BUCKET, "get_bucket_versioning": {"Status": "Enabled"}},
        cloudwatch={
            "list_metrics": lambda **asked: {
                "Metrics": STORAGE if asked["MetricName"] == "BucketSizeBytes" else []
            },
            "get_metric_data": answer_metrics,
        },
    )

    shown = {key: found.configuration[key] for key in ("sizeGB", "storageClass", "versioning")}
    assert shown == {"sizeGB": 4.0, "storageClass": "GLACIER", "versioning": True}


@pytest.mark.parametrize(
    ("reply", "rules", "missing"),
    [
        ({"Rules": [{"ID": "old", "Status": "Enabled", "Expiration": {"Days": 30}}]}, 1, ()),
        (refusal("NoSuchLifecycleConfiguration", "GetBucketLifecycleConfiguration"), 0, ()),
        (refusal("AccessDenied", "GetBucketLifecycleConfiguration"), None, ("s3:GetLifecycleConfiguration",)),
    ],
)
def test_no_lifecycle_is_told_from_one_that_may_not_be_read(
    reply: Reply, rules: int | None, missing: tuple[str, ...]
) -> None:
    found = only("s3-buckets", s3={**BUCKET, "get_bucket_lifecycle_configuration": reply})

    read = found.configuration["lifecycleRules"]
    assert (None if read is None else len(read)) == rules  # type: ignore[arg-type]
    assert found.missing_actions == missing


def test_one_denied_bucket_does_not_keep_others_from_being_read() -> None:
    def rules(Bucket: str) -> dict[str, Any]:  # noqa: N803
        if Bucket == "closed":
            raise refusal("AccessDenied", "GetBucketLifecycleConfiguration")
        return {"Rules": [{"Status": "Enabled"}]}

    buckets = {"list_buckets": {"Buckets": [{"Name": "closed"}, {"Name": "open"}]}}

    found, outcome = scanned("s3-buckets", s3={**buckets, "get_bucket_lifecycle_configuration": rules})

    assert [one.configuration["lifecycleRules"] is None for one in found] == [True, False]
    assert outcome.missing_actions == ("s3:GetLifecycleConfiguration",)


def test_buckets_are_kept_page_by_page_so_that_a_later_failure_loses_none_before_it() -> None:
    def page(number: int) -> dict[str, Any]:
        return {"Buckets": [{"Name": f"logs-{number}-{one}"} for one in range(3)]}

    pages: Any = [page(0), page(1), refusal("SlowDown", "ListBuckets")]

    found, outcome = scanned("s3-buckets", s3={"list_buckets": pages})

    assert [one.resource_id for one in found] == [f"logs-{n}-{one}" for n in range(2) for one in range(3)]
    assert (outcome.status, outcome.resources) == (ItemStatus.FAILED, 6)


def test_buckets_are_asked_about_side_by_side_and_keep_their_own_answers() -> None:
    names = [f"logs-{number}" for number in range(16)]
    together = Barrier(8)

    def versioning(Bucket: str) -> dict[str, Any]:  # noqa: N803
        together.wait(timeout=30)
        return {"Status": "Enabled" if names.index(Bucket) % 2 else "Suspended"}

    buckets = {"list_buckets": {"Buckets": [{"Name": name} for name in names]}}

    found, _ = scanned("s3-buckets", s3={**buckets, "get_bucket_versioning": versioning})

    assert [one.resource_id for one in found] == names
    assert [one.configuration["versioning"] for one in found] == [False, True] * 8


def test_a_bucket_that_cannot_be_asked_about_fails_the_scan_as_one_after_the_other_would() -> None:
    def versioning(Bucket: str) -> dict[str, Any]:  # noqa: N803
        if Bucket in {"logs-3", "logs-9"}:
            raise refusal("SlowDown", "GetBucketVersioning", Bucket)
        return {}

    buckets = {"list_buckets": {"Buckets": [{"Name": f"logs-{number}"} for number in range(12)]}}

    found, outcome = scanned("s3-buckets", s3={**buckets, "get_bucket_versioning": versioning})

    assert (found, outcome.status) == ([], ItemStatus.FAILED)
    assert "logs-3" in (outcome.reason or "")


def test_a_bucket_of_another_region_is_left_to_that_region() -> None:
    buckets = {"list_buckets": {"Buckets": [{"Name": "far", "BucketRegion": "us-east-1"}]}}

    assert scanned("s3-buckets", s3=buckets)[0] == []


def test_a_denied_detail_is_asked_for_once_and_the_resources_are_kept_without_it() -> None:
    asked: list[Any] = []

    def refuse(**arguments: Any) -> Any:
        asked.append(arguments)
        raise refusal("UnauthorizedOperation", "DescribeInstanceTypes")

    pages: list[Any] = [
        {"Reservations": [{"Instances": [{**INSTANCE, "InstanceId": f"i-{n}"}]}]} for n in range(3)
    ]

    found, outcome = scanned(
        "ec2-instances", ec2={"describe_instances": pages, "describe_instance_types": refuse}
    )

    assert [one.resource_id for one in found] == ["i-0", "i-1", "i-2"]
    assert {one.configuration["memory"] for one in found} == {None}
    assert {one.missing_actions for one in found} == {("ec2:DescribeInstanceTypes",)}
    assert outcome == Outcome(
        status=ItemStatus.SCANNED, resources=3, missing_actions=("ec2:DescribeInstanceTypes",)
    )
    assert len(asked) == 1


SNAPSHOTS = [
    {"SnapshotId": "snap-1", "VolumeId": "vol-1", "StartTime": MADE},
    {"SnapshotId": "snap-2", "VolumeId": "vol-2", "StartTime": MADE},
    {"SnapshotId": "snap-3", "VolumeId": "vol-ffffffff", "StartTime": MADE},
]


def test_a_snapshot_knows_whether_its_volume_and_an_image_of_it_exist() -> None:
    image = {
        "ImageId": "ami-1",
        "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-2"}}, {"VirtualName": "x"}],
    }

    found, _ = scanned(
        "ebs-snapshots",
        ec2={
            "describe_snapshots": {"Snapshots": SNAPSHOTS},
            "describe_volumes": {"Volumes": [{"VolumeId": "vol-1"}]},
            "describe_images": {"Images": [image]},
        },
    )

    facts = {one.configuration["snapshotId"]: one.configuration for one in found}
    assert [facts[name]["volumeExists"] for name in ("snap-1", "snap-2", "snap-3")] == [True, False, None]
    assert [facts[name]["images"] for name in ("snap-1", "snap-2")] == [[], ["ami-1"]]


def test_a_snapshot_whose_volume_may_not_be_looked_for_is_no_orphan() -> None:
    found, _ = scanned(
        "ebs-snapshots",
        ec2={
            "describe_snapshots": {"Snapshots": SNAPSHOTS},
            "describe_volumes": refusal("UnauthorizedOperation", "DescribeVolumes"),
        },
    )

    assert {one.configuration["volumeExists"] for one in found} == {None}


@pytest.mark.parametrize(
    ("kind", "service_type", "name"),
    [("application", "ALB", "app/web/1"), ("network", "NLB", "net/web/1"), ("gateway", "GWLB", "gwy/web/1")],
)
def test_load_balancers_are_told_apart_and_named_as_cloudwatch_does(
    kind: str, service_type: str, name: str
) -> None:
    arn = ARN.format("elasticloadbalancing", f"loadbalancer/{name}")
    item = {"LoadBalancerArn": arn, "LoadBalancerName": "web", "Type": kind}
    tags = {"TagDescriptions": [{"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "shop"}]}]}

    found = only(
        "load-balancers", elbv2={"describe_load_balancers": {"LoadBalancers": [item]}, "describe_tags": tags}
    )

    assert (found.type, found.metric_name, found.tags) == (service_type, name, {"team": "shop"})


def test_a_table_that_was_deleted_while_it_was_listed_is_left_out() -> None:
    gone = refusal("ResourceNotFoundException", "DescribeTable")

    found, outcome = scanned(
        "dynamodb-tables", dynamodb={"list_tables": {"TableNames": ["t"]}, "describe_table": gone}
    )

    assert (found, outcome.status) == ([], ItemStatus.SCANNED)


def test_tags_of_a_function_are_asked_for_by_its_arn() -> None:
    arn = ARN.format("lambda", "function:resize")
    mapping = {
        "ResourceTagMappingList": [{"ResourceARN": arn, "Tags": [{"Key": "Name", "Value": "Resizer"}]}]
    }

    found = only(
        "lambda-functions",
        lambda_={
            "list_functions": {
                "Functions": [{"FunctionName": "resize", "FunctionArn": arn, "MemorySize": 512}]
            }
        },
        resourcegroupstaggingapi={"get_resources": mapping},
    )

    assert (found.name, found.configuration["memoryMB"]) == ("Resizer", 512)


def test_log_groups_are_named_without_their_streams() -> None:
    arn = ARN.format("logs", "log-group:/app")

    found = only(
        "log-groups",
        logs={
            "describe_log_groups": {
                "logGroups": [{"logGroupName": "/app", "arn": f"{arn}:*", "creationTime": 0}]
            }
        },
    )

    assert found.resource_id == arn
    assert found.configuration["createdAt"] == "1970-01-01T00:00:00+00:00"


def tagged(*arns: str) -> list[ScannedResource]:
    mappings = [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "shop"}]} for arn in arns]
    found, outcome = scanned(
        "tagged-resources", resourcegroupstaggingapi={"get_resources": {"ResourceTagMappingList": mappings}}
    )
    assert outcome.status is ItemStatus.SCANNED
    return found


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (ARN.format("kms", "key/1-2"), "kms:key", "1-2"),
        (ARN.format("sqs", "orders"), "sqs", "orders"),
        (ARN.format("ecs", "service/shop/cart"), "ecs:service", "shop/cart"),
        (ARN.format("rds", "snapshot:rds:cart"), "rds:snapshot", "rds:cart"),
        (ARN.format("secretsmanager", "secret:cart/db-x"), "secretsmanager:secret", "cart/db-x"),
        ("arn:aws:apigateway:eu-west-1::/restapis/a1b2", "apigateway:restapis", "a1b2"),
        ("arn:aws:cloudfront::111122223333:distribution/E1", "cloudfront:distribution", "E1"),
    ],
)
def test_what_the_tagging_api_knows_is_named_after_its_arn(arn: str, kind: str, name: str) -> None:
    (found,) = tagged(arn)

    assert (found.resource_id, found.type, found.name, found.tags) == (arn, kind, name, {"team": "shop"})


@pytest.mark.parametrize(
    "arn",
    [
        ARN.format("ec2", "instance/i-1"),
        ARN.format("elasticloadbalancing", "loadbalancer/app/web/1"),
        ARN.format("autoscaling", "autoScalingGroup:1:autoScalingGroupName/web"),
        ARN.format("lambda", "function:resize"),
        "arn:aws:s3:::acme-logs",
    ],
)
def test_the_tagging_api_adds_nothing_to_what_another_scanner_lists(arn: str) -> None:
    assert tagged(arn) == []


def test_an_arn_that_is_none_fails_the_service_and_not_the_scan() -> None:
    found, outcome = scanned(
        "tagged-resources",
        resourcegroupstaggingapi={"get_resources": {"ResourceTagMappingList": [{"ResourceARN": "orders"}]}},
    )

    assert (found, outcome.status) == ([], ItemStatus.FAILED)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_name_the_partition_of_their_region(region: str, partition: str) -> None:
    assert Place(account_id="1", region=region).arn("ec2", "x").startswith(f"arn:{partition}:ec2:{region}:")


def test_every_type_has_one_scanner_and_every_scanner_a_name_of_its_own() -> None:
    assert len({scanner.name for scanner in SCANNERS}) == len(SCANNERS) == 20
    assert sum(len(scanner.types) for scanner in SCANNERS) == len(BY_TYPE)


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda scanner: scanner.name)
def test_every_declared_call_exists_and_only_reads(scanner: Any) -> None:
    calls = [scanner.listing, *scanner.details]
    for call in calls:
        client = boto3.client(
            call.client, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        assert hasattr(client, call.operation)
        assert call.operation.startswith(("describe_", "list_", "get_"))


def test_a_service_without_resources_asks_for_no_metrics() -> None:
    cloudwatch = InMemoryClient(replies={})

    def client(service: str) -> InMemoryClient:
        return cloudwatch if service == "cloudwatch" else InMemoryClient(replies={})

    scan(client, BY_NAME["ec2-instances"], PLACE, now=NOW, keep=lambda _batch: None)

    assert cloudwatch.calls == []
