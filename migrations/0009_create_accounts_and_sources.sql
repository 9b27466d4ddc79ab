-- Cloud accounts are connected by a role, and data sources say where bills are read from.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table cloud_accounts
    add column role_arn text,
    add column external_id text,
    add column status text,
    add column status_reason text,
    add column verified_at timestamptz,
    add column connected_at timestamptz,
    add column regions text[] not null default '{}',
    add column renamed boolean not null default false;
-- Nothing that is there breaks them, since the columns are new; without a scan they lock the table for an instant.
alter table cloud_accounts
    add constraint cloud_accounts_status_check
        check (status in ('pending', 'connected', 'insecure', 'unreachable')) not valid,
    add constraint cloud_accounts_connection_check
        check (num_nulls(role_arn, external_id, status) in (0, 3)) not valid,
    add constraint cloud_accounts_external_id_check check (length(external_id) >= 32) not valid;
comment on column cloud_accounts.role_arn is 'The role that we assume to read the account; null where it is known from bills only.';
comment on column cloud_accounts.external_id is
    'What the role''s trust policy asks for: random, issued by us, one per connection, never changed. Not for viewers.';
comment on column cloud_accounts.status is 'What the last verification found; null where the account is known from bills only.';
comment on column cloud_accounts.verified_at is 'When the role was last tried.';
comment on column cloud_accounts.connected_at is 'When the connection was first found to work.';
comment on column cloud_accounts.regions is 'The regions that are looked at.';
comment on column cloud_accounts.renamed is 'Whether a person gave the name; then bills no longer change it.';

create function refuse_change_of_external_id() returns trigger language plpgsql as $$
begin
    raise integrity_constraint_violation using message = 'an external id is never changed';
end
$$;
create trigger cloud_accounts_keep_external_id before update on cloud_accounts
    for each row when (old.external_id <> new.external_id)
    execute function refuse_change_of_external_id();

create table data_sources (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    kind text not null check (kind in ('cur1', 'cur2', 'focus', 'cost_explorer')),
    bucket text,
    prefix text not null default '',
    cloud_account_id uuid,
    schedule text not null check (schedule ~ '^(rate|cron)\(.+\)$'),
    enabled boolean not null default true,
    backfill_months bigint not null check (backfill_months between 0 and 120),
    grain text not null default 'daily' check (grain in ('daily', 'line_item')),
    queued_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint data_sources_place_check check ((kind = 'cost_explorer') = (bucket is null)),
    constraint data_sources_place_key unique (tenant_id, bucket, prefix, grain),
    constraint data_sources_cloud_account_fkey foreign key (tenant_id, cloud_account_id) references cloud_accounts (tenant_id, id)
);
create unique index data_sources_one_cost_explorer on data_sources (tenant_id, cloud_account_id) where kind = 'cost_explorer';
comment on index data_sources_one_cost_explorer is 'Each call of Cost Explorer costs money.';
comment on table data_sources is 'Where bills are read from, and when. What a run found is in events, what it brought in deliveries.';
comment on column data_sources.bucket is 'Null where the source is an API and no bucket.';
comment on column data_sources.cloud_account_id is
    'The account whose role reads the source; null where we read as ourselves, which takes an installation with one tenant.';
comment on column data_sources.schedule is 'rate(...) or cron(...) in UTC, as EventBridge writes them.';
comment on column data_sources.backfill_months is 'How many months before the current one a run looks at.';
comment on column data_sources.queued_at is 'The minute for which a run was last scheduled.';
call protect_tenant_table('data_sources');
grant select, insert, update, delete on data_sources to cloudops_app;

insert into schema_version (version) values ('0.9.0');
