"""What the system considered doing on its own, and which kinds of change have earned that."""

from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query

from actions.application import app
from actions.autonomy_schemas import (
    AutonomousTypeList,
    AutonomousTypeOut,
    ConsiderationOut,
    ConsiderationPage,
    RunOut,
    RunPage,
    Verdict,
)
from cloudops.automation import choosing
from cloudops.automation.autonomy import SUCCESSES_NEEDED, TrackRecord
from cloudops.automation.executors import EXECUTORS
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import unit

Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/automation/types")
def list_autonomous_types() -> AutonomousTypeList:
    """Each kind of change with how often in a row it was verified, which earns that the system makes it alone."""
    with unit(app) as one:
        found = choosing.list_track_records(one.connection, EXECUTORS)
    return AutonomousTypeList(items=[type_out(record) for record in found])


@app.get("/api/v1/automation/runs")
def list_runs(limit: Limit = 100, cursor: Cursor = None) -> RunPage:
    """The hourly looks at what is open, the newest first: what was considered, done and saved, or why nothing was."""
    with unit(app) as one:
        page = choosing.list_runs(one.connection, limit=limit, cursor=cursor)
    return RunPage(items=[RunOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/automation/considerations")
def list_considerations(
    run: Annotated[UUID | None, Query()] = None,
    recommendation: Annotated[UUID | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ConsiderationPage:
    """Every recommendation that a run looked at, with why it acted or held."""
    chosen = choosing.ConsiderationFilter(run=run, recommendation=recommendation, verdict=verdict)
    with unit(app) as one:
        page = choosing.list_considerations(one.connection, chosen, limit=limit, cursor=cursor)
    return ConsiderationPage(
        items=[ConsiderationOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


def type_out(record: TrackRecord) -> AutonomousTypeOut:
    return AutonomousTypeOut(
        type=record.type,
        earned=record.earned,
        successes_in_a_row=record.successes_in_a_row,
        successes_needed=SUCCESSES_NEEDED,
        completed=record.completed,
        failed=record.failed,
        last_failed_at=record.last_failed_at,
    )
