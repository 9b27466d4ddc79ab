"""Give a role of the database a new password, in the steps in which Secrets Manager asks for it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.rotation import Rotation
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import logger, observed


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    rotation = Rotation(
        secret_arn=event["SecretId"],
        version=event["ClientRequestToken"],
        owner_arn=settings().require("owner_secret_arn"),
    )
    rotation.take(event["Step"])
    logger.info("rotated", extra={"step": event["Step"]})
