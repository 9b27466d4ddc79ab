"""Small answers of GetCostAndUsage."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Costs = Mapping[tuple[str, str], float | str]
"""Amounts by service and linked account."""


def answer(days: Mapping[date, Costs], *, estimated: bool = False, accounts: bool = True) -> dict[str, Any]:
    """Without `accounts` it is grouped by service alone."""
    keys = ["SERVICE", "LINKED_ACCOUNT"] if accounts else ["SERVICE"]
    return {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": key} for key in keys],
        "ResultsByTime": [result(day, costs, len(keys), estimated=estimated) for day, costs in days.items()],
        "DimensionValueAttributes": [],
    }


def result(day: date, costs: Costs, keys: int, *, estimated: bool) -> dict[str, Any]:
    return {
        "TimePeriod": {"Start": day.isoformat(), "End": (day + timedelta(days=1)).isoformat()},
        "Total": {},
        "Groups": [
            {
                "Keys": list(named[:keys]),
                "Metrics": {
                    name: {"Amount": str(cost), "Unit": "USD"} for name in ("UnblendedCost", "AmortizedCost")
                },
            }
            for named, cost in costs.items()
        ],
        "Estimated": estimated,
    }


def write_answer(path: Path, page: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(page), encoding="utf-8")
