-- What other tools did and decided, kept as they tell it, and the rest of the first document's views.
-- Nothing that is imported authorises anything, is added to a bill, or counts as measured.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table imported_history (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    recommendation_id text not null check (recommendation_id <> ''),
    executed_by text not null check (executed_by <> ''),
    execution_date timestamptz not null,
    before_config jsonb not null check (jsonb_typeof(before_config) = 'object'),
    after_config jsonb not null check (jsonb_typeof(after_config) = 'object'),
    actual_savings bigint not null,
    status text not null check (status in ('success', 'failed', 'in-progress')),
    error_message text,
    slack_message_id text,
    created_at timestamptz not null,
    imported_by text not null check (imported_by <> ''),
    imported_at timestamptz not null,
    primary key (tenant_id, id)
);
comment on table imported_history is 'Changes that another tool says it made: shown in the first document''s contract alone.';
comment on column imported_history.actual_savings is
    'What the other tool claims, times 1000: shown as it came, and never among the savings that bills show.';
create index imported_history_by_creation on imported_history (tenant_id, created_at desc, id desc);
call protect_tenant_table('imported_history');

create table imported_approvals (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    recommendation_id text not null check (recommendation_id <> ''),
    requested_by text not null check (requested_by <> ''),
    approver_role text not null check (approver_role <> ''),
    status text not null check (status in ('pending', 'approved', 'rejected')),
    approved_by text,
    approval_date timestamptz,
    comments text,
    slack_thread_id text,
    created_at timestamptz not null,
    imported_by text not null check (imported_by <> ''),
    imported_at timestamptz not null,
    primary key (tenant_id, id)
);
comment on table imported_approvals is 'Approvals that another tool says somebody gave. No action is bound to one.';
create index imported_approvals_by_creation on imported_approvals (tenant_id, created_at desc, id desc);
call protect_tenant_table('imported_approvals');

create table imported_cost_reports (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    report_date timestamptz not null,
    service_category text not null check (service_category <> ''),
    resource_id text,
    cost bigint not null,
    usage numeric(12, 6) not null,
    usage_type text not null check (usage_type <> ''),
    region text not null check (region <> ''),
    created_at timestamptz not null,
    imported_by text not null check (imported_by <> ''),
    imported_at timestamptz not null,
    primary key (tenant_id, id)
);
comment on table imported_cost_reports is
    'Costs that another tool reports: shown in the first document''s contract alone, never added to the charges of a bill.';
comment on column imported_cost_reports.cost is 'Times 1000, in the reporting currency.';
create index imported_cost_reports_by_date on imported_cost_reports (tenant_id, report_date desc, id desc);
call protect_tenant_table('imported_cost_reports');

grant select, insert, update on imported_history, imported_approvals, imported_cost_reports to cloudops_app;

-- The documents' views -----------------------------------------------------------------------------------------

create function autopilot.cost_reports_of(first_day date, next_day date)
returns table (
    id uuid, report_date timestamptz, service_category text, resource_id text, cost bigint, usage numeric, usage_type text,
    region text, created_at timestamptz)
language sql stable parallel safe as $$
    with reports as (
        select c.tenant_id, date_trunc('month', c.charge_date)::date as month,
               autopilot.service_category(c.service, c.usage_type) as service_category, c.resource_id,
               autopilot.usage_type(autopilot.service_category(c.service, c.usage_type), c.usage_type, c.usage_unit) as usage_type,
               c.region, sum(c.billed_cost) as cost, coalesce(sum(c.usage_amount), 0) as usage, max(c.published_at) as created_at
          from current_charges c
          join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
         where c.charge_date >= first_day and c.charge_date < next_day
         group by 1, 2, 3, 4, 5, 6
    ),
    scaled as (
        select *, case when abs(usage) < 999999.9999995 then 0
                       when abs(usage) < 999999.9999995e6 then 6
                       when abs(usage) < 999999.9999995e12 then 12
                       else 18 end as magnitude
          from reports
    )
    select natural_id(tenant_id::text, month::text, service_category, resource_id, usage_type, region),
           month::timestamp at time zone 'UTC', service_category, resource_id, in_thousandths(cost),
           fitted(usage / 10::numeric ^ magnitude, 6, 6),
           usage_type || case magnitude when 0 then '' when 6 then ' (millions)' when 12 then ' (trillions)' else ' (quintillions)' end,
           coalesce(region, 'global'), created_at
      from scaled
