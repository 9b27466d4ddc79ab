-- list_accounts
select account_id, role_arn, external_id, coalesce(regions, '{}') as regions
  from cloud_accounts
 where tenant_id = (select current_tenant()) and provider = 'aws' and status = 'connected'
 order by account_id

-- insert_run
insert into scan_runs (tenant_id, id, started_at)
values ((select current_tenant()), %(id)s, %(started_at)s)
    on conflict (tenant_id, id) do nothing

-- insert_items
insert into scan_items (tenant_id, run_id, account_id, region, service)
select (select current_tenant()), %(run_id)s, %(account_id)s, region, service
  from unnest(%(regions)s::text[]) as region
 cross join unnest(%(services)s::text[]) as service
    on conflict (tenant_id, run_id, account_id, region, service) do nothing

-- list_waiting_places
select distinct account_id, region
  from scan_items
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s and status = 'waiting'
 order by account_id, region

-- list_waiting_items
select run_id, account_id, region, service, attempts
  from scan_items
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s and account_id = %(account_id)s
   and region = %(region)s and status = 'waiting'
 order by attempts, array_position(%(services)s::text[], service)

-- start_item
update scan_items
   set started_at = %(now)s, attempts = attempts + 1
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s and account_id = %(account_id)s
   and region = %(region)s and service = %(service)s and status = 'waiting'

-- finish_item
insert into scan_items (tenant_id, run_id, account_id, region, service, status, resources, missing_actions, reason,
                        started_at, finished_at)
values ((select current_tenant()), %(run_id)s, %(account_id)s, %(region)s, %(service)s, %(status)s, %(resources)s,
        %(missing_actions)s, %(reason)s, %(now)s, %(now)s)
    on conflict (tenant_id, run_id, account_id, region, service) do update
   set status = excluded.status, resources = excluded.resources, missing_actions = excluded.missing_actions,
       reason = excluded.reason, finished_at = excluded.finished_at
 where scan_items.status = 'waiting'

-- finish_run
update scan_runs r
   set finished_at = %(now)s
 where r.tenant_id = (select current_tenant()) and r.id = %(run_id)s and r.finished_at is null
   and not exists (select from scan_items i
                    where i.tenant_id = r.tenant_id and i.run_id = r.id and i.status = 'waiting')
returning r.id

-- count_items
select status, count(*), coalesce(sum(resources), 0)::bigint as resources
  from scan_items
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s
 group by status
 order by status

-- list_items
select account_id, region, service, status, attempts, resources, missing_actions, reason, finished_at
  from scan_items
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s
 order by account_id, region, service

-- list_latest_outcomes
select distinct on (account_id, region, service) account_id, region, service, status, missing_actions, reason
  from scan_items
 where tenant_id = (select current_tenant()) and status <> 'waiting'
 order by account_id, region, service, finished_at desc

-- save_resources
-- A bill may call a resource by another of its names; then the bill's row is the one to complete.
with scanned as (
    select s.*
      from jsonb_to_recordset(%(resources)s) as s (
           resource_id text, known_as text[], type text, service text, name text, arn text, group_name text, status text,
           instance_type text, tags jsonb, configuration jsonb, utilization jsonb, missing_actions text[])
),
billed as (
    select distinct on (s.resource_id) s.resource_id as scanned_as, r.resource_id
      from scanned s
     cross join lateral unnest(s.known_as) as alias
      join resources r
        on r.tenant_id = (select current_tenant()) and r.account_id = %(account_id)s and r.resource_id = alias
     order by s.resource_id, r.monthly_cost desc, r.resource_id = s.resource_id desc, r.resource_id
)
insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, arn, group_name, region,
                       instance_type, status, tags, configuration, utilization, missing_actions, currency, first_seen,
                       last_seen, scanned_at, scan_scope, created_at, updated_at)
