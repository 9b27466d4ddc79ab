"""The first set of security policies, as data. Every tenant has them, enabled, from the first scan on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloudops.compliance.policies.models import PolicyType, Severity


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """One step per line in `remediation`."""

    id: str
    name: str
    description: str
    severity: Severity
    resource_types: Sequence[str]
    expression: Mapping[str, Any]
    remediation: str
    type: PolicyType = "security"


def fact(name: str, value: bool = True) -> dict[str, Any]:
    return {"field": f"configuration.{name}", "op": "eq", "value": value}


SECURITY_POLICIES: tuple[BuiltIn, ...] = (
    BuiltIn(
        id="aws-s3-public-bucket",
        name="S3 buckets are not public",
        description="A policy or a grant gives everybody access, and the bucket's block does not prevent it.",
        severity="critical",
        resource_types=["S3"],
        expression=fact("public"),
        remediation="Make sure that nothing is meant to be read by everybody; serve it by CloudFront if it is.\n"
        "Switch all four settings of the bucket's public access block on.\n"
        "Remove the policy's statement or the grant that names everybody.",
    ),
    BuiltIn(
        id="aws-s3-public-access-block",
        name="S3 buckets block public access",
        description="A public access block keeps a later mistake from making the bucket public.",
        severity="medium",
        resource_types=["S3"],
        expression=fact("publicAccessBlocked", value=False),
        remediation="Switch all four settings of the bucket's public access block on.",
    ),
    BuiltIn(
        id="aws-sg-admin-ports-open",
        name="SSH and RDP are closed to the internet",
        description="Port 22 or 3389 is open to 0.0.0.0/0 or ::/0.",
        severity="critical",
        resource_types=["Security Group"],
        expression={
            "any": [
                {"field": "configuration.openAdminPorts", "op": "contains", "value": 22},
                {"field": "configuration.openAdminPorts", "op": "contains", "value": 3389},
            ]
        },
        remediation="Find in the flow logs who connects to the port.\n"
        "Use Session Manager or a VPN in place of the open port.\n"
        "Take the rule away, or narrow it to the addresses that need it.",
    ),
    BuiltIn(
        id="aws-sg-open-to-the-world",
        name="Security groups open nothing but web ports to the internet",
        description="Ports other than 80 and 443 are open to 0.0.0.0/0 or ::/0.",
        severity="high",
        resource_types=["Security Group"],
        expression=fact("opensOtherPorts"),
        remediation="Find out what listens on the ports, and who has to reach it.\n"
        "Put a load balancer in front of it, or narrow the rule to the addresses that need it.",
    ),
    BuiltIn(
        id="aws-ebs-unencrypted",
        name="EBS volumes are encrypted",
        description="The volume's data lies unencrypted.",
        severity="medium",
        resource_types=["EBS"],
        expression=fact("encrypted", value=False),
        remediation="Switch encryption by default on for the region.\n"
        "Copy a snapshot of the volume with encryption, and replace the volume by one made from the copy.",
    ),
    BuiltIn(
        id="aws-ebs-snapshot-unencrypted",
        name="EBS snapshots are encrypted",
        description="The snapshot's data lies unencrypted.",
        severity="medium",
        resource_types=["EBS Snapshot"],
        expression=fact("encrypted", value=False),
        remediation="Copy the snapshot with encryption.\nDelete the original once nothing refers to it.",
    ),
    BuiltIn(
        id="aws-rds-unencrypted",
        name="RDS instances are encrypted",
        description="The database's storage is not encrypted.",
        severity="high",
        resource_types=["RDS"],
        expression=fact("encrypted", value=False),
        remediation="Copy a snapshot of the database with encryption, and restore an instance from the copy.\n"
        "Move the clients to it, and delete the original.",
    ),
    BuiltIn(
        id="aws-rds-publicly-accessible",
        name="RDS instances are not publicly accessible",
        description="The database has an address that the internet can reach.",
        severity="critical",
        resource_types=["RDS"],
        expression=fact("publiclyAccessible"),
        remediation="Make sure that all clients reach the database's private address.\n"
        "Modify the instance to be not publicly accessible.",
    ),
    BuiltIn(
        id="aws-iam-old-access-key",
        name="IAM access keys are younger than 90 days",
        description="An active access key was made more than 90 days ago.",
        severity="high",
        resource_types=["IAM Access Key"],
        expression={
            "all": [
                {"field": "status", "op": "eq", "value": "Active"},
                {"field": "configuration.createdAt", "op": "older_than_days", "value": 90},
            ]
        },
        remediation="Make a role take the key's place where it can.\n"
        "Else make a second key, move its users to it, deactivate the old one, and delete it after a week.",
    ),
    BuiltIn(
        id="aws-root-access-key",
        name="The root user has no access key",
        description="A key of the root user may do everything in the account.",
        severity="critical",
        resource_types=["AWS Account"],
        expression=fact("rootAccessKey"),
        remediation="Find out what uses the key, and give it a role.\nDelete the key, signed in as the root user.",
    ),
    BuiltIn(
        id="aws-root-mfa",
        name="The root user has a second factor",
        description="Whoever knows the root user's password has the account.",
        severity="critical",
        resource_types=["AWS Account"],
        expression=fact("rootMfa", value=False),
        remediation="Sign in as the root user, and register a second factor.",
    ),
)
BUILT_IN_NAMES = frozenset(one.name for one in SECURITY_POLICIES)
