"""Exceptions suppress what they cover, from approval to their day."""

from datetime import datetime
from typing import Any

import pytest

from cloudops.actor import Actor
from cloudops.compliance.policies import exceptions
from cloudops.compliance.policies.exceptions import ExceptionDecidedError, OwnRequestError
from cloudops.compliance.policies.models import NewException, Policy, PolicyException
from cloudops.errors import InvalidError
from tests.integration.compliance.policy_cloud import ACCOUNT, DAY, NOW, Cloud
from tests.integration.tenant import Tenant

OPEN = {"configuration": {"encrypted": False}}
WEEK = 7 * DAY


@pytest.fixture
def cloud(tenant: Tenant) -> Cloud:
    return Cloud(tenant=tenant)


@pytest.fixture
def policy(cloud: Cloud) -> Policy:
    """Violated by two volumes."""
    policy = cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.has("vol-2", **OPEN)
    cloud.scan()
    return policy


@pytest.fixture
def oscar(cloud: Cloud) -> Actor:
    return cloud.person("oscar@acme.example")


@pytest.fixture
def ada(cloud: Cloud) -> Actor:
    return cloud.person("ada@acme.example")


def ask(cloud: Cloud, actor: Actor, *, at: datetime = NOW, **fields: Any) -> PolicyException:
    wanted = NewException(**{"reason": "It is test data.", "expires_at": NOW + WEEK, **fields})
    with cloud.tenant.transaction() as connection:
        return exceptions.request_exception(connection, wanted, actor=actor, now=at)


def decide(
    cloud: Cloud, how: Any, asked: PolicyException, actor: Actor, *, at: datetime = NOW
) -> PolicyException:
    with cloud.tenant.transaction() as connection:
        found: PolicyException = how(
            connection, asked.id, decision="So be it.", tenant_id=cloud.tenant.id, actor=actor, now=at
        )
    return found


def statuses(cloud: Cloud) -> list[str]:
    return [row[1] for row in cloud.violations()]


def test_a_request_suppresses_nothing_before_somebody_else_approves_it(
    cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor
) -> None:
    asked = ask(cloud, oscar, policy_id=policy.id, account_id=ACCOUNT, resource_id="vol-1")
    assert (asked.status, statuses(cloud)) == ("pending", ["open", "open"])

    approved = decide(cloud, exceptions.approve, asked, ada)

    assert (approved.status, approved.approver, approved.requested_by) == (
        "approved",
        "ada@acme.example",
        "oscar@acme.example",
    )
    assert statuses(cloud) == ["suppressed", "open"]
    assert cloud.recommendations() == {"vol-1": "expired", "vol-2": "open"}


def test_a_whole_policy_or_a_whole_resource_can_be_excepted(
    cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor
) -> None:
    cloud.writes("Also")
    cloud.scan()

    decide(cloud, exceptions.approve, ask(cloud, oscar, account_id=ACCOUNT, resource_id="vol-1"), ada)
    assert statuses(cloud) == ["suppressed", "suppressed", "open", "open"]

    decide(cloud, exceptions.approve, ask(cloud, oscar, policy_id=policy.id), ada)
    assert sorted(statuses(cloud)) == ["open", "suppressed", "suppressed", "suppressed"]


def test_an_evaluation_suppresses_what_is_found_later(
    cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor
) -> None:
    decide(cloud, exceptions.approve, ask(cloud, oscar, policy_id=policy.id), ada)
    cloud.has("vol-3", **OPEN)

    counts = cloud.scan(at=NOW + DAY)

    assert cloud.status("vol-3") == "suppressed"
    assert counts["suppressed"] == 1
    assert "vol-3" not in cloud.recommendations()


def test_nobody_approves_his_own_request(cloud: Cloud, policy: Policy, ada: Actor) -> None:
    asked = ask(cloud, ada, policy_id=policy.id)

    with pytest.raises(OwnRequestError):
        decide(cloud, exceptions.approve, asked, ada)

    assert decide(cloud, exceptions.reject, asked, ada).status == "rejected"


def test_it_lapses_on_its_day_and_the_violation_opens_again(
    cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor
) -> None:
    asked = ask(cloud, oscar, policy_id=policy.id, account_id=ACCOUNT, resource_id="vol-1")
    decide(cloud, exceptions.approve, asked, ada)

    cloud.scan(at=NOW + WEEK - DAY / 24)
    assert cloud.status("vol-1") == "suppressed"

    counts = cloud.scan(at=NOW + WEEK)
    assert cloud.status("vol-1") == "open"
    assert counts["reopened"] == 1
    assert cloud.tenant.value("select status from exceptions") == "expired"
    assert cloud.recommendations()["vol-1"] == "open"


def test_a_request_that_nobody_decided_lapses_too(cloud: Cloud, policy: Policy, oscar: Actor) -> None:
    ask(cloud, oscar, policy_id=policy.id)

    cloud.scan(at=NOW + WEEK)

    assert cloud.tenant.value("select status from exceptions") == "expired"


def test_an_approval_can_be_taken_back(cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor) -> None:
    asked = ask(cloud, oscar, policy_id=policy.id)
    decide(cloud, exceptions.approve, asked, ada)

    decide(cloud, exceptions.reject, asked, ada)

    assert statuses(cloud) == ["open", "open"]
    assert cloud.recommendations() == {"vol-1": "open", "vol-2": "open"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "policy_id"),
        ({"resource_id": "vol-1"}, "account_id"),
        ({"policy_id": "x", "account_id": ACCOUNT}, "resource_id"),
        ({"policy_id": "no-such-policy"}, "policy_id"),
        ({"account_id": ACCOUNT, "resource_id": "no-such-volume"}, "resource_id"),
        ({"policy_id": "x", "expires_at": NOW}, "expires_at"),
        ({"policy_id": "x", "expires_at": NOW + 400 * DAY}, "expires_at"),
    ],
)
def test_a_wrong_request_is_refused_by_its_field(
    cloud: Cloud, oscar: Actor, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        ask(cloud, oscar, **fields)

    assert refused.value.field == field


def test_what_is_past_its_day_cannot_be_approved(
    cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor
) -> None:
    asked = ask(cloud, oscar, policy_id=policy.id)

    with pytest.raises(InvalidError) as refused:
        decide(cloud, exceptions.approve, asked, ada, at=NOW + WEEK)

    assert refused.value.field == "expires_at"


def test_what_is_decided_is_not_decided_again(cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor) -> None:
    asked = ask(cloud, oscar, policy_id=policy.id)
    decide(cloud, exceptions.reject, asked, ada)

    for how in (exceptions.approve, exceptions.reject):
        with pytest.raises(ExceptionDecidedError):
            decide(cloud, how, asked, ada)


def test_each_step_is_a_line_of_the_trail(cloud: Cloud, policy: Policy, oscar: Actor, ada: Actor) -> None:
    decide(cloud, exceptions.approve, ask(cloud, oscar, policy_id=policy.id), ada)

    told = cloud.tenant.rows(
        "select actor, event_type from events where entity_type = 'exception' order by created_at"
    )
    assert told == [("oscar@acme.example", "created"), ("ada@acme.example", "status_changed")]
