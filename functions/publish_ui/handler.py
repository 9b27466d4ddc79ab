"""Bring the web UI into its bucket, as a part of each deployment, and take it out again when the stack goes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform import site
from cloudops.platform.deployment import deploy
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    return deploy(event, context, resource_id="cloudops-ui", work=publish, undo=empty)


def publish(properties: Mapping[str, Any]) -> dict[str, str]:
    directory = Path(settings().require("ui_directory"))
    return {"Files": str(site.publish(directory, properties["Bucket"], properties["Config"]))}


def empty(properties: Mapping[str, Any]) -> dict[str, str]:
    return {"Deleted": str(site.empty(properties["Bucket"]))}
