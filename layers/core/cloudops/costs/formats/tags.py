"""Tags: from the columns, maps and JSON texts of an export to one canonical JSON object per set of tags.

Grouping and joining use the raw form, which is cheap; only the distinct sets are turned into JSON.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from cloudops.costs.formats.cells import Cell, Cells
from cloudops.costs.formats.models import Kind

COLUMN_PREFIXES = ("resourceTags/", "resource_tags_")
TEXT_MAP = "MAP(VARCHAR, VARCHAR)"
CUR_KEY = (
    "CASE WHEN starts_with(pair.key, 'user_') OR starts_with(pair.key, 'user:') THEN substr(pair.key, 6)"
    " WHEN starts_with(pair.key, 'aws_') THEN 'aws:' || substr(pair.key, 5) ELSE pair.key END"
)
FOCUS_KEY = "CASE WHEN starts_with(pair.key, 'user:') THEN substr(pair.key, 6) ELSE pair.key END"


@dataclass(frozen=True, kw_only=True)
class TagColumns:
    """`raw` columns tell sets of tags apart, `as_map` makes a map of them, `key` the key of one `pair` of it."""

    raw: Mapping[str, str]
    as_map: str
    key: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.raw)


def tag_columns(cells: Cells, kind: Kind) -> TagColumns:
    if kind.is_focus:
        return map_column(cells.find("Tags"), FOCUS_KEY)
    flat = flat_columns(cells)
    return flat if flat.raw else map_column(cells.find("resource_tags"), CUR_KEY)


def map_column(cell: Cell | None, key: str) -> TagColumns:
    if cell is None:
        return TagColumns(raw={}, as_map=f"CAST(MAP {{}} AS {TEXT_MAP})", key=key)
    return TagColumns(raw={"tag_map": cell.sql}, as_map=map_of("tag_map", cell), key=key)


def map_of(name: str, cell: Cell) -> str:
    if cell.is_map:
        return f"CAST({name} AS {TEXT_MAP})"
    if cell.is_text:
        return f"from_json({json_object(name)}, '\"{TEXT_MAP}\"')"
    if cell.type.startswith("STRUCT(") and cell.type.endswith("[]"):
        return f"CAST(map_from_entries({name}) AS {TEXT_MAP})"
    return f"from_json(to_json({name}), '\"{TEXT_MAP}\"')"


def json_object(name: str) -> str:
    """The text where it is a JSON object, with the braces that some exports of Azure lack; else null."""
    return (
        f"CASE WHEN json_valid({name}) THEN CASE WHEN json_type({name}) = 'OBJECT' THEN {name} END"
        f" WHEN json_valid('{{' || {name} || '}}') THEN '{{' || {name} || '}}' END"
    )


def flat_columns(cells: Cells) -> TagColumns:
    """One column per key. Columns that fall on one key are merged: the first that holds a value counts."""
    by_key: dict[str, list[Cell]] = defaultdict(list)
    spellings: dict[str, str] = {}
    for cell in cells.all:
        key = key_of_column(cell.name)
        if key is not None:
            by_key[spellings.setdefault(merging_name(cell.name, key), key)].append(cell)
    raw = {f"tag_{n}": cells.merged(found) for n, found in enumerate(by_key.values())}
    return TagColumns(
        raw=raw,
        as_map=f"map($tag_keys, [{', '.join(raw)}])",
        key="pair.key",
        parameters={"tag_keys": [*by_key]},
    )


def key_of_column(name: str) -> str | None:
    """resourceTags/user:Team -> Team, resource_tags_user_team -> team, resource_tags_aws_x -> aws:x."""
    prefix = next((one for one in COLUMN_PREFIXES if name.startswith(one)), None)
    if prefix is None:
        return None
    key = name.removeprefix(prefix)
    if key.startswith(("user:", "user_")):
        return key[5:] or None
    return f"aws:{key[4:]}" if key.startswith("aws_") else key or None


def merging_name(column: str, key: str) -> str:
    """AWS lowers the case of Parquet columns, so that keys which differ in it share one; CSV keeps it."""
    return key if column.startswith("resourceTags/") else key.lower()


def canonical_tags(tags: TagColumns, distinct: str) -> str:
    """CTEs that end in `tag_sets`: the raw columns and `tags`, a JSON object, keys sorted, no empty value."""
    raw = ", ".join(tags.names)
    return f"""
    tag_pairs AS (
        SELECT {raw}, list_sort(list_filter(
            list_transform(map_entries(coalesce({tags.as_map}, MAP {{}})), lambda pair: {{
                'key': replace({tags.key}, chr(0), ''), 'value': replace(pair.value, chr(0), '')
            }}),
            lambda pair: pair.key <> '' AND pair.value <> ''
        )) AS pairs
        FROM (SELECT DISTINCT {raw} FROM {distinct})
    ),
    tag_sets AS MATERIALIZED (
        SELECT {raw}, CAST(to_json(map_from_entries(
            list_filter(pairs, lambda pair, place: place = 1 OR pairs[place - 1].key <> pair.key)
        )) AS VARCHAR) AS tags
        FROM tag_pairs
    )"""  # noqa: S608
