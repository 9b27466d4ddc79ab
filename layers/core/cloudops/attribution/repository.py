"""Subjects and rollups in the database. The work of a run lies in temporary tables of its transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row, dict_row, scalar_row
from psycopg.types.json import Jsonb

from cloudops.attribution.models import (
    AttributionRule,
    CostSum,
    Example,
    Explanation,
    LastRun,
    Match,
    Move,
    NormalizedPair,
    Pair,
    RuleSet,
    SplitRule,
)
from cloudops.errors import NotFoundError
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


class ChargeNotFoundError(NotFoundError):
    """There is no such charge."""


def run(connection: Connection, query: str, **parameters: Any) -> int:
    """How many rows a statement touched."""
    return connection.execute(SQL[query], parameters).rowcount


def one_column(connection: Connection, query: str, **parameters: Any) -> list[Any]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL[query], parameters).fetchall()


def rows_of[T](connection: Connection, shape: type[T], query: str, **parameters: Any) -> list[T]:
    with connection.cursor(row_factory=class_row(shape)) as cursor:
        return cursor.execute(SQL[query], parameters).fetchall()


def begin_work(connection: Connection) -> None:
    """A transaction may work more than once, and every run makes its tables anew."""
    run(connection, "forget_work")
    run(connection, "plan_for_sets")
    run(connection, "create_things")


def lock_resources(connection: Connection) -> None:
    """The lock that publishing takes before it writes resources, which attribution writes, too."""
    run(connection, "lock_resources")


def list_waiting_deliveries(connection: Connection) -> list[UUID]:
    """Published ones that were never attributed."""
    return one_column(connection, "list_waiting_deliveries")


def read_charges(connection: Connection, delivery_ids: Sequence[UUID]) -> None:
    """What gathering and rolling up look at from here on."""
    run(connection, "forget_charges")
    run(connection, "read_charges", delivery_ids=list(delivery_ids))


def add_charged(connection: Connection, delivery_ids: Sequence[UUID]) -> None:
    """Sum the read charges per subject, and gather the subjects that are new."""
    run(connection, "sum_subjects")
    run(connection, "insert_subject_costs")
    run(connection, "add_charged_things", delivery_ids=list(delivery_ids))


def add_resources(connection: Connection) -> int:
    """How many are subjects that no bill charged for: a scan may see other tags."""
    return run(connection, "add_resources")


def add_subjects(connection: Connection) -> None:
    run(connection, "add_subjects")


def add_previewed(
    connection: Connection, delivery_ids: Sequence[UUID], tag_keys: Sequence[str] | None
) -> None:
    run(
        connection,
        "add_previewed",
        delivery_ids=list(delivery_ids),
        tag_keys=None if tag_keys is None else list(tag_keys),
    )


def add_explained(connection: Connection, keys: Sequence[int]) -> None:
    run(connection, "add_explained", keys=list(keys))


def list_pairs(connection: Connection, tag_keys: Sequence[str], *, new: bool = False) -> list[Pair]:
    """Distinct pairs of the gathered things; `new` are those that no run has looked at."""
    return rows_of(connection, Pair, "list_new_pairs" if new else "list_pairs", tag_keys=list(tag_keys))


def columns_of(pairs: Sequence[NormalizedPair]) -> dict[str, list[Any]]:
    return {
        "tag_keys": [pair.tag_key for pair in pairs],
        "tag_values": [pair.tag_value for pair in pairs],
        "normalized_keys": [pair.normalized_key for pair in pairs],
        "normalized_values": [pair.normalized_value for pair in pairs],
        "tag_rule_ids": [pair.tag_rule_id for pair in pairs],
        "places": [pair.place for pair in pairs],
    }


def delete_pairs(connection: Connection) -> None:
    run(connection, "delete_pairs")


def insert_pairs(connection: Connection, pairs: Sequence[NormalizedPair]) -> None:
    run(connection, "insert_pairs", **columns_of(pairs))


def take_stored_pairs(connection: Connection) -> None:
    run(connection, "take_stored_pairs")


def take_pairs(connection: Connection, pairs: Sequence[NormalizedPair]) -> None:
    """For this transaction alone."""
    run(connection, "take_pairs", **columns_of(pairs))


def judge(connection: Connection, rules: RuleSet) -> None:
    """Match every rule with the gathered things, and decide."""
    run(connection, "normalize_tags", tag_keys=rules.tag_keys)
    run(
        connection,
        "match_rules",
        rules=Jsonb([attribution_row(*one) for one in enumerate(rules.attribution)]),
    )
    run(connection, "judge_things", splits=Jsonb([split_row(*one) for one in enumerate(rules.splits)]))


def attribution_row(place: int, rule: AttributionRule) -> Mapping[str, Any]:
    tag = rule.kind.looks_at_a_tag
    return {
        "rule_id": str(rule.id),
        "kind": rule.kind,
        "tag_key": rule.tag_key.lower() if rule.tag_key else None,
        "match_values": [value.strip().lower() if tag else value for value in rule.match_values],
        "team_id": str(rule.team_id) if rule.team_id else None,
        "service_id": str(rule.service_id) if rule.service_id else None,
        "place": place,
    }


def split_row(place: int, rule: SplitRule) -> Mapping[str, Any]:
    return {
        "rule_id": str(rule.id),
        "charge_category": rule.charge_category,
        "service": rule.service,
        "account_id": rule.account_id,
        "tag_key": rule.tag_key.lower() if rule.tag_key else None,
        "tag_value": rule.tag_value.strip().lower() if rule.tag_value is not None else None,
        "place": place,
    }


def insert_subjects(connection: Connection) -> list[int]:
    """The keys of the subjects that are new."""
    return one_column(connection, "insert_subjects")[0] or []


def update_subjects(connection: Connection) -> list[int]:
    """The keys of the subjects that got another verdict."""
    return one_column(connection, "update_subjects")[0] or []


def count_things(connection: Connection) -> int:
    return int(one_column(connection, "count_things")[0])


def list_touched_deliveries(connection: Connection, keys: Sequence[int]) -> list[UUID]:
    return one_column(connection, "list_touched_deliveries", keys=list(keys))


def own_resources(connection: Connection) -> None:
    run(connection, "own_resources")


def roll_up(connection: Connection, delivery_ids: Sequence[UUID]) -> None:
    """Write the rollups of the deliveries whose charges were read; readers see the old until the transaction ends."""
    forget_rollups(connection, delivery_ids)
    run(connection, "insert_attributed_costs")


def forget_rollups(connection: Connection, delivery_ids: Sequence[UUID]) -> None:
    run(connection, "delete_attributed_costs", delivery_ids=list(delivery_ids))
    run(connection, "delete_team_costs", delivery_ids=list(delivery_ids))


def forget(connection: Connection, delivery_ids: Sequence[UUID]) -> None:
    forget_rollups(connection, delivery_ids)
    run(connection, "delete_subject_costs", delivery_ids=list(delivery_ids))


def read_fingerprint(connection: Connection) -> str:
    return str(one_column(connection, "read_fingerprint")[0])


def read_last_run(connection: Connection) -> LastRun | None:
    found = rows_of(connection, LastRun, "read_last_run")
    return found[0] if found else None


def put_run(connection: Connection, run_made: LastRun) -> None:
    run(connection, "put_run", fingerprint=run_made.fingerprint, now=run_made.attributed_at)


def list_previewed_deliveries(connection: Connection) -> list[tuple[UUID, date]]:
    """The bills of the newest billing month and the one before."""
    return connection.execute(SQL["list_previewed_deliveries"]).fetchall()


def sum_costs(
    connection: Connection, query: LiteralString, delivery_ids: Sequence[UUID], rule_id: UUID | None = None
) -> list[CostSum]:
    return rows_of(connection, CostSum, query, delivery_ids=list(delivery_ids), rule_id=rule_id)


def list_pairs_taken(
    connection: Connection, delivery_ids: Sequence[UUID], rule_id: UUID, *, limit: int
) -> list[Example]:
    return rows_of(
        connection, Example, "list_pairs_taken", delivery_ids=list(delivery_ids), rule_id=rule_id, limit=limit
    )


def list_moves(connection: Connection, delivery_ids: Sequence[UUID]) -> list[Move]:
    return rows_of(connection, Move, "list_moves", delivery_ids=list(delivery_ids))


def find_subjects(
    connection: Connection, resource_id: str, account_id: str | None, *, limit: int
) -> list[int]:
    return one_column(
        connection, "find_subjects", resource_id=resource_id, account_id=account_id, limit=limit
    )


def find_subject_of_charge(connection: Connection, charge_id: int, charge_date: date) -> int:
    found = one_column(connection, "find_subject_of_charge", charge_id=charge_id, charge_date=charge_date)
    if not found:
        raise ChargeNotFoundError
    return int(found[0])


def list_explanations(connection: Connection) -> list[Explanation]:
    with connection.cursor(row_factory=dict_row) as cursor:
        things = cursor.execute(SQL["list_explained"]).fetchall()
        matches = cursor.execute(SQL["list_matches"]).fetchall()
    by_key: dict[int, list[Match]] = {}
    for row in matches:
        by_key.setdefault(row.pop("key"), []).append(Match(**row))
    return [Explanation(matches=by_key.get(row.pop("key"), []), **row) for row in things]
