-- The read contracts of the five source documents, as far as the tables so far can serve them.
-- Every view is security_invoker: who reads it sees his own tenant. No value of any size may break one.

set lock_timeout = '2s';
set statement_timeout = '60s';

create schema autopilot;
create schema cloudaudit;
create schema guardrails;
create schema governance;
create schema sibyl;
grant usage on schema autopilot, cloudaudit, guardrails, governance, sibyl to cloudops_app;

create function fitted(value numeric, integer_digits integer, scale integer) returns numeric
language sql immutable parallel safe as $$
    select round(least(greatest(value, -bound), bound), scale)
      from (select 10::numeric ^ integer_digits - 10::numeric ^ -scale as bound) b
$$;
comment on function fitted(numeric, integer, integer) is
    'The value, or the nearest one that numeric(integer_digits + scale, scale) holds: a contract''s fixed width never breaks its view.';

create function in_thousandths(amount numeric) returns bigint
language sql immutable parallel safe as $$
    select round(least(greatest(amount * 1000, -9223372036854775807), 9223372036854775807))::bigint
$$;
comment on function in_thousandths(numeric) is 'Money as the Autopilot contract carries it: an integer, times 1000.';

create function natural_id(variadic parts text[]) returns uuid
language sql immutable parallel safe as $$
    select md5(array_to_string(parts, chr(31), chr(30)))::uuid
$$;
comment on function natural_id(text[]) is 'An id made from a natural key, so that it survives a rebuild of derived rows.';

-- guardrails ---------------------------------------------------------------------------------------------------

create view guardrails.projects with (security_invoker = true) as
select id, name, created_at from projects;

create view guardrails.daily_costs with (security_invoker = true) as
select natural_id(c.tenant_id::text, a.project_id::text, c.charge_date::text, c.service) as id,
       a.project_id, c.charge_date as cost_date, c.service,
       fitted(sum(c.billed_cost), 8, 4)::numeric(12, 4) as amount, c.currency, max(c.created_at) as created_at
  from current_daily_costs c
  join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
  join cloud_accounts a on a.tenant_id = c.tenant_id and a.account_id = c.account_id and a.provider = c.provider
 group by c.tenant_id, a.project_id, c.charge_date, c.service, c.currency;

create view guardrails.reliability_metrics with (security_invoker = true) as
select natural_id(tenant_id::text, project_id::text, metric_ts::text, metric_name) as id, project_id, metric_ts, metric_name,
       fitted(case metric_name when '5xx_count' then sum(value) else max(value) end, 10, 6)::numeric(16, 6) as value,
       unit, max(created_at) as created_at
  from reliability_metrics
 group by tenant_id, project_id, metric_ts, metric_name, unit;

create view guardrails.alerts with (security_invoker = true) as
select id, project_id, alert_type, status, case severity when 'critical' then 'high' else severity end as severity, title,
       description, source, detected_at, window_start, window_end, service_name, metric_name,
       fitted(observed_value, 10, 6)::numeric(16, 6) as observed_value,
       fitted(baseline_value, 10, 6)::numeric(16, 6) as baseline_value,
       fitted(threshold_value, 10, 6)::numeric(16, 6) as threshold_value,
       rule_name, acknowledged_at, resolved_at, created_at, updated_at
  from alerts;

create view guardrails.recommendations with (security_invoker = true) as
select id, project_id, alert_id,
       case when status in ('open', 'pending_approval') then 'open'
            when status in ('approved', 'in_progress') then 'in_progress'
            when status = 'done' then 'done'
            else 'dismissed' end as status,
       title, action_steps, impact, owner, created_at, updated_at, done_at, dismissed_at
  from recommendations;

create view guardrails.events with (security_invoker = true) as
select id, project_id, entity_type, entity_id, event_type, message, actor, metadata, created_at
  from events;

-- governance ---------------------------------------------------------------------------------------------------

create view governance.tenants with (security_invoker = true) as
select id, name, created_at from tenants;

create view governance.users with (security_invoker = true) as
select u.id, u.tenant_id, u.email as upn, m.role, u.created_at
  from users u join memberships m on m.tenant_id = u.tenant_id and m.user_id = u.id;

