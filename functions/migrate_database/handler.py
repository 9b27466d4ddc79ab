"""Bring the database's schema up to date, as the owner of its tables; in a deployment, invite the first admin too."""

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
from cloudops.platform.user_pool import invite
from cloudops.tenancy.use_cases import FIRST_TENANT, admit_first_admin


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    if is_deployment(event):
        # The database has a policy of its own for what becomes of it when the stack goes.
        return deploy(event, context, resource_id="cloudops-migrations", work=set_up)
    return {"applied": migrate_schema()}


def migrate_schema() -> list[str]:
    owner = database_secret(settings().require("owner_secret_arn"))
    application = database_secret(settings().database_secret_arn)
    applied = migrate(
        owner.uri,
        directory=Path(settings().require("migrations_directory")),
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
    with transaction(FIRST_TENANT) as connection:
        # Only now: a first deployment that fails takes the pool away, and the next would mail the admin again.
        login = invite(properties["UserPoolId"], email)
        admit_first_admin(connection, FIRST_TENANT, sub=login.sub, email=email)
    return {"Applied": str(len(applied))}
