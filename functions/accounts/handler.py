"""/api/v1/cloud-accounts and /api/v1/data-sources: accounts, the roles that open them, and where bills come from."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from accounts.schemas import (
    CloudAccountChange,
    CloudAccountOut,
    CloudAccountPage,
    DataSourceChange,
    DataSourceOut,
    DataSourcePage,
    Kind,
    MissingPermissionOut,
    NewCloudAccount,
    NewDataSource,
    PermissionList,
    QueuedRun,
    Run,
)
from cloudops.accounts import acting, sources
from cloudops.accounts import use_cases as accounts
from cloudops.accounts.models import CloudAccount, DataSource, NewConnection, SourceFields
from cloudops.accounts.models import Role as AccountRole
from cloudops.accounts.permissions import show_permissions
from cloudops.accounts.verification import verify
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed

app = api()

AS_IT_SAYS = Run()
Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/cloud-accounts")
def list_accounts(
    provider: Annotated[Literal["aws", "azure", "gcp", "ibm", "oci", "other"] | None, Query()] = None,
    status: Annotated[Literal["pending", "connected", "insecure", "unreachable"] | None, Query()] = None,
    project_id: Annotated[UUID | None, Query()] = None,
    team_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> CloudAccountPage:
    """Every account that is known from bills or connected by a role, the newest first."""
    chosen = accounts.AccountFilter(provider=provider, status=status, project_id=project_id, team_id=team_id)
    with unit(app) as one:
        page = accounts.list_accounts(one.connection, chosen, limit=limit, cursor=cursor)
    return CloudAccountPage(items=[shown(row, one) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/cloud-accounts/<account_id>")
def show_account(account_id: Id) -> Response[CloudAccountOut]:
    with unit(app) as one:
        return account_answer(accounts.show_account(one.connection, account_id), one)


@app.post("/api/v1/cloud-accounts", status_code=201)
def connect_account(wanted: NewCloudAccount) -> Response[CloudAccountOut]:
    """Connect an account by a role. We issue the external id that its trust policy has to ask for."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        new = NewConnection(**wanted.model_dump(exclude={"provider"}))
        connected = accounts.connect(one.connection, new, actor=one.actor, now=one.now)
        return account_answer(connected, one, status=201)


@app.patch("/api/v1/cloud-accounts/<account_id>")
def change_account(
    account_id: Id, changes: CloudAccountChange, if_match: IfMatch = None
) -> Response[CloudAccountOut]:
    """Rename it, move it to another project or team, or change its regions or its roles; never its external id.

    Without an action role the account is only read.
    """
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = accounts.change(one.connection, account_id, fields, if_match=if_match, actor=one.actor)
        return account_answer(changed, one)


@app.delete("/api/v1/cloud-accounts/<account_id>", status_code=204)
def disconnect_account(account_id: Id, if_match: IfMatch = None) -> Response[None]:
    """Forget its role and external id. The account and its costs stay."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        accounts.disconnect(one.connection, account_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


@app.post("/api/v1/cloud-accounts/<account_id>/verify")
def verify_account(account_id: Id) -> Response[CloudAccountOut]:
    """Try its roles as ourselves and as a stranger; a role that opens to strangers is refused as insecure."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        role = accounts.role_to_verify(one.connection, account_id)
        actor = acting.acting_role_to_verify(one.connection, account_id)
    # No transaction waits for AWS: it would be cut off, and hold its locks until then.
    verdict, acting_verdict = verify(role), verify(actor) if actor else None
    with unit(app) as one:
        accounts.record_verdict(one.connection, account_id, role, verdict, actor=one.actor, now=one.now)
        judged = acting.record_acting_verdict(
            one.connection, account_id, actor, acting_verdict, actor=one.actor, now=one.now
        )
        return account_answer(judged, one)


@app.get("/api/v1/cloud-accounts/<account_id>/permissions")
def list_missing_permissions(account_id: Id) -> PermissionList:
    """What the last readings of the account were denied, and the policy that lets its role do it."""
    with unit(app) as one:
        found = show_permissions(one.connection, account_id)
    items = [MissingPermissionOut.model_validate(row) for row in found.missing]
    return PermissionList(items=items, account_id=found.account_id, policy=found.policy)


