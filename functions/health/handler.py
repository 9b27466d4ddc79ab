"""GET /health: whether the database answers, and with which schema. Public, so nothing else is said."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.errors import UnavailableError
from cloudops.platform import database
from cloudops.platform.schema import schema_version
from cloudops.platform.telemetry import logger, observed


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    try:
        with database.transaction() as connection:
            version = schema_version(connection)
    except UnavailableError as error:
        logger.error("the database does not answer", exc_info=error)
        return answer(503, {"status": "unavailable", "database": "down"})
    return answer(200, {"status": "ok", "database": "up", "schema_version": version})


def answer(status: int, body: dict[str, str]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {
        "statusCode": status,
        "headers": headers | ({"Retry-After": "5"} if status == UnavailableError.status else {}),
        "body": json.dumps(body),
    }