create view governance.resources with (security_invoker = true) as
select resource_id as id, tenant_id, provider, type, name, group_name, region as location, tags, status, created_at, updated_at
  from resources;

create view governance.recommendations with (security_invoker = true) as
select id, tenant_id, kind, severity, title, description, monthly_savings as savings, risk_reduction, confidence, created_at
  from recommendations;

create view governance.cost_timeseries with (security_invoker = true) as
select c.tenant_id, c.service, null::text as resource_id, c.charge_date as day, sum(c.billed_cost) as amount
  from current_daily_costs c
  join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
 group by c.tenant_id, c.service, c.charge_date;

create view governance.schema_version with (security_invoker = true) as
select version, applied_at from schema_version;

-- cloudaudit ---------------------------------------------------------------------------------------------------

create view cloudaudit.users with (security_invoker = true) as
select id as user_id, first_name, last_name, email, phone, created_at from users;

create view cloudaudit.cost_data with (security_invoker = true) as
select natural_id(c.tenant_id::text, c.charge_date::text, c.id::text) as cost_data_id, a.id as aws_account_id,
       c.charge_start as time_start, c.charge_end as time_end, c.service as product_code, c.usage_type, c.operation,
       c.resource_id, c.usage_amount, c.billed_cost as unblended_cost, c.region, c.instance_type, c.currency as pricing_unit,
       c.usage_unit, c.list_cost as public_cost, c.blended_cost, c.effective_cost as amortized_cost,
       coalesce(c.tags ->> 'environment', c.tags ->> 'Environment') as tag_environment,
       coalesce(c.tags ->> 'project', c.tags ->> 'Project') as tag_project,
       coalesce(c.tags ->> 'owner', c.tags ->> 'Owner') as tag_owner
  from current_charges c
  join cloud_accounts a on a.tenant_id = c.tenant_id and a.account_id = c.account_id and a.provider = c.provider;

create view cloudaudit.resources with (security_invoker = true) as
select r.resource_id, a.id as aws_account_id, r.service, r.instance_type, r.region, r.last_seen::timestamp at time zone 'UTC' as last_seen
  from resources r
  join cloud_accounts a on a.tenant_id = r.tenant_id and a.account_id = r.account_id and a.provider = r.provider;

create function daily_cost_id(tenant uuid, provider text, account text, day date, service text, region text) returns uuid
language sql immutable parallel safe as $$
    select natural_id(tenant::text, provider, account, day::text, service, region)
$$;

create view cloudaudit.daily_cost_summaries with (security_invoker = true) as
select daily_cost_id(c.tenant_id, c.provider, c.account_id, c.charge_date, c.service, c.region) as daily_cost_id,
       a.id as aws_account_id,
       c.charge_date::timestamp at time zone 'UTC' as time_start,
       (c.charge_date + 1)::timestamp at time zone 'UTC' as time_end,
       c.service, c.region, sum(c.billed_cost) as total_cost, max(c.created_at) as created_at
  from current_daily_costs c
  join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
  join cloud_accounts a on a.tenant_id = c.tenant_id and a.account_id = c.account_id and a.provider = c.provider
 group by c.tenant_id, c.provider, c.account_id, a.id, c.charge_date, c.service, c.region;

create view cloudaudit.cost_anomalies with (security_invoker = true) as
select n.id as anomaly_id,
       (select daily_cost_id(c.tenant_id, c.provider, c.account_id, c.charge_date, c.service, c.region)
          from current_daily_costs c
         where c.tenant_id = n.tenant_id and c.account_id = n.account_id and c.service = n.service_name
           and c.charge_date = (n.observed_at at time zone 'UTC')::date and c.currency = n.currency
         order by c.billed_cost desc, c.region limit 1) as daily_cost_id,
       a.id as aws_account_id, n.detected_at, n.resource_id, n.expected_value as expected_cost, n.deviation_pct,
       case n.severity when 'low' then 1 when 'medium' then 2 when 'high' then 3 else 4 end as severity, n.model_version
  from anomalies n
  join cloud_accounts a on a.tenant_id = n.tenant_id and a.account_id = n.account_id and a.provider = n.provider
 where n.alert_type = 'cost';
