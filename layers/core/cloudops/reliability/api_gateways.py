"""REST APIs of API Gateway, by the names that CloudWatch keeps their metrics under."""

from collections.abc import Collection, Iterable
from typing import Any

from cloudops.errors import InvalidError
from cloudops.reliability.models import RestApi


class ApiNotWatchableError(InvalidError):
    """An API cannot be watched."""


def find_apis(api_gateway: Any, ids: Iterable[str], *, known: Collection[str] = ()) -> list[RestApi]:
    """All that are there. One of `known` may have gone since; raises ApiNotWatchableError for any other."""
    found = {api_id: find_api(api_gateway, api_id) for api_id in ids}
    if reasons := [
        reason
        for api_id, api in found.items()
        if api_id not in known and (reason := objection_to(api_id, api))
    ]:
        raise ApiNotWatchableError(f"{'; '.join(reasons)} (in {api_gateway.meta.region_name})")
    return [api for api in found.values() if api is not None]


def find_api(api_gateway: Any, api_id: str) -> RestApi | None:
    try:
        name = api_gateway.get_rest_api(restApiId=api_id)["name"]
        stages = api_gateway.get_stages(restApiId=api_id).get("item", [])
    except api_gateway.exceptions.NotFoundException:
        return None
    return RestApi(id=api_id, name=name, stages=tuple(stage["stageName"] for stage in stages))


def objection_to(api_id: str, api: RestApi | None) -> str | None:
    if api is None:
        return f"there is no REST API {api_id}, and HTTP and WebSocket APIs cannot be watched"
    return None if api.stages else f"the REST API {api_id}, {api.name}, has no stage yet"
