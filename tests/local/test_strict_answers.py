import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.aws import EmulatedAws
from local.strict.call import Call, Http, read
from local.strict.shapes import ShapeError
from tests.local.strict_aws import client, refused

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


# --- pages -----------------------------------------------------------------------------------------------------------


def walked(
    call: Any, listed: str, token: str, *, send: str | None = None, **parameters: Any
) -> list[list[Any]]:
    """The pages of a list."""
    pages, following = [], None
    while True:
        answer = call(**parameters, **({send or token: following} if following else {}))
        pages.append(answer[listed])
        following = answer.get(token)
        if not following:
            return pages


def test_ec2_gives_the_pages_asked_for(aws: EmulatedAws) -> None:
    ec2 = client(aws, "ec2")
    made = {
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=10 + number)["VolumeId"] for number in range(12)
    }

    pages = walked(ec2.describe_volumes, "Volumes", "NextToken", MaxResults=5)
    whole = ec2.describe_volumes()

    assert [len(page) for page in pages] == [5, 5, 2]
    assert {volume["VolumeId"] for page in pages for volume in page} == made
    assert "NextToken" not in whole
    assert [volume for page in pages for volume in page] == whole["Volumes"]


def test_ec2s_paginator_reads_everything(aws: EmulatedAws) -> None:
    ec2 = client(aws, "ec2")
    for _ in range(3):
        ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
        ec2.run_instances(ImageId="ami-12c6146b", MinCount=2, MaxCount=2)

    paged = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})

    found = [len(each["Instances"]) for page in paged for each in page["Reservations"]]
    assert sum(found) == 9


@pytest.mark.parametrize("size", [1, 4, 1001])
def test_ec2_refuses_pages_too_small_or_too_large(aws: EmulatedAws, size: int) -> None:
    assert refused(client(aws, "ec2").describe_instances, MaxResults=size).code == "InvalidParameterValue"


def test_ec2_pages_no_list_of_named_instances(aws: EmulatedAws) -> None:
    ec2 = client(aws, "ec2")
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]

    assert (
        refused(ec2.describe_instances, MaxResults=5, InstanceIds=[made]).code
        == "InvalidParameterCombination"
    )


def test_a_token_fits_the_question_that_it_was_given_for(aws: EmulatedAws) -> None:
    ec2 = client(aws, "ec2")
    for number in range(7):
        ec2.create_volume(AvailabilityZone="us-east-1b", Size=20 + number)
    token = ec2.describe_volumes(MaxResults=5)["NextToken"]
    zone = [{"Name": "availability-zone", "Values": ["us-east-1b"]}]

    other_question = refused(ec2.describe_volumes, MaxResults=5, NextToken=token, Filters=zone)
    made_up = refused(ec2.describe_volumes, MaxResults=5, NextToken="made-up")

    assert other_question.code == made_up.code == "InvalidNextToken"
    assert ec2.describe_volumes(MaxResults=6, NextToken=token)["Volumes"]


def test_s3_pages_its_buckets_where_asked_to_and_leaves_none_out(aws: EmulatedAws) -> None:
    s3 = client(aws, "s3")
    before = {one["Name"] for one in s3.list_buckets()["Buckets"]}
    made = {f"paged-{number}" for number in range(5)}
    for name in made:
        s3.create_bucket(Bucket=name)

    pages = s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2})

    found = [[one["Name"] for one in page["Buckets"]] for page in pages]
    assert {len(page) for page in found[:-1]} == {2}
    assert sorted(name for page in found for name in page) == sorted(before | made)
    assert refused(s3.list_buckets, MaxBuckets=2, ContinuationToken="made-up").code == "InvalidArgument"


def test_rds_gives_a_hundred_records_or_what_is_asked_for(aws: EmulatedAws) -> None:
    rds = client(aws, "rds")
    for number in range(25):
        rds.create_db_instance(
            DBInstanceIdentifier=f"db-{number:02}", DBInstanceClass="db.t3.micro", Engine="postgres"
        )

    pages = walked(rds.describe_db_instances, "DBInstances", "Marker", MaxRecords=20)

    assert [len(page) for page in pages] == [20, 5]
    assert len({one["DBInstanceIdentifier"] for page in pages for one in page}) == 25
    assert refused(rds.describe_db_instances, MaxRecords=19).code == "InvalidParameterValue"
    assert refused(rds.describe_db_instances, Marker="made-up").code == "InvalidParameterValue"
    assert pages[0][0]["Endpoint"]["Port"] == 5432


