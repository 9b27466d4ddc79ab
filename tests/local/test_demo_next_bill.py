"""The demo's bill of the days after its present one: the same past, and the accounts as they stand since then."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from local.demo import EXPORT_NAME, compute, disks, generate, network, scenes
from local.demo.changes import Change, Place, place_of
from local.demo.generation import prolong
from local.demo.lines import Scenario
from local.demo.machines import INSTANCES, sized
from local.demo.organization import DATA, DEV
from local.demo.timeline import Timeline

PRESENT, DAYS, UNTIL, SINCE = date(2026, 11, 20), 40, date(2026, 12, 6), date(2026, 11, 23)
SCENARIO = Scenario(timeline=Timeline(end=PRESENT, days=DAYS), seed=7)
# Taxes and support are reckoned on the whole of an open month.
ROWS = """
    select line_item_usage_start_date, line_item_resource_id, line_item_usage_type, line_item_unblended_cost
      from '{files}'
     where line_item_line_item_type <> 'Tax' and line_item_usage_type <> 'Dollar'
       and line_item_usage_start_date <= '2026-11-20'
"""
RATES = """
    select line_item_usage_type, line_item_unblended_rate, min(line_item_usage_start_date)::date,
           max(line_item_usage_start_date)::date
      from '{files}' where line_item_resource_id = ?
     group by all order by 3
"""
NOTHING: Mapping[Place, Change] = {}


def bill_of(folder: Path, changes: Mapping[Place, Change]) -> str:
    generate(folder, end=PRESENT, days=DAYS)
    prolong(folder, present=PRESENT, days=DAYS, until=UNTIL, changes=changes)
    return str(folder / EXPORT_NAME / "data" / "*" / "*.parquet")


def rated(files: str, resource_id: str) -> list[tuple[str, Decimal, date, date]]:
    with duckdb.connect() as connection:
        found = connection.execute(RATES.format(files=files), [resource_id]).fetchall()
    return [(kind, Decimal(rate).normalize(), first, last) for kind, rate, first, last in found]


def test_of_the_days_up_to_the_present_one_it_tells_the_same(tmp_path: Path) -> None:
    generate(tmp_path / "before", end=PRESENT, days=DAYS)
    before, after = tmp_path / "before" / EXPORT_NAME / "data" / "*" / "*.parquet", bill_of(tmp_path, NOTHING)

    with duckdb.connect() as connection:
        told = [
            sorted(connection.execute(ROWS.format(files=files)).fetchall(), key=str)
            for files in (before, after)
        ]

    assert len(told[0]) > 5000
    assert told[0] == told[1]


def test_a_resized_instance_costs_what_its_new_type_does_from_the_day_on(tmp_path: Path) -> None:
    instance = scenes.instance(SCENARIO, DATA, "scheduler", 0)
    changes = {place_of(DATA.number, instance): Change(since=SINCE, kind="m5.large")}

    found = rated(bill_of(tmp_path, changes), instance)

    assert found == [
        ("BoxUsage:m5.xlarge", Decimal("0.192"), date(2026, 10, 12), date(2026, 11, 22)),
        ("BoxUsage:m5.large", Decimal("0.096"), SINCE, UNTIL),
    ]


def test_what_is_stopped_deleted_released_or_of_another_type_is_billed_so(tmp_path: Path) -> None:
    idle = scenes.instance(SCENARIO, DEV, "prototype", 0)
    gp2 = scenes.gp2_volumes(SCENARIO)[0]
    left_over = next(one for one in disks.volumes(SCENARIO) if one.instance is None)
    address = next(one for one in network.addresses(SCENARIO) if not one.in_use)
    changes = {
        place_of(DEV.number, idle): Change(since=SINCE, stopped=True, kind="m5.xlarge"),
        place_of(DATA.number, gp2): Change(since=SINCE, kind="gp3"),
        place_of(left_over.owner.account.number, str(left_over.owner.resource_id)): Change(
            since=SINCE, gone=True
        ),
        place_of(address.owner.account.number, address.allocation_id): Change(since=SINCE, gone=True),
    }

    files = bill_of(tmp_path, changes)

    before = date(2026, 11, 22)
    assert [last for *_, last in rated(files, idle)] == [before]
    assert [(kind, last) for kind, _, _, last in rated(files, gp2)] == [
        ("EBS:VolumeUsage.gp2", before),
        ("EBS:VolumeUsage.gp3", UNTIL),
    ]
    assert [last for *_, last in rated(files, str(left_over.owner.resource_id))] == [before]
    assert [last for *_, last in rated(files, str(address.owner.resource_id))] == [before]


@pytest.mark.parametrize(
    ("kind", "rate", "vcpu"), [("m5.xlarge", 0.192, 4), ("m5.large", 0.096, 2), ("m6i.4xlarge", 0.768, 16)]
)
def test_sizes_of_a_family_cost_in_proportion(kind: str, rate: float, vcpu: int) -> None:
    found = sized(INSTANCES, kind)

    assert (found.rate, found.vcpu) == (rate, vcpu)


@pytest.mark.parametrize("kind", ["x9.large", "m5.metal"])
def test_what_has_no_price_is_not_guessed(kind: str) -> None:
    with pytest.raises(KeyError):
        sized(INSTANCES, kind)


def test_every_instance_is_billed_once_a_day_whatever_became_of_it() -> None:
    key = place_of(DATA.number, scenes.instance(SCENARIO, DATA, "scheduler", 0))
    timeline = Timeline(end=UNTIL, days=DAYS, present=PRESENT)
    changed = Scenario(timeline=timeline, seed=7, changes={key: Change(since=SINCE, kind="m5.large")})

    plain, split = (
        sum(one.hours for one in compute.instances(changed)),
        sum(one.hours for one in compute.billed(changed)),
    )

    assert list(plain) == list(split)
