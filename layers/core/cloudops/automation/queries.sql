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

-- list_actions_by_id
select id, type, recommendation_id, account_id, region, resource_id, requested_by, requested_by_name, autonomous, status, params,
       plan, digest, requires_approval, risk, monthly_savings, currency, fence, leased_until, due_at, undoing, result, error,
       slack_message_id, started_at, finished_at, created_at, updated_at, stalls, wakes, verifying_since
  from actions
 where tenant_id = (select current_tenant()) and id = any(%(ids)s)

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
   and (%(id_prefix)s::text is null
        or id between rpad(%(id_prefix)s, 32, '0')::uuid and rpad(%(id_prefix)s, 32, 'f')::uuid)
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

-- note_slack_message
-- What has ended is not changed any more.
update actions set slack_message_id = %(message)s
 where tenant_id = (select current_tenant()) and id = %(id)s and slack_message_id is null and finished_at is null

-- note_slack_thread
update approval_requests set slack_thread_id = %(message)s
 where tenant_id = (select current_tenant()) and id = %(id)s and slack_thread_id is null

-- insert_decision
insert into approval_decisions (tenant_id, request_id, user_id, user_name, decision, comment, decided_at)
values ((select current_tenant()), %(request_id)s, %(user_id)s, %(user_name)s, %(decision)s, %(comment)s, %(now)s)

-- list_decisions
select user_id, user_name, decision, comment, decided_at
  from approval_decisions
 where tenant_id = (select current_tenant()) and request_id = %(request_id)s
 order by decided_at, user_id

-- list_candidates
with troubled as (
    select a.id, a.resource_id, r.service_id, r.team_id, r.account_id
      from alerts a
      left join resources r on r.tenant_id = a.tenant_id and r.resource_id = a.resource_id
     where a.tenant_id = (select current_tenant()) and a.alert_type = 'reliability' and a.status in ('open', 'acknowledged')
)
select c.id, c.project_id, c.alert_id, c.check_id, c.kind, c.type, c.severity, c.status, c.title, c.description, c.action_steps,
       c.impact, c.owner, c.provider, c.account_id, c.service_name, c.region, c.resource_id, c.monthly_savings, c.currency,
       c.overlap_group, c.risk, c.risk_reduction, c.confidence, c.created_at, c.updated_at, c.done_at, c.dismissed_at,
       c.dismissed_reason, c.dismissed_until, c.current_config, c.recommended_config, c.evidence,
       r.type as resource_type, r.tags as resource_tags,
       (select count(distinct t.id) from troubled t
         where t.resource_id = c.resource_id or t.service_id = r.service_id
            or r.service_id is null and t.service_id is null and t.team_id = r.team_id
            or r.service_id is null and r.team_id is null and t.account_id = r.account_id) as alerts,
       exists (select from actions a
                where a.tenant_id = c.tenant_id and a.account_id = c.account_id and a.resource_id = c.resource_id
                  and a.status in ('queued', 'preflight', 'in_progress', 'verifying')) as busy,
       exists (select from actions a where a.tenant_id = c.tenant_id and a.recommendation_id = c.id) as tried,
       (select o.action_role_arn || %(schedules_suffix)s
          from cloud_accounts o
         where o.tenant_id = c.tenant_id and o.provider = 'aws' and o.account_id = c.account_id
           and o.status = 'connected' and o.action_role_status = 'connected') as schedules_role
  from recommendations c
  left join resources r on r.tenant_id = c.tenant_id and r.account_id = c.account_id and r.resource_id = c.resource_id
 where c.tenant_id = (select current_tenant()) and c.status = 'open'
 order by c.check_id = any(%(executable)s) desc, c.risk, c.monthly_savings desc nulls last, c.id
 limit %(limit)s

-- list_begun
-- What was chosen and has not begun counts as well, or one run after another would choose the whole of a day's caps.
select a.account_id, r.type as resource_type, count(*) as actions, coalesce(sum(a.monthly_savings), 0) as monthly_savings
  from actions a
  left join resources r on r.tenant_id = a.tenant_id and r.account_id = a.account_id and r.resource_id = a.resource_id
 where a.tenant_id = (select current_tenant())
   and (a.started_at >= %(since)s or a.autonomous and a.status in ('queued', 'preflight'))
 group by a.account_id, r.type

-- read_fleets
select account_id, type, count(*)
  from resources
 where tenant_id = (select current_tenant()) and status is distinct from 'gone'
 group by account_id, type

-- list_track_records
with ended as (
    select type, status, finished_at, row_number() over (partition by type order by finished_at desc, id) as position
      from actions
     where tenant_id = (select current_tenant()) and started_at is not null and finished_at is not null
)
select type,
       coalesce(min(position) filter (where status <> 'completed') - 1, count(*)) as successes_in_a_row,
       count(*) filter (where status = 'completed') as completed,
       count(*) filter (where status <> 'completed') as failed,
       max(finished_at) filter (where status <> 'completed') as last_failed_at
  from ended
 group by type

-- find_run
select id, started_at, refusal, considered, acted, monthly_savings, currency
  from autonomy_runs
 where tenant_id = (select current_tenant()) and id = %(id)s

-- list_chosen
select action_id
  from autonomy_considerations
 where tenant_id = (select current_tenant()) and run_id = %(run_id)s and action_id is not null

-- insert_run
insert into autonomy_runs (tenant_id, id, started_at, refusal, considered, acted, monthly_savings, currency)
values ((select current_tenant()), %(id)s, %(started_at)s, %(refusal)s, %(considered)s, %(acted)s, %(monthly_savings)s, %(currency)s)

-- insert_consideration
insert into autonomy_considerations (tenant_id, id, run_id, recommendation_id, check_id, action_type, action_id, verdict, reason, at)
values ((select current_tenant()), %(id)s, %(run_id)s, %(recommendation_id)s, %(check_id)s, %(action_type)s, %(action_id)s,
        %(verdict)s, %(reason)s, %(at)s)

-- delete_runs
delete from autonomy_runs where tenant_id = (select current_tenant()) and started_at < %(before)s

-- list_considerations
select id, run_id, recommendation_id, check_id, action_type, action_id, verdict, reason, at
  from autonomy_considerations
 where tenant_id = (select current_tenant())
   and (%(run)s::uuid is null or run_id = %(run)s)
   and (%(recommendation)s::uuid is null or recommendation_id = %(recommendation)s)
   and (%(verdict)s::text is null or verdict = %(verdict)s)
   and (%(after_at)s::timestamptz is null or (at, id) < (%(after_at)s, %(after_id)s))
 order by at desc, id desc
 limit %(limit)s

-- list_runs
select id, started_at, refusal, considered, acted, monthly_savings, currency
  from autonomy_runs
 where tenant_id = (select current_tenant())
   and (%(after_at)s::timestamptz is null or (started_at, id) < (%(after_at)s, %(after_id)s))
 order by started_at desc, id desc
 limit %(limit)s
