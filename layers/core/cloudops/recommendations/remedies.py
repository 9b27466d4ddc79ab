"""What may be done about an alert, by what drove it: data, the most particular remedies first."""

from dataclasses import dataclass

from cloudops.recommendations.models import ActionType, Kind, RiskClass


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Fits a driver whose value matches `values`, where `families` is empty or has the alert's service."""

    check_id: str
    title: str
    steps: tuple[str, ...]
    values: str = "."
    families: frozenset[str] = frozenset()
    type: ActionType = ActionType.REVIEW
    kind: Kind = Kind.COST_OPTIMIZATION
    risk: RiskClass = RiskClass.B
    confidence: str = "0.6"


GPU = r"\b(?:p[2-6][a-z]*|g[3-7][a-z]*|trn\d[a-z]*|inf\d|dl[12]q?)\.\w*(?:large|metal)"
COMPUTE = r"BoxUsage|SpotUsage|DedicatedUsage|^[a-z]\d[a-z-]*\.\w+$|^i-"

COST_REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        check_id="EC2-19",
        values=GPU,
        title="Stop the GPU instances nobody claims",
        steps=(
            "Ask the account's owner what the instances are for and when the work ends.",
            "Tag each with an owner and an end date; stop those nobody claims today.",
            "Limit GPU instance types in this account by policy or quota, so that it needs a request.",
        ),
        type=ActionType.TERMINATE,
        confidence="0.8",
    ),
    Remedy(
        check_id="NET-07",
        values=r"NatGateway-Bytes",
        title="Take the new traffic off the NAT gateway",
        steps=(
            "Find the talkers in the flow logs of the NAT gateway.",
            "Create gateway endpoints for S3 and DynamoDB and interface endpoints for the next largest services.",
        ),
    ),
    Remedy(
        check_id="NET-16",
        values=r"Regional-Bytes|xAZ",
        title="Keep the traffic within a zone",
        steps=(
            "Find the pairs that talk most in the flow logs, and the deployment that came before the change.",
            "Use zonal endpoints and private addresses; place replicas beside their readers.",
        ),
    ),
    Remedy(
        check_id="NET-17",
        values=r"DataTransfer|Out-Bytes|egress",
        title="Find and stop the outgoing traffic",
        steps=(
            "See which resource sent it, where to, and whether anybody expected it; if not, treat it as an incident.",
            "Serve what the public fetches through CloudFront; reach AWS services through VPC endpoints.",
            "Compress and cache what is sent again and again.",
        ),
    ),
    Remedy(
        check_id="EBS-10",
        values=r"SnapshotUsage",
        title="Stop snapshots from piling up",
        steps=(
            "See which job or backup plan began to take more snapshots.",
            "Give them a lifecycle policy, and delete what no image, plan or legal hold needs.",
        ),
        risk=RiskClass.C,
    ),
    Remedy(
        check_id="S3-14",
        families=frozenset({"s3"}),
        values=r"Requests-",
        title="Find who makes the requests",
        steps=(
            "Find the callers in the access logs or CloudTrail data events, and what was deployed before.",
            "Batch small writes, cache reads, and stop retry loops.",
        ),
        risk=RiskClass.A,
    ),
    Remedy(
        check_id="S3-01",
        families=frozenset({"s3"}),
        title="Give the growing buckets a lifecycle",
        steps=(
            "See which bucket and prefix grew, and whether someone changed retention or replication.",
            "Add lifecycle rules beside the present ones: move old objects, expire what nobody needs.",
            "Expire noncurrent versions and abort incomplete uploads.",
        ),
        type=ActionType.STORAGE_CLASS,
    ),
    Remedy(
        check_id="RDS-15",
        families=frozenset({"rds"}),
        values=r"Backup|Storage",
        title="Review database storage and backups",
        steps=(
            "See which database grew: tables, logs or backups.",
            "Lower backup retention to policy; remove old manual snapshots.",
        ),
    ),
    Remedy(
        check_id="RDS-02",
        families=frozenset({"rds"}),
        title="Bring the database back to the size it needs",
        steps=(
            "See which instance or class is new, who changed it, and for how long it is needed.",
            "Compare its CPU, memory and connections with the smaller class; change back in a window.",
            "Outside production, put it on a schedule that stops it at night and on weekends.",
        ),
        type=ActionType.RESIZE,
    ),
    Remedy(
        check_id="CWL-05",
        families=frozenset({"cloudwatch"}),
        title="Calm the noisy logs and metrics",
        steps=(
            "See which log group or namespace grew, and which deployment came before.",
            "Lower the log level, sample, or drop metric dimensions; set retention.",
        ),
        risk=RiskClass.A,
    ),
    Remedy(
        check_id="LAM-03",
        families=frozenset({"lambda"}),
        title="Look for failing or looping functions",
        steps=(
            "See which function's invocations or duration rose; look at its errors and retries.",
            "Break recursion, cap concurrency, and repair what fails.",
        ),
        risk=RiskClass.A,
    ),
    Remedy(
        check_id="DDB-04",
        families=frozenset({"dynamodb"}),
        title="Fit the tables' capacity to their traffic",
        steps=(
            "See which table grew and whether capacity or traffic did.",
            "Lower provisioned capacity, or choose the billing mode that fits the traffic.",
        ),
        type=ActionType.RESIZE,
    ),
    Remedy(
        check_id="GOV-09",
        families=frozenset({"marketplace"}),
        title="Ask who bought from the marketplace",
        steps=(
            "Find the subscription and who accepted its terms.",
            "Cancel it within its refund period if nobody stands for it.",
        ),
        risk=RiskClass.F,
    ),
    Remedy(
        check_id="EC2-01",
        values=COMPUTE,
        title="Check what the added instances are for",
        steps=(
            "See which instances, groups or launch templates are new, and which deployment or team started them.",
            "Tag them with an owner; stop or shrink what is idle.",
            "Put what runs outside production on a schedule.",
        ),
        type=ActionType.SCHEDULE,
    ),
)

