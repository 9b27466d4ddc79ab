-- lock_period
select pg_advisory_xact_lock(hashtextextended((select current_tenant())::text || '|' || %(billing_account_id)s || '|' || %(period)s, 0))

-- lock_recordings
select pg_advisory_xact_lock(hashtextextended((select current_tenant())::text || '|unknown|' || %(period)s, 0))

-- lock_recordings_shared
select pg_advisory_xact_lock_shared(hashtextextended((select current_tenant())::text || '|unknown|' || %(period)s, 0))

-- lock_resources
select pg_advisory_xact_lock(hashtextextended((select current_tenant())::text || '|resources', 0))

-- find_delivery
select id, status, reason, fingerprint
  from deliveries
 where tenant_id = (select current_tenant())
   and source = %(source)s and export_name = %(export_name)s and billing_account_id = %(billing_account_id)s
   and period is not distinct from %(period)s and version = %(version)s and grain = %(grain)s

-- find_by_content
select id, status, reason, fingerprint
  from deliveries
 where tenant_id = (select current_tenant()) and fingerprint = %(fingerprint)s and grain = %(grain)s
   and version = %(version)s
 order by billing_account_id, period

-- read_totals
select totals from deliveries where tenant_id = (select current_tenant()) and id = %(delivery_id)s

-- delete_delivery
delete from deliveries where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_charges
delete from charges where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s

-- delete_daily_costs
delete from daily_costs where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s

-- insert_delivery
insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period, version, assembled_at, grain,
                        status, reason, bucket, fingerprint, source_rows, totals, estimated_days)
values ((select current_tenant()), %(id)s, %(source)s, %(export_name)s, %(billing_account_id)s, %(period)s, %(version)s,
        %(assembled_at)s, %(grain)s, %(status)s, %(reason)s, %(bucket)s, %(fingerprint)s, %(source_rows)s, %(totals)s,
        %(estimated_days)s)

-- insert_part
insert into delivery_parts (tenant_id, delivery_id, part_number, key, size, etag, source_rows, totals)
values ((select current_tenant()), %(delivery_id)s, %(part_number)s, %(key)s, %(size)s, %(etag)s, %(source_rows)s, %(totals)s)

-- list_unloaded_parts
select part_number
  from delivery_parts
 where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s and loaded_at is null
 order by part_number

-- read_part
select p.delivery_id, p.part_number, d.bucket, p.key, p.size, p.etag, d.source, d.billing_account_id, d.period, d.grain,
       d.status, p.loaded_at, d.assembled_at as modified_at, p.source_rows, p.totals
  from delivery_parts p
  join deliveries d on d.tenant_id = p.tenant_id and d.id = p.delivery_id
 where p.tenant_id = (select current_tenant()) and p.delivery_id = %(delivery_id)s and p.part_number = %(part_number)s
   for update of p

-- stage_charges
create temporary table staged_charges (
    charge_date date, charge_start timestamptz, charge_end timestamptz, account_id text, account_name text, provider text,
    service text, region text, resource_id text, instance_type text, usage_type text, operation text, usage_unit text,
    usage_amount numeric, currency text, charge_category text, charge_class text, charge_frequency text,
    pricing_category text, billed_cost numeric, effective_cost numeric, list_cost numeric, contracted_cost numeric,
    blended_cost numeric, tags jsonb, line_item_id text
) on commit drop

-- copy_staged_charges
copy staged_charges from stdin (format csv, null '\N')

-- sum_staged_charges
select currency, sum(billed_cost) from staged_charges group by currency

-- insert_charges
insert into charges (tenant_id, delivery_id, charge_date, charge_start, charge_end, provider, account_id, service, region,
                     resource_id, instance_type, usage_type, operation, usage_unit, usage_amount, currency, charge_category,
                     charge_class, charge_frequency, pricing_category, billed_cost, effective_cost, list_cost,
                     contracted_cost, blended_cost, tags, line_item_id)
