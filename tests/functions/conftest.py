import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from moto import mock_aws
from psycopg import sql

from cloudops.actor import Actor
from cloudops.platform import aws, database
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.use_cases import add_user, create_tenant
from local.postgres import OWNER, SUPERUSER, Postgres
from tests.conftest import Database
from tests.functions import bill
from tests.functions.invoking import invoke, messages, restart_environment
from tests.functions.people import ACME, ADMIN, CONSULTANT, GLOBEX, MEMBERS, OUTSIDER, Person

REGION = "eu-west-1"
BUCKET = "acme-exports"
QUEUES = {"INGEST_QUEUE_URL": "ingest-parts", "DETECT_QUEUE_URL": "anomalies-detect"}
QUEUES |= {"FINOPS_QUEUE_URL": "scans-finops", "DISCOVER_QUEUE_URL": "discover-deliveries"}
QUEUES |= {"EXPORT_EVENTS_QUEUE_URL": "events-export", "RESTORE_QUEUE_URL": "retention-restore"}
QUEUES |= {"COMPLIANCE_QUEUE_URL": "scans-compliance"}
QUEUES |= {"POLICY_QUEUE_URL": "scans-policy", "SECURITY_QUEUE_URL": "scans-security"}
QUEUES |= {"COST_EXPLORER_QUEUE_URL": "ingest-cost-explorer", "RELIABILITY_QUEUE_URL": "reliability-ingest"}
QUEUES |= {"ATTRIBUTE_QUEUE_URL": "costs-attribute"}
QUEUES |= {"VERIFY_QUEUE_URL": "verify-accounts", "ACTIONS_QUEUE_URL": "actions-execute"}
QUEUES |= {"SAVINGS_QUEUE_URL": "savings-measure"}
QUEUES |= {"CHOOSE_QUEUE_URL": "actions-choose", "NOTIFICATIONS_QUEUE_URL": "notifications-send"}

EVIDENCE, ARCHIVE = "acme-evidence", "acme-archive"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/7e1c8f5a-0d4b-4b8e-9a43-2f6d1c0b5e97"
ENVIRONMENT = {
    "EVIDENCE_BUCKET": EVIDENCE,
    "ARCHIVE_BUCKET": ARCHIVE,
    "POWERTOOLS_SERVICE_NAME": "tests",
    "NOTIFICATION_SENDER": "cloudops@acme.example",
    "WEBHOOK_HOSTS": "hooks.acme.example,*.hooks.example",
    "NOTIFICATIONS_PREFIX": "cloudops/notifications",
    "ENCRYPTION_KEY_ARN": KEY,
    "ROLE_TEMPLATE_URL": "https://artifacts.s3.amazonaws.com/read-role.yaml",
    "ACTION_ROLE_TEMPLATE_URL": "https://artifacts.s3.amazonaws.com/action-role.yaml",
}


@dataclass(frozen=True, kw_only=True)
class Company:
    """Two tenants with their people in a database that the handlers' secret points to, and an emulated AWS."""

    database: Database
    queues: dict[str, str]

    def rows(self, query: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        """What the database holds of all tenants."""
        with psycopg.connect(self.database.owner_dsn) as connection:
            return connection.execute(query, parameters).fetchall()

    def change(self, statement: LiteralString, parameters: Sequence[object] | Mapping[str, object]) -> None:
        with psycopg.connect(self.database.owner_dsn) as connection:
            connection.execute(statement, parameters)

    def put_object(self, key: str, content: bytes) -> None:
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)

    def receive(self, queue: str) -> list[str]:
        """The bodies of all messages that wait in a queue, which is empty afterwards."""
        sqs, url, bodies = aws.client("sqs"), self.queues[queue], []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def take_in(self, **wanted: str) -> list[str]:
        """Discover what lies in the bucket and load it; the outcomes of registering."""
        found = invoke("discover_deliveries", {"bucket": BUCKET, "tenant_id": str(ACME), **wanted})
        for body in self.receive("INGEST_QUEUE_URL"):
            assert invoke("ingest_part", messages("ingest_part.one-part", [body])) == {
                "batchItemFailures": []
            }
        return [one["outcome"] for one in found["deliveries"]]

    def point_to(self, **fields: str | int) -> None:
        """Change the secret that the handlers read."""
        secret = {**self.database.secret(), **fields}
        aws.client("secretsmanager").put_secret_value(
            SecretId=self.database.name, SecretString=json.dumps(secret)
        )


