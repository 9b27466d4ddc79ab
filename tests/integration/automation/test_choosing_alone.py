from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from cloudops.automation import choosing
from cloudops.automation.choosing import Chosen, ConsiderationFilter
from cloudops.automation.executors import EXECUTORS
from tests.conftest import Database
from tests.integration.automation.workshop import ACCOUNT, REGION, Workshop
from tests.integration.tenant import open_tenant

RESOURCE = """
    insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, tags,
                           monthly_cost, currency, first_seen, last_seen)
    values (current_tenant(), %s, %s, 'aws', 'AmazonEC2', 'EC2', 'server', %s, %s, 100, 'USD', %s, %s)
"""
RECOMMENDATION = """
    insert into recommendations (tenant_id, id, project_id, check_id, kind, type, severity, title, description,
                                 action_steps, impact, provider, account_id, region, resource_id, recommended_config,
                                 monthly_savings, currency, overlap_group, risk, confidence)
    select current_tenant(), %s, id, 'EC2-02', 'rightsizing', 'resize', 'low', 'Resize', 'It is too large',
           '1. Resize', 'It restarts', 'aws', %s, %s, %s, %s, %s, 'USD', %s, 20, 0.9
      from projects limit 1
"""
ALERT = """
    insert into alerts (tenant_id, id, project_id, alert_type, status, severity, title, description, source,
                        resource_id, rule_name, model_version, observed_value, excess, window_start, window_end,
                        data_watermark, detected_at, acknowledged_at, resolved_at)
    select current_tenant(), gen_random_uuid(), id, 'reliability', %(status)s, 'high', 'Errors', 'Errors', 'CloudWatch',
           %(instance)s, 'r', '1', 1, 1, now(), now(), now(), now(),
           case when %(status)s = 'acknowledged' then now() end, case when %(status)s = 'resolved' then now() end
      from projects limit 1
"""


@pytest.fixture
def workshop(module_database: Database) -> Workshop:
    found = Workshop(tenant=open_tenant(module_database))
    found.configure(agent__autonomous_mode="true", agent__max_autonomous_risk_level="40")
    return found


def recommended(workshop: Workshop, *, savings: int = 50, tags: dict[str, str] | None = None) -> UUID:
    instance, found = workshop.instance(tags=tags or {}), uuid4()
    config = Jsonb({"instanceType": "m5.large"})
    with workshop.tenant.transaction() as connection:
        connection.execute(
            RESOURCE,
            [ACCOUNT, instance, REGION, Jsonb(tags or {}), date(2026, 9, 1), date(2026, 9, 14)],
        )
        connection.execute(
            RECOMMENDATION, [found, ACCOUNT, REGION, instance, config, Decimal(savings), str(found)]
        )
    return found


def earn(workshop: Workshop, successes: int = 3) -> None:
    for _ in range(successes):
        assert workshop.finish(workshop.approved(workshop.instance())).status == "completed"
    workshop.now = datetime.combine(workshop.now.date() + timedelta(days=1), workshop.now.time(), tzinfo=UTC)


def choose(workshop: Workshop, run_id: UUID | None = None) -> Chosen:
    with workshop.tenant.transaction() as connection:
        return choosing.choose(connection, EXECUTORS, run_id=run_id or uuid4(), now=workshop.now)


def reasons(workshop: Workshop, **chosen: Any) -> list[tuple[str, str]]:
    with workshop.tenant.transaction() as connection:
        page = choosing.list_considerations(connection, ConsiderationFilter(**chosen), limit=50, cursor=None)
    return [(one.verdict, one.reason) for one in page.items]


def test_what_has_earned_it_is_carried_out_without_a_person_and_verified(workshop: Workshop) -> None:
    earn(workshop)
    found = recommended(workshop)

    chosen = choose(workshop)
    (action_id,) = chosen.actions
    action = workshop.finish(action_id)

    assert (action.status, action.autonomous, action.requires_approval) == ("completed", True, False)
    ((role, status, digest),) = workshop.tenant.rows(
        "select approver_role, status, digest from approval_requests where action_id = %s", [action_id]
    )
    assert (role, status, digest) == ("system", "approved", action.digest)
    assert workshop.tenant.value("select status from recommendations where id = %s", [found]) == "done"
    assert (chosen.run.considered, chosen.run.acted, chosen.run.monthly_savings) == (1, 1, Decimal(50))


def test_nothing_is_done_alone_before_enough_changes_were_verified(workshop: Workshop) -> None:
    earn(workshop, 2)
    found = recommended(workshop)

    assert choose(workshop).actions == []

    assert reasons(workshop, recommendation=found) == [
        ("held", "this kind of change has not earned it yet by enough verified successes")
    ]


def test_a_failure_takes_away_what_was_earned(workshop: Workshop) -> None:
    earn(workshop)
    assert workshop.finish(workshop.approved(workshop.instance(impaired=True))).status == "rolled_back"
    recommended(workshop)

    assert choose(workshop).actions == []

    with workshop.tenant.transaction() as connection:
        records = {one.type: one for one in choosing.list_track_records(connection, EXECUTORS)}
    resized, other = records["ec2.resize"], records["ec2.stop"]
    assert (resized.successes_in_a_row, resized.completed, resized.failed, resized.earned) == (0, 3, 1, False)
    assert resized.last_failed_at is not None
    assert (other.successes_in_a_row, other.earned, other.last_failed_at) == (0, False, None)
    assert set(records) == set(EXECUTORS)


