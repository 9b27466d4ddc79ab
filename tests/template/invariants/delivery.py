"""That no message and no scheduled run is lost: queues, retries and dead letters."""

from collections.abc import Iterator

from tests.template.stack import Stack, target

LONGEST_RETENTION = 14 * 24 * 3600
FEWEST_ATTEMPTS = 5
SCHEDULES = {
    (
        "DiscoverDeliveriesFunction",
        "rate(1 hour)",
        '{"bucket": "${ExportBucket}", "prefix": "${ExportPrefix}"}',
    ),
    ("DispatchJobsFunction", "cron(0 6 * * ? *)", '{"job": "anomalies.detect"}'),
    ("DispatchJobsFunction", "cron(0 7 * * ? *)", '{"job": "scans.finops"}'),
    ("DispatchJobsFunction", "cron(30 6 * * ? *)", '{"job": "scans.compliance"}'),
    ("DispatchJobsFunction", "cron(30 7 * * ? *)", '{"job": "scans.policy"}'),
    ("DispatchJobsFunction", "cron(30 6 * * ? *)", '{"job": "scans.security"}'),
    ("DispatchJobsFunction", "rate(5 minutes)", '{"job": "costs.discover"}'),
    ("DispatchJobsFunction", "cron(0 8 * * ? *)", '{"job": "savings.measure"}'),
    ("DispatchJobsFunction", "rate(1 hour)", '{"job": "actions.choose"}'),
    ("DispatchJobsFunction", "rate(1 minute)", '{"job": "notifications.send"}'),
    ("DispatchJobsFunction", "rate(1 minute)", '{"job": "actions.execute"}'),
    ("DispatchJobsFunction", "rate(5 minutes)", '{"job": "costs.cost_explorer"}'),
    ("DispatchJobsFunction", "cron(30 4 * * ? *)", '{"job": "accounts.verify"}'),
    ("DispatchJobsFunction", "cron(0 5 * * ? *)", '{"job": "inventory.scan"}'),
    ("DispatchJobsFunction", "rate(15 minutes)", '{"job": "reliability.ingest"}'),
    ("DispatchJobsFunction", "rate(5 minutes)", '{"job": "costs.attribute"}'),
    ("PruneDeliveriesFunction", "cron(0 3 ? * SUN *)", ""),
    ("AnchorTrailFunction", "rate(1 hour)", ""),
    ("ArchiveRowsFunction", "cron(0 2 1 * ? *)", ""),
}
# Every function whose runs may start the next one without end, with the reason.
GOES_ON = {"ExecuteActionsFunction": "It looks again until the change is done, or its patience is."}
FEEDS = {
    "DiscoverDeliveriesFunction": "DiscoverDeliveriesQueue",
    "ScanInventoryFunction": "InventoryScanQueue",
    "IngestCostExplorerFunction": "IngestCostExplorerQueue",
    "IngestMetricsFunction": "ReliabilityIngestQueue",
    "AttributeCostsFunction": "CostsAttributeQueue",
    "VerifyAccountsFunction": "VerifyAccountsQueue",
    "ExecuteActionsFunction": "ActionsExecuteQueue",
    "ChooseActionsFunction": "ActionsChooseQueue",
    "SendNotificationsFunction": "NotificationsSendQueue",
    "IngestPartFunction": "IngestPartsQueue",
    "DetectAnomaliesFunction": "AnomaliesDetectQueue",
    "MakeRecommendationsFunction": "ScansFinopsQueue",
    "MeasureSavingsFunction": "SavingsMeasureQueue",
    "ExportEventsFunction": "ExportEventsQueue",
    "RestoreArchiveFunction": "RestoreArchiveQueue",
    "ScanComplianceFunction": "ScansComplianceQueue",
    "ScanPoliciesFunction": "ScansPolicyQueue",
    "ScanSecurityFunction": "ScansSecurityQueue",
}
# Every function that a queue feeds and that is started asynchronously as well, with the reason.
STARTED_BOTH_WAYS = {
    "DiscoverDeliveriesFunction": "The schedule looks into the stack's own bucket, messages into data sources.",
}


def functions_read_the_queues_that_are_theirs(stack: Stack) -> Iterator[str]:
    for name in FEEDS.keys() | stack.queue_of.keys():
        if stack.queue_of.get(name) != FEEDS.get(name):
            yield f"{name} reads {stack.queue_of.get(name)}, not {FEEDS.get(name)}"


def messages_that_keep_failing_reach_a_dead_letter_queue(stack: Stack) -> Iterator[str]:
    for name in stack.queue_of.values():
        redrive = stack.properties({"Ref": name}).get("RedrivePolicy", {})
        dead_letters = stack.properties(redrive.get("deadLetterTargetArn", ""))
        if not dead_letters or redrive.get("maxReceiveCount", 0) < FEWEST_ATTEMPTS:
            yield f"{name} drops what fails"
        elif dead_letters.get("MessageRetentionPeriod") != LONGEST_RETENTION:
            yield f"{name} keeps its dead letters too short a time"


