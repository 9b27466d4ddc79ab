"""Deliveries that cannot be trusted: one clear reason each, the period whole or not at all."""

import csv
import gzip
import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from cloudops.costs.exports import stream_charges
from tests.integration.bills import JULY, charge, text_of, write_bill
from tests.integration.intake import Intake, take_in
from tests.integration.shared_exports import CUR1, DATA, FOCUS, copy, needs_shared
from tests.integration.tenant import Tenant

OLD, NEW = "20260810T000000Z", "20260820T000000Z"
FOCUS_PART = "acme-focus-2026-07-00001.csv.gz"


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def keep_header(path: Path) -> None:
    path.write_bytes(gzip.compress(text_of([charge(1, 1)]).splitlines(keepends=True)[0].encode()))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def drop_currency(path: Path) -> None:
    rewrite(path, lambda row: {k: v for k, v in row.items() if k != "lineItem/CurrencyCode"})


def spell_out_cost(path: Path) -> None:
    rewrite(path, lambda row: {**row, "lineItem/UnblendedCost": "a lot"})


def move_to_nowhen(path: Path) -> None:
    rewrite(path, lambda row: {**row, "lineItem/UsageStartDate": "yesterday"})


def replace_by_zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(100))


def replace_by_text(path: Path) -> None:
    path.write_bytes(gzip.compress(b"Dear customer,\nyour bill is attached.\n"))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "acme-00002.csv.gz: the gzip stream is cut off before its end"),
        (keep_header, "acme-00002.csv.gz: the file holds a header and no rows"),
        (empty, "acme-00002.csv.gz: the file is empty"),
        (remove, "acme-00002.csv.gz, which is missing"),
        (drop_currency, "acme-00002.csv.gz: mandatory CUR columns are missing: line_item_currency_code"),
        (spell_out_cost, "UnblendedCost"),
        (move_to_nowhen, "is no time that a bill can have"),
        (replace_by_zip, "acme-00002.csv.gz: it is a zip archive"),
        (replace_by_text, "acme-00002.csv.gz: neither CUR nor FOCUS has its columns: Dear customer"),
    ],
)
def test_one_bad_part_quarantines_the_delivery_with_a_reason_and_keeps_the_last_good_figures(
    tenant: Tenant, tmp_path: Path, damage: Callable[[Path], None], reason: str
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 100)], [charge(2, 10)]])
    take_in(tenant, tmp_path)
    _, second = write_bill(tmp_path, NEW, [[charge(1, 70)], [charge(2, 7)]])
    damage(second)

    outcomes = take_in(tenant, tmp_path)

    assert sorted(outcomes) == ["quarantined", "unchanged"]
    (told,) = reasons(tenant)
    assert reason in told
    assert billed(tenant) == 110
    assert tenant.count("charges") == 2


def test_a_quarantined_delivery_is_told_once_however_often_it_is_seen(tenant: Tenant, tmp_path: Path) -> None:
    (part,) = write_bill(tmp_path, OLD, [[charge(1, 100)]])
    cut(part)

    assert [take_in(tenant, tmp_path) for _ in range(3)] == [["quarantined"]] * 3

    assert tenant.count("deliveries") == 1
    assert tenant.events().count(("delivery", "quarantined")) == 1


def test_a_delivery_whose_missing_part_arrives_is_loaded(tenant: Tenant, tmp_path: Path) -> None:
    _, second = write_bill(tmp_path, OLD, [[charge(1, 100)], [charge(2, 10)]])
    content = second.read_bytes()
    second.unlink()
    late = take_in(tenant, tmp_path)

    second.write_bytes(content)

    assert (late, take_in(tenant, tmp_path)) == (["quarantined"], ["published"])
    assert billed(tenant) == 110


