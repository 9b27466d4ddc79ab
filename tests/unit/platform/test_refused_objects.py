"""What is missing where S3 refuses an object."""

import pytest

from cloudops.platform.objects import ObjectsRefusedError, told
from tests.unit.inventory.aws_fakes import refusal

WHO = "User: arn:aws:sts::111122223333:assumed-role/reader/s is not authorized to perform:"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("message", "lacking"),
    [
        (f"{WHO} kms:Decrypt on resource: {KEY} because no identity-based policy allows it", "kms:Decrypt"),
        (f"{WHO} s3:GetObject on resource: arn:aws:s3:::acme-exports/a", "s3:GetObject"),
        ("Access Denied", "s3:GetObject"),
        ("", "s3:GetObject"),
    ],
)
def test_the_permission_that_s3_names_is_the_one_that_is_missing(message: str, lacking: str) -> None:
    expected = f"acme-exports, for want of {lacking}"

    with (
        pytest.raises(ObjectsRefusedError, match=expected) as refused,
        told("acme-exports", "s3:GetObject"),
    ):
        raise refusal("AccessDenied", "GetObject", message)

    assert refused.value.action == lacking