select %(tenant_id)s, %(delivery_id)s, charge_date, charge_start, charge_end, provider, account_id, service, region,
       resource_id, instance_type, usage_type, operation, usage_unit, usage_amount, currency, charge_category,
       charge_class, charge_frequency, pricing_category, billed_cost, effective_cost, list_cost,
       contracted_cost, blended_cost, tags, line_item_id
  from staged_charges

-- upsert_accounts
insert into cloud_accounts (tenant_id, id, project_id, provider, account_id, name)
select %(tenant_id)s, gen_random_uuid(), %(project_id)s, s.provider, s.account_id, s.account_name
  from (select provider, account_id, max(account_name) as account_name
          from staged_charges
         group by provider, account_id) s
 where not exists (
       select from cloud_accounts a
        where a.tenant_id = (select current_tenant()) and a.account_id = s.account_id and a.provider = s.provider
          and (s.account_name is null or a.renamed or a.name is not distinct from s.account_name))
 order by s.account_id, s.provider
    on conflict (tenant_id, account_id, provider)
    do update set name = excluded.name
       where excluded.name is not null and cloud_accounts.name is distinct from excluded.name and not cloud_accounts.renamed

-- mark_part_loaded
update delivery_parts set loaded_at = %(now)s
 where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s and part_number = %(part_number)s

-- lock_delivery
select status from deliveries where tenant_id = (select current_tenant()) and id = %(delivery_id)s for update

-- insert_daily_costs
insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region, charge_category,
                         currency, billed_cost, effective_cost, list_cost)
select tenant_id, delivery_id, charge_date, provider, account_id, service, coalesce(region, ''), charge_category, currency,
       sum(billed_cost), sum(effective_cost), sum(list_cost)
  from charges
 where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s
 group by tenant_id, delivery_id, charge_date, provider, account_id, service, coalesce(region, ''), charge_category, currency

-- sum_daily_costs
select currency, sum(billed_cost) from daily_costs
 where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s
 group by currency

-- mark_published
update deliveries d
   set status = 'superseded', published_at = %(now)s,
       (first_day, last_day) = (
           select min(charge_date), max(charge_date) filter (where charge_category = 'Usage')
             from daily_costs c where c.tenant_id = d.tenant_id and c.delivery_id = d.id)
 where d.tenant_id = (select current_tenant()) and d.id = %(delivery_id)s
returning source, export_name, billing_account_id, period

-- find_bill_of_recording
select d.billing_account_id
  from deliveries d
 where d.tenant_id = (select current_tenant()) and d.period = %(period)s and d.status = 'current'
   and d.billing_account_id <> 'unknown'
   and exists (
       select
         from (select distinct account_id from daily_costs
                where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s) mine,
              (select distinct account_id from daily_costs
                where tenant_id = (select current_tenant()) and delivery_id = d.id and provider = 'aws') theirs
        where mine.account_id in ('unknown', theirs.account_id))
 order by d.billing_account_id
 limit 1

-- assign_recording
update deliveries set billing_account_id = %(billing_account_id)s
 where tenant_id = (select current_tenant()) and id = %(delivery_id)s

-- adopt_recordings
update deliveries u
   set billing_account_id = %(billing_account_id)s, status = case u.status when 'current' then 'shadow' else u.status end
 where u.tenant_id = (select current_tenant()) and u.source = 'cost_explorer' and u.billing_account_id = 'unknown'
   and u.period = %(period)s and u.status in ('current', 'shadow', 'superseded')
   and exists (
       select
         from (select distinct account_id from daily_costs
                where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s and provider = 'aws') mine,
              (select distinct account_id from daily_costs
                where tenant_id = (select current_tenant()) and delivery_id = u.id) theirs
        where theirs.account_id in ('unknown', mine.account_id))

-- rank_deliveries
with newest as (
    select distinct on (source, export_name) id, source, export_name, assembled_at, version, created_at, billing_account_id
      from deliveries
     where tenant_id = (select current_tenant()) and billing_account_id = %(billing_account_id)s and period = %(period)s
       and status in ('current', 'shadow', 'superseded') and published_at is not null
     order by source, export_name, assembled_at desc, version desc, created_at desc
)
select n.id
  from newest n
  left join source_preferences p on p.tenant_id = (select current_tenant()) and p.billing_account_id = n.billing_account_id
 order by (n.source = p.source) desc nulls last,
          array_position(array['cur2', 'cur1', 'focus', 'cost_explorer'], n.source),
          n.assembled_at desc, n.version desc, n.export_name

