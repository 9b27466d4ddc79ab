-- list_policies
select id, name, description, provider, type, effect, scope, status, severity, resource_types, expression, remediation,
       built_in, metadata, created_at, updated_at
  from policies
 where tenant_id = (select current_tenant())
   and (%(id)s::text is null or id = %(id)s)
   and (%(status)s::text is null or status = %(status)s)
   and (%(type)s::text is null or type = %(type)s)
   and (%(severity)s::text is null or severity = %(severity)s)
   and (%(provider)s::text is null or provider = %(provider)s)
   and (%(after)s::text is null or name > %(after)s)
 order by name
 limit %(limit)s

-- lock_policy
select id from policies where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_policy
insert into policies (tenant_id, id, name, description, provider, type, effect, scope, status, severity, resource_types,
                      expression, remediation, metadata, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(name)s, %(description)s, %(provider)s, %(type)s, %(effect)s, %(scope)s,
        %(status)s, %(severity)s, %(resource_types)s, %(expression)s, %(remediation)s, %(metadata)s, %(now)s, %(now)s)

-- change_policy
update policies
   set name = %(name)s, description = %(description)s, provider = %(provider)s, type = %(type)s, effect = %(effect)s,
       scope = %(scope)s, status = %(status)s, severity = %(severity)s, resource_types = %(resource_types)s,
       expression = %(expression)s, remediation = %(remediation)s, metadata = %(metadata)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_policy
delete from policies where tenant_id = (select current_tenant()) and id = %(id)s

-- ensure_built_in
-- What people decide about one stays theirs: whether it is enabled, how severe it is, and what it leads to.
insert into policies (tenant_id, id, name, description, provider, type, effect, scope, status, severity, resource_types,
                      expression, remediation, built_in, created_at, updated_at)
select (select current_tenant()), p.id,
       case when exists (select from policies o
                          where o.tenant_id = (select current_tenant()) and o.name = p.name and o.id <> p.id)
            then p.name || ' (built in)' else p.name end,
       p.description, 'aws', p.type, 'recommend', null, 'enabled', p.severity,
       p.resource_types, p.expression, p.remediation, true, %(now)s, %(now)s
  from jsonb_to_recordset(%(policies)s) as p (
       id text, name text, description text, type text, severity text, resource_types text[], expression jsonb,
       remediation text)
    on conflict (tenant_id, id) do update
   set name = excluded.name, description = excluded.description, type = excluded.type,
       resource_types = excluded.resource_types, expression = excluded.expression, remediation = excluded.remediation,
       updated_at = excluded.updated_at
 where policies.built_in
   and (policies.name, policies.description, policies.type, policies.resource_types, policies.expression,
        policies.remediation)
       is distinct from
       (excluded.name, excluded.description, excluded.type, excluded.resource_types, excluded.expression,
        excluded.remediation)

-- read_subjects
-- Ordered by key, so that two evaluations lock violations in one order.
select account_id as account, resource_id, type, service, name, region, status, instance_type, group_name as "group",
       monthly_cost, first_seen, last_seen, tags, configuration, utilization,
       scanned_at is not null and coalesce(missing_actions, '{}') = '{}' and utilization -> 'unmeasured' is null as complete
  from resources
 where tenant_id = (select current_tenant()) and provider = any(%(providers)s) and status is distinct from 'gone'
   and (%(types)s::text[] is null or type = any(%(types)s))
   and (%(account)s::text is null or account_id = %(account)s)
 order by account_id, resource_id

-- lock_evaluation
select pg_advisory_xact_lock(hashtextextended('policies/' || (select current_tenant())::text, 0))

-- save_violations
-- One row per policy and resource, with what it was before.
with found as (
    select f.policy_id, f.policy_name, f.account_id, f.resource_id, f.severity, f.reason
      from jsonb_to_recordset(%(found)s) as f (
           policy_id text, policy_name text, account_id text, resource_id text, severity text, reason text)
),
before as (
    select v.id, v.policy_id, v.account_id, v.resource_id, v.status, v.severity, v.reason
      from violations v
      join found f on f.policy_id = v.policy_id and f.account_id = v.account_id and f.resource_id = v.resource_id
     where v.tenant_id = (select current_tenant())
),
saved as (
    insert into violations as v (tenant_id, id, policy_id, policy_name, account_id, resource_id, severity, reason, status,
                                 first_seen, last_seen)
    select (select current_tenant()),
           natural_id('violation', (select current_tenant())::text, f.policy_id, f.account_id, f.resource_id),
           f.policy_id, f.policy_name, f.account_id, f.resource_id, f.severity, f.reason, 'open', %(now)s, %(now)s
      from found f
        on conflict (tenant_id, policy_id, account_id, resource_id) do update
       set policy_name = excluded.policy_name, severity = excluded.severity, reason = excluded.reason,
           status = case v.status when 'fixed' then 'open' else v.status end, fixed_at = null,
           last_seen = greatest(v.last_seen, excluded.last_seen)
    returning v.id, v.policy_id, v.account_id, v.resource_id, v.status, v.severity, v.reason
)
select s.id, s.policy_id, s.account_id, s.resource_id, s.status, b.status as before,
       (b.severity, b.reason) is distinct from (s.severity, s.reason) as differs
  from saved s
  left join before b on b.id = s.id

