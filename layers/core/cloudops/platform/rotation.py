"""The four steps in which Secrets Manager has a login of the database replaced. Each may come twice.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from cloudops.platform.aws import client
from cloudops.platform.passwords import new_password, set_password
from cloudops.platform.secrets import DatabaseSecret, secret_of

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


class RotationError(Exception):
    """The rotation cannot go on."""


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """`version` is the new one's id; `owner_arn` the secret of the role that may set every password."""

    secret_arn: str
    version: str
    owner_arn: str

    def take(self, step: str) -> None:
        steps = {
            "createSecret": self.create,
            "setSecret": self.set,
            "testSecret": self.test,
            "finishSecret": self.finish,
        }
        if step not in steps:
            raise RotationError(f"there is no step {step}")
        steps[step]()

    def create(self) -> None:
        """The next version is the present one with another password, once."""
        if PENDING in self._stages().get(self.version, []):
            return
        fields = {**fields_of(self.secret_arn, CURRENT), "password": new_password()}
        client("secretsmanager").put_secret_value(
            SecretId=self.secret_arn,
            ClientRequestToken=self.version,
            SecretString=json.dumps(fields),
            VersionStages=[PENDING],
        )

    def set(self) -> None:
        pending = self._pending()
        if lets_in(pending):
            return
        owner = secret_of(fields_of(self.owner_arn, CURRENT))
        with psycopg.connect(owner.uri, connect_timeout=5) as connection:
            set_password(connection, pending.username, pending.password)

    def test(self) -> None:
        if not lets_in(self._pending()):
            raise RotationError("the database refuses the new password")

    def finish(self) -> None:
        """From now on the new version is the one that everybody reads."""
        (before,) = [version for version, stages in self._stages().items() if CURRENT in stages]
        if before == self.version:
            return
        client("secretsmanager").update_secret_version_stage(
            SecretId=self.secret_arn,
            VersionStage=CURRENT,
            MoveToVersionId=self.version,
            RemoveFromVersionId=before,
        )

    def _pending(self) -> DatabaseSecret:
        return secret_of(fields_of(self.secret_arn, PENDING, version=self.version))

    def _stages(self) -> Mapping[str, list[str]]:
        described = client("secretsmanager").describe_secret(SecretId=self.secret_arn)
        found: Mapping[str, list[str]] = described["VersionIdsToStages"]
        return found


def fields_of(arn: str, stage: str, *, version: str | None = None) -> dict[str, Any]:
    which = {"VersionId": version} if version else {}
    answer = client("secretsmanager").get_secret_value(SecretId=arn, VersionStage=stage, **which)
    fields: dict[str, Any] = json.loads(answer["SecretString"])
    return fields


def lets_in(login: DatabaseSecret) -> bool:
    try:
        psycopg.connect(login.uri, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
