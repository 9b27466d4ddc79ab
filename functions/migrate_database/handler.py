"""Bring the database's schema up to date, as the owner of its tables.

In a deployment, invite the first admin too, and watch the APIs that its parameter names.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.actor import Actor
from cloudops.platform.aws import client
from cloudops.platform.database import Connection, transaction
from cloudops.platform.deployment import deploy, is_deployment
from cloudops.platform.migrations import migrate
from cloudops.platform.secrets import database_secret
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import logger, observed
from cloudops.platform.user_pool import invite
from cloudops.reliability.api_gateways import find_apis
from cloudops.reliability.models import RestApi
from cloudops.reliability.targets import watch_apis
from cloudops.tenancy.use_cases import FIRST_TENANT, admit_first_admin, default_project


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    if is_deployment(event):
        # The database has a policy of its own for what becomes of it when the stack goes.
        work = partial(
            set_up,
            before=event.get("OldResourceProperties", {}),
            function_arn=context.invoked_function_arn,
        )
        return deploy(event, context, resource_id="cloudops-migrations", work=work)
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


def set_up(properties: Mapping[str, str], *, before: Mapping[str, str], function_arn: str) -> dict[str, str]:
    # The secrets may have been completed, or made anew, since this environment read them.
    database_secret.cache_clear()
    apis = monitored_apis(properties, before)
    applied = migrate_schema()
    email = properties["AdminEmail"]
    with transaction(FIRST_TENANT) as connection:
        # Only now: a first deployment that fails takes the pool away, and the next would mail the admin again.
        login = invite(properties["UserPoolId"], email)
        admit_first_admin(connection, FIRST_TENANT, sub=login.sub, email=email)
        watch(connection, apis, function_arn)
    return {"Applied": str(len(applied))}


def monitored_apis(properties: Mapping[str, str], before: Mapping[str, str]) -> list[RestApi]:
    """An API may go while the parameter names it, which fails no later deployment."""
    ids = api_ids(properties)
    found = find_apis(client("apigateway"), ids, known=api_ids(before))
    if gone := set(ids) - {api.id for api in found}:
        logger.warning("monitored APIs are gone", extra={"apis": sorted(gone)})
    return found


def api_ids(properties: Mapping[str, str]) -> list[str]:
    # A stack of before, which a failed update goes back to, tells none.
    return [one for one in properties.get("MonitoredApiIds", "").split(",") if one]


def watch(connection: Connection, apis: list[RestApi], function_arn: str) -> None:
    """In our own account and region, which the ids of the parameter are from."""
    _, _, _, region, account_id, *_ = function_arn.split(":")
    added = watch_apis(
        connection,
        apis,
        project_id=default_project(connection).id,
        account_id=account_id,
        region=region,
        actor=Actor(),
        now=datetime.now(UTC),
    )
    logger.info("APIs are watched", extra={"apis": [api.id for api in apis], "added": added})
