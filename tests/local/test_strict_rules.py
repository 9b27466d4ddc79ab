import hashlib
import json
import threading
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ConnectionClosedError

from local.aws import EmulatedAws
from local.strict.checksums import ALGORITHMS
from tests.local.strict_aws import client, refused

IMAGE = "ami-12c6146b"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    aws = EmulatedAws()
    yield aws
    aws.stop()


@pytest.fixture(scope="module")
def ec2(aws: EmulatedAws) -> Any:
    return client(aws, "ec2")


@pytest.fixture(autouse=True)
def without_faults(aws: EmulatedAws) -> Iterator[None]:
    yield
    aws.strict.faults.clear()


# --- roles -----------------------------------------------------------------------------------------------------------


def role_trusting(aws: EmulatedAws, **statement: Any) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
        **statement,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = client(aws, "iam").create_role(RoleName=f"role-{uuid4().hex}", AssumeRolePolicyDocument=policy)
    return str(made["Role"]["Arn"])


ASKS = {"Condition": {"StringEquals": {"sts:ExternalId": "right"}}}


def test_a_role_is_assumed_with_the_external_id_that_it_asks_for(aws: EmulatedAws) -> None:
    arn = role_trusting(aws, **ASKS)

    assumed = client(aws, "sts").assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="right")

    assert assumed["Credentials"]["AccessKeyId"]


@pytest.mark.parametrize(
    "given", [{}, {"ExternalId": "wrong"}, {"ExternalId": "RIGHT"}, {"ExternalId": "right2"}]
)
def test_a_wrong_or_missing_external_id_is_refused(aws: EmulatedAws, given: dict[str, str]) -> None:
    arn = role_trusting(aws, **ASKS)

    refusal = refused(client(aws, "sts").assume_role, RoleArn=arn, RoleSessionName="test", **given)

    assert (refusal.code, refusal.status) == ("AccessDenied", 403)
    assert arn in refusal.message


def test_who_asks_for_no_external_id_gets_none_checked(aws: EmulatedAws) -> None:
    sts = client(aws, "sts")
    arn = role_trusting(aws)

    assert sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    assert sts.assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="any")["Credentials"]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}, id="other account"),
        pytest.param({"Principal": {"Service": "ec2.amazonaws.com"}}, id="a service"),
        pytest.param({"Action": "sts:TagSession"}, id="other action"),
        pytest.param({"Effect": "Deny"}, id="denied"),
    ],
)
def test_whom_a_role_does_not_trust_is_refused(aws: EmulatedAws, statement: dict[str, Any]) -> None:
    arn = role_trusting(aws, **statement)

    assert refused(client(aws, "sts").assume_role, RoleArn=arn, RoleSessionName="test").code == "AccessDenied"


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123456789012:role/none", "arn:aws:iam::210987654321:role/none", "x" * 20]
)
def test_a_role_that_is_not_there_is_assumed_by_nobody(aws: EmulatedAws, arn: str) -> None:
    assert refused(client(aws, "sts").assume_role, RoleArn=arn, RoleSessionName="test").code == "AccessDenied"


# --- EC2 -------------------------------------------------------------------------------------------------------------


def launch(ec2: Any, count: int = 1, **parameters: Any) -> list[str]:
    made = ec2.run_instances(
        ImageId=IMAGE, InstanceType="m5.large", MinCount=count, MaxCount=count, **parameters
    )
    return [instance["InstanceId"] for instance in made["Instances"]]


def test_a_repeated_client_token_launches_nothing_more(ec2: Any) -> None:
    token = uuid4().hex

    first, second = launch(ec2, ClientToken=token), launch(ec2, ClientToken=token)
    other = launch(ec2, ClientToken=uuid4().hex)

    assert first == second
    assert other != first


def test_a_client_token_of_another_request_is_refused(ec2: Any) -> None:
    token = uuid4().hex
    launch(ec2, ClientToken=token)

    refusal = refused(
        ec2.run_instances,
        ImageId=IMAGE,
        InstanceType="m5.xlarge",
        MinCount=1,
        MaxCount=1,
        ClientToken=token,
    )

    assert refusal.code == "IdempotentParameterMismatch"


def test_a_client_token_counts_for_its_operation_alone(ec2: Any) -> None:
    token = uuid4().hex
    launch(ec2, ClientToken=token)

    volumes = [
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=10, ClientToken=token)["VolumeId"]
        for _ in range(2)
    ]

    assert volumes[0] == volumes[1]


def test_of_parallel_calls_with_one_token_one_acts(ec2: Any) -> None:
    token, made = uuid4().hex, []

    def run() -> None:
        made.extend(launch(ec2, ClientToken=token))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 6
    assert len(set(made)) == 1


def test_a_refused_request_is_not_remembered_under_its_token(ec2: Any) -> None:
    token = uuid4().hex
    refused(ec2.create_volume, AvailabilityZone="us-east-1a", SnapshotId="snap-none", ClientToken=token)

    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=10, ClientToken=token)

    assert made["VolumeId"]


