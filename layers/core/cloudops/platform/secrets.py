"""Secrets Manager: the database's secret, kept until the server refuses what it says, and those of tenants."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from cloudops.errors import UnavailableError
from cloudops.platform.aws import client

# A host that dies says nothing, and by Linux' own rule that is noticed after two hours. So what it does not take within
# five seconds fails, and so does a silence in which it answers no probe. A statement may take as long as it likes.
LIVENESS = {
    "tcp_user_timeout": 5000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


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
        parameters = urlencode({"sslmode": self.sslmode, **LIVENESS})
        return f"postgresql://{login}@{self.host}:{self.port}/{database}?{parameters}"


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
