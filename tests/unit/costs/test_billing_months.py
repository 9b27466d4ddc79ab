from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.costs.billing_months import billing_month, months_before, since
from cloudops.stored_object import StoredObject

JULY = date(2026, 7, 1)


def stored(key: str) -> StoredObject:
    return StoredObject(key=key, size=1, etag="e", modified_at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("key", "month"),
    [
        ("cur2/acme/data/BILLING_PERIOD=2026-07/acme-00001.snappy.parquet", JULY),
        ("cur2/acme/metadata/BILLING_PERIOD=2026-07/acme-Manifest.json", JULY),
        ("focus/acme/data/billing_period=2026-07-01/a.parquet", JULY),
        ("BILLING_PERIOD=2026-07/a.parquet", JULY),
        ("cur/acme/20260701-20260801/acme-Manifest.json", JULY),
        ("cur/acme/20260701-20260801/6f1f1b6b/acme-00001.csv.gz", JULY),
        ("cur/acme/acme/year=2026/month=7/acme-00001.snappy.parquet", JULY),
        ("focus/acme-2026-07.csv", None),
        ("BILLING_PERIOD=2026-13/a.parquet", None),
        ("x-BILLING_PERIOD=2026-07/a.parquet", None),
        ("20260715-20260801/a.csv", None),
        ("year=2026/a.csv", None),
    ],
)
def test_a_key_tells_its_month_by_its_folder(key: str, month: date | None) -> None:
    assert billing_month(key) == month


@pytest.mark.parametrize(
    ("months", "first"),
    [(0, date(2026, 9, 1)), (1, date(2026, 8, 1)), (8, date(2026, 1, 1)), (9, date(2025, 12, 1)),
     (120, date(2016, 9, 1))],
)  # fmt: skip
def test_months_are_counted_back_over_years(months: int, first: date) -> None:
    assert months_before(date(2026, 9, 30), months) == first


@given(st.dates(date(1990, 1, 1), date(2190, 1, 1)), st.integers(0, 240))
def test_counting_back_one_by_one_is_counting_back_at_once(day: date, months: int) -> None:
    step = day
    for _ in range(months):
        step = months_before(step, 1)

    assert months_before(day, months) == step.replace(day=1)


def test_what_tells_no_month_is_looked_at_whatever_the_months() -> None:
    keys = [
        "a/BILLING_PERIOD=2026-06/1.csv",
        "a/BILLING_PERIOD=2026-07/1.csv",
        "a/BILLING_PERIOD=2026-08/1.csv",
        "loose.csv",
    ]

    assert [one.key for one in since(map(stored, keys), JULY)] == keys[1:]
    assert [one.key for one in since(map(stored, keys), date.min)] == keys
