"""Real answers of AWS, recorded by others, replayed through the scanners."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloudops.inventory import scanning
from cloudops.inventory.models import ItemStatus, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.scanners import BY_NAME
from tests.unit.inventory.aws_fakes import InMemoryClient

RECORDINGS = Path(__file__).parents[4] / "shared" / "data" / "aws_api_recordings"
PLACE = Place(account_id="644160558196", region="us-east-1")
NOW = datetime(2026, 8, 1, tzinfo=UTC)
# Recorded as they call themselves on the wire, asked for as boto3 calls them.
WIRE_NAMES = {"elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing", "cloudwatch": "monitoring"}
CALLS = {
    "ec2.DescribeInstances": ("ec2-instances",),
    "ec2.DescribeVolumes": ("ebs-volumes",),
    "ec2.DescribeSnapshots": ("ebs-snapshots",),
    "ec2.DescribeAddresses": ("elastic-addresses",),
    "ec2.DescribeNatGateways": ("nat-gateways",),
    "elasticloadbalancing.DescribeLoadBalancers": ("load-balancers", "classic-load-balancers"),
    "autoscaling.DescribeAutoScalingGroups": ("auto-scaling-groups",),
    "rds.DescribeDBInstances": ("rds-instances",),
    "s3.ListBuckets": ("s3-buckets",),
    "lambda.ListFunctions": ("lambda-functions",),
    "logs.DescribeLogGroups": ("log-groups",),
    "dynamodb.ListTables": ("dynamodb-tables",),
    "elasticache.DescribeCacheClusters": ("elasticache-clusters",),
    "redshift.DescribeClusters": ("redshift-clusters",),
}

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recorded AWS answers lie in ../shared, which is missing"
)


@dataclass(frozen=True, kw_only=True)
class Recording:
    folder: Path
    status: int
    data: Mapping[str, Any]

    @property
    def error(self) -> ClientError | None:
        return ClientError(dict(self.data), "Recorded") if self.status >= 400 else None


class RecordedClient(InMemoryClient):
    """Lists one recording; details are whatever was recorded in the same test, and else absent."""

    def __init__(self, service: str, listing: str, recording: Recording) -> None:
        super().__init__(replies={})
        self.service, self.listing, self.recording = service, listing, recording

    def can_paginate(self, operation: str) -> bool:
        return False

    def answer(self, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == self.listing:
            if self.recording.error:
                raise self.recording.error
            return self.recording.data
        name = f"{WIRE_NAMES.get(self.service, self.service)}.{wire_case(operation)}"
        for beside in recordings_of(name, self.recording.folder):
            if names_the_same(beside.data, arguments) and not beside.error:
                return beside.data
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not recorded"}}, operation)


def wire_case(operation: str) -> str:
    return "".join(part.title() for part in operation.split("_"))


def names_the_same(answer: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """A recorded table answers for itself only."""
    table = answer.get("Table", {}).get("TableName")
    return table is None or table == arguments.get("TableName")


def decoded(value: dict[str, Any]) -> Any:
    if value.pop("__class__", None) != "datetime":
        return value
    return datetime(**{name: int(part) for name, part in value.items() if name != "tzinfo"}, tzinfo=UTC)


def recordings_of(call: str, folder: Path | None = None) -> Iterator[Recording]:
    for file in sorted((folder or RECORDINGS).glob(f"{'' if folder else '*/'}{call}_*.json")):
        found = json.loads(file.read_text(encoding="utf-8"), object_hook=decoded)
        yield Recording(folder=file.parent, status=found["status_code"], data=found["data"])


def replay(recording: Recording, scanner: Scanner) -> tuple[list[ScannedResource], ItemStatus]:
    found: list[ScannedResource] = []
    listing = scanner.listing

    def client(service: str) -> Any:
        # EBS snapshots ask EC2 about volumes as well, so only the scanner's own list is answered as such.
        return RecordedClient(service, listing.operation if service == listing.client else "", recording)

    # One recording names a load balancer twice, which a scan keeps once; the index counts it twice.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "unique", list)
        outcome = scanning.scan(client, scanner, PLACE, now=NOW, keep=found.extend)
    return found, outcome.status


def index() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((RECORDINGS / "index.json").read_text(encoding="utf-8"))
    return found


def replayed(call: str) -> tuple[list[ScannedResource], Counter[str]]:
    resources: list[ScannedResource] = []
    statuses: Counter[str] = Counter()
    for recording in recordings_of(call):
        keys = recording.data.keys() | {"Error"}
        for scanner in (BY_NAME[name] for name in CALLS[call]):
            if len(CALLS[call]) > 1 and scanner.listing.items not in keys:
                continue
            found, status = replay(recording, scanner)
            resources.extend(found)
            statuses[status] += 1
    return resources, statuses


@pytest.mark.parametrize("call", CALLS)
def test_every_recorded_resource_is_found_and_every_recorded_error_is_an_outcome(call: str) -> None:
    expected = index()["per_call"][call]

    resources, statuses = replayed(call)

    assert len(resources) == expected["items"]
    assert statuses[ItemStatus.FAILED] == expected["errors"]
    assert statuses.total() == expected["files"]


def test_every_recording_of_what_a_scanner_lists_is_replayed() -> None:
    listings = [scanner.listing for scanner in BY_NAME.values()]
    listed = {
        f"{WIRE_NAMES.get(one.client, one.client)}.{one.operation.replace('_', '')}".lower()
        for one in listings
    }

    assert {call for call in index()["per_call"] if call.lower() in listed} == CALLS.keys()


def test_recorded_instances_have_the_recorded_states_and_types() -> None:
    resources, _ = replayed("ec2.DescribeInstances")
    truth = index()["truth"]

    assert Counter(one.status for one in resources) == truth["instances_by_state"]
    assert Counter(one.instance_type or "null" for one in resources) == truth["instances_by_type"]
    assert sum(not one.tags for one in resources) == truth["instances_without_tags"]


def test_recorded_volumes_have_the_recorded_states_and_types() -> None:
    resources, _ = replayed("ec2.DescribeVolumes")
    truth = index()["truth"]

    assert Counter(one.status for one in resources) == truth["volumes_by_state"]
    assert Counter(one.configuration["volumeType"] for one in resources) == truth["volumes_by_type"]


def test_recorded_addresses_are_associated_as_recorded() -> None:
    resources, _ = replayed("ec2.DescribeAddresses")

    assert Counter(one.status for one in resources) == index()["truth"]["addresses"]


@pytest.mark.parametrize("call", CALLS)
def test_every_recorded_resource_can_be_told_apart_and_stored_as_json(call: str) -> None:
    resources, _ = replayed(call)

    for one in resources:
        assert one.resource_id
        assert one.name
        assert one.resource_id == one.known_as[0]
        assert json.loads(json.dumps(dict(one.configuration))) == one.configuration


def test_a_recorded_lifecycle_is_read_and_one_that_may_not_be_read_is_unknown() -> None:
    resources, _ = replayed("s3.ListBuckets")

    rules = [one.configuration["lifecycleRules"] for one in resources]

    assert any(rules)
    assert {
        bool(one.missing_actions) for one in resources if one.configuration["lifecycleRules"] is None
    } == {True}
