"""Answers of AWS about as many resources as wanted, made page by page, so that they take no memory themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
MADE = NOW - timedelta(days=200)
PAGE = 500
HOURS = tuple(NOW - timedelta(hours=n) for n in range(336, 0, -1))
# GetMetricData answers up to 100,800 datapoints at a time.
RESULTS_PER_PAGE = 300
# An idle one, a busy one, and one that is too large, in turn.
LOADS = ((1.0,) * 336, (60.0,) * 336, (12.0,) * 336)
SHARES = {
    "instances": 0.40,
    "volumes": 0.40,
    "snapshots": 0.08,
    "functions": 0.06,
    "databases": 0.03,
    "logs": 0.03,
}
ACCOUNT, REGION = "222233334444", "us-east-1"
TAGS = [{"Key": "team", "Value": "shop"}, {"Key": "environment", "Value": "production"}]

type Answer = dict[str, Any]


def counts_of(resources: int) -> dict[str, int]:
    return {kind: round(resources * share) for kind, share in SHARES.items()}


def instance(number: int) -> Answer:
    return {
        "InstanceId": f"i-{number:017x}",
        "InstanceType": "m5.xlarge",
        "State": {"Name": "stopped" if number % 10 == 0 else "running"},
        "StateTransitionReason": "User initiated (2026-05-01 10:00:00 GMT)" if number % 10 == 0 else "",
        "LaunchTime": MADE,
        "BlockDeviceMappings": [{"Ebs": {"VolumeId": f"vol-{number:017x}"}}],
        "Tags": [{"Key": "Name", "Value": f"machine {number}"}, *TAGS],
    }


def volume(number: int) -> Answer:
    attached = [{"InstanceId": f"i-{number:017x}", "Device": "/dev/sdf"}] if number % 5 else []
    return {
        "VolumeId": f"vol-{number:017x}",
        "State": "in-use" if attached else "available",
        "VolumeType": "gp2" if number % 2 else "gp3",
        "Size": 100,
        "Iops": 300,
        "CreateTime": MADE,
        "Attachments": attached,
        "Tags": TAGS,
    }


def snapshot(number: int) -> Answer:
    return {
        "SnapshotId": f"snap-{number:017x}",
        "VolumeId": f"vol-{number:017x}",
        "VolumeSize": 100,
        "StartTime": MADE,
    }


def function(number: int) -> Answer:
    name = f"function-{number}"
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    return {
        "FunctionName": name,
        "FunctionArn": arn,
        "MemorySize": 1024,
        "Timeout": 30,
        "Runtime": "python3.12",
    }


def database(number: int) -> Answer:
    return {
        "DBInstanceIdentifier": f"database-{number}",
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:database-{number}",
        "DBInstanceClass": "db.r5.xlarge",
        "DBInstanceStatus": "available",
        "Engine": "postgres",
        "AllocatedStorage": 500,
        "StorageType": "gp2",
        "InstanceCreateTime": MADE,
        "TagList": TAGS,
    }


def log_group(number: int) -> Answer:
    name = f"/service/{number}"
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"
    created = int(MADE.timestamp() * 1000)
    return {"logGroupName": name, "arn": arn, "storedBytes": 10**10, "creationTime": created}


def in_reservations(items: list[Answer]) -> Answer:
    return {"Reservations": [{"Instances": items}]}


def under(key: str) -> Callable[[list[Answer]], Answer]:
    return lambda items: {key: items}


LISTS: dict[tuple[str, str], tuple[str, Callable[[int], Answer], Callable[[list[Answer]], Answer]]] = {
    ("ec2", "describe_instances"): ("instances", instance, in_reservations),
    ("ec2", "describe_volumes"): ("volumes", volume, under("Volumes")),
    ("ec2", "describe_snapshots"): ("snapshots", snapshot, under("Snapshots")),
    ("lambda", "list_functions"): ("functions", function, under("Functions")),
    ("rds", "describe_db_instances"): ("databases", database, under("DBInstances")),
    ("logs", "describe_log_groups"): ("logs", log_group, under("logGroups")),
}


@dataclass(frozen=True, kw_only=True)
class SyntheticClient:
    service: str
    counts: dict[str, int]

    def can_paginate(self, _operation: str) -> bool:
        return True

    def get_paginator(self, operation: str) -> SyntheticPaginator:
        return SyntheticPaginator(client=self, operation=operation)

    def __getattr__(self, operation: str) -> Callable[..., Answer]:
        """Details: no tags beyond those of the lists, and every volume of a snapshot is gone."""
        return lambda **_arguments: {}


@dataclass(frozen=True, kw_only=True)
class SyntheticPaginator:
    client: SyntheticClient
    operation: str

    def paginate(self, **arguments: Any) -> Iterator[Answer]:
        if self.operation == "get_metric_data":
            yield from metric_pages(arguments["MetricDataQueries"])
        elif self.operation == "list_metrics":
            yield {"Metrics": []}
        elif found := LISTS.get((self.client.service, self.operation)):
            kind, make, wrapped = found
            total = self.client.counts[kind]
            for start in range(0, total, PAGE):
                yield wrapped([make(number) for number in range(start, min(total, start + PAGE))])


def metric_pages(queries: list[Answer]) -> Iterator[Answer]:
    for start in range(0, len(queries), RESULTS_PER_PAGE):
        page = queries[start : start + RESULTS_PER_PAGE]
        results = [
            {"Id": one["Id"], "StatusCode": "Complete", "Timestamps": HOURS, "Values": LOADS[load_of(one)]}
            for one in page
        ]
        yield {"MetricDataResults": results}


def load_of(query: Answer) -> int:
    """Of one resource all metrics are alike."""
    return sum(map(ord, query["MetricStat"]["Metric"]["Dimensions"][0]["Value"])) % len(LOADS)
