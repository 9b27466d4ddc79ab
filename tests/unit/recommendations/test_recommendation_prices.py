import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from cloudops.recommendations.prices import EC2_CURRENT, EC2_GRAVITON, Successor

PRICES = Path(__file__).parents[4] / "shared" / "data" / "pricing" / "ec2_linux_ondemand.csv"


@pytest.fixture(scope="module")
def hourly() -> dict[str, Decimal]:
    if not PRICES.exists():
        pytest.skip("the price list is not beside this checkout")
    with PRICES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == "us-east-1"]
    return {row["instance_type"]: Decimal(row["price_per_hour"]) for row in rows}


@pytest.mark.parametrize("table", [EC2_CURRENT, EC2_GRAVITON], ids=["current", "graviton"])
def test_ratios_are_the_largest_over_sizes_of_the_price_list(
    table: Mapping[str, Successor], hourly: dict[str, Decimal]
) -> None:
    off = {
        f"{old}.{size}": (ratio, actual)
        for old, (new, ratio, sizes) in table.items()
        for size in sizes
        if not 0
        <= Decimal(ratio) - (actual := hourly[f"{new}.{size}"] / hourly[f"{old}.{size}"])
        < Decimal("0.02")
    }

    assert off == {}


def test_no_recommended_move_costs_more() -> None:
    assert all(Decimal(ratio) < 1 for table in (EC2_CURRENT, EC2_GRAVITON) for _, ratio, _ in table.values())