@app.get("/api/v1/data-sources")
def list_sources(
    kind: Annotated[Kind | None, Query()] = None,
    enabled: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DataSourcePage:
    """Where bills are read from, the newest first, each with what came of it last."""
    chosen = sources.SourceFilter(kind=kind, enabled=enabled)
    with unit(app) as one:
        page = sources.list_sources(one.connection, chosen, limit=limit, cursor=cursor)
    return DataSourcePage(
        items=[DataSourceOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/data-sources/<source_id>")
def show_source(source_id: Id) -> Response[DataSourceOut]:
    with unit(app) as one:
        return source_answer(sources.show_source(one.connection, source_id))


@app.post("/api/v1/data-sources", status_code=201)
def add_source(wanted: NewDataSource) -> Response[DataSourceOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        new = SourceFields(**wanted.fields())
        return source_answer(sources.add(one.connection, new, actor=one.actor, now=one.now), status=201)


@app.patch("/api/v1/data-sources/<source_id>")
def change_source(
    source_id: Id, changes: DataSourceChange, if_match: IfMatch = None
) -> Response[DataSourceOut]:
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = sources.change(
            one.connection, source_id, fields, if_match=if_match, actor=one.actor, now=one.now
        )
        return source_answer(changed)


@app.delete("/api/v1/data-sources/<source_id>", status_code=204)
def remove_source(source_id: Id, if_match: IfMatch = None) -> Response[None]:
    """Read it no more. What it brought in stays."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        sources.remove(one.connection, source_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


@app.post("/api/v1/data-sources/<source_id>/run", status_code=202)
def run_source(source_id: Id, run: Annotated[Run, Body()] = AS_IT_SAYS) -> Response[QueuedRun]:
    """Queue a look into the source now, whatever its schedule says, and whether it is enabled or not."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        source = sources.request_run(one.connection, source_id, actor=one.actor)
        kind, queue = job_of(source)
        message = envelope(
            tenant_id=one.principal.tenant_id,
            kind=kind,
            params={"data_source_id": str(source_id), **run.model_dump(exclude_none=True)},
            idempotency_key=f"{kind}/{source_id}/{uuid4()}",
            now=one.now,
        )
        send(settings().require(queue), message)
    return answer(QueuedRun(message_id=message.id), status=202)


def job_of(source: DataSource) -> tuple[str, str]:
    """What a source's queue carries, and the setting that names the queue."""
    if source.kind == "cost_explorer":
        return "costs.cost_explorer", "cost_explorer_queue_url"
    return "costs.discover", "discover_queue_url"


def account_answer(account: CloudAccount, one: Unit, *, status: int = 200) -> Response[CloudAccountOut]:
    return answer(shown(account, one), status=status, etag=etag_of(account.editable()))


def shown(account: CloudAccount, one: Unit) -> CloudAccountOut:
    """Who knows the external id could make a role open to us in another name, so it is for admins."""
    out = CloudAccountOut.model_validate(account)
    if one.principal.role < Role.ADMIN:
        return out.model_copy(update={"external_id": None})
    for_admins = {
        "trust_policy": account.role and accounts.trust_policy(account.role, our_account=our_account()),
        "quick_create_url": quick_create_url(account.role, settings().role_template_url),
        "action_role_quick_create_url": quick_create_url(
            account.acting_role,
            settings().action_role_template_url,
            stack_name="cloudops-guardrails-action-role",
        ),
    }
    return out.model_copy(update=for_admins)


def our_account() -> str:
    # arn:aws:lambda:<region>:<account>:function:<name> is ourselves.
    return app.lambda_context.invoked_function_arn.split(":")[4]


def quick_create_url(
    role: AccountRole | None, template_url: str | None, *, stack_name: str = "cloudops-guardrails-role"
) -> str | None:
    if role is None or template_url is None:
        return None
    region = app.lambda_context.invoked_function_arn.split(":")[3]
    return accounts.quick_create_url(
        role, template_url=template_url, our_account=our_account(), region=region, stack_name=stack_name
    )


def source_answer(source: DataSource, *, status: int = 200) -> Response[DataSourceOut]:
    return answer(DataSourceOut.model_validate(source), status=status, etag=etag_of(source.editable()))


def answer[T](body: T, *, status: int = 200, etag: str | None = None) -> Response[T]:
    headers: dict[str, str | list[str]] = {"ETag": etag} if etag else {}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
