"""Whether everybody may read or write a bucket: its policy, its list of grants, and the block that overrules both."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Answered, Arguments, Detail
from cloudops.inventory.models import Json, Place

BLOCK, POLICY, GRANTS = "get_public_access_block", "get_bucket_policy_status", "get_bucket_acl"
GONE = "NoSuchBucket"
# The IAM action of each.
PERMISSIONS = {
    BLOCK: "s3:GetBucketPublicAccessBlock",
    POLICY: "s3:GetBucketPolicyStatus",
    GRANTS: "s3:GetBucketAcl",
}
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
EVERYBODY = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)

type Answers = Mapping[str, Answered | None]


def per_bucket(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    return ({"Bucket": item["Name"]} for item in items)


def about_a_bucket(operation: str, *absent: str) -> Detail:
    return Detail(
        client="s3",
        operation=operation,
        permission=PERMISSIONS[operation],
        requests=per_bucket,
        absent=frozenset((GONE, *absent)),
        per_resource=True,
    )


ACCESS_DETAILS = (
    about_a_bucket(BLOCK, "NoSuchPublicAccessBlockConfiguration"),
    about_a_bucket(POLICY, "NoSuchBucketPolicy"),
    about_a_bucket(GRANTS),
)


def access_of(answers: Answers) -> dict[str, Json]:
    """Each None where it could not be read. Only the bucket's own block is looked at, not the account's."""
    block = settings_of(answers[BLOCK])
    by_policy = both(policy_is_public(answers[POLICY]), negated(block["RestrictPublicBuckets"]))
    by_grant = both(grants_everybody(answers[GRANTS]), negated(block["IgnorePublicAcls"]))
    blocked = all(block.values()) if None not in block.values() else None
    return {
        "publicAccessBlocked": blocked,
        "publicByPolicy": by_policy,
        "publicByGrant": by_grant,
        "public": negated(both(negated(by_policy), negated(by_grant))),
    }


def settings_of(answered: Answered | None) -> dict[str, bool | None]:
    if answered is None or answered.denied:
        return dict.fromkeys(SETTINGS)
    written = (answered.answer or {}).get("PublicAccessBlockConfiguration", {})
    return {name: bool(written.get(name, False)) for name in SETTINGS}


def policy_is_public(answered: Answered | None) -> bool | None:
    if answered is None or answered.denied:
        return None
    return bool((answered.answer or {}).get("PolicyStatus", {}).get("IsPublic", False))


def grants_everybody(answered: Answered | None) -> bool | None:
    if answered is None or answered.denied:
        return None
    grants = (answered.answer or {}).get("Grants", ())
    return any(one.get("Grantee", {}).get("URI") in EVERYBODY for one in grants)


def both(one: bool | None, other: bool | None) -> bool | None:
    """False once either is, else None where either is not known."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def negated(one: bool | None) -> bool | None:
    return None if one is None else not one
