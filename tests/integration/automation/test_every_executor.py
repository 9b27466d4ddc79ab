"""Each kind of change through the real engine against an emulated AWS: done and verified, refused, and undone."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.actor import Actor
from cloudops.automation import requesting
from cloudops.automation.executor import Executor
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.models import Action, Target
from cloudops.automation.plans import plan_of
from cloudops.recommendations.models import RiskClass
from tests.conftest import Database
from tests.integration.automation.changeable import CHANGEABLE, Changeable
from tests.integration.automation.emulated_account import EmulatedAccount, as_the_worker, emulated_account
from tests.integration.automation.workshop import ACCOUNT, REGION, Workshop, finance
from tests.integration.tenant import Tenant, open_tenant

REFUSALS = [
    pytest.param(changeable, number, id=f"{changeable}-{number}")
    for changeable in CHANGEABLE
    for number in range(1, len(changeable.calls) + 1)
]


@pytest.fixture(scope="module")
def aws_of_module() -> Iterator[None]:
    with emulated_account():
        yield


@pytest.fixture(scope="module")
def tenant(module_database: Database) -> Tenant:
    return open_tenant(module_database)


@pytest.fixture
def account(aws_of_module: None) -> EmulatedAccount:
    return EmulatedAccount()


@pytest.fixture
def workshop(tenant: Tenant, account: EmulatedAccount) -> Workshop:
    workshop = Workshop(tenant=tenant, aws=account)
    workshop.configure(actions__max_per_day="999", actions__max_share_of_fleet="100")
    return workshop


class Unwell:
    """An executor that finds every resource broken after the change."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)

    def is_well(self, *_: Any) -> bool:
        return False


def carried_out(workshop: Workshop, changeable: Changeable, resource_id: str) -> Action:
    with as_the_worker():
        action_id = workshop.asked_for(changeable.type, resource_id, changeable.params)
        workshop.work(action_id)
        workshop.approve(action_id)
        # What cannot be undone takes a second person.
        if workshop.action(action_id).risk >= RiskClass.C.value:
            workshop.approve(action_id, by=finance("dora@acme.example"))
        return workshop.finish(action_id)


def test_there_is_one_of_every_kind() -> None:
    assert {one.type for one in CHANGEABLE} == set(EXECUTORS)


@pytest.mark.parametrize("changeable", CHANGEABLE, ids=str)
def test_a_dry_run_changes_nothing_and_the_run_follows_its_plan_and_is_seen_to_be_done(
    workshop: Workshop, account: EmulatedAccount, changeable: Changeable
) -> None:
    resource_id = changeable.make()
    before = changeable.shows(resource_id)
    with workshop.tenant.transaction() as connection:
        asked = requesting.change_of(
            connection,
            EXECUTORS,
            type_name=changeable.type,
            target=Target(account_id=ACCOUNT, region=REGION, resource_id=resource_id),
            params=changeable.params,
            key="dry run",
            actor=Actor(name="olga@acme.example"),
        )

    with as_the_worker():
        plan = requesting.dry_run(EXECUTORS, account, asked)
    after_the_dry_run = (account.asked, changeable.shows(resource_id))
    action = carried_out(workshop, changeable, resource_id)

    assert after_the_dry_run == (0, before)
    assert (action.status, action.error) == ("completed", None)
    assert plan_of(plan.to_json()) == action.frozen_plan
    assert plan.digest == action.digest
    assert account.changes == list(changeable.calls)
    assert changeable.shows(resource_id) == changeable.after


@pytest.mark.parametrize(("changeable", "number"), REFUSALS)
def test_a_step_that_aws_refuses_leaves_the_resource_as_it_was(
    workshop: Workshop, account: EmulatedAccount, changeable: Changeable, number: int
) -> None:
    resource_id = changeable.make()
    before = changeable.shows(resource_id)
    account.refuses = number

    action = carried_out(workshop, changeable, resource_id)

    assert action.status == ("failed" if number == 1 else "rolled_back"), action.error
    assert action.error is not None
    assert action.error.startswith("AWS refused to")
    assert changeable.shows(resource_id) == before


@pytest.mark.parametrize("changeable", CHANGEABLE, ids=str)
def test_a_resource_that_is_not_well_afterwards_is_put_back_where_that_can_be(
    workshop: Workshop, account: EmulatedAccount, changeable: Changeable
) -> None:
    workshop.executors = {**EXECUTORS, changeable.type: Unwell(EXECUTORS[changeable.type])}
    resource_id = changeable.make()
    before = changeable.shows(resource_id)

    action = carried_out(workshop, changeable, resource_id)

    assert action.error is not None
    assert action.error.startswith("the resource is not well after the change")
    if changeable.back is None:
        assert (action.status, account.changes) == ("failed", list(changeable.calls))
        assert "cannot be undone" in action.error
        assert changeable.shows(resource_id) == changeable.after
    else:
        assert (action.status, account.changes) == ("rolled_back", [*changeable.calls, *changeable.back])
        assert changeable.shows(resource_id) == before
