"""The whole platform in one process tree, for as long as the `with` block lasts."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from local import template
from local.aws import EmulatedAws, UserPool
from local.clock import Clock, SystemClock
from local.errors import LocalError
from local.first_tenant import Person, admin_of, ensure_first_tenant
from local.functions import CHECKOUT, FunctionError, Functions
from local.gateway import Gateway
from local.home import Home
from local.kept_slack import KeptWorkspace
from local.login.authorization import AppClient
from local.login.pool import PasswordCheck
from local.login.routes import Login
from local.outbox import Outbox
from local.people import People
from local.pollers import Pollers
from local.postgres import APP, DATABASE, OWNER, Postgres
from local.proxy_event import Answer, Pairs, Request
from local.queues import Queues
from local.schedules import Scheduler
from local.slack_workspace import SlackServer
from local.tokens import TokenIssuer
from local.transform import transformed

INGEST_WORKERS = 2
# Mail is kept, and leaves for nobody.
SENDER = "cloudops@localhost"


@dataclass(frozen=True, kw_only=True)
class Options:
    template: Path = CHECKOUT / "template.yaml"
    migrations: Path = CHECKOUT / "migrations"
    origin: str = "http://localhost:8080"
    workers: int = INGEST_WORKERS
    clock: Clock = field(default_factory=SystemClock)

    @property
    def callbacks(self) -> tuple[str, ...]:
        """Where the login page sends people back to: the web UI, served from the API's own origin."""
        return (f"{self.origin}/callback",)

    @property
    def logouts(self) -> tuple[str, ...]:
        return (f"{self.origin}/",)