def dead_letter_queues_serve_one_queue_each(stack: Stack) -> Iterator[str]:
    served = [q["RedrivePolicy"] for q in stack.of("SQS::Queue").values() if "RedrivePolicy" in q]
    if len(served) != len(stack.dead_letter_queues):
        yield "queues share a dead-letter queue"


def queues_are_encrypted(stack: Stack) -> Iterator[str]:
    for name, queue in stack.of("SQS::Queue").items():
        if queue.get("KmsMasterKeyId") != {"Ref": "Key"}:
            yield f"{name} is not encrypted"


def a_slow_run_is_not_started_twice(stack: Stack) -> Iterator[str]:
    # AWS asks for six times the timeout: "Configuring a queue to use with Lambda".
    for name, queue in stack.queue_of.items():
        hidden = stack.properties({"Ref": queue}).get("VisibilityTimeout", 30)
        if hidden < 6 * stack.functions[name]["Timeout"]:
            yield f"{queue} shows a message again after {hidden} s"


def one_bad_message_does_not_repeat_the_others(stack: Stack) -> Iterator[str]:
    for mapping in stack.of("Lambda::EventSourceMapping").values():
        name = target(mapping["FunctionName"])
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} fails by the batch"
        if mapping.get("BatchSize") != 1:
            yield f"{name} runs several long jobs within one timeout"
        if mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 1000) > 10:
            yield f"{name} may open any number of connections"


def failed_runs_are_kept(stack: Stack) -> Iterator[str]:
    destinations = {
        target(invocation["FunctionName"]): invocation.get("DestinationConfig", {}).get("OnFailure", {})
        for invocation in stack.of("Lambda::EventInvokeConfig").values()
    }
    # What is neither a route nor fed by a queue alone is started asynchronously, or may be.
    fed = stack.queue_of.keys() - STARTED_BOTH_WAYS.keys()
    for name in stack.functions.keys() - stack.api_functions - fed:
        kept = stack.properties(destinations.get(name, {}).get("Destination", ""))
        if kept.get("MessageRetentionPeriod") != LONGEST_RETENTION:
            yield f"{name} fails without a trace"
    for name in sorted(destinations.keys() & fed):
        yield f"{name} has a destination for failures that its queue keeps"
    for name in sorted({function for function, _, _ in scheduled(stack)} & fed):
        yield f"{name} is fed by a queue and scheduled, too"


def schedules_are_those_of_the_jobs(stack: Stack) -> Iterator[str]:
    found = scheduled(stack)
    yield from (f"{job} is scheduled" for job in sorted(found - SCHEDULES, key=str))
    yield from (f"{job} is not scheduled" for job in sorted(SCHEDULES - found))


def schedules_that_reach_no_function_are_kept(stack: Stack) -> Iterator[str]:
    accepting = {
        target(queue)
        for policy in stack.of("SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
        and statement["Action"] == "sqs:SendMessage"
        and "aws:SourceArn" in statement.get("Condition", {}).get("ArnLike", {})
        for queue in policy["Queues"]
    }
    for name, rule in stack.of("Events::Rule").items():
        for t in rule["Targets"]:
            if target(t.get("DeadLetterConfig", {}).get("Arn", "")) not in accepting:
                yield f"{name} is lost where its function cannot be reached"


def a_long_wait_is_no_loop(stack: Stack) -> Iterator[str]:
    """Lambda ends a chain of runs through one queue after sixteen, but for functions that may go on."""
    for name, function in stack.functions.items():
        if (function.get("RecursiveLoop", "Terminate") == "Allow") != (name in GOES_ON):
            yield f"chains of {name} are ended where they should not be, or go on for ever"


def scheduled(stack: Stack) -> set[tuple[str, str | None, str]]:
    """Function, expression and input of every schedule."""
    return {
        (target(t["Arn"]), rule.get("ScheduleExpression"), target(t.get("Input", "")))
        for rule in stack.of("Events::Rule").values()
        for t in rule["Targets"]
    }


INVARIANTS = (
    functions_read_the_queues_that_are_theirs,
    messages_that_keep_failing_reach_a_dead_letter_queue,
    dead_letter_queues_serve_one_queue_each,
    queues_are_encrypted,
    a_slow_run_is_not_started_twice,
    one_bad_message_does_not_repeat_the_others,
    failed_runs_are_kept,
    schedules_are_those_of_the_jobs,
    schedules_that_reach_no_function_are_kept,
    a_long_wait_is_no_loop,
)
