"""/api/v1/policies, /api/v1/violations and /api/v1/exceptions: what must hold, where it does not, what was accepted."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.compliance.policies import exceptions, importing
from cloudops.compliance.policies import use_cases as policies
from cloudops.compliance.policies.models import (
    ExceptionFilter,
    NewException,
    Policy,
    PolicyException,
    PolicyFields,
    PolicyFilter,
    ScanKind,
    ViolationFilter,
)
from cloudops.compliance.policies.scanning import scan_id
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from policies.schemas import (
    Decision,
    ExceptionOut,
    ExceptionPage,
    ExceptionStatus,
    Imported,
    NewExceptionIn,
    NewImport,
    NewPolicy,
    NewScan,
    PolicyChange,
    PolicyDraft,
    PolicyOut,
    PolicyPage,
    PolicyPreviewOut,
    PolicyStatus,
    PolicyType,
    Provider,
    QueuedScan,
    ScanOut,
    ScanPage,
    Severity,
    SeverityCountOut,
    SeverityCounts,
    TranslatedPolicy,
    ViolationOut,
    ViolationPage,
    ViolationStatus,
)

app = api()

QUEUES = {ScanKind.POLICY: "policy_queue_url", ScanKind.SECURITY: "security_queue_url"}
EVERY_POLICY = NewScan()
PolicyId = Annotated[str, Path(max_length=200)]
Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/policies")
def list_policies(
    status: Annotated[PolicyStatus | None, Query()] = None,
    type: Annotated[PolicyType | None, Query()] = None,  # noqa: A002 - the contract's name of the parameter
    severity: Annotated[Severity | None, Query()] = None,
    provider: Annotated[Provider | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PolicyPage:
    """Policies by name. The built-in ones are there from the first scan on."""
    chosen = PolicyFilter(status=status, type=type, severity=severity, provider=provider)
    with unit(app) as one:
        page = policies.list_policies(one.connection, chosen, limit=limit, cursor=cursor)
    return PolicyPage(
        items=[PolicyOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/policies/scans")
def list_scans(limit: Limit = 100, cursor: Cursor = None) -> ScanPage:
    """Evaluations, the newest first."""
    with unit(app) as one:
        page = policies.list_scans(one.connection, limit=limit, cursor=cursor)
    return ScanPage(items=[ScanOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/policies/<policy_id>")
def show_policy(policy_id: PolicyId) -> Response[PolicyOut]:
    with unit(app) as one:
        return policy_answer(policies.show_policy(one.connection, policy_id))


@app.post("/api/v1/policies", status_code=201)
def write_policy(wanted: NewPolicy) -> Response[PolicyOut]:
    """The next scan evaluates it, if it is enabled. Try it first by /api/v1/policies/test."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        fields = PolicyFields(**wanted.model_dump())
        written = policies.write_policy(one.connection, fields, actor=one.actor, now=one.now)
        return policy_answer(written, status=201)


@app.patch("/api/v1/policies/<policy_id>")
def change_policy(
    policy_id: PolicyId, changes: PolicyChange, if_match: IfMatch = None
) -> Response[PolicyOut]:
    """Violations of a policy that is no longer enabled count as fixed."""
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = policies.change_policy(
            one.connection,
            policy_id,
            fields,
            if_match=if_match,
            tenant_id=one.principal.tenant_id,
            actor=one.actor,
            now=one.now,
        )
        return policy_answer(changed)


@app.delete("/api/v1/policies/<policy_id>", status_code=204)
def remove_policy(policy_id: PolicyId, if_match: IfMatch = None) -> Response[None]:
    """Its violations stay, as fixed; its exceptions go with it. A built-in policy can only be disabled."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        policies.remove_policy(
            one.connection,
            policy_id,
            if_match=if_match,
            tenant_id=one.principal.tenant_id,
            actor=one.actor,
            now=one.now,
        )
    return Response(status_code=204)


@app.post("/api/v1/policies/test")
def try_policy(draft: PolicyDraft) -> PolicyPreviewOut:
    """Which resources a policy would flag now. Nothing is written."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        preview = policies.try_policy(one.connection, policies.Draft(**draft.model_dump()), now=one.now)
    return PolicyPreviewOut.model_validate(preview)


@app.post("/api/v1/policies/scans", status_code=202)
def request_scan(wanted: Annotated[NewScan, Body()] = EVERY_POLICY) -> Response[QueuedScan]:
    """Queue an evaluation of every enabled policy, or of the security policies alone."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        kind = ScanKind(wanted.kind)
        message = envelope(
            tenant_id=one.principal.tenant_id,
            kind=f"scans.{kind}",
            params={},
            idempotency_key=f"scans.{kind}/{uuid4()}",
            now=one.now,
        )
        found = scan_id(message.tenant_id, message.idempotency_key)
        policies.request_scan(one.connection, found, kind, actor=one.actor, now=one.now)
        send(settings().require(QUEUES[kind]), message)
    return answer(QueuedScan(id=found, message_id=message.id), status=202)


@app.post("/api/v1/policies/import")
def import_policies(wanted: NewImport) -> Imported:
    """Translate policies of Cloud Custodian; all of them, or with the place and the reason none."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        found = importing.import_policies(
            one.connection,
            wanted.document,
            severity=wanted.severity,
            policy_type=wanted.type,
            dry_run=wanted.dry_run,
            actor=one.actor,
            now=one.now,
        )
    return Imported(policies=[TranslatedPolicy(**vars(translated)) for translated in found])