class Stack:
    """A home brought to life: database, emulated AWS, functions, gateway and pollers."""

    def __init__(self, home: Home, options: Options | None = None) -> None:
        self.home = home
        self._options = options or Options()
        self._running = ExitStack()
        self.postgres: Postgres
        self.aws: EmulatedAws
        self.functions: Functions
        self.gateway: Gateway
        self.pollers: Pollers
        self.scheduler: Scheduler
        self.tokens: TokenIssuer
        self.login: Login
        self.template: template.Template

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self.postgres = starting.enter_context(database(self.home))
            self.aws = EmulatedAws(etags=self.home.path / "etags.jsonl")
            starting.callback(self.aws.stop)
            self._deploy(starting)
            self._migrate()
            ensure_first_tenant(self.home, app_dsn=self.postgres.dsn(APP), seal_key=seal_key(self.home))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        body: bytes = b"",
        person: Person | None = None,
    ) -> Answer:
        """A call of the API as `person` or else the admin, through the authorizer and the gateway."""
        bearer = ("Authorization", f"Bearer {self.token(person or admin_of(self.home))}")
        return self.gateway.handle(
            Request(method=method, path=path, query=query, headers=[*headers, bearer], body=body)
        )

    def start_background(self) -> None:
        """Queues and schedules are served from now on, as they are in the cloud."""
        self.pollers.start()
        self.scheduler.start()

    def stop_background(self) -> None:
        self.scheduler.stop()
        self.pollers.stop()

    def token(self, person: Person) -> str:
        return self.tokens.issue(sub=person.sub, email=person.email, now=datetime.now(UTC))

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """A direct invocation; raises LocalError where the function fails."""
        if function not in self.functions:
            raise LocalError(f"the template declares no function {function}")
        try:
            return self.functions.invoke(function, event)
        except FunctionError as error:
            log = self.home.logs / f"{function}.log"
            raise LocalError(f"{function} failed: {error} (see {log})") from error

    def _deploy(self, starting: ExitStack) -> None:
        pool = self.aws.create_user_pool(callbacks=self._options.callbacks, logouts=self._options.logouts)
        self.template = template.read(
            transformed(self._options.template, cache=self.home.path),
            parameters={"NotificationSender": SENDER},
            endpoint=self.aws.endpoint,
            standing_in={
                "ApplicationSecret": self.aws.create_secret("cloudops/app", self._secret(APP)),
                "OwnerSecret": self.aws.create_secret("cloudops/owner", self._secret(OWNER)),
                "UserPool": pool.id,
                "UserPool.Arn": pool.arn,
                "UserPoolClient": pool.client_id,
            },
        )
        self.aws.create_queues(self.template.queues)
        self.aws.keep_buckets(self.template.buckets, self.home.path / "buckets")
        self.tokens = issuer(self.home, pool)
        self.login = self._login(pool)
        self.functions = Functions(
            self.template.functions,
            environment={**self.aws.environment(), "SLACK_API_URL": self._notify_nobody(starting)},
            logs=self.home.logs,
            root=self._options.template.parent,
        )
        starting.callback(self.functions.close)
        self.gateway = Gateway(self.template, functions=self.functions, tokens=self.tokens)
        self.pollers = Pollers(
            self.template.event_sources,
            sqs=self.aws.client("sqs"),
            queues=Queues(),
            functions=self.functions,
            workers=self._options.workers,
        )
        self.scheduler = Scheduler(
            self.template.schedules, functions=self.functions, clock=self._options.clock
        )
        starting.callback(self.stop_background)

    def _login(self, pool: UserPool) -> Login:
        people = People(self.home)
        check = PasswordCheck(people, pool=pool, cognito=self.aws.client("cognito-idp"))
        self._keep_invitations(people, check)
        return Login(
            AppClient(id=pool.client_id, callbacks=self._options.callbacks, logouts=self._options.logouts),
            origin=self._options.origin,
            people=people,
            check_password=check,
            issuer=self.tokens,
            clock=self._options.clock,
        )

    def _notify_nobody(self, starting: ExitStack) -> str:
        """Keep what leaves for people in the home. The address of a Slack of our own."""
        from local.strict.kept_secrets import KeptSecrets  # noqa: PLC0415 - they load moto
        from local.strict.sent_mail import SentMail  # noqa: PLC0415

        outbox = Outbox(self.home)
        self.aws.strict.add(KeptSecrets(self.home))
        self.aws.strict.add(SentMail(outbox))
        return starting.enter_context(SlackServer(KeptWorkspace(self.home, outbox))).address

    def _keep_invitations(self, people: People, check: PasswordCheck) -> None:
        from local.strict.invitations import Invitations  # noqa: PLC0415 - it loads moto, as the emulation does

        self.aws.strict.add(Invitations(people, check.enroll))

    def _migrate(self) -> None:
        version = digest_of(sorted(self._options.migrations.glob("*.sql")))
        with self.home.lock("migrate"):
            if self.home.recall("migrations") != version:
                self.invoke("migrate_database", {})
                self.home.replace("migrations", version)

    def _secret(self, user: str) -> dict[str, str | int]:
        return {
            "host": "127.0.0.1",
            "port": self.postgres.port,
            "dbname": DATABASE,
            "username": user,
            "password": self.postgres.password(user),
            "tenant_seal_key": seal_key(self.home),
            # The bundled server speaks no TLS, and nobody else is on the loopback interface.
            "sslmode": "disable",
        }


@contextmanager
def database(home: Home) -> Iterator[Postgres]:
    """The home's server; the last one to leave stops it, unless `db dsn` asked for it to stay."""
    postgres = Postgres(home)
    with home.lock("start"):
        home.join_users()
        postgres.start()
        postgres.bootstrap()
    try:
        yield postgres
    finally:
        with home.lock("start"):
            if home.leave_users() and home.recall("keep_database") is None:
                postgres.stop()


def seal_key(home: Home) -> str:
    return home.remember("tenant_seal_key", lambda: secrets.token_hex(32))


def issuer(home: Home, pool: UserPool | None = None) -> TokenIssuer:
    """Without a pool, that of the last start; raises LocalError where there was none."""
    if pool is not None:
        home.replace("user_pool", json.dumps({"id": pool.id, "client_id": pool.client_id}))
    kept = home.recall("user_pool")
    if kept is None:
        raise LocalError("nothing was started in this home yet")
    ids = json.loads(kept)
    return TokenIssuer(home, pool_id=ids["id"], client_id=ids["client_id"])


def digest_of(files: Sequence[Path]) -> str:
    digest = sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