def test_the_same_run_twice_and_the_next_run_do_nothing_twice(workshop: Workshop) -> None:
    earn(workshop)
    recommended(workshop)
    run_id = uuid4()

    first, again, next_run = choose(workshop, run_id), choose(workshop, run_id), choose(workshop)

    assert len(first.actions) == 1
    assert (again.run, list(again.actions)) == (first.run, list(first.actions))
    assert next_run.actions == []
    assert workshop.tenant.value("select count(*) from actions where autonomous") == 1
    assert sorted(verdict for verdict, _ in reasons(workshop)) == ["acted", "held"]


def test_what_was_called_off_is_not_tried_again(workshop: Workshop) -> None:
    earn(workshop)
    found = recommended(workshop)
    (action_id,) = choose(workshop).actions
    workshop.cloud.instances.clear()
    assert workshop.finish(action_id).status == "failed"
    workshop.now += timedelta(hours=1)

    assert choose(workshop).actions == []

    assert reasons(workshop, recommendation=found)[0] == (
        "held",
        "a change was asked for by it before; whether to try again is for a person to say",
    )


@pytest.mark.parametrize(("status", "acted"), [("open", 0), ("acknowledged", 0), ("resolved", 1)])
def test_it_is_frozen_while_reliability_alerts_are_open(workshop: Workshop, status: str, acted: int) -> None:
    earn(workshop)
    found = recommended(workshop)
    with workshop.tenant.transaction() as connection:
        (instance,) = connection.execute(
            "select resource_id from recommendations where id = %s", [found]
        ).fetchone() or ("",)
        connection.execute(ALERT, {"status": status, "instance": instance})

    assert len(choose(workshop).actions) == acted


def test_an_alert_after_the_choice_holds_what_the_system_approved(workshop: Workshop) -> None:
    earn(workshop)
    recommended(workshop)
    (action_id,) = choose(workshop).actions
    instance = workshop.action(action_id).resource_id
    workshop.configure(actions__change_windows="tue 02:00-03:00")
    workshop.work(action_id)
    with workshop.tenant.transaction() as connection:
        connection.execute(ALERT, {"status": "open", "instance": instance})
    workshop.configure(actions__change_windows="mon-sun 00:00-23:59")
    workshop.now = workshop.action(action_id).due_at
    before = list(workshop.cloud.effective)

    workshop.work(action_id)

    assert workshop.action(action_id).started_at is None
    assert workshop.cloud.effective == before


def test_autonomy_that_is_switched_off_holds_what_the_system_approved(workshop: Workshop) -> None:
    earn(workshop)
    recommended(workshop)
    (action_id,) = choose(workshop).actions
    workshop.configure(actions__change_windows="tue 02:00-03:00")
    workshop.work(action_id)
    workshop.configure(agent__autonomous_mode="false", actions__change_windows="mon-sun 00:00-23:59")

    statuses = []
    for days in (0, 1, 7):
        workshop.now += timedelta(days=days)
        workshop.work(action_id)
        statuses.append(workshop.action(action_id).status)

    action = workshop.action(action_id)
    assert statuses == ["preflight", "preflight", "failed"]
    assert (action.error, action.started_at) == ("the approval has expired", None)


def test_what_was_chosen_counts_against_the_day_before_it_begins(workshop: Workshop) -> None:
    earn(workshop)
    workshop.configure(actions__max_per_day="2", actions__max_per_run="1")
    for _ in range(3):
        recommended(workshop)

    chosen = [len(choose(workshop).actions) for _ in range(3)]

    assert chosen == [1, 1, 0]


def test_a_refused_run_says_why_and_looks_at_nothing(workshop: Workshop) -> None:
    recommended(workshop)
    workshop.configure(agent__autonomous_mode="nonsense")

    run = choose(workshop).run

    assert (run.refusal, run.considered) == ("agent.autonomous_mode permits nothing", 0)
    assert reasons(workshop) == []
    assert ("job", "actions_chosen") in workshop.tenant.events()


def test_runs_and_considerations_are_paged_and_filtered(workshop: Workshop) -> None:
    earn(workshop)
    for _ in range(3):
        recommended(workshop)
    workshop.configure(actions__max_per_run="1")
    first = choose(workshop)
    workshop.now += timedelta(hours=1)
    second = choose(workshop)
    with workshop.tenant.transaction() as connection:
        runs = choosing.list_runs(connection, limit=1, cursor=None)
        older = choosing.list_runs(connection, limit=1, cursor=runs.next_cursor)
        page = choosing.list_considerations(connection, ConsiderationFilter(), limit=4, cursor=None)
        rest = choosing.list_considerations(
            connection, ConsiderationFilter(), limit=4, cursor=page.next_cursor
        )

    assert [one.id for one in [*runs.items, *older.items]] == [second.run.id, first.run.id]
    assert (len(page.items), len(rest.items), rest.next_cursor) == (4, 2, None)
    assert len({one.id for one in [*page.items, *rest.items]}) == 6
    assert [verdict for verdict, _ in reasons(workshop, run=first.run.id, verdict="acted")] == ["acted"]


def test_old_runs_are_forgotten(workshop: Workshop) -> None:
    recommended(workshop)
    choose(workshop)
    workshop.now += timedelta(days=91)
    last = choose(workshop)

    assert workshop.tenant.rows("select id from autonomy_runs") == [(last.run.id,)]


def test_a_protected_resource_is_left_alone(workshop: Workshop) -> None:
    earn(workshop)
    recommended(workshop, tags={"CloudOps:Protect": "yes"})

    assert choose(workshop).actions == []
    assert reasons(workshop) == [("held", "the resource is protected by its tag cloudops:protect")]


def test_another_tenants_recommendations_are_not_seen(workshop: Workshop, module_database: Database) -> None:
    recommended(Workshop(tenant=open_tenant(module_database)))
    earn(workshop)

    assert choose(workshop).run.considered == 0
