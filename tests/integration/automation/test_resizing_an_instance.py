from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from cloudops.automation import approving, requesting
from cloudops.automation.approvals import ApprovalDecidedError, ApproverTooLowError
from cloudops.automation.approving import Approver
from cloudops.automation.executors.ec2_resize import ResizeInstance
from cloudops.automation.paging_people import APPROVAL_NEEDED, page
from cloudops.automation.repository import ResourceBusyError
from cloudops.automation.strides import work_on
from cloudops.platform.principal import Role
from cloudops.recommendations.models import RiskClass
from tests.conftest import Database
from tests.integration.automation.workshop import ACCOUNT, Workshop, finance
from tests.integration.tenant import open_tenant

RESIZED = [("stop_instances",), ("modify_instance_attribute",), ("start_instances",)]


@pytest.fixture
def workshop(module_database: Database) -> Workshop:
    return Workshop(tenant=open_tenant(module_database))


def test_an_approved_resize_stops_changes_starts_and_is_verified(workshop: Workshop) -> None:
    instance = workshop.instance()
    action_id = workshop.approved(instance)

    action = workshop.finish(action_id)

    assert (action.status, action.error) == ("completed", None)
    assert (workshop.cloud.instances[instance].type, workshop.cloud.instances[instance].state) == (
        "m5.large", "running",
    )  # fmt: skip
    assert [name for name, _ in workshop.cloud.effective] == [name for (name,) in RESIZED]
    assert action.result is not None
    assert set(action.result["evidence"]) == {
        "after.json", "approvals.json", "before.json", "events.json", "plan.json", "steps.json", "verification.json",
    }  # fmt: skip
    assert {one["path"] for one in action.result["evidence"].values()} == set(workshop.evidence.kept)


def test_nothing_is_called_before_somebody_approves(workshop: Workshop) -> None:
    instance = workshop.instance()
    action_id = workshop.asked(instance)

    workshop.work(action_id)
    workshop.now += timedelta(days=2)
    workshop.work(action_id)

    assert workshop.action(action_id).status == "preflight"
    assert workshop.action(action_id).requires_approval is True
    assert workshop.cloud.effective == []
    assert workshop.pages == ["approval is needed"]


def test_an_approval_that_nobody_gives_expires(workshop: Workshop) -> None:
    action_id = workshop.asked(workshop.instance())

    action = workshop.finish(action_id, within=timedelta(days=9))

    assert (action.status, action.error) == ("failed", "the approval has expired")
    assert workshop.cloud.effective == []


def test_a_change_after_the_approval_voids_it(workshop: Workshop) -> None:
    instance = workshop.instance()
    action_id = workshop.approved(instance)
    workshop.cloud.instances[instance].type = "m5.2xlarge"

    action = workshop.finish(action_id)

    assert action.status == "failed"
    assert action.error == "the resource is not as it was when this plan was approved"
    assert workshop.cloud.effective == []


@pytest.mark.parametrize("status", ["in_progress", "completed", "verifying"])
def test_the_database_lets_no_action_begin_without_an_approval_of_its_plan(
    workshop: Workshop, status: str
) -> None:
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)

    with pytest.raises(psycopg.errors.CheckViolation), workshop.tenant.transaction() as connection:
        connection.execute("update actions set status = %s where id = %s", [status, action_id])


def test_the_kill_switch_stops_the_next_call(workshop: Workshop) -> None:
    instance = workshop.instance()
    action_id = workshop.approved(instance)
    workshop.cloud.on_call = lambda moment, name: (
        workshop.configure(actions__enabled="false")
        if (moment, name) == ("after", "stop_instances")
        else None
    )

    for _ in range(20):
        workshop.work(action_id)
        workshop.now += timedelta(minutes=5)
    before = list(workshop.cloud.effective)
    workshop.configure(actions__enabled="true")
    action = workshop.finish(action_id)

    assert before == [("stop_instances", instance)]
    assert action.status == "completed"


CONFIGURED = (
    "enabled",
    "allowed_accounts",
    "max_per_day",
    "max_savings_per_day",
    "max_share_of_fleet",
    "change_windows",
)
# A tag called 0, null or nonsense protects what carries it, and no more.
CELLS = [
    *((key, value) for key in CONFIGURED for value in (None, "", "0", "null", "nonsense")),
    ("protect_tags", None),
    ("protect_tags", ""),
]


