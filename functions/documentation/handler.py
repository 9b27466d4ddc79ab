"""GET /api/v1/openapi.json: the API's description, generated from the code and committed beside this file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.http import api, handle
from cloudops.platform.telemetry import observed

app = api()


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_bytes())
    return found


@app.get("/api/v1/openapi.json")
def read_description() -> dict[str, Any]:
    """This description."""
    return description()


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
