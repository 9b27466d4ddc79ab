"""GET /api/v1/openapi.json: the API's description, generated from the code and committed beside this file."""

from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.http import api, handle
from cloudops.platform.telemetry import observed

app = api()


@cache
def description() -> str:
    return Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")


@app.get("/api/v1/openapi.json")
def read_description() -> Response[str]:
    return Response(status_code=200, content_type="application/json", body=description())


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
