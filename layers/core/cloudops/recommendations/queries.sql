-- read_last_day
select max(charge_date)
  from current_daily_costs
 where tenant_id = (select current_tenant()) and charge_category = 'Usage' and charge_date <= %(as_of)s

-- count_days
select currency, count(distinct charge_date)
  from current_daily_costs
 where tenant_id = (select current_tenant()) and charge_category = 'Usage'
   and charge_date >= %(start)s and charge_date < %(end)s
 group by currency

-- read_usages
select c.provider, c.account_id, a.name as account_name, c.service, c.region, c.resource_id, c.usage_type, c.operation,
       max(c.instance_type) as instance_type, c.usage_unit, c.pricing_category, c.charge_category, c.currency,
       coalesce(sum(c.usage_amount), 0) as usage_amount, sum(c.billed_cost) as billed_cost,
       sum(c.effective_cost) as effective_cost, sum(c.list_cost) as list_cost,
       min(c.charge_date) as first_day, max(c.charge_date) as last_day, count(distinct c.charge_date) as days_billed,
       r.first_seen, coalesce(r.tags, case when c.resource_id is null then c.tags end, '{}') as tags
  from current_charges c
  left join cloud_accounts a
    on a.tenant_id = c.tenant_id and a.account_id = c.account_id and a.provider = c.provider
  left join resources r
    on r.tenant_id = c.tenant_id and r.account_id = c.account_id and r.resource_id = c.resource_id
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and c.charge_category in ('Usage', 'Purchase')
   -- A negation takes back what covered usage is billed, and repeats its amount.
   and not (c.pricing_category is not distinct from 'Committed' and c.billed_cost < 0)
 group by c.provider, c.account_id, a.name, c.service, c.region, c.resource_id, c.usage_type, c.operation, c.usage_unit,
          c.pricing_category, c.charge_category, c.currency, r.first_seen, r.tags,
          case when c.resource_id is null then c.tags end

-- read_discounts
select c.currency, c.account_id, c.service, sum(c.effective_cost) as effective_cost
  from current_charges c
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and c.charge_category = 'Credit' and c.charge_frequency = 'Usage-Based'
 group by c.currency, c.account_id, c.service
having sum(c.effective_cost) < 0

-- read_series
with daily as (
    select account_id, service, region, usage_type, currency, charge_date,
           case when usage_type like '%%SnapshotUsage' then null else resource_id end as resource_id,
           sum(usage_amount) as amount, sum(effective_cost) as effective_cost
      from current_charges
     where tenant_id = (select current_tenant()) and charge_date >= %(start)s and charge_date < %(end)s
       and charge_category = 'Usage'
       and usage_type ~ '(SnapshotUsage|TimedStorage-ByteHrs|DataProcessing-Bytes|VendedLog-Bytes)$'
     group by 1, 2, 3, 4, 5, 6, 7
)
select account_id, service, region, usage_type, currency, resource_id,
       array_agg(charge_date order by charge_date) as days, array_agg(amount order by charge_date) as amounts,
       array_agg(effective_cost order by charge_date) as costs
  from daily
 where amount is not null
 group by account_id, service, region, usage_type, currency, resource_id

-- lock_known
select id, check_id, status, provider, account_id, service_name, region, resource_id, title, done_at, dismissed_until
  from recommendations
 where tenant_id = (select current_tenant()) and alert_id is null
   for update

-- lock_advice
select id, check_id, status, provider, account_id, service_name, region, resource_id, title, done_at, dismissed_until
  from recommendations
 where tenant_id = (select current_tenant()) and alert_id = %(alert_id)s
   for update

-- list_advice_of_resolved_alerts
select r.id, r.check_id, r.status, r.provider, r.account_id, r.service_name, r.region, r.resource_id, r.title, r.done_at,
       r.dismissed_until
  from recommendations r
  join alerts a on a.tenant_id = r.tenant_id and a.id = r.alert_id
 where r.tenant_id = (select current_tenant()) and a.status = 'resolved' and r.status in ('open', 'pending_approval')
   for update of r