$$;
comment on function autopilot.cost_reports_of(date, date) is
    'The bill''s cost reports of some months: their days alone are read. Usage above 999,999 is scaled, and its usage type says so.';

create or replace view autopilot.cost_reports with (security_invoker = true) as
select id, report_date, service_category, resource_id, cost, usage::numeric(12, 6) as usage, usage_type, region, created_at
  from autopilot.cost_reports_of('-infinity', 'infinity')
 union all
select id, report_date, service_category, resource_id, cost, usage, usage_type, region, created_at
  from imported_cost_reports;
comment on view autopilot.cost_reports is
    'One row per month, service category, resource, usage type and region of the bill, and what was imported.';

create view autopilot.optimization_history with (security_invoker = true) as
select a.id, a.recommendation_id::text as recommendation_id,
       case when a.autonomous then 'system' else coalesce(a.requested_by::text, a.requested_by_name) end as executed_by,
       coalesce(a.started_at, a.finished_at) as execution_date,
       coalesce(a.plan -> 'before', '{}') as before_config,
       case when a.status = 'failed' and a.started_at is not null then '{}'
            when a.status in ('failed', 'rolled_back') then coalesce(a.plan -> 'before', '{}')
            else coalesce(a.plan -> 'steps' -> -1 -> 'becomes', a.plan -> 'before', '{}') end as after_config,
       case when m.status = 'measured' and m.currency = t.reporting_currency
            then in_thousandths(m.measured_monthly) else 0 end as actual_savings,
       case when a.status = 'completed' then 'success'
            when a.status in ('failed', 'rolled_back') then 'failed'
            else 'in-progress' end as status,
       a.error as error_message, a.slack_message_id, a.created_at
  from actions a
  join tenants t on t.id = a.tenant_id
  left join measured_savings m on m.tenant_id = a.tenant_id and m.action_id = a.id
 where a.started_at is not null or a.finished_at is not null
 union all
select id, recommendation_id, executed_by, execution_date, before_config, after_config, actual_savings, status, error_message,
       slack_message_id, created_at
  from imported_history;
comment on view autopilot.optimization_history is
    'Actions that began or ended, and what was imported. actual_savings of an action is what later bills show, 0 until they do.';
comment on column autopilot.optimization_history.after_config is
    'What was verified, or is planned while the action goes on; empty where an action failed half-way.';

create view autopilot.approval_requests with (security_invoker = true) as
select r.id, r.recommendation_id::text as recommendation_id,
       case when r.approver_role = 'system' then 'system' else coalesce(r.requested_by::text, r.requested_by_name) end as requested_by,
       r.approver_role,
       case when r.status in ('expired', 'void') then 'rejected' else r.status end as status,
       case when r.status <> 'approved' then null
            when r.approver_role = 'system' then 'system'
            else (select d.user_id::text from approval_decisions d
                   where d.tenant_id = r.tenant_id and d.request_id = r.id and d.decision = 'approved'
                   order by d.decided_at desc, d.user_id limit 1) end as approved_by,
       r.decided_at as approval_date, r.comments, r.slack_thread_id, r.created_at
  from approval_requests r
 union all
select id, recommendation_id, requested_by, approver_role, status, approved_by, approval_date, comments, slack_thread_id, created_at
  from imported_approvals;
comment on view autopilot.approval_requests is 'Requests of our actions, and what was imported; expired and void are shown as rejected.';

grant select on autopilot.optimization_history, autopilot.approval_requests to cloudops_app;

insert into schema_version (version) values ('0.24.0');
