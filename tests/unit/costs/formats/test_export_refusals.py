"""A file that cannot be read right is refused, with a reason that its owner understands."""

import gzip
from pathlib import Path

import duckdb
import pytest
from export_files import CUR1_ROW, FOCUS_ROW, Row, write_csv, write_parquet

from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.errors import (
    DamagedFileError,
    ExportRefusedError,
    InvalidCellError,
    MissingColumnsError,
    NoRowsError,
    RaggedRowError,
    TooLargeError,
    UndecodableTextError,
    UnknownFormatError,
    UnsupportedArchiveError,
)
from cloudops.costs.formats.models import Caps
from cloudops.costs.formats.slices import slices

CUR_PARQUET = """
SELECT 'p' AS bill_payer_account_id, TIMESTAMP '2026-07-01' AS bill_billing_period_start_date,
    'a' AS line_item_usage_account_id, 'Usage' AS line_item_line_item_type,
    TIMESTAMP '2026-07-02' AS line_item_usage_start_date, 'AmazonS3' AS line_item_product_code,
    'USD' AS line_item_currency_code, {cost} AS line_item_unblended_cost
FROM range({rows})"""


def refusal(
    connection: duckdb.DuckDBPyConnection, path: Path, caps: Caps | None = None
) -> tuple[type[ExportRefusedError], str]:
    with pytest.raises(ExportRefusedError) as refused:
        slices(connection, recognise(connection, path, caps=caps), caps=caps)
    return type(refused.value), str(refused.value)


def test_an_empty_file_has_no_rows(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()

    assert refusal(connection, path) == (NoRowsError, "the file is empty")


def test_a_header_alone_has_no_rows(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "header.csv"
    path.write_text(",".join(FOCUS_ROW) + "\n")

    assert refusal(connection, path) == (NoRowsError, "the file holds a header and no rows")


def test_a_parquet_file_without_rows_has_no_rows(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_parquet(tmp_path / "none.parquet", CUR_PARQUET.format(cost="1.0", rows=0))

    assert refusal(connection, path) == (NoRowsError, "the file holds columns and no rows")


def test_columns_of_something_else_are_shown(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "people.csv", [{"name": "Ann", "age": "7"}])

    error, reason = refusal(connection, path)

    assert error is UnknownFormatError
    assert "name, age" in reason


def test_slash_headers_alone_make_no_cost_and_usage_report(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "oci.csv", [{"lineItem/referenceNo": "1", "cost/myCost": "2"}])

    assert refusal(connection, path)[0] is UnknownFormatError


@pytest.mark.parametrize("column", ["BilledCost", "ServiceCategory", "InvoiceIssuerName"])
def test_a_missing_mandatory_column_of_focus_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, column: str
) -> None:
    row = {name: value for name, value in FOCUS_ROW.items() if name != column}
    path = write_csv(tmp_path / "focus.csv", [row])

    assert refusal(connection, path) == (
        MissingColumnsError,
        f"mandatory FOCUS columns are missing: {column}",
    )


def test_missing_columns_of_a_cur_are_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = {name: value for name, value in CUR1_ROW.items() if not name.endswith("CurrencyCode")}
    path = write_csv(tmp_path / "cur.csv", [row])

    error, reason = refusal(connection, path)

    assert error is MissingColumnsError
    assert reason.endswith("missing: line_item_currency_code")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_cut_off_parquet_file_is_damaged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, keep: float
) -> None:
    path = write_parquet(tmp_path / "cut.parquet", CUR_PARQUET.format(cost="1.0", rows=1000))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])

    assert refusal(connection, path)[0] is DamagedFileError


def test_a_parquet_file_without_its_start_is_damaged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_parquet(tmp_path / "cut.parquet", CUR_PARQUET.format(cost="1.0", rows=1000))
    path.write_bytes(path.read_bytes()[100:])

    assert refusal(connection, path)[0] is DamagedFileError


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_cut_off_gzip_file_is_damaged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, keep: float
) -> None:
    path = write_csv(
        tmp_path / "cut.csv.gz", [CUR1_ROW | {"identity/LineItemId": str(n)} for n in range(500)]
    )
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])

    assert refusal(connection, path)[0] is DamagedFileError


