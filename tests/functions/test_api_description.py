import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import Route

from local import openapi
from local.functions import CHECKOUT
from local.gateway import RouteTable
from local.template import Template, read
from local.transform import transformed
from tests.functions.conftest import Company
from tests.functions.invoking import EVENTS, event, request

# Their answers are bounded by what they ask for, not by pages.
UNPAGED = {
    "/api/v1/actions/types",
    "/api/v1/automation/configuration",
    "/api/v1/automation/types",
    "/api/v1/compliance/scores",
    "/api/v1/attribution-rules",
    "/api/v1/attribution/explanation",
    "/api/v1/costs",
    "/api/v1/costs/attributed",
    "/api/v1/costs/by_business_group",
    "/api/v1/costs/by_business_unit",
    "/api/v1/costs/by_service",
    "/api/v1/costs/by_team",
    "/api/v1/costs/self",
    "/api/v1/costs/showback",
    "/api/v1/costs/unit-costs",
    "/api/v1/limits",
    "/api/v1/recommendations/coverage",
    "/api/v1/cloud-accounts/{account_id}/permissions",
    "/api/v1/recommendations/savings",
    "/api/v1/retention",
    "/api/v1/violations/summary",
    "/api/v1/tenants",
    "/api/v1/split-rules",
    "/api/v1/tag-rules",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    document = transformed(CHECKOUT / "template.yaml", cache=tmp_path_factory.mktemp("template"))
    return read(document, parameters={}, endpoint="http://127.0.0.1:1")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def resolved(name: str) -> list[Route]:
    app = importlib.import_module(f"{name}.handler").app
    return [*app._static_routes, *app._dynamic_routes]


def of_api(template: Template) -> set[str]:
    return {route.function for route in template.routes if route.function}


def test_the_committed_description_is_the_one_of_the_code() -> None:
    committed = openapi.FILE.read_text(encoding="utf-8")

    assert committed == openapi.text(), "run python -m local.openapi and commit what it writes"


def test_the_description_is_valid_openapi_3_1(description: dict[str, Any]) -> None:
    validator = pytest.importorskip("openapi_spec_validator")

    validator.OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"].startswith("3.1.")


def test_every_api_function_of_the_template_is_described(template: Template) -> None:
    assert of_api(template) == {*openapi.API_FUNCTIONS, "health", "slack_interactions"}


@pytest.mark.parametrize("name", openapi.API_FUNCTIONS)
def test_every_route_is_described_and_reached_behind_the_authorizer(
    name: str, template: Template, description: dict[str, Any]
) -> None:
    table = RouteTable(template.routes)
    for route in resolved(name):
        path = route.openapi_path
        match = table.match(route.method, path.replace("{", "").replace("}", ""))

        assert route.method.lower() in description["paths"][path]
        assert match is not None, path
        assert (match.route.function, match.route.authorized) == (name, True)


def test_nothing_is_described_that_no_route_serves(description: dict[str, Any]) -> None:
    served = {
        (route.openapi_path, route.method.lower())
        for name in openapi.API_FUNCTIONS
        for route in resolved(name)
    }

    public = {("/health", "get"), (openapi.SLACK, "post")}
    assert {(path, method) for path, method, _ in operations(description)} == served | public


def test_every_list_is_paged(description: dict[str, Any]) -> None:
    lists = set()
    for path, method, operation in operations(description):
        schema = success(operation).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        if "items" in description["components"]["schemas"].get(name, {}).get("properties", {}):
            lists.add(path)
            parameters = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
            assert (method, {"limit", "cursor"} <= parameters) == ("get", True) or path in UNPAGED, path
    assert len(lists) > len(UNPAGED)


def success(operation: dict[str, Any]) -> dict[str, Any]:
    (answer,) = (answer for status, answer in operation["responses"].items() if status[0] == "2")
    found: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    return found


def test_operations_have_names_of_their_own_and_tell_their_problems(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]

    assert len(names) == len(set(names))
    for path, _, operation in operations(description):
        if path not in ("/health", openapi.SLACK):
            assert {"401", "403", "404", "422", "503"} <= operation["responses"].keys()
            assert ("415" in operation["responses"]) == ("requestBody" in operation)


def test_who_removes_gets_no_content(description: dict[str, Any]) -> None:
    answers = description["paths"]["/api/v1/limits/{limit_id}"]["delete"]["responses"]

    assert "content" not in answers["204"]
    assert "200" not in answers


def test_the_description_is_served(same_company: Company, description: dict[str, Any]) -> None:
    reply = request("documentation.read")

    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json == description


def test_every_function_has_an_event() -> None:
    functions = {path.parent.name for path in (CHECKOUT / "functions").glob("*/handler.py")}

    assert {path.name.partition(".")[0] for path in EVENTS.glob("*.json")} == functions


@pytest.mark.parametrize("file", sorted(EVENTS.glob("*.json")), ids=lambda file: file.stem)
def test_a_proxy_event_is_what_the_template_sends_to_its_function(file: Any, template: Template) -> None:
    payload = event(file.stem)
    if "httpMethod" not in payload:
        return

    match = RouteTable(template.routes).match(payload["httpMethod"], payload["path"])

    assert match is not None
    assert (match.route.function, match.route.path) == (file.stem.partition(".")[0], payload["resource"])
    assert match.route.authorized == ("authorizer" in payload["requestContext"])
    assert (payload["pathParameters"] or {}) == match.parameters


def test_no_two_functions_call_different_things_by_one_name() -> None:
    schemas = {"RuleOut": {"type": "object"}}

    openapi.add({"RuleOut": {"type": "object"}}, schemas)

    with pytest.raises(ValueError, match="RuleOut"):
        openapi.add({"RuleOut": {"type": "string"}}, schemas)