-- insert_recommendation
insert into recommendations (tenant_id, id, project_id, alert_id, check_id, kind, type, severity, status, title, description,
                             action_steps, impact, owner, provider, account_id, service_name, region, resource_id,
                             current_config, recommended_config, evidence, monthly_savings, currency, overlap_group, risk,
                             risk_reduction, confidence, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(project_id)s, %(alert_id)s, %(check_id)s, %(kind)s, %(type)s, %(severity)s,
        'open', %(title)s, %(description)s, %(action_steps)s, %(impact)s, %(owner)s, %(provider)s, %(account_id)s,
        %(service_name)s, %(region)s, %(resource_id)s, %(current_config)s, %(recommended_config)s, %(evidence)s,
        %(monthly_savings)s, %(currency)s, %(overlap_group)s, %(risk)s, %(risk_reduction)s, %(confidence)s, %(now)s, %(now)s)
    on conflict (tenant_id, id) do nothing

-- refresh_recommendation
update recommendations
   set type = %(type)s, severity = %(severity)s, title = %(title)s, description = %(description)s,
       action_steps = %(action_steps)s, impact = %(impact)s, owner = coalesce(owner, %(owner)s),
       current_config = %(current_config)s, recommended_config = %(recommended_config)s, evidence = %(evidence)s,
       monthly_savings = %(monthly_savings)s, currency = %(currency)s, overlap_group = %(overlap_group)s,
       risk = %(risk)s, risk_reduction = %(risk_reduction)s, confidence = %(confidence)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s and evidence is distinct from %(evidence)s::jsonb

-- set_status
update recommendations
   set status = %(status)s, updated_at = %(now)s,
       done_at = case when %(status)s = 'done' then %(now)s end,
       dismissed_at = case when %(status)s = 'dismissed' then %(now)s end,
       dismissed_reason = case when %(status)s = 'dismissed' then %(reason)s end,
       dismissed_until = case when %(status)s = 'dismissed' then %(until)s::date end
 where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- set_owner
update recommendations set owner = %(owner)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s
returning (select r.owner from recommendations r where r.tenant_id = recommendations.tenant_id and r.id = recommendations.id)

-- lock_recommendation
select status from recommendations where tenant_id = (select current_tenant()) and id = %(id)s for update

-- list_recommendations
select id, project_id, alert_id, check_id, kind, type, severity, status, title, description, action_steps, impact, owner,
       provider, account_id, service_name, region, resource_id, monthly_savings, currency, overlap_group, risk,
       risk_reduction, confidence, created_at, updated_at, done_at, dismissed_at, dismissed_reason, dismissed_until
  from recommendations
 where tenant_id = (select current_tenant())
   and (%(status)s::text is null or status = %(status)s)
   and (%(kind)s::text is null or kind = %(kind)s)
   and (%(type)s::text is null or type = %(type)s)
   and (%(severity)s::text is null or severity = %(severity)s)
   and (%(check_id)s::text is null or check_id = %(check_id)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(service)s::text is null or service_name = %(service)s)
   and (%(resource)s::text is null or resource_id = %(resource)s)
   and (%(alert)s::uuid is null or alert_id = %(alert)s)
   and (%(id_prefix)s::text is null
        or id between rpad(%(id_prefix)s, 32, '0')::uuid and rpad(%(id_prefix)s, 32, 'f')::uuid)
   and (%(after_savings)s::numeric is null
        or coalesce(monthly_savings, 0) < %(after_savings)s
        or (coalesce(monthly_savings, 0) = %(after_savings)s and id > %(after_id)s))
 order by coalesce(monthly_savings, 0) desc, id
 limit %(limit)s

