"""The check that every handler's test makes: no call of AWS that the function's role does not allow."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloudops.errors import UnavailableError
from cloudops.platform import aws
from cloudops.platform.objects import ObjectsRefusedError
from tests.functions import bill
from tests.functions.asking_accounts import added, connected, of_source
from tests.functions.conftest import BUCKET, Company
from tests.functions.invoking import invoke, messages, request, restart_environment
from tests.functions.people import ACME
from tests.permissions.actions import calls_of
from tests.permissions.policies import Call, Policy, matches
from tests.permissions.recording import CUSTOMER, Recording, recorded_apart, the_customers_role, the_roles
from tests.permissions.roles import role_of_customers, roles_of_functions
from tests.permissions.unused import EXCEPTIONS, needless, unused
from tests.template.mutations import DROP, plant
from tests.template.stack import source, transform

STATEMENTS = "Resources/{role}/Properties/Policies/0/PolicyDocument/Statement"
KEY_STATEMENT = "Resources/NotificationsRole/Properties/Policies/0/PolicyDocument/Statement/2"


@pytest.fixture
def apart() -> Iterator[Recording]:
    with recorded_apart() as recording:
        restart_environment()
        yield recording


def with_fault(path: str, value: object = DROP) -> Any:
    document = source()
    plant(document, path, value)
    return roles_of_functions(transform(document))


def discover(company: Company) -> None:
    """Look for deliveries, of which there is one."""
    lines = list(bill.usage(bill.SPIKE))
    company.put_object(
        "cur2/BILLING_PERIOD=2026-08/acme-00001.snappy.parquet", bill.cur2(date(2026, 8, 1), lines)
    )
    invoke("discover_deliveries", {"bucket": BUCKET, "tenant_id": str(ACME)})


def test_what_a_handler_calls_is_noted_under_its_own_name(company: Company, apart: Recording) -> None:
    discover(company)

    assert apart.violations == []
    assert apart.used >= {
        ("discover_deliveries", ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}")),
        ("discover_deliveries", ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*")),
        ("discover_deliveries", ("secretsmanager:GetSecretValue", "ApplicationSecret")),
    }
    assert {function for function, _ in apart.used} == {"discover_deliveries"}


@pytest.mark.parametrize(
    ("path", "value", "violation"),
    [
        (
            f"{STATEMENTS.format(role='DiscoverDeliveriesRole')}/2",
            {"Ref": "AWS::NoValue"},
            f"discover_deliveries may not s3:ListBucket on arn:aws:s3:::{BUCKET}",
        ),
        (
            f"{STATEMENTS.format(role='DiscoverDeliveriesRole')}/2/Fn::If/1/Condition/StringLike/s3:prefix",
            "elsewhere/*",
            f"discover_deliveries may not s3:ListBucket on arn:aws:s3:::{BUCKET}",
        ),
        (
            "Resources/DatabasePolicy/Properties/PolicyDocument/Statement/0/Resource",
            {"Ref": "OwnerSecret"},
            "discover_deliveries may not secretsmanager:GetSecretValue on ApplicationSecret",
        ),
    ],
)
def test_a_permission_that_the_template_lacks_is_refused_and_told(
    company: Company, apart: Recording, path: str, value: object, violation: str
) -> None:
    apart.roles = with_fault(path, value)

    with pytest.raises((ObjectsRefusedError, UnavailableError)):
        discover(company)

    assert set(apart.violations) == {violation}


@pytest.mark.parametrize(
    ("path", "value", "violation"),
    [
        (f"{KEY_STATEMENT}/Action", "kms:Encrypt", "kms:GenerateDataKey on Key"),
        (
            f"{KEY_STATEMENT}/Condition/StringEquals/kms:ViaService",
            "sqs.amazonaws.com",
            "kms:GenerateDataKey on Key",
        ),
        (
            "Resources/NotificationsFunction/Properties/Environment/Variables/ENCRYPTION_KEY_ARN",
            "another",
            "kms:Decrypt on another",
        ),
    ],
)
def test_a_secret_under_a_key_that_the_role_may_not_use_so_is_refused(
    company: Company, apart: Recording, path: str, value: str, violation: str
) -> None:
    apart.roles = with_fault(path, value)

    reply = request("notifications.add-webhook")

    assert reply.status == 500
    assert apart.violations == [f"notifications may not {violation}"]


def test_a_message_to_another_queue_than_the_template_names_is_refused(
    company: Company, apart: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETECT_QUEUE_URL", company.queues["INGEST_QUEUE_URL"])
    roles = with_fault("Resources/DispatchJobsFunction/Properties/Environment/Variables/DETECT_QUEUE_URL")
    apart.roles = roles

    with pytest.raises(ClientError, match="AccessDenied"):
        invoke("dispatch_jobs", {"job": "anomalies.detect", "params": {}})

    assert apart.violations


def test_calls_by_a_customers_role_are_held_against_the_template_that_customers_use(
    company: Company, apart: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_of_bills = added(connected(monkeypatch))
    aws.SESSIONS.forget()
    of_source("run-source", source_of_bills)
    apart.customers = role_of_customers("another-bucket")

    invoke(
        "discover_deliveries",
        messages("discover_deliveries.data-source", company.receive("DISCOVER_QUEUE_URL")),
    )

    assert apart.violations == [
        f"discover_deliveries in {CUSTOMER} may not s3:ListBucket on arn:aws:s3:::{BUCKET}"
    ]


def test_a_permission_that_nothing_calls_is_told() -> None:
    everything = {(function, grant) for function, role in the_roles().items() for grant in role.policy.grants}
    everything |= {(CUSTOMER, grant) for grant in the_customers_role().grants}
    spare = ("ingest_metrics", ("cloudwatch:GetMetricData", "*"))

    assert list(unused(everything)) == []
    assert list(unused(everything - {spare})) == [
        "ingest_metrics is allowed cloudwatch:GetMetricData on *, which no test calls"
    ]


def test_an_exception_is_told_as_soon_as_it_is_needless() -> None:
    one = next(iter(EXCEPTIONS))

    assert list(needless({one})) == [f"{one[0]} calls {one[1][0]}: the exception can go"]
    assert list(needless(set())) == []


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "p/"}, ["s3:ListBucket on arn:aws:s3:::b"]),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k/1"}, ["s3:GetObject on arn:aws:s3:::b/k/1"]),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            ["s3:GetObjectVersion on arn:aws:s3:::b/k"],
        ),
        ("s3", "ListBuckets", {}, ["s3:ListAllMyBuckets on *"]),
        (
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": "k", "ObjectLockRetainUntilDate": "2030"},
            ["s3:PutObject on arn:aws:s3:::b/k", "s3:PutObjectRetention on arn:aws:s3:::b/k"],
        ),
        ("monitoring", "GetMetricData", {}, ["cloudwatch:GetMetricData on *"]),
        ("tagging", "GetResources", {}, ["tag:GetResources on *"]),
        ("sqs", "SendMessageBatch", {"QueueUrl": "q"}, ["sqs:SendMessage on q"]),
        (
            "sts",
            "AssumeRole",
            {"RoleArn": "arn:aws:iam::1:role/r"},
            ["sts:AssumeRole on arn:aws:iam::1:role/r"],
        ),
        ("sts", "GetCallerIdentity", {}, []),
        (
            "apigateway",
            "GetStages",
            {"restApiId": "a1"},
            ["apigateway:GET on arn:aws:apigateway:eu-west-1::/restapis/a1/stages"],
        ),
        (
            "secretsmanager",
            "CreateSecret",
            {"Name": "n", "KmsKeyId": "k"},
            [
                "secretsmanager:CreateSecret on arn:aws:secretsmanager:eu-west-1:123456789012:secret:n-AbCdEf",
                "kms:Decrypt on k",
                "kms:GenerateDataKey on k",
            ],
        ),
        ("ec2", "DescribeVolumes", {}, ["ec2:DescribeVolumes on *"]),
    ],
)
def test_operations_ask_for_the_actions_that_iam_knows(
    service: str, operation: str, parameters: dict[str, str], expected: list[str]
) -> None:
    assert [str(call) for call in calls_of(service, operation, parameters)] == expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/reader", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:user/reader", False),
        ("ec2:describe*", "ec2:describevolumes", True),
        ("a?c", "abc", True),
        ("a[bc]", "ab", False),
        ("b/*", "b", False),
    ],
)
def test_wildcards_are_those_of_iam(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_a_denial_wins_and_conditions_count() -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    below = {"StringLike": {"s3:prefix": "bills/*"}}
    listing = Call(action="s3:ListBucket", resource="b", context={"s3:prefix": "bills/2026"})

    assert Policy(statements=(allow,)).grants_of(listing) == {("s3:*", "*")}
    assert Policy(statements=(allow, {**allow, "Effect": "Deny"})).grants_of(listing) == set()
    assert Policy(statements=({**allow, "Condition": below},)).grants_of(listing)
    assert not Policy(statements=({**allow, "Condition": below},)).grants_of(
        Call(action="s3:ListBucket", resource="b")
    )
