import pytest

from cloudops.alerts.worth import is_worth_raising
from cloudops.anomalies.signals import Signal
from tests.unit.alerts.incidents import COST, LATENCY, incident, limit_of, verdict

ERRORS = Signal(alert_type="reliability", resource_id="shop-api", metric_name="5xx_count")


@pytest.mark.parametrize(
    ("observed", "expected", "points", "worth"),
    [
        (20.0, 1.0, 2, True),
        (20.0, 1.0, 1, False),
        (4.0, 0.0, 2, False),
        (12.0, 7.0, 2, False),
        (0.0, 20.0, 2, False),
    ],
)
def test_errors_must_be_clearly_more_twice_in_a_row(
    observed: float, expected: float, points: int, worth: bool
) -> None:
    found = incident([verdict(n + 1, observed, expected, anomaly=True) for n in range(points)], signal=ERRORS)

    assert is_worth_raising(found) is worth


@pytest.mark.parametrize(("observed", "worth"), [(260.0, True), (240.0, False)])
def test_latency_must_be_a_third_and_50_ms_above(observed: float, worth: bool) -> None:
    found = incident([verdict(n, observed, 195.0, anomaly=True) for n in (1, 2)], signal=LATENCY)

    assert is_worth_raising(found) is worth


def test_a_limit_is_always_worth_it() -> None:
    found = incident([verdict(1, 1.0, None, anomaly=True)], signal=ERRORS, limit=limit_of("0.5"))

    assert is_worth_raising(found)


def test_cost_has_its_floors_in_the_detector() -> None:
    assert is_worth_raising(incident([verdict(1, 6.0, 0.0, anomaly=True)], signal=COST))