-- list_doubtful
select v.id
  from violations v
  join jsonb_to_recordset(%(doubtful)s) as d (policy_id text, account_id text, resource_id text)
    on d.policy_id = v.policy_id and d.account_id = v.account_id and d.resource_id = v.resource_id
 where v.tenant_id = (select current_tenant()) and v.status <> 'fixed'

-- fix_unseen
update violations v
   set status = 'fixed', fixed_at = %(now)s
  from violations b
 where v.tenant_id = (select current_tenant()) and b.tenant_id = v.tenant_id and b.id = v.id
   and v.policy_id = any(%(policies)s) and v.status <> 'fixed' and v.last_seen < %(now)s
   and v.id <> all(%(doubtful)s::uuid[])
returning v.id, v.policy_id, v.account_id, v.resource_id, v.status, b.status as before

-- fix_of_policy
update violations v
   set status = 'fixed', fixed_at = %(now)s
  from violations b
 where v.tenant_id = (select current_tenant()) and b.tenant_id = v.tenant_id and b.id = v.id
   and v.policy_id = %(policy)s and v.status <> 'fixed'
returning v.id, v.policy_id, v.account_id, v.resource_id, v.status, b.status as before

-- settle
-- Suppressed is what an approved exception covers today, and nothing else.
with settled as (
    select v.id, v.status as before,
           case when exists (
               select from exceptions e
                where e.tenant_id = v.tenant_id and e.status = 'approved' and e.expires_at > %(now)s
                  and (e.policy_id is null or e.policy_id = v.policy_id)
                  and (e.resource_id is null or (e.account_id = v.account_id and e.resource_id = v.resource_id)))
               then 'suppressed' else 'open' end as status
      from violations v
     where v.tenant_id = (select current_tenant()) and v.status <> 'fixed'
)
update violations v
   set status = s.status
  from settled s
 where v.tenant_id = (select current_tenant()) and v.id = s.id and s.before <> s.status
returning v.id, v.policy_id, v.account_id, v.resource_id, v.status, s.before

-- list_open
select id, policy_id, account_id, resource_id, status
  from violations
 where tenant_id = (select current_tenant()) and policy_id = %(policy)s and status = 'open'

-- read_standing
select v.id, v.policy_id, v.account_id, v.resource_id, r.name as resource_name, r.type as resource_type, r.service, r.region,
       r.provider, v.severity, v.reason, r.tags
  from violations v
  join resources r
    on r.tenant_id = v.tenant_id and r.account_id = v.account_id and r.resource_id = v.resource_id
 where v.tenant_id = (select current_tenant()) and v.status = 'open' and v.policy_id = any(%(policies)s)
 order by v.id

-- list_violations
select v.id, v.policy_id, v.policy_name, v.account_id, v.resource_id, r.name as resource_name, r.type as resource_type,
       r.region, coalesce(r.team_id, a.team_id) as team_id, v.severity, v.severity_rank, v.reason, v.status, v.first_seen,
       v.last_seen, v.fixed_at
  from violations v
  join resources r
    on r.tenant_id = v.tenant_id and r.account_id = v.account_id and r.resource_id = v.resource_id
  left join cloud_accounts a
    on a.tenant_id = r.tenant_id and a.account_id = r.account_id and a.provider = r.provider
 where v.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or v.id = %(id)s)
   and (%(status)s::text is null or v.status = %(status)s)
   and (%(severity)s::text is null or v.severity = %(severity)s)
   and (%(policy)s::text is null or v.policy_id = %(policy)s)
   and (%(resource)s::text is null or v.resource_id = %(resource)s)
   and (%(account)s::text is null or v.account_id = %(account)s)
   and (%(team)s::uuid is null or coalesce(r.team_id, a.team_id) = %(team)s)
   and (%(after_rank)s::bigint is null or v.severity_rank < %(after_rank)s
        or (v.severity_rank = %(after_rank)s
            and (v.last_seen < %(after_at)s or (v.last_seen = %(after_at)s and v.id > %(after_id)s))))
 order by v.severity_rank desc, v.last_seen desc, v.id
 limit %(limit)s

