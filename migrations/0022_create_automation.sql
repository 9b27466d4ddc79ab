-- What may act, who allowed it, what was done, and what of it is sure.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table cloud_accounts add column action_role_arn text;
comment on column cloud_accounts.action_role_arn is
    'The role that changes are made by, opened by the same external id as the other; null where the account may only be read.';

create table system_config (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    key text not null check (key ~ '^[a-z]+(\.[a-z0-9_]+)+$'),
    value text not null,
    description text,
    updated_by text not null check (updated_by <> ''),
    updated_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint system_config_key_key unique (tenant_id, key)
);
comment on table system_config is
    'What automation may do. A key that is absent, empty, zero or not understood means: do not act.';
call protect_tenant_table('system_config');

create table actions (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    type text not null check (type ~ '^[a-z0-9]+(\.[a-z0-9_]+)+$'),
    recommendation_id uuid,
    account_id text not null check (account_id <> ''),
    region text not null check (region <> ''),
    resource_id text not null check (resource_id <> ''),
    requested_by uuid,
    requested_by_name text not null check (requested_by_name <> ''),
    autonomous boolean not null default false,
    status text not null default 'queued' check (status in (
        'queued', 'preflight', 'in_progress', 'verifying', 'completed', 'failed', 'rolled_back')),
    params jsonb not null default '{}' check (jsonb_typeof(params) = 'object'),
    plan jsonb check (jsonb_typeof(plan) = 'object'),
    digest text check (digest ~ '^[0-9a-f]{64}$'),
    requires_approval boolean,
    risk numeric(5, 2) not null check (risk between 0 and 100),
    monthly_savings numeric check (monthly_savings >= 0),
    currency text,
    fence bigint not null default 0,
    leased_until timestamptz,
    due_at timestamptz not null,
    undoing boolean not null default false,
    result jsonb check (jsonb_typeof(result) = 'object'),
    error text check (error <> ''),
    slack_message_id text,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint actions_recommendation_fkey foreign key (tenant_id, recommendation_id)
        references recommendations (tenant_id, id) on delete set null (recommendation_id),
    constraint actions_requested_by_fkey foreign key (tenant_id, requested_by)
        references users (tenant_id, id) on delete set null (requested_by),
    constraint actions_plan_has_its_digest check ((plan is null) = (digest is null)),
    constraint actions_act_by_a_plan check (status not in ('in_progress', 'verifying', 'completed', 'rolled_back') or plan is not null),
    constraint actions_complete_with_evidence check (status <> 'completed' or coalesce(result ? 'evidence', false)),
    constraint actions_say_why_not check (status not in ('failed', 'rolled_back') or error is not null),
    constraint actions_end_once check ((status in ('completed', 'failed', 'rolled_back')) = (finished_at is not null)),
    constraint actions_savings_have_currency check (monthly_savings is null or currency is not null)
);
comment on table actions is 'A change of one resource, from the request to its end. This row is the only authority on where it stands.';
comment on column actions.type is 'The executor''s name, such as ec2.resize.';
comment on column actions.requested_by is 'Null where the system asked, or where the person has left.';
comment on column actions.plan is 'Frozen by preflight: the state found, every call, the state expected after, and the way back.';
comment on column actions.digest is 'SHA-256 of the plan in canonical form: what an approval is bound to.';
comment on column actions.requires_approval is 'Whether a person has to approve the plan; null until there is one.';
comment on column actions.fence is 'Counts the workers that took it; a worker with an older number may no longer write or call.';
comment on column actions.leased_until is 'Longer than a worker can live, so that whoever takes over finds nobody at work.';
comment on column actions.due_at is 'When the next stride is due; the sweeper looks for what is past due and held by nobody.';
comment on column actions.undoing is 'Whether it goes back to the state before.';
create index actions_by_status on actions (tenant_id, status, updated_at desc);
create index actions_by_creation on actions (tenant_id, created_at desc, id desc);
create index actions_by_recommendation on actions (tenant_id, recommendation_id);
create unique index actions_one_at_a_time on actions (tenant_id, account_id, resource_id)
 where status in ('queued', 'preflight', 'in_progress', 'verifying');
comment on index actions_one_at_a_time is 'Two changes of one resource would each mistake the other''s for the owner''s.';
call protect_tenant_table('actions');

create table action_events (
    tenant_id uuid not null,
    id bigint generated always as identity,
    action_id uuid not null,
    ts timestamptz not null default clock_timestamp(),
    message text not null check (message <> ''),
    details jsonb not null default '{}',
    primary key (tenant_id, id),
    constraint action_events_action_fkey foreign key (tenant_id, action_id) references actions (tenant_id, id) on delete cascade
);
comment on table action_events is 'What happened to an action, step by step, for those who watch it.';
create index action_events_by_action on action_events (tenant_id, action_id, id);
call protect_tenant_table('action_events');

