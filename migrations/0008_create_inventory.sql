-- What a scan of the accounts found, what it could not look at, and what every check concluded.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table scan_runs (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    primary key (tenant_id, id)
);
comment on table scan_runs is 'One scan of all accounts of a tenant; finished when none of its items waits.';
create index scan_runs_by_start on scan_runs (tenant_id, started_at desc);
call protect_tenant_table('scan_runs');

create table scan_items (
    tenant_id uuid not null,
    run_id uuid not null,
    account_id text not null check (account_id <> ''),
    region text not null check (region <> ''),
    service text not null check (service <> ''),
    status text not null default 'waiting' check (status in ('waiting', 'scanned', 'no_permission', 'failed')),
    attempts bigint not null default 0,
    resources bigint,
    missing_actions text[] not null default '{}',
    reason text,
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, run_id, account_id, region, service),
    foreign key (tenant_id, run_id) references scan_runs (tenant_id, id) on delete cascade,
    constraint scan_items_finish_once check ((status = 'waiting') = (finished_at is null)),
    constraint scan_items_say_why check (status <> 'failed' or reason is not null),
    constraint scan_items_name_the_permission check (status <> 'no_permission' or missing_actions <> '{}')
);
comment on table scan_items is
    'The work of a run: one service of one region of one account. A run that was interrupted goes on with what waits.';
comment on column scan_items.service is 'The scanner''s name, such as ec2-instances; "regions" where the regions could not be listed.';
comment on column scan_items.missing_actions is
    'IAM actions that were denied: the list itself (no_permission) or details of what was scanned.';
create index scan_items_by_place on scan_items (tenant_id, account_id, region, service, finished_at desc);
call protect_tenant_table('scan_items');

alter table resources add column scanned_at timestamptz;
alter table resources add column scan_scope text;
alter table resources add column missing_actions text[];
comment on column resources.scanned_at is 'The start of the last scan that saw it; null where only a bill did.';
comment on column resources.scan_scope is 'Region and scanner that see it, as us-east-1/ec2-instances.';
comment on column resources.missing_actions is 'IAM actions that the last scan lacked for parts of its configuration or utilization.';
comment on column resources.status is 'As the provider says; "gone" where a scan of its place no longer found it.';

create table coverage (
    tenant_id uuid not null references tenants (id) on delete cascade,
    check_id text not null,
    provider text not null,
    account_id text not null,
    service text not null default '',
    region text not null default '',
    resource_id text not null default '',
    source text not null check (source in ('bill', 'inventory')),
    verdict text not null check (verdict in ('flagged', 'fine', 'not_enough_data', 'no_permission', 'excepted')),
    reason text not null,
    judged_at timestamptz not null,
    primary key (tenant_id, check_id, account_id, resource_id, service, region, provider)
);
comment on table coverage is
    'The ledger: what each check concluded about each resource, so that silence is never read as health.';
comment on column coverage.source is 'Whether the bill alone or an inventory scan was looked at.';
comment on column coverage.resource_id is 'Empty where the check looks at a whole service or account.';
create index coverage_by_resource on coverage (tenant_id, account_id, resource_id);
create index coverage_by_verdict on coverage (tenant_id, verdict, check_id);
call protect_tenant_table('coverage');

grant select, insert, update, delete on scan_runs, scan_items, coverage to cloudops_app;

insert into schema_version (version) values ('0.8.0');
