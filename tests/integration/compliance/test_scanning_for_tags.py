"""Which resources a scan counts, and what it finds to be missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from cloudops.compliance.tagging import use_cases as compliance
from cloudops.compliance.tagging.models import Exemption, RequiredTag
from cloudops.compliance.tagging.repository import NoScanYetError
from cloudops.compliance.tagging.scanning import run_scan
from tests.integration.compliance.tagged_estate import (
    ACCOUNT,
    ANN,
    BILLED_UNTIL,
    NOW,
    OTHER,
    TAGGED,
    has,
    has_team,
    is_billed,
    requires,
    scan,
    untagged,
)
from tests.integration.tenant import Tenant

TEAM = RequiredTag(key="Team")


def test_a_tenant_that_set_nothing_requires_team_service_and_environment(tenant: Tenant) -> None:
    has(tenant, "i-1", TAGGED)
    has(tenant, "i-2", {"Team": "shop"})
    has(tenant, "i-3")

    done = scan(tenant)

    assert untagged(tenant, done.id) == {
        "i-2": ["Service", "Environment"],
        "i-3": ["Team", "Service", "Environment"],
    }
    assert (done.status, done.total_resources, done.tagged_resources, done.untagged_resources) == (
        "completed",
        3,
        1,
        2,
    )
    assert (done.compliance_percentage, done.scan_duration_seconds) == (Decimal("33.33"), 2)


def test_keys_are_compared_without_case_and_separators_and_an_empty_value_is_none(tenant: Tenant) -> None:
    requires(tenant, RequiredTag(key="CostCenter"), TEAM)
    has(tenant, "i-1", {"cost_center": "12", "TEAM": "shop"})
    has(tenant, "i-2", {"cost-center": "12", "team": "  "})
    has(tenant, "i-3", {"team": "", "Team": "shop", "CostCenter": "1"})

    assert untagged(tenant, scan(tenant).id) == {"i-2": ["Team"]}


def test_a_value_that_is_not_allowed_is_told_apart_from_a_missing_one(tenant: Tenant) -> None:
    requires(tenant, RequiredTag(key="Environment", allowed_values=["prod", "dev"]))
    has(tenant, "i-1", {"environment": "prod"})
    has(tenant, "i-2", {"environment": "Prod"})
    has(tenant, "i-3")

    scan(tenant)

    rows = tenant.rows("select resource_id, missing_tags, refused_tags from untagged_resources order by 1")
    assert rows == [("i-2", [], ["Environment"]), ("i-3", ["Environment"], [])]


def test_a_type_may_have_required_tags_of_its_own_or_none(tenant: Tenant) -> None:
    requires(tenant, TEAM, types={"S3": [RequiredTag(key="DataClass")], "EBS Snapshot": []})
    has(tenant, "acme-logs", {"Team": "shop"}, type="S3")
    has(tenant, "snap-1", type="EBS Snapshot")
    has(tenant, "i-1", {"Team": "shop"})

    done = scan(tenant)

    assert untagged(tenant, done.id) == {"acme-logs": ["DataClass"]}
    assert (done.total_resources, done.exempt_resources) == (2, 1)


@pytest.mark.parametrize(
    "exemption",
    [
        Exemption(account_id=OTHER, reason="a sandbox"),
        Exemption(account_id=OTHER, resource_type="EC2", reason="a sandbox's instances"),
        Exemption(resource_id="i-2", reason="a fossil"),
    ],
)
def test_what_is_out_of_scope_is_counted_apart(tenant: Tenant, exemption: Exemption) -> None:
    requires(tenant, TEAM, exemptions=[exemption])
    has(tenant, "i-1")
    has(tenant, "i-2", account_id=OTHER)

    done = scan(tenant)

    assert untagged(tenant, done.id) == {"i-1": ["Team"]}
    assert (done.total_resources, done.exempt_resources) == (1, 1)


def test_an_exemption_covers_only_what_fits_all_that_it_names(tenant: Tenant) -> None:
    requires(tenant, TEAM, exemptions=[Exemption(account_id=OTHER, resource_type="S3", reason="logs")])
    has(tenant, "i-2", account_id=OTHER)

    assert untagged(tenant, scan(tenant).id) == {"i-2": ["Team"]}


def test_what_is_gone_is_not_counted(tenant: Tenant) -> None:
    is_billed(tenant)
    has(tenant, "i-gone", status="gone")
    has(tenant, "i-ended", status="terminated")
    has(tenant, "i-0000000000000aa1", scanned_at=None, last_seen=BILLED_UNTIL - timedelta(days=7))
    has(tenant, "i-unread", scanned_at=NOW - timedelta(days=31), last_seen=BILLED_UNTIL - timedelta(days=7))

    done = scan(tenant)

    assert (done.total_resources, done.compliance_percentage) == (0, None)


def test_what_only_the_bill_shows_counts_where_it_can_be_tagged(tenant: Tenant) -> None:
    requires(tenant, TEAM)
    is_billed(tenant)
    billed = {"scanned_at": None, "last_seen": BILLED_UNTIL, "status": None}
    has(tenant, "i-0000000000000aa1", **billed)
    has(tenant, "arn:aws:kms:eu-west-1:111122223333:key/1", {"team": "shop"}, **billed)
    has(tenant, "arn:aws:eks:eu-west-1:111122223333:pod/shop/cart-1", **billed)
    has(tenant, "arn:aws:rds:eu-west-1:111122223333:snapshot:rds:cart-2026-08-01", **billed)

    done = scan(tenant)

    assert (done.total_resources, done.untaggable_resources) == (2, 2)
    assert tenant.rows("select resource_id, source from untagged_resources") == [
        ("i-0000000000000aa1", "bill")
    ]


def test_the_list_begins_with_the_most_expensive_in_the_reporting_currency(tenant: Tenant) -> None:
    has(tenant, "i-1", monthly_cost=Decimal(10))
    has(tenant, "i-2", monthly_cost=Decimal(999), currency="EUR")
    has(tenant, "i-3", monthly_cost=Decimal("10.5"))

    done = scan(tenant)

    assert list(untagged(tenant, done.id)) == ["i-3", "i-1", "i-2"]


def test_pages_stay_with_the_scan_that_they_began_with(tenant: Tenant) -> None:
    for number in range(5):
        has(tenant, f"i-{number}", monthly_cost=Decimal(number))
    scan(tenant)
    chosen = compliance.UntaggedFilter()
    with tenant.transaction() as connection:
        first = compliance.list_untagged(connection, chosen, scan_id=None, limit=2, cursor=None)
    for number in range(5):
        has(tenant, f"i-{number}", TAGGED)
    scan(tenant, at=NOW + timedelta(days=1))

    with tenant.transaction() as connection:
        second = compliance.list_untagged(connection, chosen, scan_id=None, limit=9, cursor=first.next_cursor)
        latest = compliance.list_untagged(connection, chosen, scan_id=None, limit=9, cursor=None)

    assert [one.resource_id for one in [*first.items, *second.items]] == ["i-4", "i-3", "i-2", "i-1", "i-0"]
    assert (second.next_cursor, latest.items) == (None, [])


def test_scores_tell_how_teams_accounts_and_types_fare_by_count_and_by_cost(tenant: Tenant) -> None:
    shop = has_team(tenant, "shop")
    has(tenant, "i-1", TAGGED, team_id=shop, monthly_cost=Decimal(75))
    has(tenant, "i-2", team_id=shop, monthly_cost=Decimal(25))
    has(tenant, "i-3", team_id=shop, monthly_cost=Decimal(7), currency="EUR")
    has(tenant, "acme-logs", account_id=OTHER, type="S3", monthly_cost=Decimal(0))
    scan(tenant)

    with tenant.transaction() as connection:
        scores = {
            dimension: compliance.list_scores(connection, dimension, scan_id=None)[1]
            for dimension in ("team", "account", "type")
        }

    teams = {one.name: one for one in scores["team"]}
    assert (teams["shop"].total_resources, teams["shop"].by_count) == (3, Decimal("33.33"))
    assert {line.currency: line.by_cost for line in teams["shop"].lines} == {
        "EUR": Decimal("0.00"),
        "USD": Decimal("75.00"),
    }
    assert (teams[None].value, teams[None].by_count, teams[None].lines[0].by_cost) == ("", 0, None)
    assert [one.value for one in scores["account"]] == [ACCOUNT, OTHER]
    assert [one.value for one in scores["type"]] == ["EC2", "S3"]


def test_a_scan_that_is_run_again_is_not_repeated(tenant: Tenant) -> None:
    has(tenant, "i-1")
    done = scan(tenant)
    has(tenant, "i-2")

    again = run_scan(tenant.transaction, done.id, now=NOW, clock=lambda: NOW)

    assert again is None
    assert list(untagged(tenant, done.id)) == ["i-1"]
    assert tenant.events().count(("compliance_scan", "completed")) == 1


def test_a_scan_that_failed_says_so_and_may_be_run_again(tenant: Tenant) -> None:
    has(tenant, "i-1")
    scan_id = uuid4()

    @contextmanager
    def broken(*, batch: bool = False) -> Iterator[psycopg.Connection]:
        with tenant.transaction(batch=batch) as connection:
            yield connection
            if batch:
                raise psycopg.errors.QueryCanceled

    with pytest.raises(psycopg.errors.QueryCanceled):
        run_scan(broken, scan_id, now=NOW, clock=lambda: NOW)
    (failed,) = tenant.rows("select status, reason, total_resources from compliance_scans")
    run_scan(tenant.transaction, scan_id, now=NOW, clock=lambda: NOW)

    assert failed == ("failed", "the database gave up: QueryCanceled", None)
    assert tenant.rows("select status, reason, total_resources from compliance_scans") == [
        ("completed", None, 1)
    ]
    assert [kind for entity, kind in tenant.events() if entity == "compliance_scan"] == [
        "failed",
        "completed",
    ]


def test_a_scan_that_never_finished_is_failed_by_a_later_one(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        lost, _ = compliance.request_scan(connection, uuid4(), actor=ANN, now=NOW)

    scan(tenant, at=NOW + timedelta(hours=3))

    assert tenant.value("select reason from compliance_scans where id = %s", [lost.id]) == "it did not finish"


def test_while_a_scan_is_under_way_it_is_the_answer_to_who_asks_for_one(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        first = compliance.request_scan(connection, uuid4(), actor=ANN, now=NOW)
        second = compliance.request_scan(connection, uuid4(), actor=ANN, now=NOW + timedelta(minutes=5))

    assert (first[1], second) == (True, (first[0], False))


def test_old_scans_are_removed_but_the_last_word_stays(tenant: Tenant) -> None:
    has(tenant, "i-1")
    ancient, old = scan(tenant), scan(tenant, at=NOW + timedelta(days=1))

    recent = scan(tenant, at=NOW + timedelta(days=200))

    # The last one that was completed before this scan stands until this one is completed itself.
    kept = {row[0] for row in tenant.rows("select id from compliance_scans")}
    assert (ancient.id in kept, old.id in kept, recent.id in kept) == (False, True, True)
    assert {row[0] for row in tenant.rows("select scan_id from untagged_resources")} <= kept


def test_before_the_first_scan_there_is_nothing_to_list(tenant: Tenant) -> None:
    with tenant.transaction() as connection, pytest.raises(NoScanYetError):
        compliance.list_untagged(connection, compliance.UntaggedFilter(), scan_id=None, limit=1, cursor=None)


def test_the_contract_view_scores_each_resource_by_the_tags_in_force(tenant: Tenant) -> None:
    has(tenant, "i-1", TAGGED)
    has(tenant, "i-2", {"team": "shop"})
    has(tenant, "i-3")

    rows = tenant.rows(
        "select resource_id, is_tagged, compliance_score from sibyl.cloud_resources order by 1"
    )

    assert rows == [("i-1", True, Decimal(100)), ("i-2", False, Decimal("33.33")), ("i-3", False, Decimal(0))]
