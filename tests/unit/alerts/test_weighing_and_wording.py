from decimal import Decimal

import pytest

from cloudops.alerts.models import Driver, Severity, decimal
from cloudops.alerts.severity import severity_of
from cloudops.alerts.wording import RULES, threshold_of, wording_of
from tests.unit.alerts.incidents import LATENCY, incident, limit_of, verdict

SPEND = Decimal(1000)


@pytest.mark.parametrize(
    ("excess", "severity"),
    [(40, "low"), (50, "medium"), (199, "medium"), (200, "high"), (499, "high"), (500, "critical")],
)
def test_money_is_weighed_against_the_usual_spend(excess: int, severity: str) -> None:
    found = incident([verdict(1, 100.0 + excess, anomaly=True)])

    assert severity_of(found, SPEND) == severity


def test_missing_money_weighs_as_much_as_extra_money() -> None:
    assert severity_of(incident([verdict(1, 0.0, 300.0, anomaly=True)]), SPEND) == "high"


def test_an_incident_is_weighed_per_day_and_not_by_its_length() -> None:
    week = [verdict(day, 160.0, anomaly=True) for day in range(7)]

    assert severity_of(incident(week), SPEND) == "medium"


@pytest.mark.parametrize(("excess", "severity"), [(24, "medium"), (25, "critical"), (1, "medium")])
def test_petty_amounts_wake_nobody_however_small_the_bill(excess: int, severity: str) -> None:
    found = incident([verdict(1, 100.0 + excess, anomaly=True)])

    assert severity_of(found, Decimal(2)) == severity
    assert severity_of(found, Decimal(0)) == severity


def test_a_limit_carries_the_severity_that_its_user_gave() -> None:
    found = incident([verdict(1, 9999.0, anomaly=True)], limit=limit_of("10", severity="low"))

    assert severity_of(found, SPEND) is Severity.LOW


@pytest.mark.parametrize(
    ("ratio", "severity"), [(1.5, "low"), (2, "medium"), (4, "high"), (10, "critical"), (99, "critical")]
)
def test_a_metric_is_weighed_against_what_was_expected(ratio: float, severity: str) -> None:
    found = incident([verdict(1, 100.0 * ratio, anomaly=True)], signal=LATENCY)

    assert severity_of(found, SPEND) == severity


def test_an_alert_says_what_happened_where_how_much_why_and_from_what_data() -> None:
    found = incident([verdict(4, 450.0, anomaly=True), verdict(5, 300.0, anomaly=True)])
    drivers = [
        driver("operation", "RunInstances", 340),
        driver("usage_type", "BoxUsage:p3.2xlarge", 320),
        driver("resource", "i-0f", -5),
    ]

    said = wording_of(found, drivers, "sandbox")

    assert said.title == "AmazonEC2 in sandbox: 4.5x the expected on 5 Jul"
    assert said.description == (
        "AmazonEC2 in sandbox (111122223333) cost 450.00 USD on 5 July 2026, where 100.00 USD was expected"
        " (usual range 90.00 to 110.00): it jumped in one day."
        " From 5 July to 6 July it adds up to +550.00 USD."
        " Driven by BoxUsage:p3.2xlarge (+320.00 USD a day), i-0f (-5.00 USD a day)."
        " Data through 20 July 2026 00:00 UTC."
    )


def test_without_a_name_the_account_is_its_number_and_without_drivers_none_are_told() -> None:
    said = wording_of(incident([verdict(4, 150.0, anomaly=True)]), [], None)

    assert said.title == "AmazonEC2 in 111122223333: +50 % on 5 Jul"
    assert "in account 111122223333 cost" in said.description
    assert "Driven by" not in said.description
    assert "From 5 July it adds" in said.description


@pytest.mark.parametrize(
    ("observed", "expected", "change"),
    [(450, 100, "4.5x the expected"), (150, 100, "+50 %"), (20, 100, "-80 %"), (50, 0, "new spend")],
)
def test_a_change_is_told_as_people_tell_it(observed: float, expected: float, change: str) -> None:
    said = wording_of(incident([verdict(4, observed, expected, anomaly=True)]), [], None)

    assert change in said.title


def test_a_limit_is_named_with_who_set_it() -> None:
    said = wording_of(incident([verdict(4, 150.0, anomaly=True)], limit=limit_of("120.5")), [], None)

    assert "(limit 120.50): it is above the limit that ann@acme.example set" in said.description


@pytest.mark.parametrize(("rule", "reason"), RULES.items())
def test_every_rule_has_words(rule: str, reason: str) -> None:
    assert f": {reason}." in wording_of(incident([verdict(4, anomaly=True, rule=rule)]), [], None).description


def test_a_metric_is_told_with_its_unit() -> None:
    said = wording_of(incident([verdict(4, 900.0, anomaly=True)], signal=LATENCY), [], None)

    assert said.title == "p95_latency_ms of api/orders: 900.00 ms, 100.00 expected"
    assert "was 900.00 ms at 5 July 2026 00:00 UTC" in said.description


def test_the_threshold_is_the_limit_or_the_edge_that_was_passed() -> None:
    assert threshold_of(verdict(1, 500.0), limit=Decimal(7)) == 7
    assert threshold_of(verdict(1, 500.0), limit=None) == 110
    assert threshold_of(verdict(1, 5.0), limit=None) == 90
    assert threshold_of(verdict(1, 5.0, None), limit=None) is None


@pytest.mark.parametrize(
    ("value", "written"), [(0.1 + 0.2, "0.3"), (1e20, "1E+20"), (-1.2345678, "-1.234568")]
)
def test_a_judged_float_becomes_money_with_six_places(value: float, written: str) -> None:
    assert decimal(value) == Decimal(written)


def driver(dimension: str, value: str, change: int) -> Driver:
    return Driver(
        dimension=dimension, value=value, observed=Decimal(change + 10), expected=Decimal(10), currency="USD"
    )