def test_any_flipped_bit_of_a_gzip_file_is_found(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path / "flip.csv.gz", [CUR1_ROW | {"identity/LineItemId": str(n)} for n in range(50)]
    )
    content = path.read_bytes()
    name_ends = (
        content.index(b"\0", 10) + 1
    )  # The header up to here holds a file name and a time, and no data.

    for place in range(name_ends, len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert refusal(connection, path)[0] is DamagedFileError


def test_a_zip_archive_is_refused_whatever_its_name(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"PK\x03\x04rest")

    error, reason = refusal(connection, path)

    assert error is UnsupportedArchiveError
    assert "gzip" in reason


@pytest.mark.parametrize(("end", "columns"), [(",,extra", 31), ("", 29)])
def test_a_ragged_row_is_named_by_its_line(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, end: str, columns: int
) -> None:
    path = write_csv(tmp_path / "ragged.csv", [FOCUS_ROW, FOCUS_ROW | {"SubAccountName": "Mall"}, FOCUS_ROW])
    path.write_bytes(path.read_bytes().replace(b"Mall,", b"Mall" + end.encode()))

    assert refusal(connection, path) == (
        RaggedRowError,
        f"line 3: the row has {columns} columns and the header 30",
    )


def test_a_quotation_mark_that_nothing_closes_is_ragged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "quote.csv", [FOCUS_ROW] * 3)
    text = path.read_text()
    path.write_text(text + text.splitlines()[1].replace("A machine", '"A machine') + "\n")

    assert refusal(connection, path)[0] is RaggedRowError


def test_a_line_without_end_is_ragged(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "line.csv", [FOCUS_ROW, FOCUS_ROW | {"Tags": "x" * 3_000_000}])

    error, reason = refusal(connection, path)

    assert error is RaggedRowError
    assert "longer than 2 MB" in reason


def test_text_that_is_not_utf_8_is_named_by_its_line(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "latin.csv", [FOCUS_ROW, FOCUS_ROW | {"SubAccountName": "Cafe"}])
    path.write_bytes(path.read_bytes().replace(b"Cafe", b"Caf\xe9"))

    error, reason = refusal(connection, path)

    assert error is UndecodableTextError
    assert reason.endswith("there is text that is not UTF-8") or reason == "the text is not UTF-8"


def test_a_file_in_utf_16_is_refused(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "utf16.csv"
    path.write_text(",".join(FOCUS_ROW) + "\n1\n", encoding="utf-16")

    assert refusal(connection, path)[0] is UndecodableTextError


FLAWS: list[tuple[Row, str, str]] = [
    (FOCUS_ROW, "BilledCost", "twelve"),
    (FOCUS_ROW, "BilledCost", "1,5"),
    (FOCUS_ROW, "BilledCost", "1_000"),
    (FOCUS_ROW, "EffectiveCost", "NaN"),
    (FOCUS_ROW, "ListCost", "Infinity"),
    (FOCUS_ROW, "ConsumedQuantity", "0x10"),
    (FOCUS_ROW, "BilledCost", "1e300"),
    (FOCUS_ROW, "ChargePeriodStart", "yesterday"),
    (FOCUS_ROW, "ChargePeriodStart", "13/13/2026"),
    (FOCUS_ROW, "ChargePeriodEnd", "0026-07-01T00:00:00Z"),
    (FOCUS_ROW, "BillingPeriodStart", "2026-02-30T00:00:00Z"),
    (FOCUS_ROW, "ChargeCategory", "Refund"),
    (FOCUS_ROW, "Tags", "team=shop"),
    (FOCUS_ROW, "Tags", '["shop"]'),
    (FOCUS_ROW, "Tags", '{"a": "1", "a": "2"}'),
    (CUR1_ROW, "lineItem/UnblendedCost", "0.1.2"),
    (CUR1_ROW, "pricing/publicOnDemandCost", "free"),
    (CUR1_ROW, "lineItem/UsageStartDate", "2026-07"),
    (CUR1_ROW, "lineItem/ResourceId", "i-\0"),
]


@pytest.mark.parametrize(("row", "column", "value"), FLAWS)
def test_a_cell_that_cannot_be_read_is_named_by_row_and_column(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, row: Row, column: str, value: str
) -> None:
    path = write_csv(
        tmp_path / "flawed.csv", [*[row] * 4000, {**row, column: value}, row, {**row, column: "?"}]
    )

    error, reason = refusal(connection, path)

    assert error is InvalidCellError
    assert reason.startswith(f"row 4,001: {column} holds {value!r}, which ")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FOCUS_ROW, "BilledCost"),
        (FOCUS_ROW, "BillingAccountId"),
        (FOCUS_ROW, "BillingCurrency"),
        (FOCUS_ROW, "ChargePeriodStart"),
        (CUR1_ROW, "bill/PayerAccountId"),
        (CUR1_ROW, "lineItem/LineItemType"),
    ],
)
def test_a_cell_that_must_not_be_empty_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, row: Row, column: str
) -> None:
    path = write_csv(tmp_path / "empty.csv", [row, {**row, column: ""}])

    assert refusal(connection, path) == (InvalidCellError, f"row 2: {column} is empty")