-- read_recommendation
select id, project_id, alert_id, check_id, kind, type, severity, status, title, description, action_steps, impact, owner,
       provider, account_id, service_name, region, resource_id, monthly_savings, currency, overlap_group, risk,
       risk_reduction, confidence, created_at, updated_at, done_at, dismissed_at, dismissed_reason, dismissed_until, current_config, recommended_config,
       evidence
  from recommendations
 where tenant_id = (select current_tenant()) and id = %(id)s

-- sum_savings
with best as (
    select currency, overlap_group, max(monthly_savings) as savings, count(*) as recommendations
      from recommendations
     where tenant_id = (select current_tenant()) and status in ('open', 'pending_approval', 'approved', 'in_progress')
       and currency is not null
     group by currency, overlap_group
)
select currency, coalesce(sum(savings), 0) as monthly_savings, sum(recommendations)::bigint as recommendations
  from best
 group by currency
 order by currency

-- read_owner_tags
select tags
  from resources
 where tenant_id = (select current_tenant()) and account_id = %(account_id)s
   and (resource_id = any(%(resource_ids)s) or service = %(service)s) and tags <> '{}'
 order by resource_id = any(%(resource_ids)s) desc, monthly_cost desc, resource_id
 limit 50

-- mark_resources_analyzed
update resources r
   set last_analyzed_at = %(now)s
  from unnest(%(account_ids)s::text[], %(resource_ids)s::text[]) as looked (account_id, resource_id)
 where r.tenant_id = (select current_tenant()) and r.account_id = looked.account_id and r.resource_id = looked.resource_id

-- read_rates
-- The bill without its resources: enough to know what a unit costs and what discounts leave of it.
select c.provider, c.account_id, c.service, c.region, c.usage_type, c.operation, max(c.instance_type) as instance_type,
       c.usage_unit, c.pricing_category, c.charge_category, c.currency,
       coalesce(sum(c.usage_amount), 0) as usage_amount, sum(c.billed_cost) as billed_cost,
       sum(c.effective_cost) as effective_cost, sum(c.list_cost) as list_cost,
       min(c.charge_date) as first_day, max(c.charge_date) as last_day, count(distinct c.charge_date) as days_billed
  from current_charges c
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and c.charge_category in ('Usage', 'Purchase')
   and not (c.pricing_category is not distinct from 'Committed' and c.billed_cost < 0)
 group by c.provider, c.account_id, c.service, c.region, c.usage_type, c.operation, c.usage_unit, c.pricing_category,
          c.charge_category, c.currency