-- demote_deliveries
update deliveries
   set status = case when id = any(%(newest)s) then 'shadow' else 'superseded' end,
       superseded_at = case when id = any(%(newest)s) then null else coalesce(superseded_at, %(now)s) end
 where tenant_id = (select current_tenant()) and billing_account_id = %(billing_account_id)s and period = %(period)s
   and status in ('current', 'shadow', 'superseded') and id <> %(current)s

-- promote_delivery
update deliveries set status = 'current', superseded_at = null
 where tenant_id = (select current_tenant()) and id = %(current)s

-- quarantine_delivery
update deliveries set status = 'quarantined', reason = %(reason)s
 where tenant_id = (select current_tenant()) and id = %(delivery_id)s and status = 'loading'

-- list_deliveries
select d.id, d.source, d.export_name, d.billing_account_id, d.period, d.version, d.assembled_at, d.grain, d.status, d.reason,
       d.bucket, coalesce(p.files, '{}') as files, coalesce(p.parts, 0) as parts, coalesce(p.parts_loaded, 0) as parts_loaded,
       coalesce(d.source_rows, 0) as source_rows, d.totals, d.first_day, d.last_day, d.estimated_days,
       d.created_at, d.published_at
  from deliveries d
  left join lateral (
      select array_agg(key order by part_number) as files, count(*) as parts, count(loaded_at) as parts_loaded
        from delivery_parts p
       where p.tenant_id = d.tenant_id and p.delivery_id = d.id
  ) p on true
 where d.tenant_id = (select current_tenant())
   and (%(status)s::text is null or d.status = %(status)s)
   and (%(source)s::text is null or d.source = %(source)s)
   and (%(period)s::date is null or d.period = %(period)s)
   and (%(ids)s::uuid[] is null or d.id = any(%(ids)s))
   and (%(after_at)s::timestamptz is null or (d.created_at, d.id) < (%(after_at)s, %(after_id)s))
 order by d.created_at desc, d.id desc
 limit %(limit)s

-- list_prunable_deliveries
select id from deliveries
 where tenant_id = (select current_tenant()) and superseded_at < %(before)s and status = 'superseded'

-- upsert_resources
with span as (
    select account_id, resource_id, min(charge_date) as first_seen, max(charge_date) as last_seen
      from charges
     where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s and resource_id <> ''
     group by account_id, resource_id
),
latest as (
    select distinct on (c.account_id, c.resource_id) c.*, s.first_seen, s.last_seen
      from charges c
      join span s on s.account_id = c.account_id and s.resource_id = c.resource_id and s.last_seen = c.charge_date
     where c.tenant_id = (select current_tenant()) and c.delivery_id = %(delivery_id)s
     order by c.account_id, c.resource_id, c.instance_type nulls last, c.effective_cost desc
)
insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, arn, region, instance_type, tags,
                       currency, first_seen, last_seen, created_at, updated_at)
select tenant_id, account_id, resource_id, provider, service, resource_type(service, resource_id, usage_type),
       coalesce(nullif(tags ->> 'Name', ''), nullif(tags ->> 'name', ''), regexp_replace(resource_id, '^.*[:/]', '')),
       case when resource_id like 'arn:%%' then resource_id end, region, instance_type, tags, currency,
       first_seen, last_seen, %(now)s, %(now)s
  from latest
    on conflict (tenant_id, account_id, resource_id) do update
   set service = excluded.service,
       -- A bill knows only activated tags and is days behind; what a scan saw since its last day is the better word.
       type = case when resources.scanned_at::date >= excluded.last_seen then resources.type else excluded.type end,
       name = case when resources.scanned_at::date >= excluded.last_seen then resources.name else excluded.name end,
       tags = case when resources.scanned_at::date >= excluded.last_seen then resources.tags else excluded.tags end,
       region = coalesce(excluded.region, resources.region),
       instance_type = coalesce(excluded.instance_type, resources.instance_type),
       currency = excluded.currency, last_seen = excluded.last_seen,
       first_seen = least(resources.first_seen, excluded.first_seen), updated_at = %(now)s
 where excluded.last_seen >= resources.last_seen

