"""The root user's key and second factor, which stand in the account's summary."""

from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item["SummaryMap"], place) for item in page.items if item.get("SummaryMap"))


def resource_of(summary: Mapping[str, Any], place: Place) -> ScannedResource:
    return ScannedResource(
        resource_id=f"account/{place.account_id}",
        type="AWS Account",
        service="AWSIAM",
        name=place.account_id,
        status="active",
        configuration={
            "rootMfa": flag(summary, "AccountMFAEnabled"),
            "rootAccessKey": flag(summary, "AccountAccessKeysPresent"),
            "users": summary.get("Users"),
            "roles": summary.get("Roles"),
        },
    )


def flag(summary: Mapping[str, Any], name: str) -> bool | None:
    return bool(summary[name]) if name in summary else None


IAM_ACCOUNT = Scanner(
    name="iam-account",
    types=frozenset(("AWS Account",)),
    listing=Listing(
        client="iam", operation="get_account_summary", items="", permission="iam:GetAccountSummary"
    ),
    parse=parse,
    is_global=True,
)