@app.get("/api/v1/violations")
def list_violations(
    status: Annotated[ViolationStatus | None, Query()] = None,
    severity: Annotated[Severity | None, Query()] = None,
    policy: Annotated[str | None, Query()] = None,
    resource: Annotated[str | None, Query()] = None,
    account: Annotated[str | None, Query()] = None,
    team: Annotated[UUID | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ViolationPage:
    """The most severe first, of those the ones that were seen last. `team` owns the resource or its account."""
    chosen = ViolationFilter(
        status=status, severity=severity, policy=policy, resource=resource, account=account, team=team
    )
    with unit(app) as one:
        page = policies.list_violations(one.connection, chosen, limit=limit, cursor=cursor)
    return ViolationPage(
        items=[ViolationOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/violations/latest")
def list_latest_violations(limit: Limit = 100, cursor: Cursor = None) -> ViolationPage:
    """Of each resource the open violations that were seen last, the most severe first."""
    with unit(app) as one:
        page = policies.list_latest_violations(one.connection, limit=limit, cursor=cursor)
    return ViolationPage(
        items=[ViolationOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/violations/summary")
def count_violations() -> SeverityCounts:
    """How many there are of each severity, the most severe first."""
    with unit(app) as one:
        found = policies.count_violations(one.connection)
    return SeverityCounts(items=[SeverityCountOut.model_validate(row) for row in found])


@app.get("/api/v1/violations/<violation_id>")
def show_violation(violation_id: Id) -> ViolationOut:
    with unit(app) as one:
        return ViolationOut.model_validate(policies.show_violation(one.connection, violation_id))


@app.get("/api/v1/exceptions")
def list_exceptions(
    status: Annotated[ExceptionStatus | None, Query()] = None,
    policy: Annotated[str | None, Query()] = None,
    resource: Annotated[str | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ExceptionPage:
    """The newest first."""
    chosen = ExceptionFilter(status=status, policy=policy, resource=resource)
    with unit(app) as one:
        page = exceptions.list_exceptions(one.connection, chosen, limit=limit, cursor=cursor)
    return ExceptionPage(
        items=[ExceptionOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/exceptions/<exception_id>")
def show_exception(exception_id: Id) -> ExceptionOut:
    with unit(app) as one:
        return ExceptionOut.model_validate(exceptions.show_exception(one.connection, exception_id))


@app.post("/api/v1/exceptions", status_code=201)
def request_exception(wanted: NewExceptionIn) -> Response[ExceptionOut]:
    """Ask to accept violations until a time. It suppresses nothing before somebody else approves it."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        asked = exceptions.request_exception(
            one.connection, NewException(**wanted.model_dump()), actor=one.actor, now=one.now
        )
        return exception_answer(asked, status=201)


@app.post("/api/v1/exceptions/<exception_id>/approve")
def approve_exception(exception_id: Id, decision: Decision) -> Response[ExceptionOut]:
    """Nobody approves his own request."""
    with unit(app) as one:
        one.principal.require(Role.APPROVER)
        approved = exceptions.approve(
            one.connection,
            exception_id,
            decision=decision.decision,
            tenant_id=one.principal.tenant_id,
            actor=one.actor,
            now=one.now,
        )
        return exception_answer(approved)


@app.post("/api/v1/exceptions/<exception_id>/reject")
def reject_exception(exception_id: Id, decision: Decision) -> Response[ExceptionOut]:
    """Refuse a request, or take an approval back: what it suppressed opens again."""
    with unit(app) as one:
        one.principal.require(Role.APPROVER)
        rejected = exceptions.reject(
            one.connection,
            exception_id,
            decision=decision.decision,
            tenant_id=one.principal.tenant_id,
            actor=one.actor,
            now=one.now,
        )
        return exception_answer(rejected)


def policy_answer(policy: Policy, *, status: int = 200) -> Response[PolicyOut]:
    return answer(PolicyOut.model_validate(policy), status=status, etag=etag_of(policy.editable()))


def exception_answer(found: PolicyException, *, status: int = 200) -> Response[ExceptionOut]:
    return answer(ExceptionOut.model_validate(found), status=status)


def answer[T](body: T, *, status: int = 200, etag: str | None = None) -> Response[T]:
    headers: dict[str, str | list[str]] = {"ETag": etag} if etag else {}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