RELIABILITY_REMEDIES: dict[str, Remedy] = {
    "5xx_count": Remedy(
        check_id="REL-12",
        title="Find and stop the server errors",
        steps=(
            "Compare the time of the first errors with deployments and configuration changes; roll back if they match.",
            "Look at the logs and traces of the failing requests, and at dependencies' own errors and limits.",
            "Write down the cause, and add an alarm that would have seen it earlier.",
        ),
        confidence="0.7",
    ),
    "p95_latency_ms": Remedy(
        check_id="REL-12",
        title="Find what made requests slow",
        steps=(
            "Compare the time with deployments, traffic and the saturation of CPU, memory and connections.",
            "Trace slow requests to the call that waits: database, cache or another service.",
            "Add capacity or roll back; then remove the cause.",
        ),
        confidence="0.6",
    ),
}

FALLBACK_METRIC = Remedy(
    check_id="REL-12",
    title="Find out why the metric left its band",
    steps=(
        "Compare the time with deployments and configuration changes.",
        "Look at logs and traces of that time, and tell the service's owner.",
    ),
    confidence="0.4",
)

MORE_SPEND = Remedy(
    check_id="GOV-10",
    title="Find out what drove the cost",
    steps=(
        "Open the drivers of this alert, largest first, and ask their owners whether the change was planned.",
        "If it was, resolve the alert with that reason; if not, undo the change.",
        "Set a budget on the service so that the next change is seen earlier.",
    ),
    risk=RiskClass.A,
    confidence="0.4",
)

LESS_SPEND = Remedy(
    check_id="GOV-10",
    title="Find out why spend fell",
    steps=(
        "Check that the service still runs: falling cost may be a failure or a stopped job.",
        "Check that the export is complete for these days.",
        "If the fall was planned, resolve the alert with that reason.",
    ),
    risk=RiskClass.A,
    confidence="0.4",
)
