"""Secrets Manager: the database's secret, kept until the server refuses what it says, and those of tenants."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from cloudops.errors import UnavailableError
from cloudops.platform.aws import client


class SecretUnavailableError(UnavailableError):
    """The secret cannot be had."""


@dataclass(frozen=True, kw_only=True)
class DatabaseSecret:
    host: str
    port: int
    dbname: str
    username: str
    password: str
    tenant_seal_key: str
    sslmode: str

    @property
    def uri(self) -> str:
        login = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        database = quote(self.dbname, safe="")
        return f"postgresql://{login}@{self.host}:{self.port}/{database}?sslmode={self.sslmode}"


@cache
def database_secret(arn: str) -> DatabaseSecret:
    return secret_of(json.loads(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]))


def secret_of(fields: Mapping[str, Any]) -> DatabaseSecret:
    return DatabaseSecret(
        host=fields["host"],
        port=int(fields["port"]),
        dbname=fields["dbname"],
        username=fields["username"],
        password=fields["password"],
        # The owner's has none: nobody who migrates acts for a tenant.
        tenant_seal_key=fields.get("tenant_seal_key", ""),
        sslmode=fields.get("sslmode", "require"),
    )


def create_secret(name: str, value: str, *, key: str) -> str:
    """Its ARN. `key` is that of the key which encrypts it: without one AWS would take a key that it manages itself."""
    made = client("secretsmanager").create_secret(Name=name, SecretString=value, KmsKeyId=key)
    return str(made["ARN"])


def read_secret(arn: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        raise SecretUnavailableError(f"its secret cannot be read: {type(error).__name__}") from error


def delete_secret(arn: str) -> None:
    """For good, after the days that Secrets Manager keeps it."""
    client("secretsmanager").delete_secret(SecretId=arn)
