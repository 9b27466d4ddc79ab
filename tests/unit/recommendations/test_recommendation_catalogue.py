import csv
from pathlib import Path

import pytest

from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.models import RiskClass
from cloudops.recommendations.remedies import (
    COST_REMEDIES,
    FALLBACK_METRIC,
    LESS_SPEND,
    MORE_SPEND,
    RELIABILITY_REMEDIES,
)

CATALOGUE = Path(__file__).parents[4] / "shared" / "check-catalogue.csv"
RISK_LIMITS = {"A": (0, 10), "B": (10, 40), "C": (40, 100), "F": (40, 100)}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    """Risk class by check id."""
    if not CATALOGUE.exists():
        pytest.skip("the check catalogue is not beside this checkout")
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["risk"] for row in csv.DictReader(file)}


def test_every_check_has_an_id_of_its_own() -> None:
    ids = [check.id for check in CHECKS]

    assert len(set(ids)) == len(ids)


def test_every_check_is_in_the_catalogue_with_its_risk(catalogue: dict[str, str]) -> None:
    differing = {
        check.id: (check.risk.name, catalogue.get(check.id))
        for check in CHECKS
        if catalogue.get(check.id) != check.risk.name
    }

    assert differing == {}


def test_every_remedy_is_in_the_catalogue(catalogue: dict[str, str]) -> None:
    remedies = (*COST_REMEDIES, *RELIABILITY_REMEDIES.values(), FALLBACK_METRIC, MORE_SPEND, LESS_SPEND)

    assert {remedy.check_id for remedy in remedies} - catalogue.keys() == set()


@pytest.mark.parametrize("risk", RiskClass)
def test_risk_stays_within_the_limits_of_its_class(risk: RiskClass) -> None:
    least, most = RISK_LIMITS[risk.name]

    assert least < risk.value <= most
