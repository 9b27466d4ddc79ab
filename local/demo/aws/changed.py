"""What the platform's actions did to the demo's accounts: done again after a start, and as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

from local.aws import EmulatedAws
from local.demo.aws.roles import owner_arn
from local.demo.changes import Change, Changes, Place, place_of

type Action = Mapping[str, Any]
"""As the API shows one, with its plan and its steps."""


def do_again(aws: EmulatedAws, actions: Iterable[Action]) -> None:
    """Every call that a read showed to have landed, in the order in which they were made."""
    sessions: dict[str, Mapping[str, str]] = {}
    for action in actions:
        account_id = action["account_id"]
        if account_id not in sessions:
            sessions[account_id] = session_in(aws, account_id)
        for call in calls_of(action):
            client = aws.client(call["service"], region=action["region"], session=sessions[account_id])
            getattr(client, call["operation"])(**call["arguments"])


def session_in(aws: EmulatedAws, account_id: str) -> Mapping[str, str]:
    assumed = aws.client("sts").assume_role(RoleArn=owner_arn(account_id), RoleSessionName="demo")
    credentials: Mapping[str, str] = assumed["Credentials"]
    return credentials


def calls_of(action: Action) -> list[Mapping[str, Any]]:
    """Of an action that was rolled back none is left: it is as it was before."""
    if action["status"] == "rolled_back" or not action["plan"]:
        return []
    landed = [one for one in action["steps"] if one["status"] == "landed" and one["direction"] == "forth"]
    calls = [action["plan"]["steps"][one["number"] - 1]["call"] for one in landed]
    known = {"$action": action["id"], "$token": f"again-{action['id']}"}
    return [{**call, "arguments": filled_in(call["arguments"], known)} for call in calls]


def filled_in(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {name: filled_in(one, known) for name, one in value.items()}
        case list():
            return [filled_in(one, known) for one in value]
        case str():
            return known.get(value, value)
        case _:
            return value


def standing(actions: Iterable[Action]) -> Changes:
    """How what was changed is found in its account now, since the day on which the change ended.

    Changes that no price of the demo's bill depends on are not among them.
    """
    found: dict[Place, Change] = {}
    for action in actions:
        look = LOOKS.get(action["type"])
        if look and action["status"] == "completed":
            since = date.fromisoformat(action["finished_at"][:10])
            found[place_of(action["account_id"], action["resource_id"])] = look(action, since)
    return found


def instance(action: Action, since: date) -> Change:
    one = ec2_of(action).get_instance(action["resource_id"])
    return Change(since=since, kind=one.instance_type, stopped=one.state == "stopped")


def volume(action: Action, since: date) -> Change:
    one = ec2_of(action).volumes.get(action["resource_id"])
    return Change(since=since, kind=one and one.volume_type, gone=one is None)


def snapshot(action: Action, since: date) -> Change:
    return Change(since=since, gone=action["resource_id"] not in ec2_of(action).snapshots)


def address(action: Action, since: date) -> Change:
    known = {one.allocation_id for one in ec2_of(action).addresses}
    return Change(since=since, gone=action["resource_id"] not in known)


def balancer(action: Action, since: date) -> Change:
    known = elbv2_backends[action["account_id"]][action["region"]].load_balancers
    return Change(since=since, gone=action["resource_id"] not in known)


def database(action: Action, since: date) -> Change:
    backend: Any = rds_backends[action["account_id"]][action["region"]]
    one = backend.databases[action["resource_id"]]
    return Change(since=since, kind=one.db_instance_class, stopped=one.status == "stopped")


def ec2_of(action: Action) -> Any:
    return ec2_backends[action["account_id"]][action["region"]]


LOOKS: Mapping[str, Callable[[Action, date], Change]] = {
    "ec2.stop": instance,
    "ec2.start": instance,
    "ec2.resize": instance,
    "ebs.modify": volume,
    "ebs.delete": volume,
    "ebs.delete_snapshot": snapshot,
    "ec2.release_address": address,
    "elb.delete": balancer,
    "rds.resize": database,
    "rds.stop": database,
}