def test_a_file_that_the_manifest_does_not_name_is_refused_and_the_rest_is_loaded(
    tenant: Tenant, tmp_path: Path
) -> None:
    (part,) = write_bill(tmp_path, OLD, [[charge(1, 100)]])
    part.with_name("acme-00002.csv.gz").write_bytes(part.read_bytes())

    outcomes = take_in(tenant, tmp_path)

    assert sorted(outcomes) == ["published", "quarantined"]
    assert reasons(tenant) == ["the manifest beside it does not name this file"]
    assert billed(tenant) == 100


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("{", "the manifest is not valid: it is not JSON"),
        ("[]", "the manifest is not valid: it is not a JSON object"),
        ('{"reportKeys": [], "reportName": "acme"}', "the manifest names no file"),
        ('{"reportKeys": ["../../secret.csv"]}', "a key that leaves its folder"),
    ],
)
def test_a_manifest_that_cannot_be_followed_loads_nothing(
    tenant: Tenant, tmp_path: Path, manifest: str, reason: str
) -> None:
    (part,) = write_bill(tmp_path, OLD, [[charge(1, 100)]])
    (part.parent / "acme-Manifest.json").write_text(manifest)

    outcomes = take_in(tenant, tmp_path)

    assert set(outcomes) == {"quarantined"}
    assert any(reason in told for told in reasons(tenant))
    assert tenant.count("charges") == 0


def test_columns_that_are_unknown_or_come_and_go_between_parts_do_no_harm(
    tenant: Tenant, tmp_path: Path
) -> None:
    with_tags = {"resourceTags/user:team": "web", "reservation/ReservationARN": "", "x/Unheard": "of"}
    write_bill(tmp_path, OLD, [[charge(1, 100)], [charge(2, 10, **with_tags)], [charge(3, 1)]])

    assert take_in(tenant, tmp_path) == ["published"]

    assert billed(tenant) == 111
    assert tenant.rows("select billed_cost::int, tags from current_charges order by 1") == [
        (1, {}),
        (10, {"team": "web"}),
        (100, {}),
    ]


def test_an_assembly_whose_content_changed_keeps_the_content_that_was_loaded(
    tenant: Tenant, tmp_path: Path
) -> None:
    write_bill(tmp_path / "a", OLD, [[charge(1, 100)]])
    take_in(tenant, tmp_path / "a")
    write_bill(tmp_path / "b", OLD, [[charge(1, 1)]])

    assert take_in(tenant, tmp_path / "b") == ["quarantined"]

    assert reasons(tenant) == [f"assembly {OLD} was loaded before with other content"]
    assert billed(tenant) == 100


