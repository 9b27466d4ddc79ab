-- Findings that somebody accepted, and the ledger as people ask it.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table check_exceptions (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    check_id text not null check (check_id <> ''),
    account_id text check (account_id <> ''),
    resource_id text check (resource_id <> ''),
    reason text not null check (reason <> ''),
    until date,
    created_by text not null,
    created_at timestamptz not null,
    ended_by text,
    ended_at timestamptz,
    primary key (tenant_id, id),
    constraint check_exceptions_resource_of_an_account check (resource_id is null or account_id is not null),
    constraint check_exceptions_end_by_somebody check ((ended_at is null) = (ended_by is null))
);
comment on table check_exceptions is
    'Findings of a check that somebody accepted: everywhere, in an account or on one resource. Policies have exceptions of their own.';
comment on column check_exceptions.account_id is 'The account''s number; null for all accounts.';
comment on column check_exceptions.resource_id is 'Null for all resources of the account.';
comment on column check_exceptions.until is 'The last day on which it holds; null where it holds until somebody ends it.';
comment on column check_exceptions.ended_by is 'Who ended it; "system" where its day passed.';
create unique index check_exceptions_one_standing on check_exceptions (tenant_id, check_id, account_id, resource_id)
    nulls not distinct where ended_at is null;
create index check_exceptions_by_time on check_exceptions (tenant_id, created_at desc, id desc);
call protect_tenant_table('check_exceptions');

-- The ledger is written once a day by a job that tries again, so that nobody waits for these. Each begins with what
-- people filter by and goes on in the order of the list. No column that a run changes is in them.
-- squawk-ignore require-concurrent-index-creation
create index coverage_verdicts on coverage (tenant_id, verdict, check_id, account_id, resource_id, service, region, provider);
-- squawk-ignore require-concurrent-index-creation
create index coverage_accounts on coverage (tenant_id, account_id, check_id, resource_id, service, region, provider);
-- squawk-ignore require-concurrent-index-creation
create index coverage_resources on coverage (tenant_id, resource_id, account_id, check_id);
-- squawk-ignore require-concurrent-index-deletion
drop index coverage_by_verdict;
-- squawk-ignore require-concurrent-index-deletion
drop index coverage_by_resource;

create table coverage_counts (
    tenant_id uuid not null references tenants (id) on delete cascade,
    check_id text not null,
    verdict text not null check (verdict in ('flagged', 'fine', 'not_enough_data', 'no_permission', 'excepted')),
    subjects bigint not null check (subjects > 0),
    primary key (tenant_id, check_id, verdict)
);
comment on table coverage_counts is
    'How many lines each check has in the ledger by verdict, counted by whoever wrote them: a million lines take a second.';
call protect_tenant_table('coverage_counts');
insert into coverage_counts (tenant_id, check_id, verdict, subjects)
select tenant_id, check_id, verdict, count(*) from coverage group by tenant_id, check_id, verdict;

grant select, insert, update, delete on check_exceptions, coverage_counts to cloudops_app;

insert into schema_version (version) values ('0.12.0');
