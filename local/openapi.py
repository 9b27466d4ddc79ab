"""Write functions/documentation/openapi.json from the resolvers of the API functions."""

import importlib
import json
from pathlib import Path
from typing import Any

from local.functions import CHECKOUT

SLACK = "/api/v1/slack/interactions"
FILE = CHECKOUT / "functions" / "documentation" / "openapi.json"
API_FUNCTIONS = (
    "accounts",
    "actions",
    "alerts",
    "autopilot",
    "compliance",
    "attribution",
    "costs",
    "dashboard",
    "documentation",
    "events",
    "notifications",
    "policies",
    "organization",
    "recommendations",
    "reliability",
    "retention",
    "tenants",
)
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details; `errors` names the fields of a request that is not valid.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
TENANT = {
    "name": "X-Tenant-Id",
    "in": "header",
    "required": False,
    "description": "Which tenant to act in, for people who belong to several.",
    "schema": {"type": "string", "format": "uuid"},
}
REFUSALS = {
    "401": "No valid token",
    "403": "No membership, or a role that does not allow this",
    "404": "No such thing in this tenant",
    "409": "Conflicts with the present state",
    "422": "The request is not valid",
    "503": "The database does not answer; see Retry-After",
}
OF_BODIES = {"415": "The body is not application/json"}
OF_EDITS = {"412": "It was changed since you read it", "428": "If-Match is missing"}
POWERTOOLS_ERRORS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")


def build() -> dict[str, Any]:
    """The one document of all API functions, OpenAPI 3.1."""
    paths: dict[str, Any] = {"/health": health(), SLACK: interactions()}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for name in API_FUNCTIONS:
        app = importlib.import_module(f"{name}.handler").app
        part = json.loads(app.get_openapi_json_schema(title=name, version="1"))
        paths |= {path: described(operations) for path, operations in part["paths"].items()}
        add(part.get("components", {}).get("schemas", {}), schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CloudOps Guardrails",
            "version": "1",
            "description": "What the cloud costs, what changed and why, and what to do about it. "
            "Money is a decimal string beside its currency; times are RFC 3339 in UTC; end dates are exclusive. "
            "Every list comes as CSV for `Accept: text/csv`.",
        },
        "security": [{"cognito": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"cognito": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def add(found: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Two functions that call different things by one name would describe one of them wrongly."""
    for name, schema in found.items():
        if name not in POWERTOOLS_ERRORS and schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two API functions describe {name} differently")


def described(operations: dict[str, Any]) -> dict[str, Any]:
    return {method: with_problems(operation) for method, operation in operations.items()}


def with_problems(operation: dict[str, Any]) -> dict[str, Any]:
    answers = {
        status: {"description": answer["description"]} if status == "204" else answer
        for status, answer in operation["responses"].items()
        if status[0] == "2"
    }
    refusals = REFUSALS | (OF_BODIES if "requestBody" in operation else {})
    if any(one["name"].lower() == "if-match" for one in operation.get("parameters", [])):
        refusals |= OF_EDITS
    problems = {status: problem(description) for status, description in sorted(refusals.items())}
    return {
        **operation,
        "parameters": [*operation.get("parameters", []), TENANT],
        "responses": answers | problems,
    }


def problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


def health() -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["status", "database"],
        "properties": {name: {"type": "string"} for name in ("status", "database", "schema_version")},
    }
    answer = {"content": {"application/json": {"schema": body}}}
    return {
        "get": {
            "summary": "Whether the database answers, and with which schema",
            "operationId": "health",
            "security": [],
            "responses": {
                "200": {"description": "Up", **answer},
                "503": {"description": "The database is down", **answer},
            },
        }
    }


def interactions() -> dict[str, Any]:
    form = {"type": "object", "required": ["payload"], "properties": {"payload": {"type": "string"}}}
    return {
        "post": {
            "summary": "What people press in Slack; for Slack alone, which signs it",
            "operationId": "slack_interactions",
            "security": [],
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
                for name in ("X-Slack-Request-Timestamp", "X-Slack-Signature")
            ],
            "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}},
            "responses": {
                "200": {"description": "Taken; who may not is told so in Slack"},
                "401": problem("Not signed by Slack within the last five minutes, for a message of ours"),
                "503": problem(REFUSALS["503"]),
            },
        }
    }


def text() -> str:
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def main(file: Path = FILE) -> None:
    file.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
