"""Evaluations: each violation once, opened, fixed and opened again by itself."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.compliance.policies.models import ScanKind
from cloudops.compliance.policies.security_policies import SECURITY_POLICIES
from tests.conftest import Database
from tests.integration.compliance.policy_cloud import DAY, NOW, UNENCRYPTED, Cloud
from tests.integration.tenant import Tenant, open_tenant

OPEN = {"configuration": {"encrypted": False}}
CLOSED = {"configuration": {"encrypted": True}}


@pytest.fixture
def cloud(tenant: Tenant) -> Cloud:
    return Cloud(tenant=tenant)


def test_what_a_policy_is_true_of_violates_it_and_what_it_is_not_true_of_does_not(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.has("vol-2", **CLOSED)
    cloud.has("db-1", "RDS", **OPEN)

    cloud.scan()

    assert cloud.violations() == [("vol-1", "open", NOW, NOW)]
    rows = cloud.tenant.rows(
        "select severity, reason, policy_name from violations where resource_id = 'vol-1'"
    )
    assert ("high", "configuration.encrypted is false", "Volumes are encrypted") in rows


def test_a_second_evaluation_keeps_the_violation_and_moves_last_seen(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()

    counts = cloud.scan(at=NOW + DAY)

    assert cloud.violations() == [("vol-1", "open", NOW, NOW + DAY)]
    assert (counts["opened"], counts["fixed"]) == (0, 0)


@pytest.mark.parametrize("gone", [False, True])
def test_a_violation_is_fixed_when_the_resource_is_mended_or_gone_and_reopened_when_it_comes_back(
    cloud: Cloud, gone: bool
) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()

    cloud.has("vol-1", status="gone", **OPEN) if gone else cloud.has("vol-1", **CLOSED)
    cloud.scan(at=NOW + DAY)
    assert cloud.violations() == [("vol-1", "fixed", NOW, NOW)]

    cloud.has("vol-1", **OPEN)
    counts = cloud.scan(at=NOW + 2 * DAY)
    assert cloud.violations() == [("vol-1", "open", NOW, NOW + 2 * DAY)]
    assert counts["reopened"] >= 1
    told = [kind for entity, kind in cloud.tenant.events() if entity == "violation"]
    assert told.count("created") == told.count("status_changed") / 2 == 2  # the built-in policy saw it too


@pytest.mark.parametrize(
    "unread",
    [
        {"missing_actions": ["ec2:DescribeVolumes"]},
        {"utilization": {"unmeasured": "InternalError: CloudWatch gave no reason"}},
    ],
)
def test_what_nobody_can_look_at_any_more_is_not_called_fixed(cloud: Cloud, unread: dict[str, Any]) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.has("vol-2", scanned_at=None)
    cloud.scan()

    cloud.has("vol-1", configuration={}, **unread)
    counts = cloud.scan(at=NOW + DAY)

    assert cloud.violations() == [("vol-1", "open", NOW, NOW)]
    assert counts["unknown"] >= 2


def test_only_enabled_policies_of_the_account_are_evaluated(cloud: Cloud) -> None:
    cloud.writes("Draft", status="draft")
    cloud.writes("Off", status="disabled")
    cloud.writes("Elsewhere", scope="999988887777")
    cloud.writes("Of another cloud", provider="azure")
    cloud.has("vol-1", **OPEN)

    cloud.scan()

    assert cloud.violations() == []


def test_a_policy_that_is_disabled_or_deleted_leaves_no_open_violation(cloud: Cloud) -> None:
    policy = cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()

    cloud.changes(policy, status="disabled")

    assert cloud.status("vol-1") == "fixed"
    cloud.scan(at=NOW + DAY)
    assert cloud.status("vol-1") == "fixed"


def test_the_severity_is_the_policys(cloud: Cloud) -> None:
    policy = cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()

    cloud.changes(policy, severity="critical")
    cloud.scan(at=NOW + DAY)

    found = cloud.tenant.value("select severity from violations where policy_id = %s", [policy.id])
    advised = cloud.tenant.rows(
        "select severity, risk_reduction from recommendations where check_id = %s", [f"policy:{policy.id}"]
    )
    assert found == "critical"
    assert advised == [("critical", 90)]


def test_a_scan_with_the_same_id_does_nothing_twice(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    run_id = uuid4()
    cloud.scan(run_id=run_id)
    before = everything(cloud.tenant)

    cloud.has("vol-2", **OPEN)
    assert cloud.scan(run_id=run_id, at=NOW + DAY) == {}

    assert everything(cloud.tenant) == before


def everything(tenant: Tenant) -> list[Any]:
    """All that an evaluation may write, but for the runs themselves."""
    return [
        tenant.rows(
            "select id, status, severity, reason, first_seen, last_seen, fixed_at from violations order by id"
        ),
        tenant.rows("select id, status, updated_at, evidence from recommendations order by id"),
        tenant.rows("select id, status, updated_at from exceptions order by id"),
        tenant.rows("select id, updated_at from policies order by id"),
        tenant.rows("select id from events where entity_type <> 'job' order by id"),
    ]


resources = st.dictionaries(
    st.sampled_from([f"vol-{number}" for number in range(4)]),
    st.sampled_from([True, False, None]),
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(resources, min_size=1, max_size=3))
def test_evaluating_twice_changes_nothing(
    module_database: Database, states: list[dict[str, bool | None]]
) -> None:
    cloud = Cloud(tenant=open_tenant(module_database))
    cloud.writes()
    cloud.writes("Anything", type="compliance", expression={"not": UNENCRYPTED})
    at: datetime = NOW
    for state in states:
        for resource_id, encrypted in state.items():
            cloud.has(
                resource_id,
                configuration={"encrypted": encrypted},
                status="gone" if encrypted is None else "up",
            )
        at += DAY
        cloud.scan(at=at)
        before = everything(cloud.tenant)

        cloud.scan(at=at)

        assert everything(cloud.tenant) == before


def test_the_built_in_security_policies_are_there_from_the_first_scan_on(cloud: Cloud) -> None:
    cloud.has("sg-1", "Security Group", configuration={"openAdminPorts": [22], "opensOtherPorts": True})

    cloud.scan(kind=ScanKind.SECURITY)

    rows = cloud.tenant.rows("select policy_id, severity from violations order by policy_id")
    assert rows == [("aws-sg-admin-ports-open", "critical"), ("aws-sg-open-to-the-world", "high")]
    assert cloud.tenant.value("select count(*) from policies where built_in") == len(SECURITY_POLICIES)


def test_a_security_scan_leaves_policies_of_other_types_alone(cloud: Cloud) -> None:
    cloud.writes(type="compliance")
    cloud.has("vol-1", **OPEN)
    cloud.scan()
    cloud.has("vol-1", **CLOSED)

    cloud.scan(at=NOW + DAY, kind=ScanKind.SECURITY)

    assert cloud.status("vol-1") == "open"


def test_what_people_decided_about_a_built_in_policy_stays(cloud: Cloud) -> None:
    cloud.scan()
    with cloud.tenant.transaction() as connection:
        connection.execute(
            "update policies set status = 'disabled', severity = 'low', name = 'Old words' where id = 'aws-root-mfa'"
        )

    cloud.scan(at=NOW + DAY)

    rows = cloud.tenant.rows("select status, severity, name from policies where id = 'aws-root-mfa'")
    assert rows == [("disabled", "low", "The root user has a second factor")]


def test_an_open_violation_yields_a_recommendation_that_follows_it(cloud: Cloud) -> None:
    policy = cloud.writes(remediation="Copy it.\nReplace it.")
    cloud.has("vol-1", tags={"owner": "ann"}, **OPEN)
    cloud.scan()

    rows = cloud.tenant.rows(
        "select kind, type, severity, risk_reduction, owner, action_steps, monthly_savings from recommendations"
        " where check_id = %s",
        [f"policy:{policy.id}"],
    )
    assert rows == [("security", "review", "high", 60, "ann", "1. Copy it.\n2. Replace it.", None)]
    cloud.has("vol-1", **CLOSED)
    cloud.scan(at=NOW + DAY)
    assert cloud.recommendations() == {"vol-1": "expired"}
    cloud.has("vol-1", **OPEN)
    cloud.scan(at=NOW + 2 * DAY)
    assert cloud.recommendations() == {"vol-1": "open"}


def test_work_that_somebody_took_on_is_done_when_the_scan_finds_it_mended(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()
    with cloud.tenant.transaction() as connection:
        connection.execute("update recommendations set status = 'in_progress'")

    cloud.has("vol-1", **CLOSED)
    cloud.scan(at=NOW + DAY)
    assert cloud.recommendations() == {"vol-1": "done"}

    cloud.has("vol-1", **OPEN)
    cloud.scan(at=NOW + 2 * DAY)
    assert cloud.recommendations() == {"vol-1": "open"}


def test_what_a_person_dismissed_stays_dismissed(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)
    cloud.scan()
    with cloud.tenant.transaction() as connection:
        connection.execute("update recommendations set status = 'dismissed'")

    cloud.scan(at=NOW + DAY)

    assert cloud.recommendations() == {"vol-1": "dismissed"}


def test_a_policy_that_only_audits_recommends_nothing(cloud: Cloud) -> None:
    policy = cloud.writes(effect="audit")
    cloud.has("vol-1", **OPEN)
    cloud.scan()
    assert (cloud.status("vol-1"), cloud.recommendations()) == ("open", {})

    policy = cloud.changes(policy, effect="recommend")
    assert cloud.recommendations() == {"vol-1": "open"}

    cloud.changes(policy, effect="audit")
    assert (cloud.status("vol-1"), cloud.recommendations()) == ("open", {"vol-1": "expired"})


def test_an_evaluation_is_a_line_of_the_trail(cloud: Cloud) -> None:
    cloud.writes()
    cloud.has("vol-1", **OPEN)

    counts = cloud.scan()

    metadata = cloud.tenant.value("select metadata from events where event_type = 'policies_evaluated'")
    assert metadata == {"kind": "policy", "counts": dict(counts)}
    assert counts["opened"] == 2