def test_log_groups_come_fifty_at_a_time(aws: EmulatedAws) -> None:
    logs = client(aws, "logs")
    for number in range(60):
        logs.create_log_group(logGroupName=f"/group/{number:02}")

    default = walked(logs.describe_log_groups, "logGroups", "nextToken")
    small = walked(logs.describe_log_groups, "logGroups", "nextToken", limit=25)

    assert [len(page) for page in default] == [50, 10]
    assert [len(page) for page in small] == [25, 25, 10]
    assert refused(logs.describe_log_groups, limit=51).code == "InvalidParameterException"


def test_functions_come_fifty_at_a_time(aws: EmulatedAws) -> None:
    iam, lambda_ = client(aws, "iam"), client(aws, "lambda")
    role = iam.create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for number in range(53):
        lambda_.create_function(
            FunctionName=f"function-{number:02}",
            Role=role,
            Runtime="python3.12",
            Handler="a.b",
            Code={"ImageUri": "x"},
            PackageType="Image",
        )

    pages = walked(lambda_.list_functions, "Functions", "NextMarker", send="Marker", MaxItems=1000)

    assert [len(page) for page in pages] == [50, 3]
    assert len({one["FunctionName"] for page in pages for one in page}) == 53


# --- metrics ---------------------------------------------------------------------------------------------------------


def query(number: int, stat: str, **changes: Any) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/ApiGateway",
        "MetricName": "Latency",
        "Dimensions": [{"Name": "ApiName", "Value": "shop"}],
        **changes,
    }
    return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": 300, "Stat": stat}}


@pytest.fixture(scope="module")
def cloudwatch(aws: EmulatedAws) -> Any:
    """A hundred latencies from 1 to 100 ms in the first five minutes, and 500 ms ten minutes later."""
    cloudwatch = client(aws, "cloudwatch")
    shop = {"MetricName": "Latency", "Dimensions": [{"Name": "ApiName", "Value": "shop"}]}
    other = {"MetricName": "Latency", "Dimensions": [{"Name": "ApiName", "Value": "other"}]}
    cloudwatch.put_metric_data(
        Namespace="AWS/ApiGateway",
        MetricData=[
            {**shop, "Timestamp": NOON, "Values": [float(value) for value in range(1, 101)]},
            {**shop, "Timestamp": NOON + timedelta(minutes=10), "Value": 500},
            {**other, "Timestamp": NOON, "Value": 9999},
            {
                **shop,
                "Timestamp": NOON + timedelta(minutes=20),
                "StatisticValues": {"SampleCount": 4, "Sum": 100, "Minimum": 10, "Maximum": 70},
            },
        ],
    )
    return cloudwatch


def metric_data(cloudwatch: Any, queries: list[dict[str, Any]], **parameters: Any) -> Any:
    asked = {"StartTime": NOON, "EndTime": NOON + timedelta(hours=1), "ScanBy": "TimestampAscending"}
    return cloudwatch.get_metric_data(MetricDataQueries=queries, **{**asked, **parameters})


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        ("p95", [95.0, 500.0]),
        ("p99.9", [100.0, 500.0]),
        ("p50", [50.0, 500.0]),
        ("p0", [1.0, 500.0]),
        ("p100", [100.0, 500.0]),
        ("Maximum", [100.0, 500.0, 70.0]),
        ("Minimum", [1.0, 500.0, 10.0]),
        ("Average", [50.5, 500.0, 25.0]),
        ("Sum", [5050.0, 500.0, 100.0]),
        ("SampleCount", [100.0, 1.0, 4.0]),
    ],
)
def test_statistics_are_those_of_what_was_put(cloudwatch: Any, stat: str, expected: list[float]) -> None:
    (result,) = metric_data(cloudwatch, [query(1, stat)])["MetricDataResults"]

    assert result["Values"] == expected
    assert result["Timestamps"][:2] == [NOON, NOON + timedelta(minutes=10)]
    assert (result["Id"], result["StatusCode"]) == ("q1", "Complete")


def test_the_newest_comes_first_unless_asked_otherwise(cloudwatch: Any) -> None:
    asked = {"StartTime": NOON, "EndTime": NOON + timedelta(hours=1)}

    answer = cloudwatch.get_metric_data(MetricDataQueries=[query(1, "Maximum")], **asked)

    assert answer["MetricDataResults"][0]["Values"] == [70.0, 500.0, 100.0]


