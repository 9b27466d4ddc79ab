from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest

from tests.conftest import Database
from tests.migrations.catalog import DEFINER_FUNCTIONS, RULES, breaches

# What could be done to the schema by mistake, and the rule that has to notice.
MISTAKES: list[tuple[str, LiteralString]] = [
    ("every other table is known to hold nothing of a tenant", "create table notes (tenant uuid, text text)"),
    ("row-level security is enabled and forced", "alter table alerts no force row level security"),
    ("row-level security is enabled and forced", "alter table charges_2026_07 disable row level security"),
    ("row-level security is enabled and forced", "create table notes (tenant_id uuid primary key)"),
    ("each tenant table has its policies and no other", "drop policy tenant_isolation on projects"),
    (
        "each tenant table has its policies and no other",
        "alter policy tenant_isolation on users using (true)",
    ),
    (
        "each tenant table has its policies and no other",
        "alter policy tenant_isolation on users with check (true)",
    ),
    (
        "each tenant table has its policies and no other",
        "alter policy tenant_isolation on users to public",
    ),
    (
        "each tenant table has its policies and no other",
        "create policy second on resources for select to cloudops_app using (provider = 'aws')",
    ),
    (
        "only the allowed functions run with their owner's rights",
        "create function all_tenants() returns setof tenants language sql security definer"
        " as 'table public.tenants'",
    ),
    (
        "the allowed functions belong to finder, fix their search path and are not public",
        "alter function find_memberships(text) owner to postgres",
    ),
    (
        "the allowed functions belong to finder, fix their search path and are not public",
        "alter function current_tenant() reset search_path",
    ),
    (
        "the allowed functions belong to finder, fix their search path and are not public",
        "grant execute on function tenants_to_schedule() to public",
    ),
    ("views see what their reader sees", "create view everything as table charges"),
    ("views see what their reader sees", "alter view guardrails.alerts reset (security_invoker)"),
    ("nothing is materialised", "create materialized view everything as table charges"),
    ("unique keys begin with the tenant", "create unique index on users (email)"),
    ("unique keys begin with the tenant", "alter table projects add unique (name, tenant_id)"),
    (
        "foreign keys carry the tenant",
        "alter table projects add unique (id);"
        " alter table alerts add foreign key (project_id) references projects (id)",
    ),
    (
        "set null spares the tenant",
        "alter table events add foreign key (tenant_id, project_id)"
        " references projects (tenant_id, id) on delete set null",
    ),
    ("partitions are reached through their table only", "grant select on charges_2026_07 to cloudops_app"),
    ("partitions are reached through their table only", "grant insert on charges_other_years to public"),
    ("finder and the application may do no more than they must", "alter role cloudops_app bypassrls"),
    ("finder and the application may do no more than they must", "grant cloudops_finder to cloudops_app"),
    ("the application owns nothing", "alter table limits owner to cloudops_app"),
    ("the application owns nothing", "grant create on schema public to cloudops_app"),
    ("the owner is no superuser", "alter role cloudops_owner superuser"),
    ("nobody but finder reads the key of the seal", "grant select on sealed.tenant_key to cloudops_app"),
    ("nobody but finder reads the key of the seal", "grant usage on schema sealed to cloudops_app"),
    ("the trail takes no change from the application", "grant update on events to cloudops_app"),
    ("the trail takes no change from the application", "grant insert on event_chain to cloudops_app"),
    ("nobody's change of the trail is taken", "alter table events disable trigger events_append_only"),
    ("nobody's change of the trail is taken", "drop trigger event_chain_never_emptied on event_chain"),
    (
        "nobody's change of the trail is taken",
        "alter table events add foreign key (tenant_id) references tenants (id) on delete cascade",
    ),
    ("every event is chained", "drop trigger events_chained on events"),
    ("every event is chained", "alter table events disable trigger events_chained"),
    ("finder writes the chain of the trail and nothing else", "grant insert on users to cloudops_finder"),
    (
        "finder writes the chain of the trail and nothing else",
        "grant delete on event_chain to cloudops_finder",
    ),
]


@pytest.fixture
def connection(module_database: Database) -> Iterator[psycopg.Connection]:
    """A superuser's transaction that is never committed."""
    with psycopg.connect(module_database.superuser_dsn) as opened:
        yield opened
        opened.rollback()


@pytest.mark.parametrize("rule", RULES)
def test_nothing_breaks_the_rule(connection: psycopg.Connection, rule: str) -> None:
    assert breaches(connection, rule) == []


@pytest.mark.parametrize(("rule", "mistake"), MISTAKES)
def test_a_mistake_breaks_its_rule(connection: psycopg.Connection, rule: str, mistake: LiteralString) -> None:
    connection.execute(mistake)

    assert breaches(connection, rule) != []


def test_every_rule_has_a_mistake_that_breaks_it() -> None:
    assert {rule for rule, _ in MISTAKES} == set(RULES)


def test_the_functions_with_rights_of_their_own_are_there(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1"
    ).fetchall()

    assert [name for (name,) in found] == DEFINER_FUNCTIONS