@pytest.mark.parametrize("cost", ["'nan'::DOUBLE", "'inf'::DOUBLE", "1e40::DOUBLE"])
def test_a_cost_in_parquet_that_is_no_amount_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, cost: str
) -> None:
    select = CUR_PARQUET.format(cost=f"CASE WHEN range = 2499 THEN {cost} ELSE 1.5 END", rows=5000)
    path = write_parquet(tmp_path / "nan.parquet", select)

    error, reason = refusal(connection, path)

    assert error is InvalidCellError
    assert reason.startswith("row 2,500: line_item_unblended_cost holds ")


@pytest.mark.parametrize("cost", ["true", "[1.5]", "{'amount': 1.5}", "DATE '2026-07-01'", "MAP {1: 2}"])
def test_a_cost_of_an_odd_type_is_no_number(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, cost: str
) -> None:
    path = write_parquet(tmp_path / "odd.parquet", CUR_PARQUET.format(cost=cost, rows=1))

    assert refusal(connection, path)[0] is InvalidCellError


@pytest.mark.parametrize("start", ["20260702", "true", "[DATE '2026-07-02']", "TIME '10:00'"])
def test_a_time_of_an_odd_type_is_no_time(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, start: str
) -> None:
    select = CUR_PARQUET.format(cost="1.5", rows=1).replace("TIMESTAMP '2026-07-02'", start)
    path = write_parquet(tmp_path / "odd.parquet", select)

    assert refusal(connection, path)[0] is InvalidCellError


@pytest.mark.parametrize("tags", ["7", "['team']", "true", "'team'"])
def test_tags_of_an_odd_type_are_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, tags: str
) -> None:
    columns = f"{tags} AS resource_tags, {tags} AS product, 1.5"
    path = write_parquet(tmp_path / "odd.parquet", CUR_PARQUET.format(cost=columns, rows=1))

    assert "resource_tags" in refusal(connection, path)[1]


def test_more_rows_than_the_cap_are_refused_by_the_footer_alone(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_parquet(tmp_path / "bomb.parquet", CUR_PARQUET.format(cost="1.0", rows=1001))

    with pytest.raises(TooLargeError, match="1,001 rows"):
        recognise(connection, path, caps=Caps(rows=1000))


def test_more_cells_than_the_cap_are_refused(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "wide.parquet", CUR_PARQUET.format(cost="1.0", rows=1000))

    with pytest.raises(TooLargeError):
        recognise(connection, path, caps=Caps(cells=7999))


def test_more_rows_of_text_than_the_cap_are_refused(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "long.csv", [FOCUS_ROW] * 11)

    assert refusal(connection, path, Caps(rows=10))[0] is TooLargeError


def test_a_gzip_bomb_is_refused(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"0" * 5_000_000))

    assert refusal(connection, path, Caps(unpacked_bytes=1_000_000))[0] is TooLargeError


def test_more_columns_than_the_cap_are_refused(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "wide.csv", [FOCUS_ROW | {f"x_{n}": "" for n in range(100)}])

    assert refusal(connection, path, Caps(columns=100))[0] is TooLargeError