def test_datapoints_come_in_pages(cloudwatch: Any) -> None:
    queries = [query(1, "Maximum"), query(2, "p95"), query(3, "p95", MetricName="Nothing")]

    first = metric_data(cloudwatch, queries, MaxDatapoints=4)
    second = metric_data(cloudwatch, queries, MaxDatapoints=4, NextToken=first["NextToken"])

    assert [len(one["Values"]) for one in first["MetricDataResults"]] == [3, 1, 0]
    assert [one["StatusCode"] for one in first["MetricDataResults"]] == [
        "Complete",
        "PartialData",
        "Complete",
    ]
    assert [len(one["Values"]) for one in second["MetricDataResults"]] == [0, 1, 0]
    assert "NextToken" not in second


def test_five_hundred_queries_are_the_most(cloudwatch: Any) -> None:
    most = [query(number, "p95") for number in range(500)]

    assert len(metric_data(cloudwatch, most)["MetricDataResults"]) == 500
    assert refused(lambda: metric_data(cloudwatch, [*most, query(500, "p95")])).code == "ValidationError"


@pytest.mark.parametrize(
    "queries",
    [
        [query(1, "p95"), query(1, "p50")],
        [{**query(1, "p95"), "Id": "Upper"}],
        [query(1, "p101")],
        [query(1, "median")],
    ],
)
def test_a_query_that_cloudwatch_would_refuse_is_refused(cloudwatch: Any, queries: list[Any]) -> None:
    assert refused(lambda: metric_data(cloudwatch, queries)).code == "ValidationError"


def test_time_that_runs_backwards_is_refused(cloudwatch: Any) -> None:
    assert refused(lambda: metric_data(cloudwatch, [query(1, "Sum")], EndTime=NOON)).code == "ValidationError"


# --- services of our own ---------------------------------------------------------------------------------------------


def product(instance_type: str, region: str) -> dict[str, Any]:
    return {
        "serviceCode": "AmazonEC2",
        "product": {
            "sku": instance_type + region,
            "attributes": {"instanceType": instance_type, "regionCode": region},
        },
        "terms": {"OnDemand": {}},
        "version": "1",
        "publicationDate": "2026-11-01T00:00:00Z",
    }


def test_prices_are_found_by_their_attributes(aws: EmulatedAws) -> None:
    aws.strict.pricing.seed(*(product(f"m5.{size}large", "us-east-1") for size in ("", "x", "2x")))
    aws.strict.pricing.seed(product("m5.large", "eu-west-1"))
    pricing = client(aws, "pricing")
    large = [{"Type": "TERM_MATCH", "Field": "instanceType", "Value": "m5.large"}]

    found = pricing.get_products(ServiceCode="AmazonEC2", Filters=large)["PriceList"]
    pages = walked(pricing.get_products, "PriceList", "NextToken", ServiceCode="AmazonEC2", MaxResults=3)
    values = pricing.get_attribute_values(ServiceCode="AmazonEC2", AttributeName="regionCode")
    (service,) = pricing.describe_services(ServiceCode="AmazonEC2")["Services"]

    assert {json.loads(one)["product"]["attributes"]["regionCode"] for one in found} == {
        "us-east-1",
        "eu-west-1",
    }
    assert [len(page) for page in pages] == [3, 1]
    assert [one["Value"] for one in values["AttributeValues"]] == ["eu-west-1", "us-east-1"]
    assert service["AttributeNames"] == ["instanceType", "regionCode"]
    assert refused(pricing.get_products, ServiceCode="Nothing").code == "InvalidParameterException"


