# ruff: noqa: S608 - every text that goes into a statement is a constant of this file.
"""What PostgreSQL's own catalog says about the isolation of tenants. Each rule yields what breaks it."""

from typing import LiteralString

import psycopg

OWNER, APP, FINDER = "cloudops_owner", "cloudops_app", "cloudops_finder"
OURS: LiteralString = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
TENANT_TABLES: LiteralString = f"""
    select c.oid, c.relname, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
           case when c.relname = 'tenants' then 'id' else 'tenant_id' end as tenant_column
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where {OURS} and c.relkind in ('r', 'p')
       and (c.relname = 'tenants' or exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))"""
# Tables that hold nothing of any tenant.
REFERENCE_TABLES = [
    "public.schema_version",
    "public.service_names",
    "public._yoyo_log",
    "public._yoyo_migration",
    "public._yoyo_version",
    "public.yoyo_lock",
    "sealed.tenant_key",
]
# chain_events writes the chain of the trail, which the application may only read, so that a line is chained by being
# written and in no other way. It takes no arguments, and as a trigger function cannot be called.
DEFINER_FUNCTIONS = [
    "chain_events",
    "current_tenant",
    "find_memberships",
    "find_slack_message",
    "find_tenants",
    "tenants_to_schedule",
]
READ_BY_FINDER = [
    "event_chain",
    "events",
    "memberships",
    "notification_channels",
    "slack_messages",
    "tenants",
    "users",
]
APPEND_ONLY = ["event_chain", "events"]

