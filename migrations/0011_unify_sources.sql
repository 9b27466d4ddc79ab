-- Cost Explorer becomes a data source like the others, and what a reading was denied is kept by its IAM action.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table data_sources
    add column metrics text[],
    add column fetched_at timestamptz,
    add column fetched_from date,
    add column missing_actions text[] not null default '{}';
-- Nothing that is there breaks it, since the column is new; without a scan it locks the table for an instant.
alter table data_sources
    add constraint data_sources_metrics_check check (
        metrics is null
        or (kind = 'cost_explorer' and 'UnblendedCost' = any (metrics)
            and metrics <@ '{UnblendedCost,AmortizedCost,NetUnblendedCost}'::text[])) not valid;
comment on column data_sources.metrics is
    'Cost Explorer''s names of the costs that are asked for; null for the usual ones and for what lies in a bucket.';
comment on column data_sources.fetched_at is 'When Cost Explorer last answered for the months that may still change.';
comment on column data_sources.fetched_from is 'The first month that Cost Explorer answered for; a backfill goes on before it.';
comment on column data_sources.missing_actions is 'IAM actions that the last run was denied.';
comment on column data_sources.cloud_account_id is
    'The account whose role reads the source; null, or an account without a role, where we read as ourselves, which takes an installation with one tenant. Of Cost Explorer it is the billing account.';

insert into cloud_accounts (tenant_id, id, project_id, provider, account_id)
select e.tenant_id, gen_random_uuid(), p.id, 'aws', e.billing_account_id
  from cost_explorer_accounts e
  join projects p on p.tenant_id = e.tenant_id and p.name = 'Default'
    on conflict (tenant_id, account_id, provider) do nothing;

insert into data_sources (tenant_id, id, kind, cloud_account_id, schedule, backfill_months, metrics, queued_at, fetched_at,
                          fetched_from)
select e.tenant_id, gen_random_uuid(), 'cost_explorer', a.id, 'cron(0 4 * * ? *)', 1, e.metrics, e.last_fetched_at,
       e.last_fetched_at, (date_trunc('month', e.last_fetched_at at time zone 'UTC') - interval '1 month')::date
  from cost_explorer_accounts e
  join cloud_accounts a on a.tenant_id = e.tenant_id and a.account_id = e.billing_account_id and a.provider = 'aws'
    on conflict (tenant_id, cloud_account_id) where kind = 'cost_explorer' do nothing;
comment on table cost_explorer_accounts is
    'Superseded by data_sources of kind cost_explorer, which its rows became. Here for the code before only.';

alter table monitored_targets add column missing_actions text[] not null default '{}';
comment on column monitored_targets.missing_actions is 'IAM actions that the last reading was denied.';

-- Of few rows, so that it is built in an instant.
-- squawk-ignore require-concurrent-index-creation
create index resources_lacking_actions on resources (tenant_id, account_id) where missing_actions <> '{}';

insert into schema_version (version) values ('0.11.0');
