-- insert_action
insert into actions (tenant_id, id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name,
                     autonomous, params, risk, monthly_savings, currency, due_at, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(type)s, %(recommendation_id)s, %(account_id)s, %(region)s, %(resource_id)s,
        %(requested_by)s, %(requested_by_name)s, %(autonomous)s, %(params)s, %(risk)s, %(monthly_savings)s, %(currency)s,
        %(now)s, %(now)s, %(now)s)

-- read_action
select id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name, autonomous, status, params,
       plan, digest, requires_approval, risk, monthly_savings, currency, fence, leased_until, due_at, undoing, result, error,
       slack_message_id, started_at, finished_at, created_at, updated_at, stalls, wakes, verifying_since
  from actions
 where tenant_id = (select current_tenant()) and id = %(id)s

-- lock_action
select id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name, autonomous, status, params,
       plan, digest, requires_approval, risk, monthly_savings, currency, fence, leased_until, due_at, undoing, result, error,
       slack_message_id, started_at, finished_at, created_at, updated_at, stalls, wakes, verifying_since
  from actions
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- list_actions
select id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name, autonomous, status, params,
       plan, digest, requires_approval, risk, monthly_savings, currency, fence, leased_until, due_at, undoing, result, error,
       slack_message_id, started_at, finished_at, created_at, updated_at, stalls, wakes, verifying_since
  from actions
 where tenant_id = (select current_tenant())
   and (%(status)s::text is null or status = %(status)s)
   and (%(type)s::text is null or type = %(type)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(resource)s::text is null or resource_id = %(resource)s)
   and (%(recommendation)s::uuid is null or recommendation_id = %(recommendation)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- take_action
-- A lease that was never given back is one that its worker died on.
update actions
   set fence = fence + 1, stalls = stalls + (leased_until is not null)::int, leased_until = %(leased_until)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s
   and status in ('queued', 'preflight', 'in_progress', 'verifying')
   and due_at <= %(now)s and (leased_until is null or leased_until <= %(now)s)
returning id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name, autonomous, status,
          params, plan, digest, requires_approval, risk, monthly_savings, currency, fence, leased_until, due_at, undoing, result, error,
          slack_message_id, started_at, finished_at, created_at, updated_at, stalls, wakes, verifying_since

-- hold_action
select id
  from actions
 where tenant_id = (select current_tenant()) and id = %(id)s and fence = %(fence)s and leased_until > %(now)s
   for update

-- release_action
-- Due at once where somebody woke it while it was held.
update actions
   set leased_until = null, due_at = case when wakes = %(wakes)s then %(due_at)s else least(%(due_at)s, %(now)s) end,
       stalls = case when %(stalled)s then stalls + 1 else 0 end, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s
returning due_at

-- wake_action
update actions set due_at = %(now)s, wakes = wakes + 1, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s and status in ('queued', 'preflight', 'in_progress', 'verifying')

-- freeze_plan
update actions
   set plan = %(plan)s, digest = %(digest)s, requires_approval = %(requires_approval)s, status = 'preflight', stalls = 0,
       updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- begin_action
update actions set status = 'in_progress', started_at = %(now)s, stalls = 0, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- verify_action
update actions set status = 'verifying', verifying_since = %(now)s, stalls = 0, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- turn_back
update actions set undoing = true, result = coalesce(result, '{}') || %(result)s, stalls = 0, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- end_action
update actions
   set status = %(status)s, error = %(error)s, result = coalesce(result, '{}') || %(result)s, finished_at = %(now)s,
       leased_until = null, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- note_progress
update actions set stalls = 0, updated_at = %(now)s where tenant_id = (select current_tenant()) and id = %(id)s and stalls > 0

-- list_stuck
select id
  from actions
 where tenant_id = (select current_tenant()) and status in ('queued', 'preflight', 'in_progress', 'verifying')
   and due_at <= %(now)s and (leased_until is null or leased_until <= %(now)s)
 order by due_at, id
 limit %(limit)s

-- insert_action_event
insert into action_events (tenant_id, action_id, ts, message, details)
values ((select current_tenant()), %(action_id)s, %(now)s, %(message)s, %(details)s)

-- list_action_events
select id, ts, message, details
  from action_events
 where tenant_id = (select current_tenant()) and action_id = %(action_id)s
 order by id

-- list_steps
select direction, number, name, status, fence, attempts, response, intended_at, settled_at
  from action_steps
 where tenant_id = (select current_tenant()) and action_id = %(action_id)s
 order by direction desc, number

-- intend_step
insert into action_steps (tenant_id, action_id, direction, number, name, status, fence, intended_at)
values ((select current_tenant()), %(action_id)s, %(direction)s, %(number)s, %(name)s, 'intended', %(fence)s, %(now)s)
    on conflict (tenant_id, action_id, direction, number) do update
   set fence = excluded.fence, attempts = action_steps.attempts + 1, intended_at = excluded.intended_at, response = null,
       status = 'intended', settled_at = null

-- note_response
update action_steps set response = %(response)s, fence = %(fence)s
 where tenant_id = (select current_tenant()) and action_id = %(action_id)s and direction = %(direction)s and number = %(number)s

-- settle_step
update action_steps set status = %(status)s, fence = %(fence)s, response = coalesce(%(response)s, response), settled_at = %(now)s
 where tenant_id = (select current_tenant()) and action_id = %(action_id)s and direction = %(direction)s and number = %(number)s

-- lock_beginnings
-- One at a time: two that begin together would each count without the other.
select pg_advisory_xact_lock(hashtextextended('cloudops.automation.begin/' || (select current_tenant())::text, 0))

-- count_begun
with today as (
    select a.monthly_savings, a.currency, a.account_id, r.type
      from actions a
      left join resources r
        on r.tenant_id = a.tenant_id and r.account_id = a.account_id and r.resource_id = a.resource_id
     where a.tenant_id = (select current_tenant()) and a.started_at >= %(since)s
),
kind as (
    select type from resources
     where tenant_id = (select current_tenant()) and account_id = %(account_id)s and resource_id = %(resource_id)s
)
select (select count(*) from today) as actions,
       (select coalesce(sum(monthly_savings), 0) from today) as monthly_savings,
       (select count(*) from today where account_id = %(account_id)s and type = (select type from kind)) as in_fleet,
       (select count(*) from resources r
         where r.tenant_id = (select current_tenant()) and r.account_id = %(account_id)s and r.type = (select type from kind)
           and r.status is distinct from 'gone') as fleet

-- count_open_alerts
select count(*)
  from alerts a
 where a.tenant_id = (select current_tenant()) and a.alert_type = 'reliability' and a.status in ('open', 'acknowledged')
   and (a.resource_id = %(resource_id)s
        or exists (
            select from resources mine
              join resources theirs
                on theirs.tenant_id = mine.tenant_id and theirs.resource_id = a.resource_id
             where mine.tenant_id = a.tenant_id and mine.account_id = %(account_id)s and mine.resource_id = %(resource_id)s
               and (theirs.service_id = mine.service_id
                    or mine.service_id is null and theirs.service_id is null and theirs.team_id = mine.team_id
                    or mine.service_id is null and mine.team_id is null and theirs.account_id = mine.account_id)))

-- count_outcomes
-- Of the last actions of a type that began, newest first: successes before the first that was not one.
with ended as (
    select status, row_number() over (order by finished_at desc, id) as position
      from actions
     where tenant_id = (select current_tenant()) and type = %(type)s and started_at is not null and finished_at is not null
)
select count(*)
  from ended
 where position < coalesce((select min(position) from ended where status <> 'completed'), 9223372036854775807)

-- read_configuration
select key, value from system_config where tenant_id = (select current_tenant())

-- list_configuration
select id, key, value, description, updated_by, updated_at, created_at
  from system_config
 where tenant_id = (select current_tenant())
 order by key

-- save_configuration
insert into system_config (tenant_id, id, key, value, description, updated_by, updated_at, created_at)
values ((select current_tenant()), gen_random_uuid(), %(key)s, %(value)s, %(description)s, %(updated_by)s, %(now)s, %(now)s)
    on conflict on constraint system_config_key_key do update
   set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at

-- delete_configuration
delete from system_config where tenant_id = (select current_tenant()) and key = %(key)s

-- insert_approval_request
insert into approval_requests (tenant_id, id, action_id, recommendation_id, digest, requested_by, requested_by_name, approver_role,
                               approvals_needed, status, comments, expires_at, decided_at, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(action_id)s, %(recommendation_id)s, %(digest)s, %(requested_by)s,
        %(requested_by_name)s, %(approver_role)s, %(approvals_needed)s, %(status)s, %(comments)s, %(expires_at)s,
        %(decided_at)s, %(now)s, %(now)s)

-- read_approval_request
select id, action_id, recommendation_id, digest, requested_by, requested_by_name, approver_role, approvals_needed, status,
       comments, slack_thread_id, expires_at, decided_at, created_at, updated_at
  from approval_requests
 where tenant_id = (select current_tenant()) and id = %(id)s

-- lock_approval_request
select id, action_id, recommendation_id, digest, requested_by, requested_by_name, approver_role, approvals_needed, status,
       comments, slack_thread_id, expires_at, decided_at, created_at, updated_at
  from approval_requests
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- find_approval_request
select id, action_id, recommendation_id, digest, requested_by, requested_by_name, approver_role, approvals_needed, status,
       comments, slack_thread_id, expires_at, decided_at, created_at, updated_at
  from approval_requests
 where tenant_id = (select current_tenant()) and action_id = %(action_id)s and digest = %(digest)s
   for update

-- list_approval_requests
select id, action_id, recommendation_id, digest, requested_by, requested_by_name, approver_role, approvals_needed, status,
       comments, slack_thread_id, expires_at, decided_at, created_at, updated_at
  from approval_requests
 where tenant_id = (select current_tenant())
   and (%(status)s::text is null or status = %(status)s)
   and (%(action)s::uuid is null or action_id = %(action)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- set_approval_status
update approval_requests
   set status = %(status)s, comments = coalesce(%(comments)s, comments), decided_at = coalesce(decided_at, %(now)s),
       updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- insert_decision
insert into approval_decisions (tenant_id, request_id, user_id, user_name, decision, comment, decided_at)
values ((select current_tenant()), %(request_id)s, %(user_id)s, %(user_name)s, %(decision)s, %(comment)s, %(now)s)

-- list_decisions
select user_id, user_name, decision, comment, decided_at
  from approval_decisions
 where tenant_id = (select current_tenant()) and request_id = %(request_id)s
 order by decided_at, user_id
