"""The query that reads charges out of an export, at daily or at line-item grain."""

from cloudops.costs.formats.cells import Cells
from cloudops.costs.formats.cur import cur_mapping
from cloudops.costs.formats.focus import focus_mapping
from cloudops.costs.formats.mapping import MEASURES, ChargeMapping
from cloudops.costs.formats.models import CHARGE_COLUMNS, BillKey, Export, Grain, Query
from cloudops.costs.formats.source import path_parameter, table_of
from cloudops.costs.formats.tags import canonical_tags

HOURS = ("started", "ended")
NEVER_NULL = ("billed_cost", "effective_cost")
DAY = "86400000000"  # in microseconds
FIXED_COLUMNS = {
    Grain.DAILY: {
        "charge_date": "day",
        "charge_start": "CAST(CAST(day AS TIMESTAMP) AS VARCHAR) || '+00'",
        "charge_end": "CAST(coalesce(long_end, day + INTERVAL 1 DAY) AS VARCHAR) || '+00'",
        "line_item_id": "CAST(NULL AS VARCHAR)",
    },
    Grain.LINE_ITEM: {
        "charge_date": "CAST(started AS DATE)",
        "charge_start": "CAST(started AS VARCHAR) || '+00'",
        "charge_end": "CAST(coalesce(ended, started) AS VARCHAR) || '+00'",
    },
}


def mapping_of(export: Export, *, keep_floats: bool = False) -> ChargeMapping:
    build = focus_mapping if export.kind.is_focus else cur_mapping
    return build(Cells(export, keep_floats=keep_floats), export.kind)


def charges_query(export: Export, bill: BillKey, grain: Grain) -> Query:
    """All charges of one bill, with exactly `CHARGE_COLUMNS`; times are texts in UTC, 2026-07-01 00:00:00+00.

    At daily grain a charge stands for all line items of a UTC day that differ in amounts and hours only; what
    lasts longer than a day keeps its end. Check the file with `slices` first: here a cell that is no number
    counts as nothing.
    """
    # Nothing is added up at line-item grain, and a float's own digits are shorter than 15 decimal places.
    mapping = mapping_of(export, keep_floats=grain is Grain.LINE_ITEM)
    parameters = {**bill_parameters(export, bill), **mapping.tags.parameters}
    build = daily_sql if grain is Grain.DAILY else line_item_sql
    return Query(sql=build(export, mapping), parameters=parameters)


def bill_parameters(export: Export, bill: BillKey) -> dict[str, object]:
    return {
        "path": path_parameter(export.path),
        "billing_account": bill.billing_account_id,
        "period": bill.period_start,
    }


def daily_sql(export: Export, mapping: ChargeMapping) -> str:
    facts = {name: sql for name, sql in mapping.facts.items() if name not in HOURS}
    started, ended = (mapping.facts[name] for name in HOURS)
    facts["day"] = f"CAST({started} AS DATE)"
    facts["long_end"] = f"CASE WHEN epoch_us({ended}) - epoch_us({started}) > {DAY} THEN {ended} END"
    sums = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
    return f"""
    WITH line_items AS ({rows_sql(export, mapping, facts)}),
    grouped AS MATERIALIZED (
        SELECT {", ".join([*facts, *mapping.tags.names])}, {sums} FROM line_items GROUP BY ALL
    ){tag_sets(mapping, "grouped")}
    SELECT {charge_columns(mapping, Grain.DAILY)} FROM grouped {tag_join(mapping, "grouped")}"""  # noqa: S608


def line_item_sql(export: Export, mapping: ChargeMapping) -> str:
    facts = {**mapping.facts, "line_item_id": mapping.line_item_id}
    return f"""
    WITH line_items AS NOT MATERIALIZED ({rows_sql(export, mapping, facts)}){tag_sets(mapping, "line_items")}
    SELECT {charge_columns(mapping, Grain.LINE_ITEM)}
    FROM line_items {tag_join(mapping, "line_items")}"""  # noqa: S608


def rows_sql(export: Export, mapping: ChargeMapping, facts: dict[str, str]) -> str:
    named = {**facts, **mapping.tags.raw, **mapping.measures}
    columns = ", ".join(f"{sql} AS {name}" for name, sql in named.items())
    return f"SELECT {columns} FROM {table_of(export)} WHERE {of_one_bill(mapping)}"  # noqa: S608


def of_one_bill(mapping: ChargeMapping) -> str:
    return f"{mapping.billing_account} = $billing_account AND {mapping.period} = $period"


def tag_sets(mapping: ChargeMapping, distinct: str) -> str:
    return f",{canonical_tags(mapping.tags, distinct)}" if mapping.tags.raw else ""


def tag_join(mapping: ChargeMapping, left: str) -> str:
    if not mapping.tags.raw:
        return ""
    same = " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM tag_sets.{name}" for name in mapping.tags.names)
    return f"JOIN tag_sets ON {same}"


def charge_columns(mapping: ChargeMapping, grain: Grain) -> str:
    given = {
        **{name: f"coalesce({name}, 0)" for name in NEVER_NULL},
        **FIXED_COLUMNS[grain],
        **mapping.derived,
        "tags": "tags" if mapping.tags.raw else "'{}'",
    }
    return ", ".join(f"{given.get(name, name)} AS {name}" for name in CHARGE_COLUMNS)