comment on column cloudaudit.cost_anomalies.daily_cost_id is 'The summary of the region that cost most on the day.';

create view cloudaudit.recommendations with (security_invoker = true) as
select r.id as recommendation_id, a.id as aws_account_id, r.resource_id, r.created_at, r.type as recommendation_type,
       r.description, r.monthly_savings as estimated_monthly_savings, r.confidence as confidence_score,
       case when r.status in ('open', 'pending_approval') then 0
            when r.status in ('approved', 'in_progress') then 1
            when r.status = 'done' then 2
            when r.status = 'rejected' then 3
            else 4 end as status
  from recommendations r
  left join cloud_accounts a on a.tenant_id = r.tenant_id and a.account_id = r.account_id and a.provider = r.provider;

-- autopilot ----------------------------------------------------------------------------------------------------

create view autopilot.aws_resources with (security_invoker = true) as
select natural_id(r.tenant_id::text, r.account_id, r.resource_id) as id, r.resource_id, r.type as resource_type,
       coalesce(r.region, 'global') as region,
       case when r.configuration = '{}' and r.instance_type is not null
            then jsonb_build_object('instanceType', r.instance_type) else r.configuration end as current_config,
       r.utilization as utilization_metrics, in_thousandths(r.monthly_cost) as monthly_cost,
       r.last_analyzed_at as last_analyzed, r.created_at
  from resources r
  join tenants t on t.id = r.tenant_id and t.reporting_currency = r.currency;

create function autopilot.service_category(service text, usage_type text) returns text
language sql immutable parallel safe as $$
    select case
        when usage_type ~ '(DataTransfer|AWS-(In|Out)-Bytes)' then 'Data Transfer'
        when usage_type ~ 'EBS:' then 'EBS'
        when service in ('AmazonEC2', 'Amazon Elastic Compute Cloud') then 'EC2-Instance'
        when service in ('AmazonRDS', 'Amazon Relational Database Service') then 'RDS'
        when service in ('AmazonS3', 'Amazon Simple Storage Service') then 'S3'
        when service in ('AWSELB', 'Elastic Load Balancing') then 'ELB'
        when service in ('AmazonCloudWatch', 'Amazon CloudWatch') then 'CloudWatch'
        when service in ('AmazonRoute53', 'Amazon Route 53') then 'Route53'
        when service in ('AmazonCloudFront', 'Amazon CloudFront') then 'CloudFront'
        when service in ('AWSLambda', 'AWS Lambda') then 'Lambda'
        when service in ('AWSDataTransfer', 'AWS Data Transfer') then 'Data Transfer'
        else service
    end
$$;

create function autopilot.usage_type(service_category text, usage_type text, usage_unit text) returns text
language sql immutable parallel safe as $$
    select case
        when service_category = 'Data Transfer' then 'GB'
        when service_category = 'ELB' and usage_type ~ 'LoadBalancerUsage' then 'LoadBalancer-Hours'
        when service_category = 'Route53' and usage_type ~ 'Queries' then 'Queries'
        when service_category = 'Lambda' and usage_type ~ 'Request' then 'Invocations'
        when service_category in ('CloudWatch', 'CloudFront') and usage_type ~ 'Request' then 'Requests'
        when service_category in ('EC2-Instance', 'RDS')
             and (usage_type ~ '(BoxUsage|SpotUsage|DedicatedUsage|HeavyUsage|InstanceUsage|Multi-AZUsage)' or usage_unit in ('Hrs', 'Hours'))
             then 'Instance-Hours'
        when usage_unit in ('GB-Mo', 'GB-Month', 'GB-mo') then 'GB-Month'
        else coalesce(usage_type, usage_unit, service_category)
    end
$$;