-- widen_resource_spans
update resources r
   set first_seen = s.first_seen
  from (select account_id, resource_id, min(charge_date) as first_seen
          from charges
         where tenant_id = (select current_tenant()) and delivery_id = %(delivery_id)s and resource_id <> ''
         group by account_id, resource_id) s
 where r.tenant_id = (select current_tenant()) and r.account_id = s.account_id and r.resource_id = s.resource_id
   and s.first_seen < r.first_seen

-- touches_last_month
select coalesce(d.last_day > (select max(charge_date) from current_daily_costs
                               where tenant_id = (select current_tenant()) and charge_category = 'Usage') - 30, false)
  from deliveries d
 where d.tenant_id = (select current_tenant()) and d.id = %(delivery_id)s

-- refresh_resources
-- Owners are written with costs, because every row of a first bill gets both: writing it twice takes half as long again.
with latest as (
    select max(charge_date) as day
      from current_daily_costs
     where tenant_id = (select current_tenant()) and charge_category = 'Usage'
),
costs as (
    select c.account_id, c.resource_id, c.currency, sum(c.effective_cost) as cost
      from current_charges c
     where c.tenant_id = (select current_tenant()) and c.resource_id <> ''
       and c.charge_date > (select day - 30 from latest) and c.charge_date <= (select day from latest)
     group by c.account_id, c.resource_id, c.currency
),
known as (
    select r.account_id, r.resource_id, coalesce(k.cost, 0) as cost,
           case when s.key is null then r.team_id else t.id end as team_id,
           case when s.key is null then r.service_id else v.id end as service_id
      from resources r
      left join costs k on k.account_id = r.account_id and k.resource_id = r.resource_id and k.currency = r.currency
      left join attribution_subjects s
        on s.tenant_id = r.tenant_id and s.key = attribution_key(r.provider, r.account_id, r.service, r.resource_id, r.tags)
      left join teams t on t.tenant_id = s.tenant_id and t.id = s.team_id
      left join services v on v.tenant_id = s.tenant_id and v.id = s.service_id
     where r.tenant_id = (select current_tenant())
)
update resources r
   set monthly_cost = k.cost, team_id = k.team_id, service_id = k.service_id
  from known k
 where r.tenant_id = (select current_tenant()) and r.account_id = k.account_id and r.resource_id = k.resource_id
   and (r.monthly_cost, r.team_id, r.service_id) is distinct from (k.cost, k.team_id, k.service_id)

-- read_latest_day
select max(charge_date)
  from current_daily_costs
 where tenant_id = (select current_tenant()) and charge_category = 'Usage'

-- read_month_totals
select date_trunc('month', c.charge_date)::date as month, sum(c.billed_cost) as billed_cost
  from current_daily_costs c
  join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
 where c.tenant_id = (select current_tenant())
 group by 1
 order by 1

-- read_costs
select date_trunc(%(granularity)s, charge_date)::date as period_start,
       case %(group_by)s
           when 'service' then service
           when 'account' then account_id
           when 'region' then region
           when 'charge_category' then charge_category
           when 'provider' then provider
       end as "group",
       currency, sum(billed_cost) as billed_cost, sum(effective_cost) as effective_cost, sum(list_cost) as list_cost
  from current_daily_costs
 where tenant_id = (select current_tenant())
   and charge_date >= %(start)s and charge_date < %(end)s
   and (%(service)s::text is null or service = %(service)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(region)s::text is null or region = %(region)s)
   and (%(charge_category)s::text is null or charge_category = %(charge_category)s)
   and (%(currency)s::text is null or currency = %(currency)s)
 group by 1, 2, currency
 order by 1, currency, sum(billed_cost) desc, 2
 limit %(limit)s