def test_compute_optimizer_asks_to_be_opted_in_and_filters(aws: EmulatedAws) -> None:
    optimizer = client(aws, "compute-optimizer")
    before = refused(optimizer.get_ec2_instance_recommendations)
    arns = [f"arn:aws:ec2:us-east-1:123456789012:instance/i-{number}" for number in range(3)]
    aws.strict.compute_optimizer.seed(
        "instanceRecommendations",
        *(
            {
                "instanceArn": arn,
                "accountId": "123456789012",
                "finding": finding,
                "currentInstanceType": "m5.xlarge",
                "recommendationOptions": [{"instanceType": "m5.large", "rank": 1}],
            }
            for arn, finding in zip(arns, ("OVER_PROVISIONED", "OPTIMIZED", "OVER_PROVISIONED"), strict=True)
        ),
    )

    over = optimizer.get_ec2_instance_recommendations(
        filters=[{"name": "Finding", "values": ["Overprovisioned"]}]
    )
    one = optimizer.get_ec2_instance_recommendations(instanceArns=[arns[1]])
    pages = walked(
        optimizer.get_ec2_instance_recommendations, "instanceRecommendations", "nextToken", maxResults=2
    )

    assert before.code == "OptInRequiredException"
    assert [found["instanceArn"] for found in over["instanceRecommendations"]] == [arns[0], arns[2]]
    assert [found["finding"] for found in one["instanceRecommendations"]] == ["OPTIMIZED"]
    assert [len(page) for page in pages] == [2, 1]
    assert optimizer.get_enrollment_status()["status"] == "Active"
    assert optimizer.get_ebs_volume_recommendations()["volumeRecommendations"] == []
    assert optimizer.get_lambda_function_recommendations()["lambdaFunctionRecommendations"] == []


def test_the_hub_lists_and_shows_its_recommendations(aws: EmulatedAws) -> None:
    hub = client(aws, "cost-optimization-hub")
    before = refused(hub.list_recommendations)
    aws.strict.cost_optimization_hub.seed(
        {
            "recommendationId": "one",
            "accountId": "123456789012",
            "region": "us-east-1",
            "resourceId": "i-1",
            "currentResourceType": "Ec2Instance",
            "recommendedResourceType": "Ec2Instance",
            "actionType": "Rightsize",
            "estimatedMonthlySavings": 70.1,
        },
        {
            "recommendationId": "two",
            "accountId": "123456789012",
            "region": "eu-west-1",
            "resourceId": "vol-1",
            "currentResourceType": "EbsVolume",
            "recommendedResourceType": "EbsVolume",
            "actionType": "Delete",
            "estimatedMonthlySavings": 8.0,
        },
    )

    everything = hub.list_recommendations()["items"]
    volumes = hub.list_recommendations(filter={"resourceTypes": ["EbsVolume"], "regions": ["eu-west-1"]})[
        "items"
    ]

    assert before.code == "AccessDeniedException"
    assert [one["recommendationId"] for one in everything] == ["one", "two"]
    assert [one["recommendationId"] for one in volumes] == ["two"]
    assert hub.get_recommendation(recommendationId="one")["estimatedMonthlySavings"] == 70.1
    assert refused(hub.get_recommendation, recommendationId="three").code == "ResourceNotFoundException"
    assert hub.list_enrollment_statuses()["items"][0]["status"] == "Active"


# --- shapes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def call() -> Call:
    scope = "AWS4-HMAC-SHA256 Credential=local/20261101/us-east-1/pricing/aws4_request, Signature=x"
    headers = [
        ("authorization", scope),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AWSPriceListService.DescribeServices"),
    ]
    call = read(Http(method="POST", path="/", query="", headers=headers, body=b"{}"))
    assert call
    return call


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"Services": [{"AttributeNames": []}]}, id="a member is missing"),
        pytest.param({"Services": "AmazonEC2"}, id="another type"),
        pytest.param({"Services": [{"ServiceCode": 7}]}, id="another type inside"),
        pytest.param({"Services": [], "Oops": 1}, id="unknown member"),
        pytest.param({"Services": [{"ServiceCode": "x", "Oops": 1}]}, id="unknown member inside"),
        pytest.param({"FormatVersion": None}, id="null"),
    ],
)
def test_an_answer_that_aws_would_not_give_is_an_error(call: Call, answer: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match=r"pricing\.DescribeServices"):
        call.answer(answer)


def test_an_answer_of_the_right_shape_is_served(call: Call) -> None:
    reply = call.answer({"Services": [{"ServiceCode": "AmazonEC2", "AttributeNames": ["a"]}]})

    assert json.loads(reply.body) == {"Services": [{"ServiceCode": "AmazonEC2", "AttributeNames": ["a"]}]}


def test_a_seed_of_the_wrong_shape_reaches_nobody(aws: EmulatedAws) -> None:
    aws.strict.compute_optimizer.seed("volumeRecommendations", {"volumeArn": "arn", "size": "large"})

    refusal = refused(client(aws, "compute-optimizer").get_ebs_volume_recommendations)

    assert refusal.status == 500
    assert refusal.code == "InternalFailure"
    assert "size" in refusal.message
