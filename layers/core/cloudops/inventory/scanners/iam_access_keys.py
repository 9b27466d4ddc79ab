from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.times import iso

KEYS = "list_access_keys"


def key_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    return ({"UserName": item["UserName"]} for item in items)


def parse(page: Page, _place: Place) -> Iterator[ScannedResource]:
    arns = {item["UserName"]: item.get("Arn") for item in page.items}
    for key in page.found(KEYS, "AccessKeyMetadata"):
        yield resource_of(key, arns.get(key["UserName"]))


def resource_of(key: Mapping[str, Any], user_arn: str | None) -> ScannedResource:
    return ScannedResource(
        resource_id=key["AccessKeyId"],
        type="IAM Access Key",
        service="AWSIAM",
        name=f"{key['UserName']} {key['AccessKeyId']}",
        status=key.get("Status"),
        group_name=key["UserName"],
        configuration={
            "userName": key["UserName"],
            "userArn": user_arn,
            "createdAt": iso(key.get("CreateDate")),
        },
    )


IAM_ACCESS_KEYS = Scanner(
    name="iam-access-keys",
    types=frozenset(("IAM Access Key",)),
    listing=Listing(client="iam", operation="list_users", items="Users", permission="iam:ListUsers"),
    details=(
        Detail(
            client="iam",
            operation=KEYS,
            permission="iam:ListAccessKeys",
            requests=key_requests,
            # The user was deleted while the list was read.
            absent=frozenset(("NoSuchEntity",)),
            required=True,
        ),
    ),
    parse=parse,
    is_global=True,
)
