"""That somebody hears of what goes wrong, and reads what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.template.stack import CHECKOUT, Stack, target

RUNBOOKS = CHECKOUT / "docs" / "runbooks.md"
WATCHED = {
    ("AWS/ApiGateway", "5XXError"),
    ("AWS/ApiGateway", "Latency"),
    ("AWS/RDS", "CPUUtilization"),
    ("AWS/RDS", "DatabaseConnections"),
    ("AWS/RDS", "FreeStorageSpace"),
    ("AWS/RDS", "FreeableMemory"),
    ("AWS/Lambda", "Errors"),
    ("CloudOpsGuardrails", "TrailsBroken"),
}
WAITING = ("AWS/SQS", "ApproximateNumberOfMessagesVisible")


def every_dead_letter_is_told(stack: Stack) -> Iterator[str]:
    watched = {
        target(dimension["Value"])
        for alarm in stack.of("CloudWatch::Alarm").values()
        if (alarm["Namespace"], alarm["MetricName"]) == WAITING and alarm["Threshold"] == 0
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }
    for queue in (stack.dead_letter_queues | {"FailedJobsQueue"}) - watched:
        yield f"nobody hears of what arrives in {queue}"


def the_api_and_the_database_are_watched(stack: Stack) -> Iterator[str]:
    found = {(one["Namespace"], one["MetricName"]) for one in stack.of("CloudWatch::Alarm").values()}
    for metric in sorted(WATCHED - found):
        yield f"nobody watches {metric}"


def alarms_are_mailed(stack: Stack) -> Iterator[str]:
    for name, alarm in stack.of("CloudWatch::Alarm").items():
        topics = [stack.properties(action) for action in alarm.get("AlarmActions", [])]
        readers = [one for topic in topics for one in topic.get("Subscription", [])]
        if {"Protocol": "email", "Endpoint": {"Ref": "AdminEmail"}} not in readers:
            yield f"{name} reaches nobody"
        if alarm.get("OKActions") != alarm.get("AlarmActions"):
            yield f"nobody hears that {name} is over"


def only_alarms_of_this_account_are_mailed(stack: Stack) -> Iterator[str]:
    for name, policy in stack.of("SNS::TopicPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            ours = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
            if statement["Effect"] == "Allow" and statement.get("Condition") != ours:
                yield f"{name} lets {statement['Principal']} write"
    refused = [
        statement
        for policy in stack.of("SNS::TopicPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and statement["Effect"] == "Deny"
    ]
    if not refused:
        yield "alarms are taken without TLS"


def alarms_say_what_to_do(stack: Stack) -> Iterator[str]:
    headings = re.findall(r"^## (.+)$", RUNBOOKS.read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for name, alarm in stack.of("CloudWatch::Alarm").items():
        found = re.search(r"docs/runbooks\.md#([a-z0-9-]+)$", alarm.get("AlarmDescription", ""))
        if not found or found[1] not in anchors:
            yield f"{name} says nothing of what to do: {alarm.get('AlarmDescription')}"


def the_dashboard_can_be_drawn(stack: Stack) -> Iterator[str]:
    for name, dashboard in stack.of("CloudWatch::Dashboard").items():
        widgets = json.loads(target(dashboard["DashboardBody"]))["widgets"]
        if not widgets or any(one["properties"].get("region") != "${AWS::Region}" for one in widgets):
            yield f"{name} shows another region"
        # In quotes a name is matched whole, and nothing has the stack's name alone.
        if any('"${AWS::StackName}"' in search for search in searches_of(widgets)):
            yield f"{name} searches for what is called like the stack and no longer"


def searches_of(widgets: list[Any]) -> Iterator[str]:
    for widget in widgets:
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], dict):
                yield metric[0]["expression"]


INVARIANTS = (
    every_dead_letter_is_told,
    the_api_and_the_database_are_watched,
    alarms_are_mailed,
    only_alarms_of_this_account_are_mailed,
    alarms_say_what_to_do,
    the_dashboard_can_be_drawn,
)
