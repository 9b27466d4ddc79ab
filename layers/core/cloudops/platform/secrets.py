"""The database secret, kept per execution environment until the server refuses what it says."""

import json
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from cloudops.platform.aws import client


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
    fields = json.loads(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    return DatabaseSecret(
        host=fields["host"],
        port=int(fields["port"]),
        dbname=fields["dbname"],
        username=fields["username"],
        password=fields["password"],
        tenant_seal_key=fields["tenant_seal_key"],
        sslmode=fields.get("sslmode", "require"),
    )
