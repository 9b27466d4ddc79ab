"""Tags under one canonical name each, as JSON that compares equal where the tags are equal."""

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from export_files import CUR1_ROW, FOCUS_ROW, read_charge, read_charges, write_csv, write_parquet

from cloudops.costs.formats.models import Grain

CUR_PARQUET = """
SELECT 'p' AS bill_payer_account_id, TIMESTAMP '2026-07-01' AS bill_billing_period_start_date,
    'a' AS line_item_usage_account_id, 'Usage' AS line_item_line_item_type,
    TIMESTAMP '2026-07-02' AS line_item_usage_start_date, 'AmazonS3' AS line_item_product_code,
    'USD' AS line_item_currency_code, 0.5::DOUBLE AS line_item_unblended_cost, {tags}"""


@pytest.fixture(params=list(Grain))
def grain(request: pytest.FixtureRequest) -> Grain:
    return request.param


def test_headers_of_a_csv_give_the_keys(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain
) -> None:
    tags = {
        "resourceTags/user:Team": "web",
        "resourceTags/aws:createdBy": "ann",
        "resourceTags/user:Empty": "",
        'resourceTags/user:app\'s "name"': "a\\b",
    }

    charge = read_charge(connection, write_csv(tmp_path / "tags.csv", [CUR1_ROW | tags]), grain)

    assert json.loads(charge["tags"]) == {"Team": "web", "aws:createdBy": "ann", 'app\'s "name"': "a\\b"}


def test_columns_of_parquet_give_the_keys(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain
) -> None:
    columns = "'web' AS resource_tags_user_team, 'ann' AS resource_tags_aws_created_by, '' AS resource_tags_user_env"
    path = write_parquet(tmp_path / "tags.parquet", CUR_PARQUET.format(tags=columns))

    assert read_charge(connection, path, grain)["tags"] == '{"aws:created_by":"ann","team":"web"}'


@pytest.mark.parametrize(
    ("entries", "tags"),
    [
        ("MAP {'user_team': 'web', 'aws_created_by': 'ann'}", '{"aws:created_by":"ann","team":"web"}'),
        ("MAP {'user_team': '', 'user_app': NULL}", "{}"),
        ("MAP {}::MAP(VARCHAR, VARCHAR)", "{}"),
        ("NULL::MAP(VARCHAR, VARCHAR)", "{}"),
        ("MAP {'user:Team': 'b', 'user_Team': 'a'}", '{"Team":"a"}'),
        ("[{'key': 'user_team', 'value': 'web'}]", None),
    ],
)
def test_a_map_is_stripped_of_prefixes_and_of_what_is_empty(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain, entries: str, tags: str | None
) -> None:
    path = write_parquet(tmp_path / "map.parquet", CUR_PARQUET.format(tags=f"{entries} AS resource_tags"))

    assert read_charge(connection, path, grain)["tags"] == (tags or '{"team":"web"}')


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('{"user:app": "shop", "aws:created_by": "ann", "team": "web"}', ("app", "aws:created_by", "team")),
        ('{" org": "trey", "org": ",NULL,NULL,"}', (" org", "org")),
        ('{"user_id": "7"}', ("user_id",)),
        ('{"empty": "", "nothing": null}', ()),
        ('"app": "shop", "team": "web"', ("app", "team")),
        ("{}", ()),
        ("NULL", ()),
    ],
)
def test_json_of_focus_gives_the_keys(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain, text: str, tags: tuple[str, ...]
) -> None:
    charge = read_charge(connection, write_csv(tmp_path / "focus.csv", [FOCUS_ROW | {"Tags": text}]), grain)

    assert tuple(json.loads(charge["tags"])) == tags


def test_values_that_are_no_text_become_text(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = FOCUS_ROW | {"Tags": '{"flag": true, "n": 5, "nested": {"a": [1]}, "nul": "a\\u0000b"}'}

    charge = read_charge(connection, write_csv(tmp_path / "focus.csv", [row]))

    assert json.loads(charge["tags"]) == {"flag": "true", "n": "5", "nested": '{"a":[1]}', "nul": "ab"}


def test_equal_tags_are_equal_text_whatever_their_order(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain
) -> None:
    texts = ['{"a": "1", "b": "2"}', '{"b":"2","a":"1"}', '{"b": "2", "a": "1", "c": ""}']
    path = write_csv(tmp_path / "focus.csv", [FOCUS_ROW | {"Tags": text} for text in texts])

    assert {charge["tags"] for charge in read_charges(connection, path, grain)} == {'{"a":"1","b":"2"}'}


def test_charges_with_other_tags_are_kept_apart(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [FOCUS_ROW | {"Tags": text} for text in ('{"a": "1"}', '{"a": "2"}', "", '{"a": "1"}')]

    charges = read_charges(connection, write_csv(tmp_path / "focus.csv", rows))

    assert sorted((charge["tags"], charge["billed_cost"]) for charge in charges) == [
        ('{"a":"1"}', 3),
        ('{"a":"2"}', 1.5),
        ("{}", 1.5),
    ]


def test_parquet_columns_that_differ_in_case_only_are_one_tag(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain
) -> None:
    with duckdb.connect() as plain:
        table = plain.sql(CUR_PARQUET.format(tags="'Usage' AS line_item_operation")).to_arrow_table()
    twice = pa.table(
        [*table.columns, pa.array([""]), pa.array(["web"])],
        names=[*table.column_names, "resource_tags_user_team", "resource_tags_user_Team"],
    )
    pq.write_table(twice, tmp_path / "case.parquet")

    assert read_charge(connection, tmp_path / "case.parquet", grain)["tags"] == '{"team":"web"}'


def test_csv_headers_that_differ_in_case_only_stay_two_tags(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, grain: Grain
) -> None:
    tags = {"resourceTags/user:App": "x", "resourceTags/user:app": "y"}

    charge = read_charge(connection, write_csv(tmp_path / "case.csv", [CUR1_ROW | tags]), grain)

    assert json.loads(charge["tags"]) == {"App": "x", "app": "y"}


def test_a_column_name_never_becomes_sql(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hostile = "resourceTags/user:a'), (SELECT 1)) -- \"; DROP TABLE x; $path {0}"

    charge = read_charge(connection, write_csv(tmp_path / "sql.csv", [CUR1_ROW | {hostile: "v'--"}]))

    assert json.loads(charge["tags"]) == {hostile.removeprefix("resourceTags/user:"): "v'--"}
