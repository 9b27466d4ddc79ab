"""Links that download an object: where they lead, and how they are signed."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from cloudops.platform import aws
from cloudops.platform.objects import link_to


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-central-1", "eu-south-1"])
def test_a_link_leads_to_the_region_and_is_signed_as_every_bucket_takes_it(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    link = urlsplit(link_to("archive", "exports/a.csv", seconds=900, file_name="events.csv"))

    asked = parse_qs(link.query)
    assert (link.hostname, link.path) == (f"archive.s3.{region}.amazonaws.com", "/exports/a.csv")
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Credential"][0].split("/")[2:] == [region, "s3", "aws4_request"]
    assert asked["X-Amz-Expires"] == ["900"]


def test_where_an_address_stands_for_aws_the_bucket_is_part_of_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    link = urlsplit(link_to("archive", "exports/a.csv", seconds=900, file_name="events.csv"))

    assert (link.netloc, link.path) == ("127.0.0.1:4566", "/archive/exports/a.csv")
    assert parse_qs(link.query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
