"""Bring the database's schema up to date, as the owner of its tables."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.migrations import migrate
from cloudops.platform.secrets import database_secret
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import logger, observed


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    owner = database_secret(settings().require("owner_secret_arn"))
    application = database_secret(settings().database_secret_arn)
    applied = migrate(
        owner.uri,
        directory=Path(settings().require("migrations_directory")),
        app_password=application.password,
        seal_key=application.tenant_seal_key,
    )
    logger.info("migrated", extra={"applied": applied})
    return {"applied": applied}