def test_a_version_that_is_refused_while_loading_keeps_the_last_good_figures(
    tenant: Tenant, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 100)]])
    take_in(tenant, tmp_path)
    _, second = write_bill(tmp_path, NEW, [[charge(1, 70)], [charge(2, 7)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    registered = next(one for one in intake.register() if one.outcome == "registered")
    rewrite(second, lambda row: {**row, "lineItem/UnblendedCost": "7.01"})

    outcomes = [intake.load(registered.delivery_id, number) for number in (1, 2, 1)]

    assert outcomes == ["loaded", "quarantined", "skipped"]
    assert reasons(tenant) == ["7.01 USD were loaded where the files say 7"]
    assert (billed(tenant), tenant.count("charges")) == (100, 1)
    assert tenant.events()[-1] == ("delivery", "quarantined")


def test_a_delivery_refused_while_loading_is_tried_anew(tenant: Tenant, tmp_path: Path) -> None:
    (part,) = write_bill(tmp_path, OLD, [[charge(1, 100)]])
    content = part.read_bytes()
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()
    cut(part)
    refused = intake.load(registered.delivery_id, 1)
    part.write_bytes(content)

    assert (refused, take_in(tenant, tmp_path)) == ("quarantined", ["published"])
    assert billed(tenant) == 100


def test_charges_lost_on_the_way_to_the_rollup_are_noticed(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 100)], [charge(2, 10)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()
    intake.load(registered.delivery_id, 1)
    with tenant.transaction() as connection:
        connection.execute("delete from charges")

    assert intake.load(registered.delivery_id, 2) == "quarantined"
    assert reasons(tenant) == ["10 USD were loaded where the files say 110"]
    assert billed(tenant) is None


def test_a_reader_that_gives_up_ends_the_writer(tmp_path: Path) -> None:
    (part,) = write_bill(tmp_path, OLD, [[charge(day % 28 + 1, day) for day in range(20_000)]])
    text = part.with_name("plain.csv")
    text.write_bytes(gzip.decompress(part.read_bytes()))

    with stream_charges(text, billing_account_id="111122223333", period=JULY, grain="line_item") as chunks:
        first = next(chunks)

    assert first


def test_a_refused_delivery_may_be_any_file(tenant: Tenant, tmp_path: Path) -> None:
    """The same broken file under two names is two lines, and no error."""
    (tmp_path / "a.csv").write_text("nothing")
    (tmp_path / "b.csv").write_text("nothing")

    assert take_in(tenant, tmp_path) == ["quarantined", "quarantined"]
    assert take_in(tenant, tmp_path) == ["quarantined", "quarantined"]


@needs_shared
def test_a_cut_parquet_part_quarantines_its_month_and_no_other(tenant: Tenant, tmp_path: Path) -> None:
    folder = copy(CUR1, tmp_path)
    cut(folder / "acme-cur" / "year=2026" / "month=7" / "acme-cur-00002.snappy.parquet")

    outcomes = take_in(tenant, folder)

    assert sorted(outcomes) == ["published", "published", "quarantined"]
    assert reasons(tenant) == [
        "acme-cur-00002.snappy.parquet: the Parquet file is cut off: its footer is missing"
    ]
    assert {
        row[0].month for row in tenant.rows("select distinct period from deliveries where status = 'current'")
    } == {
        6,
        8,
    }


@needs_shared
@pytest.mark.parametrize("column", ["BilledCost", "ChargePeriodStart", "ServiceName"])
def test_focus_without_a_mandatory_column_is_refused_by_its_name(
    tenant: Tenant, tmp_path: Path, column: str
) -> None:
    file = copy(FOCUS, tmp_path) / FOCUS_PART
    header, _, rest = gzip.decompress(file.read_bytes()).partition(b"\n")
    file.write_bytes(gzip.compress(header.replace(column.encode(), b"x_" + column.encode()) + b"\n" + rest))

    assert take_in(tenant, tmp_path) == ["quarantined"]
    assert reasons(tenant) == [f"{FOCUS_PART}: mandatory FOCUS columns are missing: {column}"]


@needs_shared
def test_incomplete_examples_of_the_specification_are_refused_one_by_one(
    tenant: Tenant, tmp_path: Path
) -> None:
    names = ["virtual_currency_pricing_model_a1.csv", "virtual_currency_pricing_model_a2.csv"]
    for name in names:
        shutil.copyfile(DATA / "focus_1_2_spec_examples" / name, tmp_path / name)

    assert take_in(tenant, tmp_path) == ["quarantined", "quarantined"]
    assert reasons(tenant) == [
        f"{name}: mandatory FOCUS columns are missing: ServiceCategory" for name in names
    ]


@needs_shared
def test_exports_of_no_known_kind_are_refused_and_load_nothing(tenant: Tenant) -> None:
    outcomes = take_in(tenant, DATA / "other_provider_raw")

    assert set(outcomes) == {"quarantined"}
    assert all("neither CUR nor FOCUS has its columns" in reason for reason in reasons(tenant))
    assert tenant.count("charges") == 0


def rewrite(path: Path, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))
    path.write_bytes(gzip.compress(text_of([change(row) for row in rows]).encode()))


def reasons(tenant: Tenant) -> list[str]:
    return [
        row[0] for row in tenant.rows("select reason from deliveries where reason is not null order by 1")
    ]


def billed(tenant: Tenant) -> Decimal | None:
    total: Decimal | None = tenant.value("select sum(billed_cost) from current_charges")
    return total
