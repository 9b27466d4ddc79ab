"""That an action always goes on, ends or tells somebody; a test for each way in which it once did not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from cloudops.automation import requesting
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.executors.ec2_resize import ResizeInstance
from cloudops.automation.models import Target
from cloudops.automation.repository import release_action
from cloudops.automation.strides import work_on
from tests.conftest import Database
from tests.integration.automation.simulated_ec2 import refusal
from tests.integration.automation.workshop import ACCOUNT, REGION, Workshop
from tests.integration.tenant import open_tenant


@pytest.fixture
def workshop(module_database: Database) -> Workshop:
    return Workshop(tenant=open_tenant(module_database))


def test_an_approval_that_comes_while_a_worker_lets_go_is_not_slept_through(
    workshop: Workshop,
) -> None:
    """The worker has found it unapproved, and is about to put it to sleep until the approval expires."""
    action_id = workshop.asked(workshop.instance())

    @contextmanager
    def transactions() -> Iterator[psycopg.Connection[Any]]:
        with workshop.tenant.transaction() as connection:
            yield connection
        said = workshop.said(action_id)
        if said[-1] == "the plan is frozen" and len(seen) < 4:
            seen.append(workshop.action(action_id).status)
            if len(seen) == 4:
                workshop.approve(action_id)

    seen: list[str] = []
    workshop.transactions = transactions

    wait = workshop.work(action_id)

    assert seen == ["preflight"] * 4
    assert wait is None or wait.until <= workshop.now
    workshop.transactions = None
    assert workshop.action(action_id).due_at <= workshop.now


def test_whether_a_resource_is_well_is_waited_for_no_longer_than_patience_lasts(workshop: Workshop) -> None:
    class NeverTold(ResizeInstance):
        def is_well(self, *_given: Any) -> bool | None:
            return None

    workshop.executors = {"ec2.resize": NeverTold()}
    begun = workshop.now

    action = workshop.finish(workshop.approved(workshop.instance()))

    assert action.status == "rolled_back"
    assert workshop.now - begun < timedelta(hours=2)


def test_a_worker_that_always_fails_is_told_of_and_ends(workshop: Workshop) -> None:
    class Broken(ResizeInstance):
        def is_well(self, *_given: Any) -> bool | None:
            raise KeyError("a bug")

    workshop.executors = {"ec2.resize": Broken()}
    action_id = workshop.approved(workshop.instance())

    strides = until_it_ends(workshop, action_id, KeyError)

    action = workshop.action(action_id)
    assert strides <= 20
    assert action.status == "failed"
    assert "12 strides in a row brought it no further" in (action.error or "")
    assert any(page.startswith("3 strides in a row") for page in workshop.pages)


def test_an_action_whose_kind_is_known_no_longer_ends(workshop: Workshop) -> None:
    action_id = workshop.asked(workshop.instance())
    workshop.executors = {}

    until_it_ends(workshop, action_id, KeyError)

    assert workshop.action(action_id).status == "failed"


def until_it_ends(workshop: Workshop, action_id: UUID, error: type[Exception]) -> int:
    for stride in range(40):
        with suppress(error):
            workshop.work(action_id)
        action = workshop.action(action_id)
        if action.ended:
            return stride
        workshop.now = max(action.due_at, action.leased_until or workshop.now) + timedelta(seconds=1)
    raise AssertionError("it goes on for ever")


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "InternalError", "Unavailable", "ExpiredToken"])
def test_reads_that_fail_for_a_moment_are_made_later_and_end_nothing(workshop: Workshop, code: str) -> None:
    instance = workshop.instance()
    action_id = workshop.asked(instance)
    with refusing(workshop, code):
        for _ in range(4):
            wait = workshop.work(action_id)
            assert wait is not None
            workshop.now = wait.until
    workshop.work(action_id)
    workshop.approve(action_id)

    assert workshop.finish(action_id).status == "completed"


def test_a_service_that_never_answers_again_is_asked_less_and_less_and_then_left(workshop: Workshop) -> None:
    action_id = workshop.asked(workshop.instance())
    with refusing(workshop, "InternalError"):
        action = workshop.finish(action_id, within=timedelta(days=9))

    assert (action.status, action.started_at) == ("failed", None)
    assert "brought it no further" in (action.error or "")


def test_an_account_that_lets_nobody_in_any_more_is_asked_less_and_less_and_then_left(
    workshop: Workshop,
) -> None:
    workshop.cloud.reads_until_settled = 3
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)
    with refusing(workshop, "UnauthorizedOperation"):
        action = workshop.finish(action_id, within=timedelta(days=9))

    assert (action.status, action.started_at is not None) == ("failed", True)
    assert "needs a person" in (action.error or "")
    assert 10 < len(workshop.pages) < 30


@contextmanager
def refusing(workshop: Workshop, code: str) -> Iterator[None]:
    def refused(**_given: Any) -> Any:
        raise refusal(code, "DescribeInstances")

    workshop.cloud.describe_instances = refused  # type: ignore[method-assign]
    yield
    del workshop.cloud.describe_instances  # type: ignore[misc]


def test_what_can_not_be_planned_for_a_week_ends(workshop: Workshop) -> None:
    workshop.configure(actions__enabled="false")
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)
    workshop.now += timedelta(days=8)

    action = workshop.finish(action_id)

    assert action.error == "it could not be planned in 7 days"


def test_an_approval_expires_while_automation_is_switched_off(workshop: Workshop) -> None:
    action_id = workshop.approved(workshop.instance())
    workshop.configure(actions__enabled="false")
    workshop.work(action_id)
    workshop.now += timedelta(days=8)

    action = workshop.finish(action_id)

    assert action.error == "the approval has expired"


def test_a_voided_approval_that_expires_as_well_ends_its_action(workshop: Workshop) -> None:
    """Killed between voiding the approval and ending the action, and found a week later."""
    action_id = workshop.approved(workshop.instance())
    with workshop.tenant.transaction() as connection:
        connection.execute("update approval_requests set status = 'void' where action_id = %s", [action_id])
    workshop.now += timedelta(days=8)

    assert workshop.finish(action_id).error == "the approval has expired"


def test_half_done_and_switched_off_somebody_is_told_once(workshop: Workshop) -> None:
    workshop.cloud.reads_until_settled = 2
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)
    workshop.configure(actions__enabled="false")
    for _ in range(12):
        workshop.now += timedelta(minutes=6)
        workshop.work(action_id)

    assert [name for name, _ in workshop.cloud.effective] == ["stop_instances"]
    assert [page for page in workshop.pages if "half done" in page] == [
        "half done and held back: automation is switched off (actions.enabled)"
    ]
    workshop.configure(actions__enabled="true")
    assert workshop.finish(action_id).status == "completed"


@pytest.mark.parametrize("settings", [{"actions__allowed_accounts": None}, {"actions__protect_tags": None}])
def test_an_account_that_may_be_changed_no_longer_holds_back_what_is_half_done(
    workshop: Workshop, settings: Mapping[str, str | None]
) -> None:
    workshop.cloud.reads_until_settled = 2
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)
    workshop.configure(**settings)
    for _ in range(5):
        workshop.now += timedelta(minutes=6)
        workshop.work(action_id)

    assert [name for name, _ in workshop.cloud.effective] == ["stop_instances"]


def test_a_tag_that_protects_it_half_way_leaves_it_to_a_person(workshop: Workshop) -> None:
    workshop.cloud.reads_until_settled = 2
    instance = workshop.instance()
    action_id = workshop.approved(instance)
    workshop.work(action_id)
    workshop.cloud.instances[instance].tags["cloudops:protect"] = "yes"

    action = workshop.finish(action_id)

    assert action.status == "failed"
    assert action.error == (
        "the resource is protected by its tag cloudops:protect; it was left as it is: it needs a person"
    )
    assert [name for name, _ in workshop.cloud.effective] == ["stop_instances"]


def test_what_the_owner_did_himself_is_not_undone(workshop: Workshop) -> None:
    """AWS refuses the stop, and the owner stops it: not ours to start again."""
    instance = workshop.instance()
    workshop.cloud.refused = {"stop_instances"}

    def owner(moment: str, _name: str) -> None:
        if moment == "after":
            workshop.cloud.instances[instance].state = "stopped"

    workshop.cloud.on_call = owner
    action = workshop.finish(workshop.approved(instance))

    assert action.status == "failed"
    assert "needs a person" in (action.error or "")
    assert workshop.cloud.effective == []
    assert workshop.cloud.instances[instance].state == "stopped"


def test_a_worker_that_looked_long_ago_looks_again_before_it_calls(workshop: Workshop) -> None:
    """It slept between its look and the call, within its lease; the owner changed the instance meanwhile."""
    instance = workshop.instance()
    action_id = workshop.approved(instance)
    slept: list[str] = []

    def clock() -> Any:
        said = workshop.said(action_id)
        if not slept and said and said[-1].startswith("asks AWS"):
            slept.append("for two minutes")
            workshop.now += timedelta(minutes=2)
            workshop.cloud.instances[instance].type = "c5.large"
        return workshop.now

    work_on(action_id, replace(workshop.around, clock=clock))

    assert slept
    assert workshop.cloud.effective == []


@dataclass
class Together:
    """Workers in threads of their own that begin at the same moment."""

    barrier: Barrier
    failures: list[BaseException] = field(default_factory=list)

    def work(self, workshop: Workshop, action_id: UUID) -> None:
        try:
            self.barrier.wait(timeout=30)
            work_on(action_id, workshop.around)
        except BaseException as error:  # noqa: BLE001 - told to the test.
            self.failures.append(error)


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        ({"actions__max_per_day": "2"}, 2),
        ({"actions__max_savings_per_day": "200000"}, 2),
        ({"actions__max_share_of_fleet": "20"}, 1),
    ],
)
def test_workers_that_begin_at_once_never_pass_a_cap(
    workshop: Workshop, limits: Mapping[str, str], fits: int
) -> None:
    workshop.configure(**limits)
    actions = [saving(workshop, workshop.instance()) for _ in range(5)]
    together = Together(barrier=Barrier(len(actions)))
    threads = [Thread(target=together.work, args=(workshop, action)) for action in actions]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert together.failures == []
    assert sum(workshop.action(action).started_at is not None for action in actions) == fits


def saving(workshop: Workshop, instance: str) -> UUID:
    """An approved resize that saves 100 a month, of one of the five instances of its account."""
    actor = requesting.Actor(name="olga@acme.example")
    target = Target(account_id=ACCOUNT, region=REGION, resource_id=instance)
    with workshop.tenant.transaction() as connection:
        new = requesting.change_of(
            connection,
            EXECUTORS,
            type_name="ec2.resize",
            target=target,
            params={"instance_type": "m5.large"},
            key=str(uuid4()),
            actor=actor,
        )
        connection.execute(
            """
            insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region,
                                   currency, first_seen, last_seen)
            values ((select current_tenant()), %s, %s, 'aws', 'AmazonEC2', 'Instance', 'web', %s,
                    'USD', '2026-01-01', '2026-09-14')""",
            [ACCOUNT, instance, REGION],
        )
        requesting.ask(
            connection, replace(new, monthly_savings=100, currency="USD"), actor=actor, now=workshop.now
        )
    workshop.work(new.id)
    workshop.approve(new.id)
    return new.id


def test_only_the_holder_of_the_lease_lets_go(workshop: Workshop) -> None:
    """A wake that came since it was read makes it due at once; else it is due when it was to be."""
    action = workshop.action(workshop.asked(workshop.instance()))
    later = workshop.now + timedelta(hours=1)
    with workshop.tenant.transaction() as connection:
        calm = release_action(connection, action, due_at=later, stalled=False, now=workshop.now)
        connection.execute("update actions set wakes = wakes + 1 where id = %s", [action.id])
        woken = release_action(connection, action, due_at=later, stalled=False, now=workshop.now)

    assert (calm, woken) == (later, workshop.now)
