import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoCredentialsError

from cloudops.platform.aws import RoleRefusedError, RoleUnreachableError
from cloudops.platform.aws_failures import FailureKind, explain
from tests.unit.inventory.aws_fakes import refusal

MESSAGE = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ec2:DescribeVolumes because x"


@pytest.mark.parametrize(
    ("error", "kind", "action"),
    [
        (
            refusal("UnauthorizedOperation", "DescribeVolumes", MESSAGE),
            FailureKind.DENIED,
            "ec2:DescribeVolumes",
        ),
        (refusal("AccessDeniedException", "ListTables"), FailureKind.DENIED, None),
        (refusal("AccessDenied", "AssumeRole", "no"), FailureKind.DENIED, "sts:AssumeRole"),
        (refusal("Throttling", "DescribeVolumes"), FailureKind.THROTTLED, None),
        (refusal("RequestLimitExceeded", "DescribeVolumes"), FailureKind.THROTTLED, None),
        (refusal("AuthFailure", "DescribeVolumes"), FailureKind.NOT_ENABLED, None),
        (refusal("UnrecognizedClientException", "ListTables"), FailureKind.NOT_ENABLED, None),
        (EndpointConnectionError(endpoint_url="https://x"), FailureKind.UNREACHABLE, None),
        (ConnectTimeoutError(endpoint_url="https://x"), FailureKind.UNREACHABLE, None),
        (NoCredentialsError(), FailureKind.OTHER, None),
        (refusal("InvalidParameterValue", "DescribeVolumes"), FailureKind.OTHER, None),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: FailureKind, action: str | None) -> None:
    found = explain(error)

    assert (found.kind, found.action) == (kind, action)
    assert found.reason


def test_a_role_that_refuses_us_is_denied_by_its_trust_and_one_that_cannot_be_tried_is_not() -> None:
    refused = explain(RoleRefusedError("AWS denies us the role"))
    silent = explain(RoleUnreachableError("AWS answers Throttling to AssumeRole"))

    assert (refused.kind, refused.action, refused.reason) == (
        FailureKind.DENIED, "sts:AssumeRole", "AWS denies us the role",
    )  # fmt: skip
    assert (silent.kind, silent.action) == (FailureKind.UNREACHABLE, None)