def test_a_running_instance_keeps_its_type(ec2: Any) -> None:
    (instance,) = launch(ec2)
    change = {"InstanceId": instance, "InstanceType": {"Value": "m5.xlarge"}}

    refusal = refused(ec2.modify_instance_attribute, **change)
    other_way = refused(
        ec2.modify_instance_attribute, InstanceId=instance, Attribute="instanceType", Value="m5.xlarge"
    )
    before = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["InstanceType"]
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(**change)
    after = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["InstanceType"]

    assert refusal.code == other_way.code == "IncorrectInstanceState"
    assert (before, after) == ("m5.large", "m5.xlarge")


def test_other_attributes_of_a_running_instance_change(ec2: Any) -> None:
    (instance,) = launch(ec2)

    ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": True})

    read = ec2.describe_instance_attribute(InstanceId=instance, Attribute="disableApiTermination")
    assert read["DisableApiTermination"]["Value"] is True


# --- S3 --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3(aws: EmulatedAws) -> Any:
    s3 = client(aws, "s3", request_checksum_calculation="when_required")
    s3.create_bucket(Bucket="checked")
    return s3


def md5(content: bytes) -> str:
    return b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"ContentMD5": md5(b"other")}, "BadDigest"),
        ({"ContentMD5": "no digest"}, "InvalidDigest"),
        ({"ContentMD5": b64encode(b"short").decode()}, "InvalidDigest"),
        *[({f"Checksum{name.upper()}": b64encode(b"other").decode()}, "BadDigest") for name in ALGORITHMS],
    ],
)
def test_an_object_that_does_not_match_its_checksum_is_not_stored(
    s3: Any, headers: dict[str, str], code: str
) -> None:
    key = uuid4().hex

    assert refused(s3.put_object, Bucket="checked", Key=key, Body=b"content", **headers).code == code
    assert refused(s3.get_object, Bucket="checked", Key=key).code == "NoSuchKey"


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_object_that_matches_its_checksum_is_stored(s3: Any, name: str) -> None:
    given = {f"Checksum{name.upper()}": b64encode(ALGORITHMS[name](b"content")).decode()}

    s3.put_object(Bucket="checked", Key=name, Body=b"content", ContentMD5=md5(b"content"), **given)

    assert s3.get_object(Bucket="checked", Key=name)["Body"].read() == b"content"


def test_checksums_are_the_standards() -> None:
    # The check values of the CRC catalogue, over the digits 1 to 9.
    digits = b"123456789"

    assert ALGORITHMS["crc32"](digits).hex() == "cbf43926"
    assert ALGORITHMS["crc32c"](digits).hex() == "e3069283"
    assert ALGORITHMS["crc64nvme"](digits).hex() == "ae8b14860a799888"


def test_what_boto3_sends_by_itself_is_right(aws: EmulatedAws, s3: Any) -> None:
    client(aws, "s3").put_object(Bucket="checked", Key="default", Body=b"content")

    assert s3.get_object(Bucket="checked", Key="default")["Body"].read() == b"content"


def put_raw(aws: EmulatedAws, body: bytes, **headers: str) -> httpx.Response:
    scope = "AWS4-HMAC-SHA256 Credential=local/20261101/us-east-1/s3/aws4_request, Signature=x"
    sent = {"authorization": scope, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.put(f"{aws.endpoint}/checked/{uuid4().hex}", content=body, headers=sent, trust_env=False)


def test_chunks_are_held_against_the_checksum_that_follows_them(aws: EmulatedAws, s3: Any) -> None:
    def chunked(checksum: bytes) -> bytes:
        return b"7\r\ncontent\r\n0\r\nx-amz-checksum-crc32:" + b64encode(checksum) + b"\r\n\r\n"

    headers = {
        "content_encoding": "aws-chunked",
        "x_amz_trailer": "x-amz-checksum-crc32",
        "x_amz_decoded_content_length": "7",
        "x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    }

    right = put_raw(aws, chunked(zlib.crc32(b"content").to_bytes(4, "big")), **headers)
    wrong = put_raw(aws, chunked(b"\0\0\0\0"), **headers)

    assert right.status_code == 200
    assert (wrong.status_code, "<Code>BadDigest</Code>" in wrong.text) == (400, True)


def test_a_body_other_than_the_signed_one_is_refused(aws: EmulatedAws, s3: Any) -> None:
    answer = put_raw(aws, b"content", x_amz_content_sha256=hashlib.sha256(b"other").hexdigest())

    assert answer.status_code == 400
    assert "<Code>XAmzContentSHA256Mismatch</Code>" in answer.text


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "call", "code", "status"),
    [
        ("ec2", "DescribeVolumes", lambda one: one.describe_volumes(), "RequestLimitExceeded", 503),
        ("rds", "DescribeDBInstances", lambda one: one.describe_db_instances(), "Throttling", 400),
        ("logs", "DescribeLogGroups", lambda one: one.describe_log_groups(), "ThrottlingException", 400),
        ("lambda", "ListFunctions", lambda one: one.list_functions(), "TooManyRequestsException", 429),
        ("s3", "ListBuckets", lambda one: one.list_buckets(), "SlowDown", 503),
        ("dynamodb", "ListTables", lambda one: one.list_tables(), "ThrottlingException", 400),
        ("cloudwatch", "ListMetrics", lambda one: one.list_metrics(), "ThrottlingException", 400),
        ("pricing", "DescribeServices", lambda one: one.describe_services(), "ThrottlingException", 400),
    ],
)
def test_the_second_call_is_throttled_in_the_services_own_words(
    aws: EmulatedAws, service: str, operation: str, call: Any, code: str, status: int
) -> None:
    caller = client(aws, service)
    aws.strict.faults.throttle(service, operation, nth=2)

    call(caller)
    refusal = refused(lambda: call(caller))
    call(caller)

    assert (refusal.code, refusal.status) == (code, status)