-- read_costs_of_charges
select date_trunc(%(granularity)s, charge_date)::date as period_start,
       case %(group_by)s
           when 'resource' then resource_id
           when 'usage_type' then usage_type
           when 'instance_type' then instance_type
           when 'service' then service
           when 'account' then account_id
           when 'region' then coalesce(region, '')
           when 'charge_category' then charge_category
           when 'provider' then provider
           else tags ->> %(tag)s
       end as "group",
       currency, sum(billed_cost) as billed_cost, sum(effective_cost) as effective_cost, sum(list_cost) as list_cost
  from current_charges
 where tenant_id = (select current_tenant())
   and charge_date >= %(start)s and charge_date < %(end)s
   and (%(service)s::text is null or service = %(service)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(region)s::text is null or coalesce(region, '') = %(region)s)
   and (%(resource)s::text is null or resource_id = %(resource)s)
   and (%(charge_category)s::text is null or charge_category = %(charge_category)s)
   and (%(currency)s::text is null or currency = %(currency)s)
 group by 1, 2, currency
 order by 1, currency, sum(billed_cost) desc, 2
 limit %(limit)s

-- read_costs_by_team
select date_trunc(%(granularity)s, c.charge_date)::date as period_start, t.name as "group", c.currency,
       sum(c.billed_cost) as billed_cost, sum(c.effective_cost) as effective_cost, null::numeric as list_cost
  from current_attributed_costs c
  left join teams t on t.tenant_id = (select current_tenant()) and t.id = c.team_id and c.split_rule_id is null
 where c.tenant_id = (select current_tenant())
   and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and (%(service)s::text is null or c.service = %(service)s)
   and (%(account)s::text is null or c.account_id = %(account)s)
   and (%(charge_category)s::text is null or c.charge_category = %(charge_category)s)
   and (%(currency)s::text is null or c.currency = %(currency)s)
 group by 1, 2, c.currency
 order by 1, c.currency, sum(c.billed_cost) desc, 2
 limit %(limit)s

-- find_source_preference
select source
  from source_preferences
 where tenant_id = (select current_tenant()) and billing_account_id = %(billing_account_id)s
   for update

-- read_reconciliation
with bills as materialized (
    select o.period, o.billing_account_id, o.id as our_id, s.id as against_id, s.source as against_source,
           s.export_name as against_export_name, o.estimated_days || s.estimated_days as estimated_days,
           not (exists (select from daily_costs k
                         where k.tenant_id = o.tenant_id and k.delivery_id = o.id and k.account_id <> 'unknown')
                and exists (select from daily_costs k
                             where k.tenant_id = s.tenant_id and k.delivery_id = s.id and k.account_id <> 'unknown'))
               as without_accounts
      from deliveries o
      join deliveries s on s.tenant_id = o.tenant_id and s.billing_account_id = o.billing_account_id
                       and s.period = o.period and s.status = 'shadow'
     where o.tenant_id = (select current_tenant()) and o.status = 'current' and o.period = %(period)s
       and (%(billing_account_id)s::text is null or o.billing_account_id = %(billing_account_id)s)
),
-- A page adds up the days that it shows and no other: the limit stops the walk over them.
days as materialized (
    select b.*, day::date as day
      from bills b
     cross join lateral (
         select min(charge_date) as first, max(charge_date) as last
           from unnest(array[b.our_id, b.against_id]) side (id),
                lateral (select min(charge_date) as charge_date from daily_costs c
                          where c.tenant_id = (select current_tenant()) and c.delivery_id = side.id
                         union all
                         select max(charge_date) from daily_costs c
                          where c.tenant_id = (select current_tenant()) and c.delivery_id = side.id) ends
     ) span
     cross join generate_series(first, last, interval '1 day') day
     where %(after)s::text[] is null or day >= (%(after)s::text[])[1]::date
)
select d.period, d.billing_account_id, d.against_id, d.against_source, d.against_export_name, account_id, service, d.day,
       currency, ours, theirs, d.day = any (d.estimated_days) as estimated, difference, tolerance, status
  from (select * from days order by day, billing_account_id, against_id) d
 cross join lateral (
     select case when d.without_accounts then 'unknown' else c.account_id end as account_id,
            case when c.charge_category = 'Tax' then 'Tax' else coalesce(n.code, c.service) end as service, c.currency,
            sum(c.billed_cost) filter (where c.delivery_id = d.our_id) as ours,
            sum(c.billed_cost) filter (where c.delivery_id = d.against_id) as theirs
       from daily_costs c
       left join service_names n on n.name = c.service
      where c.tenant_id = (select current_tenant()) and c.charge_date = d.day
        and c.delivery_id in (d.our_id, d.against_id)
      group by 1, 2, 3
 ) r
 cross join lateral (
     select coalesce(ours, 0) - coalesce(theirs, 0) as difference,
            greatest(%(amount)s, %(share)s * greatest(abs(ours), abs(theirs))) as tolerance
 ) t
 cross join lateral (
     select case when abs(difference) <= tolerance then 'agrees'
                 when ours is null or theirs is null then 'missing'
                 else 'differs' end as status
 ) judged
 where (%(status)s::text is null or status = %(status)s)
   and (%(after)s::text[] is null
        or (d.day, d.billing_account_id, d.against_id, account_id, service, currency)
           > ((%(after)s::text[])[1]::date, (%(after)s::text[])[2], (%(after)s::text[])[3]::uuid, (%(after)s::text[])[4],
              (%(after)s::text[])[5], (%(after)s::text[])[6]))
 order by d.day, d.billing_account_id, d.against_id, account_id, service, currency
 limit %(limit)s