@pytest.fixture(scope="session")
def founded(migrated_server: Postgres) -> Iterator[Database]:
    """A database with the tenants, their people and ACME's bills, to be copied for each test."""
    with copied(migrated_server, "cloudops") as founded:
        with emulated_aws(), company_in(founded) as company:
            found_tenants()
            for month, lines in bill.months(bill.lines()).items():
                company.put_object(
                    f"cur2/BILLING_PERIOD={month:%Y-%m}/acme-00001.snappy.parquet", bill.cur2(month, lines)
                )
            assert company.take_in() == ["registered"] * 3
        yield founded


@pytest.fixture(scope="module")
def aws_of_module() -> Iterator[None]:
    with emulated_aws():
        yield


@pytest.fixture
def company(aws_of_module: None, founded: Database) -> Iterator[Company]:
    """A company of the test's own."""
    with copied(founded.server, founded.name) as copy, company_in(copy) as company:
        yield company


@pytest.fixture(scope="module")
def same_company(aws_of_module: None, founded: Database) -> Iterator[Company]:
    """A company for a module whose tests only read."""
    with copied(founded.server, founded.name) as copy, company_in(copy) as company:
        yield company


@contextmanager
def copied(server: Postgres, template: str) -> Iterator[Database]:
    name = f"test_{uuid4().hex}"
    administer(server, "CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, OWNER)
    try:
        yield Database(name=name, server=server)
    finally:
        administer(server, "DROP DATABASE {} WITH (FORCE)", name)


def administer(server: Postgres, statement: LiteralString, *names: str) -> None:
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def emulated_aws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_PROFILE", raising=False)
        forget_clients()
        s3 = aws.client("s3")
        for name in (BUCKET, EVIDENCE, ARCHIVE):
            s3.create_bucket(
                Bucket=name,
                CreateBucketConfiguration={"LocationConstraint": REGION},
                ObjectLockEnabledForBucket=name == EVIDENCE,
            )
        yield
    forget_clients()


def forget_clients() -> None:
    for made in (aws.client, aws.session_client, aws.token_service):
        made.cache_clear()
    aws.SESSIONS.forget()


@contextmanager
def company_in(found: Database) -> Iterator[Company]:
    """Handlers that run inside have a fresh execution environment that is set up for this database."""
    sqs = aws.client("sqs")
    queues = {
        variable: sqs.create_queue(QueueName=f"{name}-{uuid4().hex}")["QueueUrl"]
        for variable, name in QUEUES.items()
    }
    company = Company(database=found, queues=queues)
    aws.client("secretsmanager").create_secret(Name=found.name, SecretString="{}")
    company.point_to()
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in {**queues, **ENVIRONMENT, "DATABASE_SECRET_ARN": found.name}.items():
            patch.setenv(variable, value)
        restart_environment()
        yield company
        restart_environment()


def found_tenants() -> None:
    create(ACME, "Acme", ADMIN)
    create(GLOBEX, "Globex", OUTSIDER)
    for person in MEMBERS:
        if person not in (ADMIN, OUTSIDER):
            join(person.tenant, person, person.role)
    join(GLOBEX, CONSULTANT, "viewer")


def create(tenant: UUID, name: str, admin: Person) -> None:
    with database.transaction(tenant) as connection:
        create_tenant(
            connection, tenant, name=name, admin=NewUser(sub=admin.sub, email=admin.email, role="admin")
        )


def join(tenant: UUID, person: Person, role: str) -> None:
    with database.transaction(tenant) as connection:
        add_user(connection, NewUser(sub=person.sub, email=person.email, role=role), actor=Actor())