select distinct on (coalesce(b.resource_id, s.resource_id))
       (select current_tenant()), %(account_id)s, coalesce(b.resource_id, s.resource_id), 'aws', s.service, s.type, s.name,
       s.arn, s.group_name, %(region)s, s.instance_type, s.status, s.tags, s.configuration, s.utilization, s.missing_actions,
       %(currency)s, %(day)s, %(day)s, %(scanned_at)s, %(scan_scope)s, %(scanned_at)s, %(scanned_at)s
  from scanned s
  left join billed b on b.scanned_as = s.resource_id
    on conflict (tenant_id, account_id, resource_id) do update
   set type = excluded.type, name = excluded.name, arn = coalesce(excluded.arn, resources.arn),
       group_name = excluded.group_name, region = excluded.region, status = excluded.status, tags = excluded.tags,
       instance_type = coalesce(excluded.instance_type, resources.instance_type), configuration = excluded.configuration,
       utilization = excluded.utilization, missing_actions = excluded.missing_actions, scan_scope = excluded.scan_scope,
       last_seen = greatest(resources.last_seen, excluded.last_seen),
       -- Of two scans at once, the later start decides what is gone.
       scanned_at = greatest(resources.scanned_at, excluded.scanned_at), updated_at = excluded.updated_at

-- remove_twins
-- What an earlier scan stored by its own name, before a bill brought the resource's name.
with names as (
    select s.resource_id as scanned_as, alias
      from jsonb_to_recordset(%(resources)s) as s (resource_id text, known_as text[])
     cross join lateral unnest(s.known_as) as alias
),
rows as (
    select n.scanned_as, r.resource_id, r.monthly_cost, r.first_seen, r.scanned_at,
           first_value(r.resource_id) over (
               partition by n.scanned_as
               order by r.monthly_cost desc, r.resource_id = n.scanned_as desc, r.resource_id) as kept
      from names n
      join resources r
        on r.tenant_id = (select current_tenant()) and r.account_id = %(account_id)s and r.resource_id = n.alias
),
twins as (
    select resource_id, kept from rows where resource_id <> kept and scanned_at is not null and monthly_cost = 0
),
forgotten as (
    delete from coverage c
     using twins t
     where c.tenant_id = (select current_tenant()) and c.account_id = %(account_id)s and c.resource_id = t.resource_id
)
delete from resources r
 using twins t
 where r.tenant_id = (select current_tenant()) and r.account_id = %(account_id)s and r.resource_id = t.resource_id

-- mark_gone
update resources
   set status = 'gone', updated_at = %(now)s
 where tenant_id = (select current_tenant()) and account_id = %(account_id)s and scan_scope = %(scan_scope)s
   and scanned_at < %(started_at)s and status is distinct from 'gone'

-- refresh_imported
update resources
   set configuration = configuration || %(configuration)s, utilization = coalesce(%(utilization)s, utilization),
       last_analyzed_at = greatest(last_analyzed_at, %(last_analyzed_at)s), updated_at = %(now)s,
       type = case when account_id = 'imported' then %(resource_type)s else type end,
       region = case when account_id = 'imported' then %(region)s else region end,
       monthly_cost = case when account_id = 'imported' then %(monthly_cost)s else monthly_cost end
 where tenant_id = (select current_tenant()) and resource_id = %(resource_id)s

-- insert_imported
insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, tags, configuration, utilization,
                       monthly_cost, currency, first_seen, last_seen, last_analyzed_at, created_at, updated_at)
values ((select current_tenant()), 'imported', %(resource_id)s, 'aws', %(resource_type)s, %(resource_type)s, %(resource_id)s,
        %(region)s, %(tags)s, %(configuration)s, %(utilization)s, %(monthly_cost)s, %(currency)s,
        (%(last_analyzed_at)s at time zone 'UTC')::date, (%(last_analyzed_at)s at time zone 'UTC')::date, %(last_analyzed_at)s,
        %(now)s, %(now)s)
