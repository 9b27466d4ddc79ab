"""The rules that people make, in the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.rows import dict_row

from cloudops.attribution.models import AttributionRule, Kind, Method, Share, SplitRule, TagRule
from cloudops.attribution.repository import rows_of, run
from cloudops.errors import ConflictError, InvalidError, NotFoundError
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
# The field that each foreign key checks.
REFERENCES = {
    "attribution_rules_team_fkey": "team_id",
    "attribution_rules_service_fkey": "service_id",
    "split_shares_team_fkey": "shares",
}


class RuleNotFoundError(NotFoundError):
    """There is no such rule."""


class RuleExistsError(ConflictError):
    """Another rule has this name."""


@contextmanager
def told_by_field() -> Iterator[None]:
    """What refers to nothing in this tenant, or has another's name, is told as what the user sent."""
    try:
        yield
    except errors.ForeignKeyViolation as error:
        field = REFERENCES.get(str(error.diag.constraint_name))
        raise InvalidError("there is no such thing in this tenant", field=field) from error
    except errors.UniqueViolation as error:
        raise RuleExistsError from error


def list_tag_rules(connection: Connection) -> list[TagRule]:
    return rows_of(connection, TagRule, "list_tag_rules")


def lock_tag_rule(connection: Connection, rule_id: UUID) -> TagRule:
    return only(rows_of(connection, TagRule, "lock_tag_rule", id=rule_id))


def put_tag_rule(connection: Connection, rule: TagRule) -> None:
    with told_by_field():
        run(connection, "put_tag_rule", **vars(rule))


def delete_tag_rule(connection: Connection, rule_id: UUID) -> None:
    run(connection, "delete_tag_rule", id=rule_id)


def list_attribution_rules(connection: Connection) -> list[AttributionRule]:
    return [kinded(rule) for rule in rows_of(connection, AttributionRule, "list_attribution_rules")]


def find_attribution_rule(connection: Connection, rule_id: UUID) -> AttributionRule | None:
    """Locked; None for a built-in rule that nobody changed yet, too."""
    found = rows_of(connection, AttributionRule, "lock_attribution_rule", id=rule_id)
    return kinded(found[0]) if found else None


def kinded(rule: AttributionRule) -> AttributionRule:
    return replace(rule, kind=Kind(rule.kind))


def put_attribution_rule(connection: Connection, rule: AttributionRule) -> None:
    with told_by_field():
        run(connection, "put_attribution_rule", **{**vars(rule), "match_values": list(rule.match_values)})


def delete_attribution_rule(connection: Connection, rule_id: UUID) -> None:
    run(connection, "delete_attribution_rule", id=rule_id)


def list_split_rules(connection: Connection, rule_id: UUID | None = None) -> list[SplitRule]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(SQL["list_split_rules"], {"id": rule_id}).fetchall()
    return [split_rule(row) for row in found]


def split_rule(row: dict[str, Any]) -> SplitRule:
    shares = [
        Share(team_id=UUID(team), percentage=None if percentage is None else Decimal(percentage))
        for team, percentage in row["shares"]
    ]
    return SplitRule(**{**row, "method": Method(row["method"]), "shares": shares})


def lock_split_rule(connection: Connection, rule_id: UUID) -> SplitRule:
    run(connection, "lock_split_rule", id=rule_id)
    return only(list_split_rules(connection, rule_id))


def put_split_rule(connection: Connection, rule: SplitRule) -> None:
    with told_by_field():
        run(connection, "put_split_rule", **vars(rule))
        run(connection, "delete_split_shares", id=rule.id)
        run(
            connection,
            "insert_split_shares",
            id=rule.id,
            team_ids=[share.team_id for share in rule.shares],
            percentages=[share.percentage for share in rule.shares],
        )


def delete_split_rule(connection: Connection, rule_id: UUID) -> None:
    run(connection, "delete_split_rule", id=rule_id)


def only[T](found: Sequence[T]) -> T:
    if not found:
        raise RuleNotFoundError
    return found[0]