-- count_reconciliation
with bills as materialized (
    select o.period, o.billing_account_id, o.id as our_id, s.id as against_id, s.source as against_source,
           s.export_name as against_export_name, o.estimated_days || s.estimated_days as estimated_days,
           not (exists (select from daily_costs k
                         where k.tenant_id = o.tenant_id and k.delivery_id = o.id and k.account_id <> 'unknown')
                and exists (select from daily_costs k
                             where k.tenant_id = s.tenant_id and k.delivery_id = s.id and k.account_id <> 'unknown'))
               as without_accounts
      from deliveries o
      join deliveries s on s.tenant_id = o.tenant_id and s.billing_account_id = o.billing_account_id
                       and s.period = o.period and s.status = 'shadow'
     where o.tenant_id = (select current_tenant()) and o.status = 'current' and o.period = %(period)s
       and (%(billing_account_id)s::text is null or o.billing_account_id = %(billing_account_id)s)
)
select count(*) filter (where agrees) as agrees,
       count(*) filter (where not agrees and ours is not null and theirs is not null) as differs,
       count(*) filter (where not agrees and (ours is null or theirs is null)) as missing
  from (
      select ours, theirs, abs(coalesce(ours, 0) - coalesce(theirs, 0))
             <= greatest(%(amount)s, %(share)s * greatest(abs(ours), abs(theirs))) as agrees
        from (
            select sum(c.billed_cost) filter (where c.delivery_id = b.our_id) as ours,
                   sum(c.billed_cost) filter (where c.delivery_id = b.against_id) as theirs
              from bills b
              join daily_costs c on c.tenant_id = (select current_tenant()) and c.delivery_id in (b.our_id, b.against_id)
              left join service_names n on n.name = c.service
             group by b.against_id, c.charge_date, case when b.without_accounts then 'unknown' else c.account_id end,
                      case when c.charge_category = 'Tax' then 'Tax' else coalesce(n.code, c.service) end, c.currency
        ) summed
  ) judged

-- set_source_preference
insert into source_preferences (tenant_id, billing_account_id, source, updated_at)
values ((select current_tenant()), %(billing_account_id)s, %(source)s, %(now)s)
    on conflict (tenant_id, billing_account_id) do update set source = excluded.source, updated_at = excluded.updated_at

-- list_periods
select distinct period from deliveries
 where tenant_id = (select current_tenant()) and billing_account_id = %(billing_account_id)s and period is not null
   and status in ('current', 'shadow', 'superseded')
 order by period
