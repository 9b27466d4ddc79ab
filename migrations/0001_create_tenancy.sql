-- The roles, the sealed tenant context, and the tables that say who may do what.

set lock_timeout = '2s';
set statement_timeout = '60s';

do $$
begin
    if not exists (select from pg_roles where rolname = 'cloudops_app') then
        create role cloudops_app login;
    end if;
    if not exists (select from pg_roles where rolname = 'cloudops_finder') then
        create role cloudops_finder nologin;
    end if;
    -- Handing a function over needs the right to become its new owner.
    execute format('grant cloudops_finder to %I', current_user);
end
$$;

alter role cloudops_app set statement_timeout = '10s';
alter role cloudops_app set lock_timeout = '2s';
alter role cloudops_app set idle_in_transaction_session_timeout = '15s';
alter role cloudops_app set idle_session_timeout = '20min';
alter role cloudops_app set client_connection_check_interval = '1s';
alter role cloudops_app set timezone = 'UTC';

revoke create on schema public from public;
grant usage on schema public to cloudops_app, cloudops_finder;

create table schema_version (
    version text primary key check (version ~ '^\d+\.\d+\.\d+$'),
    applied_at timestamptz not null default now()
);
comment on table schema_version is 'One row per schema version, in semantic versions; the newest is what /health reports.';
grant select on schema_version to cloudops_app;

-- The key of the tenant seal. No role but finder, through its functions, may read it.
create schema sealed;
grant usage on schema sealed to cloudops_finder;
create table sealed.tenant_key (
    only_row boolean primary key default true check (only_row),
    inner_pad bytea not null check (octet_length(inner_pad) = 64),
    outer_pad bytea not null check (octet_length(outer_pad) = 64)
);
comment on table sealed.tenant_key is 'HMAC-SHA256 key of the tenant seal as its two padded blocks (RFC 2104).';
grant select on sealed.tenant_key to cloudops_finder;

create function current_tenant() returns uuid
language plpgsql stable security definer parallel safe
set search_path = pg_catalog
as $$
declare
    setting text := nullif(current_setting('cloudops.tenant', true), '');
    tenant text := split_part(setting, '.', 1);
    expected text;
begin
    if setting is null then
        return null;
    end if;
    select encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(tenant, 'UTF8'))), 'hex')
      into expected from sealed.tenant_key k;
    if expected is null or expected <> split_part(setting, '.', 2) then
        raise insufficient_privilege using message = 'the tenant context is not sealed by the application';
    end if;
    return tenant::uuid;
end
$$;
comment on function current_tenant() is
    'The tenant of this transaction, from the sealed setting cloudops.tenant; null where none is set; an error where the seal is wrong.';

create procedure protect_tenant_table(target regclass, tenant_column name default 'tenant_id')
language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant_isolation on %s to cloudops_app'
        ' using (%2$I = (select current_tenant())) with check (%2$I = (select current_tenant()))',
        target, tenant_column);
    execute format('create policy owner_maintains on %s to %I using (true) with check (true)', target, current_user);
end
$$;
comment on procedure protect_tenant_table(regclass, name) is
    'Row-level security as every tenant table has it: enabled, forced, the application confined to its tenant.';

create table tenants (
    id uuid primary key,
    name text not null check (name <> ''),
    reporting_currency text not null default 'USD' check (reporting_currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null default now()
);
comment on table tenants is 'A customer organisation: the isolation boundary.';
comment on column tenants.reporting_currency is 'The one currency that contracts without a currency column show.';
call protect_tenant_table('tenants', 'id');

create table users (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    email text not null check (email like '%_@_%'),
    first_name text,
    last_name text,
    phone text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
comment on table users is 'A person as one tenant knows him. Passwords live in Cognito only.';
create unique index users_email_key on users (tenant_id, lower(email));
call protect_tenant_table('users');

create table memberships (
    tenant_id uuid not null,
    user_id uuid not null,
    sub text not null check (sub <> ''),
    role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
    finance_approver boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (tenant_id, user_id),
    constraint memberships_sub_key unique (tenant_id, sub),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
comment on table memberships is 'What a person may do in a tenant; looked up by the token''s sub at every request.';
comment on column memberships.finance_approver is 'May approve what exceeds the savings limit (the CFO).';
create index memberships_by_sub on memberships (sub);
call protect_tenant_table('memberships');

create table projects (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    name text not null check (name <> ''),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint projects_name_key unique (tenant_id, name)
);
comment on table projects is 'The root of daily costs, metrics, alerts and events; a tenant starts with one, "Default".';
call protect_tenant_table('projects');

create table cloud_accounts (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    provider text not null check (provider in ('aws', 'azure', 'gcp', 'ibm', 'oci', 'other')),
    account_id text not null check (account_id <> ''),
    name text,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint cloud_accounts_account_key unique (tenant_id, account_id, provider),
    foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
comment on table cloud_accounts is 'An AWS account, Azure subscription, GCP project; found on a bill or connected by a role.';
call protect_tenant_table('cloud_accounts');

grant select, insert, update, delete on tenants, users, memberships, projects, cloud_accounts to cloudops_app;
grant select on tenants, memberships, users to cloudops_finder;
create policy finder_reads on tenants for select to cloudops_finder using (true);
create policy finder_reads on memberships for select to cloudops_finder using (true);
create policy finder_reads on users for select to cloudops_finder using (true);

create function find_memberships(subject text)
returns table (tenant_id uuid, user_id uuid, email text, role text, finance_approver boolean)
language sql stable security definer set search_path = pg_catalog, public
as $$
    select m.tenant_id, m.user_id, u.email, m.role, m.finance_approver
      from public.memberships m join public.users u on u.tenant_id = m.tenant_id and u.id = m.user_id
     where m.sub = subject
     order by m.created_at, m.tenant_id
$$;
comment on function find_memberships(text) is 'Every membership of a token''s sub, before a tenant is chosen.';

create function tenants_to_schedule() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public
as $$ select id from public.tenants order by id $$;
comment on function tenants_to_schedule() is 'The tenants for which a schedule starts jobs.';

-- A function''s new owner must be allowed to create in its schema while it is handed over.
grant create on schema public to cloudops_finder;
alter function current_tenant() owner to cloudops_finder;
alter function find_memberships(text) owner to cloudops_finder;
alter function tenants_to_schedule() owner to cloudops_finder;
revoke create on schema public from cloudops_finder;
set role cloudops_finder;
revoke execute on function current_tenant(), find_memberships(text), tenants_to_schedule() from public;
grant execute on function current_tenant(), find_memberships(text), tenants_to_schedule() to cloudops_app;
reset role;

insert into schema_version (version) values ('0.1.0');