create table action_steps (
    tenant_id uuid not null,
    action_id uuid not null,
    direction text not null check (direction in ('forth', 'back')),
    number bigint not null check (number >= 1),
    name text not null,
    status text not null check (status in ('intended', 'landed', 'refused')),
    fence bigint not null,
    attempts bigint not null default 1 check (attempts >= 1),
    response jsonb,
    intended_at timestamptz not null,
    settled_at timestamptz,
    primary key (tenant_id, action_id, direction, number),
    constraint action_steps_action_fkey foreign key (tenant_id, action_id) references actions (tenant_id, id) on delete cascade,
    constraint action_steps_when_settled check ((status = 'intended') = (settled_at is null))
);
comment on table action_steps is
    'The intent of each mutating call, committed before the call is made: what is intended and not settled may or may not have landed, and is looked up, never repeated blindly.';
call protect_tenant_table('action_steps');

create table approval_requests (
    tenant_id uuid not null,
    id uuid not null,
    action_id uuid not null,
    recommendation_id uuid,
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    requested_by uuid,
    requested_by_name text not null check (requested_by_name <> ''),
    approver_role text not null check (approver_role in ('system', 'approver', 'admin', 'cfo')),
    approvals_needed bigint not null default 1 check (approvals_needed between 1 and 2),
    status text not null default 'pending' check (status in ('pending', 'approved', 'rejected', 'expired', 'void')),
    comments text,
    slack_thread_id text,
    expires_at timestamptz not null,
    decided_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint approval_requests_action_fkey foreign key (tenant_id, action_id) references actions (tenant_id, id) on delete cascade,
    constraint approval_requests_recommendation_fkey foreign key (tenant_id, recommendation_id)
        references recommendations (tenant_id, id) on delete set null (recommendation_id),
    constraint approval_requests_requested_by_fkey foreign key (tenant_id, requested_by)
        references users (tenant_id, id) on delete set null (requested_by),
    constraint approval_requests_when_decided check ((status = 'pending') = (decided_at is null)),
    constraint approval_requests_of_the_system check (approver_role <> 'system' or requested_by is null)
);
comment on table approval_requests is 'Who has to allow an action. Bound to the digest of its plan: another plan needs another approval.';
comment on column approval_requests.approver_role is 'system: written by the system for an autonomous action, bound to the same digest; cfo: a finance approver.';
create unique index approval_requests_one_per_plan on approval_requests (tenant_id, action_id, digest);
create index approval_requests_by_status on approval_requests (tenant_id, status, created_at desc, id desc);
create index approval_requests_by_recommendation on approval_requests (tenant_id, recommendation_id);
call protect_tenant_table('approval_requests');

create table approval_decisions (
    tenant_id uuid not null,
    request_id uuid not null,
    user_id uuid not null,
    user_name text not null,
    decision text not null check (decision in ('approved', 'rejected')),
    comment text,
    decided_at timestamptz not null,
    primary key (tenant_id, request_id, user_id),
    constraint approval_decisions_request_fkey foreign key (tenant_id, request_id)
        references approval_requests (tenant_id, id) on delete cascade
);
comment on table approval_decisions is 'One person''s word on a request; two different people where two are needed.';
call protect_tenant_table('approval_decisions');

-- The rules that no code may get around. After the row, so that row-level security and CHECKs have their say first.
-- ------------------------------------------------------------------------

create function refuse_illegal_action_change() returns trigger language plpgsql as $$
begin
    if new.status <> old.status and (old.status, new.status) not in (
        ('queued', 'preflight'), ('queued', 'failed'),
        ('preflight', 'in_progress'), ('preflight', 'failed'),
        ('in_progress', 'verifying'), ('in_progress', 'failed'), ('in_progress', 'rolled_back'),
        ('verifying', 'completed'), ('verifying', 'failed'), ('verifying', 'rolled_back'))
    then
        raise check_violation using message = format('an action does not go from %s to %s', old.status, new.status),
            constraint = 'actions_legal_transition';
    end if;
    if old.finished_at is not null and (new.plan, new.digest, new.error, new.finished_at, new.undoing)
       is distinct from (old.plan, old.digest, old.error, old.finished_at, old.undoing)
    then
        raise check_violation using message = 'an action that has ended is not changed', constraint = 'actions_ended';
    end if;
    if new.fence < old.fence then
        raise check_violation using message = 'a fence only rises', constraint = 'actions_fence_rises';
    end if;
    if new.digest is distinct from old.digest and old.status not in ('queued', 'preflight') then
        raise check_violation using message = 'a plan is frozen once its action has begun', constraint = 'actions_plan_frozen';
    end if;
    if (new.account_id, new.region, new.resource_id, new.type) is distinct from (old.account_id, old.region, old.resource_id, old.type) then
        raise check_violation using message = 'an action keeps its resource and type', constraint = 'actions_target_kept';
    end if;
    if old.status = 'preflight' and new.status = 'in_progress' and not exists (
        select from approval_requests r
         where r.tenant_id = new.tenant_id and r.action_id = new.id and r.digest = new.digest and r.status = 'approved')
    then
        raise check_violation using message = 'nobody approved this plan', constraint = 'actions_need_an_approval';
    end if;
    return null;