@pytest.mark.parametrize(("key", "value"), CELLS)
def test_what_is_not_configured_permits_nothing(workshop: Workshop, key: str, value: str | None) -> None:
    action_id = workshop.approved(workshop.instance())
    workshop.configure(**{f"actions__{key}": value})

    for _ in range(12):
        workshop.work(action_id)
        workshop.now += timedelta(hours=6)

    assert workshop.cloud.effective == []
    assert workshop.action(action_id).started_at is None


def test_a_protected_resource_is_left_alone(workshop: Workshop) -> None:
    action_id = workshop.asked(workshop.instance(tags={"CloudOps:Protect": "yes"}))

    action = workshop.finish(action_id)

    assert action.error == "the resource is protected by its tag cloudops:protect"


def test_a_lost_answer_is_looked_up_and_the_call_not_repeated(workshop: Workshop) -> None:
    instance = workshop.instance()
    workshop.cloud.lost = {"stop_instances", "modify_instance_attribute", "start_instances"}

    action = workshop.finish(workshop.approved(instance))

    assert action.status == "completed"
    assert [name for name, _ in workshop.cloud.effective] == [name for (name,) in RESIZED]


def test_a_throttled_call_is_made_later(workshop: Workshop) -> None:
    workshop.cloud.throttled = ["stop_instances", "start_instances"]

    action = workshop.finish(workshop.approved(workshop.instance()))

    assert action.status == "completed"


@pytest.mark.parametrize(
    ("refused", "effective"),
    [
        ("stop_instances", []),
        ("modify_instance_attribute", ["stop_instances", "start_instances"]),
    ],
)
def test_a_refused_step_is_undone(workshop: Workshop, refused: str, effective: list[str]) -> None:
    instance = workshop.instance()
    workshop.cloud.refused = {refused}

    action = workshop.finish(workshop.approved(instance))

    assert action.status == ("rolled_back" if effective else "failed")
    assert [name for name, _ in workshop.cloud.effective] == effective
    assert workshop.cloud.instances[instance] == type(workshop.cloud.instances[instance])()
    assert workshop.pages[-1].startswith(f"ec2.resize on {instance} is {action.status}: AWS refused")


def test_an_instance_that_is_not_well_afterwards_goes_back(workshop: Workshop) -> None:
    instance = workshop.instance(impaired=True)

    action = workshop.finish(workshop.approved(instance))

    assert action.status == "rolled_back"
    assert (workshop.cloud.instances[instance].type, workshop.cloud.instances[instance].state) == (
        "m5.xlarge", "running",
    )  # fmt: skip
    assert [name for name, _ in workshop.cloud.effective][3:] == [
        "stop_instances", "modify_instance_attribute", "start_instances",
    ]  # fmt: skip


def test_what_the_owner_changes_on_the_way_is_left_to_a_person(workshop: Workshop) -> None:
    instance = workshop.instance()

    def start_it_elsewhere(moment: str, name: str) -> None:
        if (moment, name) == ("after", "stop_instances"):
            workshop.cloud.instances[instance].state = "stopped"
            workshop.cloud.instances[instance].type = "c5.large"

    workshop.cloud.on_call = start_it_elsewhere
    action = workshop.finish(workshop.approved(instance))

    assert action.status == "failed"
    assert "needs a person" in (action.error or "")
    assert workshop.cloud.effective == [("stop_instances", instance)]


def test_a_worker_that_slept_past_its_lease_calls_nothing(workshop: Workshop) -> None:
    instance = workshop.instance()
    action_id = workshop.approved(instance)
    asleep = workshop.around
    calls = iter([workshop.now] * 40)

    def clock() -> object:
        # The moment between intent and call: the clock jumps as it does for a process that was stopped.
        said = workshop.said(action_id)
        return workshop.now + timedelta(hours=1) if said and said[-1].startswith("asks AWS") else next(calls)

    work_on(action_id, replace(asleep, clock=clock))  # type: ignore[arg-type]

    assert workshop.cloud.effective == []
    workshop.now += timedelta(hours=1)
    assert workshop.finish(action_id).status == "completed"


def test_one_resource_takes_one_action_at_a_time(workshop: Workshop) -> None:
    instance = workshop.instance()
    workshop.asked(instance)

    with pytest.raises(ResourceBusyError):
        workshop.asked(instance)