-- list_latest_violations
-- Of each resource the open violations that were seen last.
with latest as (
    select account_id, resource_id, max(last_seen) as last_seen
      from violations
     where tenant_id = (select current_tenant()) and status = 'open'
     group by account_id, resource_id
)
select v.id, v.policy_id, v.policy_name, v.account_id, v.resource_id, r.name as resource_name, r.type as resource_type,
       r.region, coalesce(r.team_id, a.team_id) as team_id, v.severity, v.severity_rank, v.reason, v.status, v.first_seen,
       v.last_seen, v.fixed_at
  from violations v
  join latest l on l.account_id = v.account_id and l.resource_id = v.resource_id and l.last_seen = v.last_seen
  join resources r
    on r.tenant_id = v.tenant_id and r.account_id = v.account_id and r.resource_id = v.resource_id
  left join cloud_accounts a
    on a.tenant_id = r.tenant_id and a.account_id = r.account_id and a.provider = r.provider
 where v.tenant_id = (select current_tenant()) and v.status = 'open'
   and (%(after_rank)s::bigint is null or v.severity_rank < %(after_rank)s
        or (v.severity_rank = %(after_rank)s
            and (v.last_seen < %(after_at)s or (v.last_seen = %(after_at)s and v.id > %(after_id)s))))
 order by v.severity_rank desc, v.last_seen desc, v.id
 limit %(limit)s

-- count_violations
select severity, count(*) filter (where status = 'open') as open,
       count(*) filter (where status = 'suppressed') as suppressed, count(*) filter (where status = 'fixed') as fixed
  from violations
 where tenant_id = (select current_tenant())
 group by severity

-- list_exceptions
select e.id, e.policy_id, e.account_id, e.resource_id, e.reason, e.expires_at, e.status, e.created_by,
       c.email as requested_by, e.decided_by, d.email as approver, e.decided_at, e.decision, e.created_at, e.updated_at
  from exceptions e
  left join users c on c.tenant_id = e.tenant_id and c.id = e.created_by
  left join users d on d.tenant_id = e.tenant_id and d.id = e.decided_by
 where e.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or e.id = %(id)s)
   and (%(status)s::text is null or e.status = %(status)s)
   and (%(policy)s::text is null or e.policy_id = %(policy)s)
   and (%(resource)s::text is null or e.resource_id = %(resource)s)
   and (%(after_at)s::timestamptz is null or (e.created_at, e.id) < (%(after_at)s, %(after_id)s))
 order by e.created_at desc, e.id desc
 limit %(limit)s

-- lock_exception
select id from exceptions where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_exception
insert into exceptions (tenant_id, id, policy_id, account_id, resource_id, reason, expires_at, created_by, created_at,
                        updated_at)
values ((select current_tenant()), %(id)s, %(policy_id)s, %(account_id)s, %(resource_id)s, %(reason)s, %(expires_at)s,
        %(created_by)s, %(now)s, %(now)s)

-- decide_exception
update exceptions
   set status = %(status)s, decided_by = %(decided_by)s, decided_at = %(now)s, decision = %(decision)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- expire_exceptions
update exceptions
   set status = 'expired', updated_at = %(now)s
 where tenant_id = (select current_tenant()) and status in ('pending', 'approved') and expires_at <= %(now)s
returning id, policy_id, account_id, resource_id

-- start_scan
insert into policy_scans (tenant_id, id, kind, requested_at)
values ((select current_tenant()), %(id)s, %(kind)s, %(now)s)
    on conflict (tenant_id, id) do nothing

-- lock_scan
select finished_at is not null from policy_scans where tenant_id = (select current_tenant()) and id = %(id)s for update

-- finish_scan
update policy_scans set finished_at = %(now)s, counts = %(counts)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- list_scans
select id, kind, requested_at, finished_at, counts
  from policy_scans
 where tenant_id = (select current_tenant())
   and (%(after_at)s::timestamptz is null or (requested_at, id) < (%(after_at)s, %(after_id)s))
 order by requested_at desc, id desc
 limit %(limit)s
