"""Detection over three months of generated bills, against the labels of what was put into them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import Database
from tests.integration.detection import detect
from tests.integration.intake import take_in
from tests.integration.shared_exports import CUR1, DATA, needs_shared
from tests.integration.tenant import Tenant, open_tenant

pytestmark = needs_shared
AS_OF = date(2026, 8, 21)
LABELS = "cost_anomaly_labels/acme.labels.json"
# What was done in each labelled event, as the scenario's file says it.
CAUSES = {
    "gpu": "BoxUsage:p3.2xlarge",
    "s3": "Requests-Tier2",
    "transfer": "i-a2b11ef2",
    "rds": "InstanceUsage:db.r5.4xlarge",
}


@pytest.fixture(scope="module")
def acme(module_database: Database) -> Tenant:
    tenant = open_tenant(module_database)
    take_in(tenant, DATA / CUR1)
    detect(tenant, as_of=AS_OF)
    return tenant


def test_the_labelled_events_are_found_where_and_when_they_began_and_hardly_anything_else(
    acme: Tenant,
) -> None:
    labels = json.loads((DATA / LABELS).read_text())["anomalies"]
    wanted = {(one["account_id"], one["service"], one["start"]) for one in labels}

    found = acme.rows("select account_id, service_name, window_start::date::text from alerts")

    assert len(found) <= len(wanted) + 1
    assert wanted <= set(found)


@pytest.mark.parametrize("kind", CAUSES)
def test_an_alert_names_what_was_done(acme: Tenant, kind: str) -> None:
    labels = json.loads((DATA / LABELS).read_text())["anomalies"]
    label = next(one for one in labels if one["kind"] == kind)

    ((description, drivers, series),) = acme.rows(
        "select description, drivers, series from alerts"
        " where account_id = %s and service_name = %s and window_start::date = %s",
        [label["account_id"], label["service"], label["start"]],
    )

    assert CAUSES[kind] in description
    assert any(CAUSES[kind] in driver["value"] for driver in drivers)
    assert next(point["at"][:10] for point in series if point["anomaly"]) == label["start"]


def test_another_look_adds_nothing(acme: Tenant) -> None:
    before = written(acme)

    raised = detect(acme, as_of=AS_OF)

    assert raised == []
    assert written(acme) == before


def test_every_anomaly_can_be_replayed(acme: Tenant) -> None:
    rows = acme.rows(
        "select n.observed_value > n.upper_value or n.observed_value < n.lower_value, n.rule_name, n.model_version,"
        " n.data_watermark::date, n.observed_at between a.window_start and a.window_end, n.score"
        " from anomalies n join alerts a on a.id = n.alert_id"
    )

    assert len(rows) >= 4
    assert {row[2:5] for row in rows} == {("cost-1", AS_OF, True)}
    assert all(outside and rule and 0.5 <= score <= 1 for outside, rule, _, _, _, score in rows)


def test_the_detected_cost_is_what_the_bill_says(acme: Tenant) -> None:
    ((observed, billed),) = acme.rows(
        "select a.observed_value, (select sum(c.effective_cost) from current_charges c"
        " where c.account_id = a.account_id and c.service = a.service_name and c.charge_date = a.window_start::date"
        " and c.charge_category = 'Usage') from alerts a where a.service_name = 'AmazonRDS'"
    )

    assert abs(observed - billed) < Decimal("0.000001")


def written(tenant: Tenant) -> tuple[int, int, int]:
    return tenant.count("alerts"), tenant.count("anomalies"), tenant.count("events")