-- read_holdings
with lines as (
    select c.account_id, c.resource_id, c.currency, jsonb_build_object(
               'service', c.service, 'region', c.region, 'usage_type', c.usage_type, 'operation', c.operation,
               'instance_type', max(c.instance_type), 'usage_unit', c.usage_unit, 'pricing_category', c.pricing_category,
               'charge_category', c.charge_category, 'usage_amount', coalesce(sum(c.usage_amount), 0)::text,
               'billed_cost', sum(c.billed_cost)::text, 'effective_cost', sum(c.effective_cost)::text,
               'list_cost', sum(c.list_cost)::text, 'first_day', min(c.charge_date), 'last_day', max(c.charge_date),
               'days_billed', count(distinct c.charge_date)) as line
      from current_charges c
     where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
       and c.provider = 'aws' and c.resource_id <> '' and c.charge_category in ('Usage', 'Purchase')
       and not (c.pricing_category is not distinct from 'Committed' and c.billed_cost < 0)
     group by c.account_id, c.resource_id, c.currency, c.service, c.region, c.usage_type, c.operation, c.usage_unit,
              c.pricing_category, c.charge_category
),
billed as (
    select account_id, resource_id, currency, jsonb_agg(line) as lines
      from lines
     group by account_id, resource_id, currency
),
-- Apart, so that disks meet their lines by all three columns rather than by their account alone.
disks as materialized (
    select i.account_id, i.resource_id, i.currency, volume.id as volume_id
      from resources i
     cross join lateral jsonb_array_elements_text(i.configuration -> 'volumes') as volume (id)
     where i.tenant_id = (select current_tenant()) and i.type = 'EC2' and i.status = 'stopped'
       and jsonb_typeof(i.configuration -> 'volumes') = 'array'
),
attached as (
    select i.account_id, i.resource_id, jsonb_agg(line) as lines
      from disks i
      join billed b on b.account_id = i.account_id and b.resource_id = i.volume_id and b.currency = i.currency
     cross join lateral jsonb_array_elements(b.lines) as line
     group by i.account_id, i.resource_id
)
select r.account_id, a.name as account_name, r.resource_id, r.service, r.type, r.name, r.region, r.status, r.tags,
       r.configuration, r.utilization, coalesce(r.missing_actions, '{}') as missing_actions, r.scanned_at, r.currency,
       r.first_seen, coalesce(b.lines, '[]') as lines, coalesce(v.lines, '[]') as attached
  from resources r
  left join cloud_accounts a on a.tenant_id = r.tenant_id and a.account_id = r.account_id and a.provider = r.provider
  left join billed b on b.account_id = r.account_id and b.resource_id = r.resource_id and b.currency = r.currency
  left join attached v on v.account_id = r.account_id and v.resource_id = r.resource_id
 where r.tenant_id = (select current_tenant()) and r.provider = 'aws' and r.type = any(%(types)s)
   and r.status is distinct from 'gone'
 order by r.account_id, r.resource_id

-- lock_known_ids
select id, check_id, status, provider, account_id, service_name, region, resource_id, title, done_at, dismissed_until
  from recommendations
 where tenant_id = (select current_tenant()) and id = any(%(ids)s)
   for update

-- lock_unfounded
-- Open ones of inventory checks that the ledger no longer bears out. Where a check can also read the bill alone, a
-- resource that no scan judged is left to it.
select r.id, r.check_id, r.status, r.provider, r.account_id, r.service_name, r.region, r.resource_id, r.title, r.done_at,
       r.dismissed_until
  from recommendations r
  left join coverage c
    on c.tenant_id = r.tenant_id and c.check_id = r.check_id and c.account_id = r.account_id
   and c.resource_id = r.resource_id and c.source = 'inventory'
 where r.tenant_id = (select current_tenant()) and r.alert_id is null and r.status in ('open', 'pending_approval')
   and r.check_id = any(%(inventory_checks)s)
   and (c.verdict in ('fine', 'excepted') or (c.verdict is null and r.check_id <> all(%(bill_checks)s)))
   for update of r

-- save_coverage
insert into coverage (tenant_id, check_id, provider, account_id, service, region, resource_id, source, verdict, reason,
                      judged_at)
select (select current_tenant()), l.check_id, l.provider, l.account_id, coalesce(l.service, ''), coalesce(l.region, ''),
       coalesce(l.resource_id, ''), %(source)s, l.verdict, l.reason, %(now)s
  from jsonb_to_recordset(%(lines)s) as l (
       check_id text, provider text, account_id text, service text, region text, resource_id text, verdict text, reason text)
    on conflict (tenant_id, check_id, account_id, resource_id, service, region, provider) do update
   set source = excluded.source, verdict = excluded.verdict, reason = excluded.reason, judged_at = excluded.judged_at

-- delete_old_coverage
delete from coverage
 where tenant_id = (select current_tenant()) and source = %(source)s and judged_at < %(now)s

-- list_judged_by_inventory
select check_id, account_id, resource_id
  from coverage
 where tenant_id = (select current_tenant()) and source = 'inventory' and verdict in ('flagged', 'fine', 'excepted')
   and check_id = any(%(check_ids)s)