RULES: dict[str, LiteralString] = {
    "every other table is known to hold nothing of a tenant": f"""
        select n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {OURS} and c.relkind in ('r', 'p', 'f')
           and c.oid not in (select oid from ({TENANT_TABLES}) t)
           and n.nspname || '.' || c.relname <> all (%(reference_tables)s)""",
    "row-level security is enabled and forced": f"""
        select relname from ({TENANT_TABLES}) t where not (relrowsecurity and relforcerowsecurity)""",
    "each tenant table has its policies and no other": f"""
        with expected as (
            select oid, 'tenant_isolation' as name, true as permissive, '*' as command, '{APP}' as role,
                   format('(%%s = ( SELECT current_tenant() AS current_tenant))', tenant_column) as visible,
                   format('(%%s = ( SELECT current_tenant() AS current_tenant))', tenant_column) as writable
              from ({TENANT_TABLES}) t
            union all
            select oid, 'owner_maintains', true, '*', '{OWNER}', 'true', 'true' from ({TENANT_TABLES}) t
            union all
            select oid, 'finder_reads', true, 'r', '{FINDER}', 'true', null
              from ({TENANT_TABLES}) t where relname = any (%(read_by_finder)s)
            union all
            select oid, 'finder_chains', true, 'a', '{FINDER}', null, 'true'
              from ({TENANT_TABLES}) t where relname = 'event_chain'
        ),
        found as (
            select polrelid as oid, polname::text as name, polpermissive as permissive, polcmd::text as command,
                   array_to_string(array(
                       select coalesce(rolname, 'public') from unnest(polroles) r left join pg_roles on oid = r), ',')
                       as role,
                   pg_get_expr(polqual, polrelid) as visible, pg_get_expr(polwithcheck, polrelid) as writable
              from pg_policy
        )
        select c.relname || ': ' || d.name
          from ((table expected except table found) union all (table found except table expected)) d
          join pg_class c on c.oid = d.oid""",
    "only the allowed functions run with their owner's rights": f"""
        select p.oid::regprocedure::text
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where {OURS} and p.prosecdef and p.proname <> all (%(definer_functions)s)""",
    "the allowed functions belong to finder, fix their search path and are not public": f"""
        select p.oid::regprocedure::text
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where {OURS} and p.proname = any (%(definer_functions)s)
           and not (p.prosecdef
                    and p.proowner = '{FINDER}'::regrole
                    and exists (select from unnest(p.proconfig) c where c ~ '^search_path=pg_catalog')
                    and not exists (select from aclexplode(p.proacl) where grantee = 0)
                    and p.proacl is not null)""",
    "views see what their reader sees": f"""
        select n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {OURS} and c.relkind = 'v' and not 'security_invoker=true' = any (coalesce(c.reloptions, '{{}}'))""",
    "nothing is materialised": f"""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {OURS} and c.relkind = 'm'""",
    "unique keys begin with the tenant": f"""
        select i.indexrelid::regclass::text
          from ({TENANT_TABLES}) t
          join pg_index i on i.indrelid = t.oid and i.indisunique
          left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
         where a.attname is distinct from t.tenant_column""",
    "foreign keys carry the tenant": f"""
        select k.conrelid::regclass || '.' || k.conname
          from pg_constraint k
          join ({TENANT_TABLES}) t on t.oid = k.conrelid
          join ({TENANT_TABLES}) r on r.oid = k.confrelid
         where k.contype = 'f' and not exists (
               select from unnest(k.conkey, k.confkey) u (here, there)
                 join pg_attribute h on h.attrelid = t.oid and h.attnum = u.here
                 join pg_attribute e on e.attrelid = r.oid and e.attnum = u.there
                where h.attname = t.tenant_column and e.attname = r.tenant_column)""",
    "set null spares the tenant": """
        select conrelid::regclass || '.' || conname from pg_constraint
         where contype = 'f' and confdeltype = 'n' and confdelsetcols is null""",
    "partitions are reached through their table only": f"""
        select relname from ({TENANT_TABLES}) t
         where relispartition and has_table_privilege('{APP}', oid, 'select, insert, update, delete, truncate')""",
    "finder and the application may do no more than they must": f"""
        select rolname from pg_roles
         where rolname in ('{APP}', '{FINDER}')
           and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
                or (rolname = '{FINDER}' and rolcanlogin)
                or exists (select from pg_auth_members m where m.member = pg_roles.oid))""",
    "the application owns nothing": f"""
        select c.relname from pg_class c where c.relowner = '{APP}'::regrole
         union all
        select p.proname from pg_proc p where p.proowner = '{APP}'::regrole
         union all
        select n.nspname from pg_namespace n where n.nspowner = '{APP}'::regrole
            or has_schema_privilege('{APP}', n.oid, 'create') and {OURS}""",
    "the owner is no superuser": f"""
        select rolname from pg_roles where rolname = '{OWNER}' and (rolsuper or rolbypassrls)""",
    "nobody but finder reads the key of the seal": f"""
        select grantee::regrole::text
          from pg_class c, aclexplode(c.relacl)
         where c.oid = 'sealed.tenant_key'::regclass and grantee not in ('{FINDER}'::regrole, '{OWNER}'::regrole)
         union all
        select '{APP}' where has_schema_privilege('{APP}', 'sealed', 'usage')""",
    "the trail takes no change from the application": f"""
        select t from unnest(%(append_only)s::text[]) t
         where has_table_privilege('{APP}', t, 'update, delete, truncate')
         union all
        select 'event_chain' where has_table_privilege('{APP}', 'event_chain', 'insert')""",
    "nobody's change of the trail is taken": """
        select t from unnest(%(append_only)s::text[]) t
         where not exists (select from pg_trigger g
                            where g.tgrelid = t::regclass and g.tgenabled = 'O' and not g.tgisinternal
                              and g.tgfoid = 'refuse_change_of_trail()'::regprocedure and g.tgtype = 1 + 2 + 8 + 16)
            or not exists (select from pg_trigger g
                            where g.tgrelid = t::regclass and g.tgenabled = 'O'
                              and g.tgfoid = 'refuse_change_of_trail()'::regprocedure and g.tgtype = 2 + 32)
            or exists (select from pg_constraint where contype = 'f' and t::regclass in (conrelid, confrelid))""",
    "every event is chained": """
        select 'events' where not exists (
            select from pg_trigger where tgrelid = 'events'::regclass and tgfoid = 'chain_events()'::regprocedure
               and tgenabled = 'O' and tgdeferrable and tginitdeferred)""",
    "finder writes the chain of the trail and nothing else": f"""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {OURS} and c.relkind in ('r', 'p')
           and (has_table_privilege('{FINDER}', c.oid, 'update, delete, truncate')
                or c.relname <> 'event_chain' and has_table_privilege('{FINDER}', c.oid, 'insert'))""",
}


def breaches(connection: psycopg.Connection, rule: str) -> list[str]:
    parameters = {
        "reference_tables": REFERENCE_TABLES,
        "definer_functions": DEFINER_FUNCTIONS,
        "read_by_finder": READ_BY_FINDER,
        "append_only": APPEND_ONLY,
    }
    return sorted(row[0] for row in connection.execute(RULES[rule], parameters))


def tenant_tables(connection: psycopg.Connection) -> set[str]:
    """Those with a name of their own; partitions aside."""
    rows = connection.execute(f"select relname from ({TENANT_TABLES}) t where not relispartition")
    return {row[0] for row in rows}
