"""/api/v1/retention: how long closed rows stay, the archives they went to, and reading those again."""

from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.retention import use_cases as retention
from cloudops.retention.models import Retention
from retention.schemas import (
    ArchiveOut,
    ArchivePage,
    RestoredRowOut,
    RestoredRowPage,
    RetentionChange,
    RetentionList,
    RetentionOut,
)

app = api()

Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/retention")
def list_retention() -> RetentionList:
    """For how many days closed rows of each table stay where they are."""
    with unit(app) as one:
        found = retention.list_retention(one.connection)
    return RetentionList(items=[RetentionOut.model_validate(row) for row in found])


@app.get("/api/v1/retention/tables/<table_name>")
def show_retention(table_name: Annotated[str, Path()]) -> Response[RetentionOut]:
    with unit(app) as one:
        return answer(retention.show_retention(one.connection, table_name))


@app.patch("/api/v1/retention/tables/<table_name>")
def change_retention(
    table_name: Annotated[str, Path()], wanted: RetentionChange, if_match: IfMatch = None
) -> Response[RetentionOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = retention.change_retention(
            one.connection, table_name, wanted.hot_days, if_match=if_match, actor=one.actor, now=one.now
        )
        return answer(changed)


@app.get("/api/v1/retention/archives")
def list_archives(
    table_name: Annotated[str | None, Query()] = None, limit: Limit = 100, cursor: Cursor = None
) -> ArchivePage:
    """Where closed rows went, the newest first."""
    with unit(app) as one:
        page = retention.list_archives(one.connection, table_name=table_name, limit=limit, cursor=cursor)
    return ArchivePage(
        items=[ArchiveOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.post("/api/v1/retention/archives/<archive_id>/restore", status_code=202)
def restore_archive(archive_id: Id) -> Response[ArchiveOut]:
    """Queue that its rows become readable again; `restored_at` tells when they are."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        archive = retention.request_restore(one.connection, archive_id, actor=one.actor)
        message = envelope(
            tenant_id=one.principal.tenant_id,
            kind="retention.restore",
            params={"archive_id": str(archive.id)},
            idempotency_key=f"retention.restore/{archive.id}",
            now=one.now,
        )
        send(settings().require("restore_queue_url"), message)
    return Response(status_code=202, content_type="application/json", body=ArchiveOut.model_validate(archive))


@app.get("/api/v1/retention/archives/<archive_id>/rows")
def list_restored_rows(archive_id: Id, limit: Limit = 100, cursor: Cursor = None) -> RestoredRowPage:
    """The rows of an archive that was restored, the last closed first."""
    with unit(app) as one:
        page = retention.list_restored_rows(one.connection, archive_id, limit=limit, cursor=cursor)
    return RestoredRowPage(
        items=[RestoredRowOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


def answer(found: Retention) -> Response[RetentionOut]:
    return Response(
        status_code=200,
        content_type="application/json",
        body=RetentionOut.model_validate(found),
        headers={"ETag": etag_of(found.editable())},
    )


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
