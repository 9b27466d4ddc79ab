import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, NoCredentialsError

from cloudops.platform.aws import RoleRefusedError, RoleUnreachableError
from cloudops.platform.aws_failures import FailureKind, explain
from cloudops.platform.aws_mutations import NotNow, Outcome, Refused, Unanswered, outcome_of
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
        (ClientError({}, "DescribeVolumes"), FailureKind.OTHER, None),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: FailureKind, action: str | None) -> None:
    found = explain(error)

    assert (found.kind, found.action) == (kind, action)
    assert found.reason


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("InternalError", 500, FailureKind.TRANSIENT),
        ("InternalFailure", 500, FailureKind.TRANSIENT),
        ("InternalServerError", 500, FailureKind.TRANSIENT),
        ("ServiceUnavailable", 503, FailureKind.TRANSIENT),
        ("Unavailable", 503, FailureKind.TRANSIENT),
        # Some services answer their faults by 400, and a gateway before them by a status alone.
        ("InternalFailure", 400, FailureKind.TRANSIENT),
        ("RequestTimeout", 400, FailureKind.TRANSIENT),
        ("ExpiredToken", 400, FailureKind.TRANSIENT),
        ("ExpiredTokenException", 400, FailureKind.TRANSIENT),
        ("RequestExpired", 400, FailureKind.TRANSIENT),
        ("502", 502, FailureKind.TRANSIENT),
        ("", 504, FailureKind.TRANSIENT),
        ("SomethingNew", 599, FailureKind.TRANSIENT),
        ("SomethingNew", 499, FailureKind.OTHER),
        # A code that is known says more than the status.
        ("SlowDown", 503, FailureKind.THROTTLED),
        ("RequestLimitExceeded", 503, FailureKind.THROTTLED),
        ("AccessDenied", 500, FailureKind.DENIED),
        ("OptInRequired", 500, FailureKind.NOT_ENABLED),
    ],
)
def test_a_fault_of_aws_passes_and_a_refusal_does_not(code: str, status: int, kind: FailureKind) -> None:
    assert explain(refusal(code, "DescribeVolumes", status=status)).kind is kind


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        ("RequestLimitExceeded", 503, NotNow),
        ("Throttling", 400, NotNow),
        ("InternalError", 500, Unanswered),
        ("InternalFailure", 400, Unanswered),
        ("RequestTimeout", 400, Unanswered),
        ("ExpiredToken", 400, Unanswered),
        ("SomethingNew", 502, Unanswered),
        ("AccessDenied", 500, Unanswered),
        ("AccessDenied", 403, Refused),
        ("InvalidInstanceID.NotFound", 400, Refused),
    ],
)
def test_a_call_that_changes_something_is_refused_only_where_it_surely_did_not_land(
    code: str, status: int, outcome: type[Outcome]
) -> None:
    assert isinstance(outcome_of(refusal(code, "StopInstances", status=status)), outcome)


def test_a_role_that_refuses_us_is_denied_by_its_trust_and_one_that_cannot_be_tried_is_not() -> None:
    refused = explain(RoleRefusedError("AWS denies us the role"))
    silent = explain(RoleUnreachableError("AWS answers Throttling to AssumeRole"))

    assert (refused.kind, refused.action, refused.reason) == (
        FailureKind.DENIED, "sts:AssumeRole", "AWS denies us the role",
    )  # fmt: skip
    assert (silent.kind, silent.action) == (FailureKind.UNREACHABLE, None)
