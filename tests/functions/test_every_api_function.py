"""What holds for each function behind the API, whatever its domain."""

import base64
import importlib
import json
from typing import Any

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import changed, event, invoke, request
from tests.template.stack import source

ASKED = {
    "actions": "actions.list",
    "accounts": "accounts.list-accounts",
    "alerts": "alerts.list",
    "autopilot": "autopilot.list-users",
    "compliance": "compliance.list-scans",
    "attribution": "attribution.list-tag-rules",
    "costs": "costs.by-service",
    "dashboard": "dashboard.metrics",
    "documentation": "documentation.read",
    "events": "events.list",
    "notifications": "notifications.list-channels",
    "policies": "policies.list",
    "organization": "organization.list-groups",
    "recommendations": "recommendations.list",
    "reliability": "reliability.list-targets",
    "retention": "retention.list",
    "tenants": "tenants.list-users",
}
PROBLEM = "application/problem+json"
pytestmark = pytest.mark.usefixtures("same_company")


@pytest.mark.parametrize("name", ASKED.values())
def test_an_unknown_route_is_a_404_problem(name: str) -> None:
    reply = request(name, path="/api/v1/nothing/here")

    assert (reply.status, reply.headers["content-type"]) == (404, PROBLEM)
    assert reply.json["status"] == 404


@pytest.mark.parametrize("name", ASKED.values())
@pytest.mark.parametrize("method", ["PATCH", "HEAD"])
def test_a_method_that_a_route_does_not_take_is_told_with_those_it_takes(name: str, method: str) -> None:
    reply = request(name, method=method)

    assert (reply.status, reply.headers["content-type"]) == (405, PROBLEM)
    assert "GET" in reply.headers["allow"].split(", ")


@pytest.mark.parametrize("name", ASKED.values())
def test_an_unexpected_error_is_logged_and_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handler = importlib.import_module(f"{name.partition('.')[0]}.handler")

    def fail(*_arguments: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(handler, "unit" if hasattr(handler, "unit") else "description", fail)

    reply = request(name)

    assert (reply.status, reply.headers["content-type"]) == (500, PROBLEM)
    assert set(reply.json) == {"type", "title", "status"}
    assert [record for record in caplog.records if record.exc_info and "hunter2" in str(record.exc_info[1])]


@pytest.mark.parametrize("name", ASKED.values())
def test_answers_may_be_read_from_our_own_origin_alone(name: str) -> None:
    for reply in (request(name), request(name, path="/nowhere"), request(name, claims={"sub": "nobody"})):
        assert not [header for header in reply.headers if header.startswith("access-control-")]


@pytest.mark.parametrize("name", ["alerts.resolve", "alerts.set-cost-limit", "costs.prefer-source"])
@pytest.mark.parametrize(
    "body",
    [
        "{",
        "null",
        "[]",
        '[{"resolution": "in a list"}]',
        '"text"',
        "1" * 5000,
        "[" * 100_000,
        '{"threshold": ' + "1" * 5000 + "}",
    ],
)
def test_a_body_that_is_no_json_object_is_named(name: str, body: str) -> None:
    reply = request(name, body=body)

    assert (reply.status, reply.headers["content-type"], reply.fields) == (422, PROBLEM, ["body"])


def test_api_gateway_refuses_such_a_body_in_the_same_words() -> None:
    reply = request("alerts.set-cost-limit", body="[]")

    refusal = source()["Resources"]["Api"]["Properties"]["GatewayResponses"]["BAD_REQUEST_BODY"]
    assert refusal["StatusCode"] == reply.status
    assert json.loads(refusal["ResponseTemplates"]["application/json"]) == reply.json


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{"])
def test_a_binary_body_that_is_no_json_is_named(content: bytes) -> None:
    payload = changed(event("alerts.set-cost-limit"), body=base64.b64encode(content).decode())

    answer = invoke("alerts", {**payload, "isBase64Encoded": True})

    assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["field"]) == (422, "body")


def test_an_encoded_body_is_read() -> None:
    original = event("alerts.set-cost-limit")
    encoded = base64.b64encode(json.dumps({"alert_type": "cost"}).encode()).decode()

    answer = invoke("alerts", {**changed(original, body=encoded), "isBase64Encoded": True})

    fields = {error["field"] for error in json.loads(answer["body"])["errors"]}
    assert fields == {"service_name", "threshold"}


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_a_body_of_another_type_is_refused(media_type: str) -> None:
    reply = request("alerts.set-cost-limit", headers={"Content-Type": media_type})

    assert (reply.status, reply.headers["content-type"]) == (415, PROBLEM)


def test_a_missing_body_is_named() -> None:
    payload = changed(event("alerts.set-cost-limit"))

    answer = invoke("alerts", {**payload, "body": None})

    assert (answer["statusCode"], json.loads(answer["body"])["errors"][0]["field"]) == (422, "body")


def test_an_answer_that_breaks_its_own_schema_is_our_fault(company: Company) -> None:
    company.change("alter table deliveries alter column export_name drop not null", [])
    company.change("update deliveries set export_name = null", [])

    reply = request("costs.list-deliveries")

    assert (reply.status, reply.headers["content-type"]) == (500, PROBLEM)
    assert "export_name" not in reply.body