create view autopilot.cost_reports with (security_invoker = true) as
with reports as (
    select c.tenant_id, date_trunc('month', c.charge_date)::date as month,
           autopilot.service_category(c.service, c.usage_type) as service_category, c.resource_id,
           autopilot.usage_type(autopilot.service_category(c.service, c.usage_type), c.usage_type, c.usage_unit) as usage_type,
           c.region, sum(c.billed_cost) as cost, coalesce(sum(c.usage_amount), 0) as usage, max(c.published_at) as created_at
      from current_charges c
      join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
     group by 1, 2, 3, 4, 5, 6
),
scaled as (
    select *, case when abs(usage) < 999999.9999995 then 0
                   when abs(usage) < 999999.9999995e6 then 6
                   when abs(usage) < 999999.9999995e12 then 12
                   else 18 end as magnitude
      from reports
)
select natural_id(tenant_id::text, month::text, service_category, resource_id, usage_type, region) as id,
       month::timestamp at time zone 'UTC' as report_date, service_category, resource_id, in_thousandths(cost) as cost,
       fitted(usage / 10::numeric ^ magnitude, 6, 6)::numeric(12, 6) as usage,
       usage_type || case magnitude when 0 then '' when 6 then ' (millions)' when 12 then ' (trillions)' else ' (quintillions)' end as usage_type,
       coalesce(region, 'global') as region, created_at
  from scaled;
comment on view autopilot.cost_reports is
    'One row per month, service category, resource, usage type and region. Usage above 999,999 is scaled, and its usage type says so.';

create view autopilot.recommendations with (security_invoker = true) as
select r.id, coalesce(r.resource_id, r.account_id, r.service_name, 'organization') as resource_id, r.type,
       r.severity as priority, r.title, r.description, r.current_config, r.recommended_config,
       in_thousandths(coalesce(r.monthly_savings, 0)) as projected_monthly_savings,
       in_thousandths(coalesce(r.monthly_savings, 0) * 12) as projected_annual_savings, r.risk as risk_level,
       case when r.status in ('open', 'pending_approval') then 'pending'
            when r.status in ('approved', 'in_progress') then 'approved'
            when r.status = 'done' then 'executed'
            else 'rejected' end as status,
       r.created_at, r.updated_at
  from recommendations r
  join tenants t on t.id = r.tenant_id and (r.currency is null or r.currency = t.reporting_currency)
 where r.type <> 'review';
comment on view autopilot.recommendations is 'The first document''s five types; what a person has to review first is not among them.';

create view autopilot.users with (security_invoker = true) as
select u.id, u.email as username,
       case when m.finance_approver then 'cfo' when m.role = 'admin' then 'admin' else 'user' end as role, u.created_at
  from users u join memberships m on m.tenant_id = u.tenant_id and m.user_id = u.id;

-- sibyl --------------------------------------------------------------------------------------------------------

create view sibyl.cloud_resources with (security_invoker = true) as
select natural_id(tenant_id::text, account_id, resource_id) as id, resource_id, type as resource_type, arn as resource_arn,
       region, account_id, tags, null::uuid as service_id, null::uuid as team_id, tags <> '{}' as is_tagged,
       (case when tags <> '{}' then 100 else 0 end)::numeric(5, 2) as compliance_score,
       created_at as discovered_at, last_seen::timestamp at time zone 'UTC' as last_seen
  from resources;
comment on column sibyl.cloud_resources.compliance_score is 'Until required tags are set: 100 where a resource has any tag.';

create view sibyl.cost_data with (security_invoker = true) as
select c.id, c.line_item_id, c.charge_start as usage_start_date, c.charge_end as usage_end_date, c.account_id, c.resource_id,
       c.service as service_name, c.usage_type, c.operation, c.region, c.billed_cost as cost, c.usage_amount, c.usage_unit,
       c.currency, c.tags, null::uuid as team_id, null::uuid as service_id, null::uuid as business_unit_id,
       null::uuid as business_group_id, false as is_attributed, c.published_at as created_at
  from current_charges c;

create view sibyl.metric_data with (security_invoker = true) as
select natural_id(tenant_id::text, project_id::text, resource_id, metric_name, metric_ts::text) as id, resource_id, metric_name,
       namespace, metric_ts as "timestamp", value, unit, dimensions, null::uuid as team_id, null::uuid as service_id, created_at
  from reliability_metrics;

grant select on all tables in schema autopilot, cloudaudit, guardrails, governance, sibyl to cloudops_app;

insert into schema_version (version) values ('0.6.0');
