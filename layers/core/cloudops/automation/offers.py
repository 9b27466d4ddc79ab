"""Which change carries out which recommendation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudops.automation.models import Target
from cloudops.recommendations.life import RecommendationDetail

type Params = Mapping[str, Any]
type Named = Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class Offer:
    type: str
    target: Target
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How recommendations of a check become an executor's parameters; None where this one cannot.

    `named` is how the executor calls a resource that bills and scans call by an id or an ARN; None for another kind.
    """

    type: str
    params: Callable[[RecommendationDetail], Params | None]
    named: Named


def by(pattern: str) -> Named:
    """The group of the pattern in an ARN or an id."""
    compiled = re.compile(pattern, re.ASCII)

    def named(resource_id: str) -> str | None:
        found = compiled.fullmatch(resource_id)
        return found["name"] if found else None

    return named


def in_ec2(prefix: str) -> Named:
    return by(rf"(arn:aws[a-z-]*:ec2:[a-z0-9-]*:[0-9]*:[a-z-]+/)?(?P<name>{prefix}-[0-9a-f]{{8,17}})")


INSTANCE, VOLUME, SNAPSHOT, ADDRESS = in_ec2("i"), in_ec2("vol"), in_ec2("snap"), in_ec2("eipalloc")
DATABASE = by(r"(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db:)?(?P<name>[A-Za-z][A-Za-z0-9-]{0,62})")
BUCKET = by(r"(arn:aws[a-z-]*:s3:::)?(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])")
LOG_GROUP = by(r"(arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:)?(?P<name>[\w./#-]{1,512})(:\*)?")
# A classic load balancer has no kind in its ARN, and an API of its own.
BALANCER = by(
    r"(?P<name>arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/(app|net|gwy)/[\w-]+/[0-9a-f]+)"
)


def nothing(_found: RecommendationDetail) -> Params:
    return {}


def instance_type(found: RecommendationDetail) -> Params | None:
    wanted = one_type(found, "instanceType")
    return {"instance_type": wanted} if wanted else None


def instance_class(found: RecommendationDetail) -> Params | None:
    wanted = one_type(found, "instanceClass")
    return {"instance_class": f"db.{wanted.removeprefix('db.')}"} if wanted else None


def one_type(found: RecommendationDetail, name: str) -> str | None:
    """As checks of the inventory name it, or those of the bill, which tell several where it ran on several."""
    wanted = str(found.recommended_config.get(name) or found.recommended_config.get("instance_type") or "")
    return wanted if re.fullmatch(r"[a-z0-9.-]+", wanted) else None


def on_gp3(found: RecommendationDetail) -> Params | None:
    """With the IOPS and the throughput that the saving was reckoned with."""
    wanted = found.recommended_config
    iops, throughput = wanted.get("iops"), wanted.get("throughput") or wanted.get("throughput_mib_s")
    if not iops or not throughput:
        return None
    return {"volume_type": "gp3", "iops": int(iops), "throughput": int(throughput)}


def kept_days(found: RecommendationDetail) -> Params | None:
    days = found.recommended_config.get("retentionDays")
    return {"days": int(days)} if days else None


def tiered(_found: RecommendationDetail) -> Params:
    """It deletes nothing: what expires is for the bucket's owner to say."""
    return {"storage_class": "INTELLIGENT_TIERING", "after_days": 0, "abort_uploads_after_days": 7}


def twelve_hours(_found: RecommendationDetail) -> Params:
    """The hours that its saving was reckoned with. The role that the schedules act by is for whoever asks to name."""
    return {"stop": "cron(0 19 ? * MON-FRI *)", "start": "cron(0 7 ? * MON-FRI *)", "timezone": "UTC"}


# A check that is not here is carried out by hand.
WAYS: Mapping[str, Way] = {
    "EC2-01": Way(type="ec2.stop", params=nothing, named=INSTANCE),
    "EC2-02": Way(type="ec2.resize", params=instance_type, named=INSTANCE),
    "EC2-04": Way(type="ec2.resize", params=instance_type, named=INSTANCE),
    "EC2-08": Way(type="schedule.off_hours", params=twelve_hours, named=INSTANCE),
    "EBS-01": Way(type="ebs.delete", params=nothing, named=VOLUME),
    "EBS-04": Way(type="ebs.modify", params=on_gp3, named=VOLUME),
    "EBS-10": Way(type="ebs.delete_snapshot", params=nothing, named=SNAPSHOT),
    "EBS-11": Way(type="ebs.delete_snapshot", params=nothing, named=SNAPSHOT),
    "NET-01": Way(type="ec2.release_address", params=nothing, named=ADDRESS),
    "NET-14": Way(type="elb.delete", params=nothing, named=BALANCER),
    "RDS-01": Way(type="rds.stop", params=nothing, named=DATABASE),
    "RDS-02": Way(type="rds.resize", params=instance_class, named=DATABASE),
    "RDS-03": Way(type="rds.resize", params=instance_class, named=DATABASE),
    "RDS-04": Way(type="rds.resize", params=instance_class, named=DATABASE),
    "RDS-11": Way(type="schedule.off_hours", params=twelve_hours, named=DATABASE),
    "S3-01": Way(type="s3.lifecycle", params=tiered, named=BUCKET),
    "S3-06": Way(type="s3.lifecycle", params=tiered, named=BUCKET),
    "CWL-01": Way(type="logs.retention", params=kept_days, named=LOG_GROUP),
}


def offer_of(found: RecommendationDetail) -> Offer | None:
    way = WAYS.get(found.check_id)
    if way is None or not (found.account_id and found.region and found.resource_id):
        return None
    params, resource_id = way.params(found), way.named(found.resource_id)
    if params is None or resource_id is None:
        return None
    target = Target(account_id=found.account_id, region=found.region, resource_id=resource_id)
    return Offer(type=way.type, target=target, params=params)
