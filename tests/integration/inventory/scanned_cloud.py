"""A small cloud whose services can be made to fail, and a scan of it into a tenant's tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cloudops.inventory import use_cases as inventory
from cloudops.inventory.models import AccountAccess, Place
from tests.integration.tenant import Tenant
from tests.unit.inventory.aws_fakes import Reply, clients_of

ACCOUNT = "222233334444"
HERE = Place(account_id=ACCOUNT, region="eu-west-1")
NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
MADE = NOW - timedelta(days=200)


def instance(instance_id: str, state: str = "running", **fields: Any) -> dict[str, Any]:
    return {
        "InstanceId": instance_id,
        "InstanceType": "m5.xlarge",
        "State": {"Name": state},
        "LaunchTime": MADE,
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": f"vol-of-{instance_id}"}}],
        **fields,
    }


def volume(volume_id: str, state: str = "in-use", **fields: Any) -> dict[str, Any]:
    return {
        "VolumeId": volume_id,
        "State": state,
        "VolumeType": "gp2",
        "Size": 100,
        "Iops": 300,
        "CreateTime": MADE,
        "Attachments": [],
        **fields,
    }


def gateway(gateway_id: str) -> dict[str, Any]:
    return {"NatGatewayId": gateway_id, "State": "available", "VpcId": "vpc-1", "CreateTime": MADE}


@dataclass
class Cloud:
    """Replies by service and operation, as scanners ask for them; what is not named is empty."""

    replies: dict[str, dict[str, Reply]] = field(default_factory=dict)

    def answers(self, service: str, **operations: Reply) -> None:
        self.replies.setdefault(service, {}).update(operations)

    def runs(self, *instances: Mapping[str, Any]) -> None:
        self.answers("ec2", describe_instances={"Reservations": [{"Instances": list(instances)}]})

    def has_volumes(self, *volumes: Mapping[str, Any]) -> None:
        self.answers("ec2", describe_volumes={"Volumes": list(volumes)})


def plan(tenant: Tenant, *accounts: AccountAccess, cloud: Cloud | None = None, at: datetime = NOW) -> UUID:
    run_id = uuid4()
    chosen = accounts or (AccountAccess(account_id=ACCOUNT, regions=(HERE.region,)),)
    clients = clients_of(**(cloud or Cloud()).replies)
    inventory.plan(tenant.transaction, run_id, chosen, clients=lambda _access: clients, now=at)
    return run_id


def scan(tenant: Tenant, cloud: Cloud, *, at: datetime = NOW, run_id: UUID | None = None) -> UUID:
    """A run over the one region, to its end."""
    run_id = run_id or plan(tenant, at=at)
    inventory.scan_place(
        tenant.transaction,
        run_id,
        HERE,
        clients=clients_of(**cloud.replies),
        clock=lambda: at,
        has_time=lambda: True,
    )
    return run_id


def outcomes(tenant: Tenant, run_id: UUID) -> dict[str, str]:
    rows = tenant.rows("select service, status from scan_items where run_id = %s", [run_id])
    return dict(rows)  # type: ignore[arg-type]


def stored(tenant: Tenant) -> dict[str, str | None]:
    """Status by resource."""
    return dict(tenant.rows("select resource_id, status from resources order by resource_id"))  # type: ignore[arg-type]