-- count_coverage
with counted as (
    select check_id, verdict, count(*) as subjects
      from coverage
     where tenant_id = (select current_tenant()) and (%(check_id)s::text is null or check_id = %(check_id)s)
     group by check_id, verdict
),
gone as (
    delete from coverage_counts c
     where c.tenant_id = (select current_tenant()) and (%(check_id)s::text is null or c.check_id = %(check_id)s)
       and not exists (select from counted n where n.check_id = c.check_id and n.verdict = c.verdict)
)
insert into coverage_counts (tenant_id, check_id, verdict, subjects)
select (select current_tenant()), check_id, verdict, subjects from counted
    on conflict (tenant_id, check_id, verdict) do update set subjects = excluded.subjects

-- list_coverage_counts
select check_id, verdict, subjects
  from coverage_counts
 where tenant_id = (select current_tenant())
 order by check_id, verdict

-- mark_covered_resources_analyzed
update resources r
   set last_analyzed_at = %(now)s
  from (select distinct account_id, resource_id from coverage
         where tenant_id = (select current_tenant()) and source = 'inventory' and judged_at = %(now)s) c
 where r.tenant_id = (select current_tenant()) and r.account_id = c.account_id and r.resource_id = c.resource_id

-- list_coverage
select check_id, provider, account_id, nullif(service, '') as service, nullif(region, '') as region,
       nullif(resource_id, '') as resource_id, source, verdict, reason, judged_at
  from coverage
 where tenant_id = (select current_tenant())
   and (%(check_id)s::text is null or check_id = %(check_id)s)
   and (%(verdict)s::text is null or verdict = %(verdict)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(resource)s::text is null or resource_id = %(resource)s)
   and (%(after_check)s::text is null
        or (check_id, account_id, resource_id, service, region, provider)
           > (%(after_check)s, %(after_account)s, %(after_resource)s, %(after_service)s, %(after_region)s, %(after_provider)s))
 order by check_id, coverage.account_id, coverage.resource_id, coverage.service, coverage.region, provider
 limit %(limit)s

-- except_coverage
update coverage
   set verdict = 'excepted', reason = %(words)s
 where tenant_id = (select current_tenant()) and check_id = %(check_id)s and verdict = 'flagged'
   and (%(account_id)s::text is null or account_id = %(account_id)s)
   and (%(resource_id)s::text is null or resource_id = %(resource_id)s)

-- lock_open_in_scope
select id, check_id, status, provider, account_id, service_name, region, resource_id, title, done_at, dismissed_until
  from recommendations
 where tenant_id = (select current_tenant()) and check_id = %(check_id)s and alert_id is null
   and status in ('open', 'pending_approval')
   and (%(account_id)s::text is null or account_id = %(account_id)s)
   and (%(resource_id)s::text is null or resource_id = %(resource_id)s)
   for update

-- insert_exception
insert into check_exceptions (tenant_id, id, check_id, account_id, resource_id, reason, until, created_by, created_at)
values ((select current_tenant()), %(id)s, %(check_id)s, %(account_id)s, %(resource_id)s, %(reason)s, %(until)s,
        %(created_by)s, %(now)s)

-- list_exceptions
select id, check_id, account_id, resource_id, reason, until, created_by, created_at, ended_by, ended_at
  from check_exceptions
 where tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or id = %(id)s)
   and (%(check_id)s::text is null or check_id = %(check_id)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(resource)s::text is null or resource_id = %(resource)s)
   and (%(standing)s::boolean is null or (ended_at is null) = %(standing)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_acceptances
select check_id, account_id, resource_id, until, reason
  from check_exceptions
 where tenant_id = (select current_tenant()) and ended_at is null

-- end_exception
update check_exceptions
   set ended_by = %(ended_by)s, ended_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s and ended_at is null

-- lapse_exceptions
update check_exceptions
   set ended_by = 'system', ended_at = %(now)s
 where tenant_id = (select current_tenant()) and ended_at is null and until < %(today)s
returning id, check_id, account_id, resource_id, reason, until, created_by, created_at, ended_by, ended_at
