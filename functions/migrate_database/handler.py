"""Bring the database's schema up to date, as the owner of its tables; in a deployment, admit the first admin too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.database import transaction
from cloudops.platform.deployment import deploy, is_deployment
from cloudops.platform.migrations import migrate
from cloudops.platform.secrets import database_secret
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import logger, observed
from cloudops.platform.user_pool import subject_of
from cloudops.tenancy.use_cases import FIRST_TENANT, admit_first_admin


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    if is_deployment(event):
        # The database has a policy of its own for what becomes of it when the stack goes.
        return deploy(event, context, resource_id="cloudops-migrations", work=set_up)
    return {"applied": migrate_schema()}


def migrate_schema() -> list[str]:
    owner_arn, application_arn, directory = settings().require_all(
        "owner_secret_arn", "database_secret_arn", "migrations_directory"
    )
    application = database_secret(application_arn)
    applied = migrate(
        database_secret(owner_arn).uri,
        directory=Path(directory),
        app_password=application.password,
        seal_key=application.tenant_seal_key,
    )
    logger.info("migrated", extra={"applied": applied})
    return applied


def set_up(properties: Mapping[str, str]) -> dict[str, str]:
    # The secrets may have been completed, or made anew, since this environment read them.
    database_secret.cache_clear()
    applied = migrate_schema()
    email = properties["AdminEmail"]
    subject = subject_of(properties["UserPoolId"], email)
    with transaction(FIRST_TENANT) as connection:
        admit_first_admin(connection, FIRST_TENANT, sub=subject, email=email)
    return {"Applied": str(len(applied))}
