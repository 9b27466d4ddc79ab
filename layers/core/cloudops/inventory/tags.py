"""Tags in the three shapes that AWS gives them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Page, chunks
from cloudops.inventory.models import Place

GET_TAGS = "get_resources"
TAGGED_PER_CALL = 100


def tags_of(pairs: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """From [{Key, Value}], in which classic services leave out an empty value."""
    return {pair["Key"]: pair.get("Value") or "" for pair in pairs or ()}


def name_in(tags: Mapping[str, str], otherwise: str) -> str:
    return tags.get("Name") or tags.get("name") or otherwise


def tags_by_arn(arns: Callable[[Sequence[Any], Place], Sequence[str]]) -> Detail:
    """For services that list their resources without tags."""

    def requests(items: Sequence[Any], place: Place) -> Iterable[Arguments]:
        return ({"ResourceARNList": list(chunk)} for chunk in chunks(arns(items, place), TAGGED_PER_CALL))

    return Detail(
        client="resourcegroupstaggingapi",
        operation=GET_TAGS,
        permission="tag:GetResources",
        requests=requests,
    )


def mapped_tags(page: Page) -> dict[str, dict[str, str]]:
    found = page.found(GET_TAGS, "ResourceTagMappingList")
    return {one["ResourceARN"]: tags_of(one.get("Tags")) for one in found}