def test_clients_that_retry_get_over_a_throttled_call(aws: EmulatedAws) -> None:
    aws.strict.faults.throttle("ec2", "DescribeVolumes")

    assert "Volumes" in aws.client("ec2").describe_volumes()


def test_a_call_can_take_effect_and_its_answer_be_lost(aws: EmulatedAws, ec2: Any) -> None:
    (instance,) = launch(ec2)
    aws.strict.faults.lose_answer("ec2", "StopInstances")

    with pytest.raises(ConnectionClosedError):
        ec2.stop_instances(InstanceIds=[instance])

    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] == "stopped"
    assert ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"]


def count(ec2: Any) -> int:
    return sum(len(each["Instances"]) for each in ec2.describe_instances()["Reservations"])


def test_a_lost_launch_is_found_again_by_its_token(aws: EmulatedAws, ec2: Any) -> None:
    token, before = uuid4().hex, count(ec2)
    aws.strict.faults.lose_answer("ec2", "RunInstances")

    with pytest.raises(ConnectionClosedError):
        launch(ec2, ClientToken=token)
    launch(ec2, ClientToken=token)

    assert count(ec2) == before + 1


# --- what nobody answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ec2", lambda one: one.describe_fpga_images(), "InvalidAction"),
        ("rds", lambda one: one.describe_db_recommendations(), "InvalidAction"),
        ("logs", lambda one: one.describe_configuration_templates(), "UnknownOperationException"),
        (
            "lambda",
            lambda one: one.get_runtime_management_config(FunctionName="x"),
            "UnknownOperationException",
        ),
        (
            "pricing",
            lambda one: one.list_price_lists(
                ServiceCode="AmazonEC2", EffectiveDate="2026-01-01", CurrencyCode="USD"
            ),
            "UnknownOperationException",
        ),
    ],
)
def test_an_unimplemented_call_is_refused_for_good(
    aws: EmulatedAws, service: str, call: Any, code: str
) -> None:
    caller = client(aws, service)

    refusal = refused(lambda: call(caller))

    assert (refusal.code, refusal.status) == (code, 400)
    assert "does not answer" in refusal.message


# --- trouble with one resource ---------------------------------------------------------------------------------------


@pytest.fixture
def troubled(aws: EmulatedAws) -> Iterator[Any]:
    yield aws.strict.troubles
    aws.strict.troubles.impaired.clear()
    aws.strict.troubles.throttled.clear()
    aws.strict.troubles.refused.clear()


def test_an_instance_in_trouble_is_impaired_and_no_other(ec2: Any, troubled: Any) -> None:
    ill, well = launch(ec2, 2)

    troubled.impaired.add(ill)

    assert (checks_of(ec2, ill), checks_of(ec2, well)) == ({"impaired"}, {"ok"})


def test_reads_that_name_a_resource_in_trouble_are_throttled_and_lists_are_not(
    ec2: Any, troubled: Any
) -> None:
    (one,) = launch(ec2)

    troubled.throttled.add(one)

    assert refused(ec2.describe_instances, InstanceIds=[one]).code == "RequestLimitExceeded"
    assert ec2.describe_instances()["Reservations"]
    assert ec2.stop_instances(InstanceIds=[one])["StoppingInstances"]


def test_what_is_refused_is_refused_for_its_operation_alone(ec2: Any, troubled: Any) -> None:
    (one,) = launch(ec2)

    troubled.refuse(one, operation="StopInstances", code="IncorrectState", message="Not now.")

    assert refused(ec2.stop_instances, InstanceIds=[one]).message == "Not now."
    assert ec2.describe_instances(InstanceIds=[one])["Reservations"]


def checks_of(ec2: Any, instance: str) -> set[str]:
    (status,) = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    return {status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]}