end
$$;
create trigger actions_legal_change after update on actions
    for each row execute function refuse_illegal_action_change();

create function refuse_actions_begun_elsewhere() returns trigger language plpgsql as $$
begin
    if new.status <> 'queued' then
        raise check_violation using message = 'an action begins as queued', constraint = 'actions_begin_queued';
    end if;
    return null;
end
$$;
create trigger actions_begin_queued after insert on actions
    for each row execute function refuse_actions_begun_elsewhere();

create function refuse_illegal_approval_change() returns trigger language plpgsql as $$
declare
    given bigint;
begin
    if new.digest <> old.digest or new.action_id <> old.action_id or new.approvals_needed <> old.approvals_needed
       or new.approver_role <> old.approver_role
    then
        raise check_violation using message = 'what was asked is not changed', constraint = 'approval_requests_kept';
    end if;
    if old.status <> new.status and not (
        old.status = 'pending' or (old.status = 'approved' and new.status in ('void', 'expired')))
    then
        raise check_violation using message = 'what was decided stays decided', constraint = 'approval_requests_decided';
    end if;
    if old.status = 'pending' and new.status = 'approved' and new.approver_role <> 'system' then
        select count(*) into given from approval_decisions d
         where d.tenant_id = new.tenant_id and d.request_id = new.id and d.decision = 'approved'
           and d.user_id is distinct from new.requested_by;
        if given < new.approvals_needed then
            raise check_violation using message = 'too few people approved it', constraint = 'approval_requests_enough';
        end if;
    end if;
    return null;
end
$$;
create trigger approval_requests_legal_change after update on approval_requests
    for each row execute function refuse_illegal_approval_change();

create function refuse_approvals_given_at_once() returns trigger language plpgsql as $$
begin
    if new.status <> 'pending' and new.approver_role <> 'system' then
        raise check_violation using message = 'an approval begins as pending', constraint = 'approval_requests_begin_pending';
    end if;
    return null;
end
$$;
create trigger approval_requests_begin_pending after insert on approval_requests
    for each row execute function refuse_approvals_given_at_once();

create function refuse_own_approval() returns trigger language plpgsql as $$
begin
    if new.decision = 'approved' and exists (
        select from approval_requests r
         where r.tenant_id = new.tenant_id and r.id = new.request_id and r.requested_by = new.user_id)
    then
        raise check_violation using message = 'nobody approves his own request', constraint = 'approval_decisions_by_others';
    end if;
    return null;
end
$$;
create trigger approval_decisions_by_others after insert or update on approval_decisions
    for each row execute function refuse_own_approval();

create function refuse_unasked_step() returns trigger language plpgsql as $$
begin
    if not exists (
        select from actions a
         where a.tenant_id = new.tenant_id and a.id = new.action_id and a.status in ('in_progress', 'verifying')
           and a.fence = new.fence)
    then
        raise check_violation using message = 'only the worker that holds a begun action takes steps', constraint = 'action_steps_fenced';
    end if;
    return null;
end
$$;
create trigger action_steps_fenced after insert or update on action_steps
    for each row execute function refuse_unasked_step();

grant select, insert, update, delete on system_config to cloudops_app;
grant select, insert, update on actions, action_steps, approval_requests to cloudops_app;
grant select, insert on action_events, approval_decisions to cloudops_app;

-- The documents' views -----------------------------------------------------------------------------------------

create view governance.actions with (security_invoker = true) as
select id, tenant_id, type, resource_id, requested_by, status,
       params || jsonb_build_object('requires_approval', requires_approval) as params, result, created_at, updated_at
  from actions;

create view governance.action_events with (security_invoker = true) as
select id, action_id, ts, message from action_events;

create view autopilot.system_config with (security_invoker = true) as
select id, key, value, description, updated_by, updated_at, created_at from system_config;

grant select on governance.actions, governance.action_events, autopilot.system_config to cloudops_app;

insert into schema_version (version) values ('0.22.0');