def test_delivered_twice_it_is_taken_once(workshop: Workshop) -> None:
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)

    assert workshop.work(action_id) is None


def test_two_people_are_needed_where_much_is_at_risk(workshop: Workshop) -> None:
    workshop.executors = {"ec2.resize": RiskyResize()}
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)
    first, second = finance("carl@acme.example"), finance("dora@acme.example")

    workshop.approve(action_id, by=first)
    with pytest.raises(ApprovalDecidedError):
        workshop.approve(action_id, by=first)
    assert workshop.action(action_id).started_at is None
    workshop.approve(action_id, by=second)

    assert workshop.finish(action_id).status == "completed"


class RiskyResize(ResizeInstance):
    nature = replace(ResizeInstance.nature, risk=RiskClass.C)


@pytest.mark.parametrize(
    ("role", "finance_approver", "allowed"),
    [
        (Role.VIEWER, False, False),
        (Role.OPERATOR, False, False),
        (Role.ADMIN, False, False),
        (Role.VIEWER, True, True),
    ],
)
def test_without_a_known_saving_a_finance_approver_has_to_agree(
    workshop: Workshop, role: Role, finance_approver: bool, allowed: bool
) -> None:
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)
    somebody = finance()
    by = Approver(
        actor=somebody.actor, user_id=somebody.user_id, role=role, finance_approver=finance_approver
    )

    if allowed:
        workshop.approve(action_id, by=by)
    else:
        with pytest.raises(ApproverTooLowError):
            workshop.approve(action_id, by=by)


def test_a_rejected_plan_ends_its_action(workshop: Workshop) -> None:
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)
    with workshop.tenant.transaction() as connection:
        (request,) = approving.list_requests(
            connection, approving.ApprovalFilter(action=action_id), limit=5, cursor=None
        ).items
        approving.reject(connection, request.id, comment="not now", by=finance(), now=workshop.now)

    action = workshop.action(action_id)
    assert (action.status, action.error) == ("failed", "carl@acme.example rejected it: not now")


def test_it_can_be_called_off_before_it_begins_and_not_after(workshop: Workshop) -> None:
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)

    with pytest.raises(requesting.ActionUnderWayError), workshop.tenant.transaction() as connection:
        requesting.cancel(connection, action_id, actor=finance().actor, now=workshop.now)


def test_changes_begin_in_a_change_window_only(workshop: Workshop) -> None:
    workshop.configure(actions__change_windows="tue 02:00-03:00")
    action_id = workshop.approved(workshop.instance())

    wait = workshop.work(action_id)

    assert wait is not None
    assert wait.until.isoformat() == "2026-09-15T02:00:00+00:00"
    assert workshop.finish(action_id).status == "completed"


def test_the_daily_cap_lets_the_rest_wait_for_tomorrow(workshop: Workshop) -> None:
    workshop.configure(actions__max_per_day="1")
    first, second = (workshop.approved(workshop.instance()) for _ in range(2))

    workshop.work(first)
    wait = workshop.work(second)

    assert wait is not None
    assert wait.until.isoformat() == "2026-09-15T00:00:00+00:00"
    assert workshop.action(second).started_at is None


def test_an_account_that_is_not_allowed_is_refused(workshop: Workshop) -> None:
    workshop.configure(actions__allowed_accounts="999999999999")

    action = workshop.finish(workshop.asked(workshop.instance()))

    assert action.error == f"account {ACCOUNT} is none that may be changed (actions.allowed_accounts)"


def test_people_are_told_what_needs_them_and_what_is_done_once_each(workshop: Workshop) -> None:
    action_id = workshop.approved(workshop.instance())
    action = workshop.finish(action_id)
    with workshop.tenant.transaction() as connection:
        for _ in range(2):
            page(connection, action, APPROVAL_NEEDED, now=workshop.now)
            page(connection, action, "cannot go on: AWS is away", now=workshop.now)

    told = dict(workshop.tenant.rows("select topic, title from notifications order by topic"))
    change = f"ec2.resize on {action.resource_id}"
    assert told == {
        "action.attention": f"{change}: cannot go on: AWS is away",
        "action.completed": f"{change} is completed",
        "approval.needed": f"{change}: approval is needed",
    }
    assert workshop.tenant.count("notifications") == 3
    assert workshop.tenant.events().count(("action", "needs_attention")) == 4
