-- list_accounts
select id, project_id, team_id, provider, account_id, name, role_arn, external_id, status, status_reason, verified_at,
       connected_at, action_role_arn, action_role_status, action_role_status_reason, action_role_verified_at,
       regions, created_at
  from cloud_accounts
 where tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or id = %(id)s)
   and (%(provider)s::text is null or provider = %(provider)s)
   and (%(account_id)s::text is null or account_id = %(account_id)s)
   and (%(status)s::text is null or status = %(status)s)
   and (%(project_id)s::uuid is null or project_id = %(project_id)s)
   and (%(team_id)s::uuid is null or team_id = %(team_id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- lock_account
select id, project_id, team_id, provider, account_id, name, role_arn, external_id, status, status_reason, verified_at,
       connected_at, action_role_arn, action_role_status, action_role_status_reason, action_role_verified_at,
       regions, created_at
  from cloud_accounts
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- find_account
select id
  from cloud_accounts
 where tenant_id = (select current_tenant()) and provider = %(provider)s and account_id = %(account_id)s

-- insert_account
insert into cloud_accounts (tenant_id, id, project_id, provider, account_id, created_at)
values ((select current_tenant()), %(id)s, %(project_id)s, 'aws', %(account_id)s, %(now)s)
    on conflict (tenant_id, account_id, provider) do nothing

-- connect_account
update cloud_accounts
   set role_arn = %(role_arn)s, external_id = %(external_id)s, status = 'pending', regions = %(regions)s,
       status_reason = null, verified_at = null, connected_at = null
 where tenant_id = (select current_tenant()) and id = %(id)s

-- disconnect_account
update cloud_accounts
   set role_arn = null, external_id = null, status = null, regions = '{}',
       status_reason = null, verified_at = null, connected_at = null,
       action_role_arn = null, action_role_status = null, action_role_status_reason = null, action_role_verified_at = null
 where tenant_id = (select current_tenant()) and id = %(id)s

-- change_account
update cloud_accounts
   set name = %(name)s, renamed = renamed or name is distinct from %(name)s, project_id = %(project_id)s,
       team_id = %(team_id)s, regions = %(regions)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- change_role
update cloud_accounts
   set role_arn = %(role_arn)s, status = 'pending', status_reason = null, verified_at = null, connected_at = null
 where tenant_id = (select current_tenant()) and id = %(id)s

-- change_action_role
update cloud_accounts
   set action_role_arn = %(role_arn)s, action_role_status = case when %(role_arn)s::text is not null then 'pending' end,
       action_role_status_reason = null, action_role_verified_at = null
 where tenant_id = (select current_tenant()) and id = %(id)s

-- set_action_role_verdict
update cloud_accounts
   set action_role_status = %(status)s, action_role_status_reason = %(reason)s, action_role_verified_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- count_sources_of
select count(*) from data_sources where tenant_id = (select current_tenant()) and cloud_account_id = %(id)s

-- set_verdict
update cloud_accounts
   set status = %(status)s, status_reason = %(reason)s, verified_at = %(now)s,
       connected_at = case when %(status)s = 'connected' then coalesce(connected_at, %(now)s) else connected_at end
 where tenant_id = (select current_tenant()) and id = %(id)s

-- list_tried
select id
  from cloud_accounts
 where tenant_id = (select current_tenant()) and status in ('connected', 'insecure', 'unreachable')
 order by account_id

-- list_refusals
-- What the last scan of each place, the last reading of metrics and the last run of each data source were denied.
with scanned as (
    select distinct on (region, service) region, service, missing_actions, finished_at
      from scan_items
     where tenant_id = (select current_tenant()) and account_id = %(account_id)s and status <> 'waiting'
       and (%(regions)s::text[] = '{}' or region = 'global' or region = any(%(regions)s))
     order by region, service, finished_at desc
)
select action, service || ' in ' || region as needed_for, 0::bigint as resources, finished_at as refused_at,
       null::text as bucket, null::text as prefix
  from scanned
 cross join unnest(missing_actions) as action
union all
select action, type || ' resources in ' || coalesce(region, 'all regions'), count(*), max(scanned_at), null, null
  from resources
 cross join unnest(missing_actions) as action
 where tenant_id = (select current_tenant()) and account_id = %(account_id)s and missing_actions <> '{}'
   and status is distinct from 'gone'
 group by action, type, region
union all
select action, 'metrics of ' || resource_id, 0, null, null, null
  from monitored_targets
 cross join unnest(missing_actions) as action
 where tenant_id = (select current_tenant()) and account_id = %(account_id)s
union all
select action, 'data source of kind ' || kind, 0, null, bucket, prefix
  from data_sources
 cross join unnest(missing_actions) as action
 where tenant_id = (select current_tenant()) and cloud_account_id = %(id)s
 order by action, needed_for

-- list_sources
select s.id, s.kind, s.bucket, s.prefix, s.cloud_account_id, s.schedule, s.enabled, s.backfill_months, s.grain, s.metrics,
       s.queued_at, s.created_at, s.updated_at, s.fetched_at, s.fetched_from, s.missing_actions,
       r.created_at as last_run_at, r.metadata ->> 'error' as last_error,
       d.id as delivery_id, d.source as delivery_source, d.period as delivery_period, d.status as delivery_status,
       d.reason as delivery_reason, d.created_at as delivery_created_at
  from data_sources s
  left join cloud_accounts a on a.tenant_id = s.tenant_id and a.id = s.cloud_account_id
  left join lateral (
      select e.created_at, e.metadata
        from events e
       where e.tenant_id = s.tenant_id and e.entity_type = 'data_source' and e.entity_id = s.id::text
         and e.event_type in ('read', 'read_failed')
       order by e.created_at desc
       limit 1
  ) r on true
  left join lateral (
      select d.id, d.source, d.period, d.status, d.reason, d.created_at
        from deliveries d
       where d.tenant_id = s.tenant_id
         and case when s.kind = 'cost_explorer' then d.source = 'cost_explorer' and d.billing_account_id = a.account_id
                  else d.bucket = s.bucket and exists (
                       select from delivery_parts p
                        where p.tenant_id = d.tenant_id and p.delivery_id = d.id and starts_with(p.key, s.prefix)) end
       order by d.created_at desc, d.id
       limit 1
  ) d on true
 where s.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or s.id = %(id)s)
   and (%(kind)s::text is null or s.kind = %(kind)s)
   and (%(enabled)s::boolean is null or s.enabled = %(enabled)s)
   and (%(after_at)s::timestamptz is null or (s.created_at, s.id) < (%(after_at)s, %(after_id)s))
 order by s.created_at desc, s.id desc
 limit %(limit)s

-- lock_source
select id from data_sources where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_source
insert into data_sources (tenant_id, id, kind, bucket, prefix, cloud_account_id, schedule, enabled, backfill_months, grain,
                          metrics, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(kind)s, %(bucket)s, %(prefix)s, %(cloud_account_id)s, %(schedule)s, %(enabled)s,
        %(backfill_months)s, %(grain)s, %(metrics)s, %(now)s, %(now)s)

-- change_source
update data_sources
   set kind = %(kind)s, bucket = %(bucket)s, prefix = %(prefix)s, cloud_account_id = %(cloud_account_id)s,
       schedule = %(schedule)s, enabled = %(enabled)s, backfill_months = %(backfill_months)s, grain = %(grain)s,
       metrics = %(metrics)s,
       fetched_at = case when cloud_account_id is not distinct from %(cloud_account_id)s then fetched_at end,
       fetched_from = case when cloud_account_id is not distinct from %(cloud_account_id)s then fetched_from end,
       updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_source
delete from data_sources where tenant_id = (select current_tenant()) and id = %(id)s

-- list_scheduled_sources
select id, schedule, queued_at
  from data_sources
 where tenant_id = (select current_tenant()) and enabled and kind = any(%(kinds)s)
 order by created_at, id
   for update skip locked

-- set_queued
update data_sources set queued_at = %(minute)s where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- find_action_role
select action_role_arn as role_arn, external_id
  from cloud_accounts
 where tenant_id = (select current_tenant()) and provider = 'aws' and account_id = %(account_id)s
   and action_role_arn is not null and external_id is not null and status = 'connected' and action_role_status = 'connected'

-- set_fetched
update data_sources
   set fetched_at = coalesce(%(fetched_at)s, fetched_at), fetched_from = least(fetched_from, %(fetched_from)s)
 where tenant_id = (select current_tenant()) and id = %(id)s

-- set_missing_actions
update data_sources set missing_actions = %(missing_actions)s where tenant_id = (select current_tenant()) and id = %(id)s
