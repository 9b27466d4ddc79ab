-- What a review of the engine by its adversary found: more that no code may get around, and what it counts by.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table actions
    add column stalls bigint not null default 0,
    add column wakes bigint not null default 0,
    add column verifying_since timestamptz;
comment on column actions.stalls is
    'Strides in a row that brought it no further: the worker died, or the account let nobody in. Many of them end it.';
comment on column actions.wakes is
    'Counts who asked for it to go on at once, so that a worker that lets go of it meanwhile does not put it to sleep.';
comment on column actions.verifying_since is 'When the last step was seen to be done; updated_at moves with every stride.';

create or replace function refuse_illegal_action_change() returns trigger language plpgsql as $$
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
    if old.finished_at is not null and (new.plan, new.digest, new.error, new.finished_at, new.undoing, new.result)
       is distinct from (old.plan, old.digest, old.error, old.finished_at, old.undoing, old.result)
    then
        raise check_violation using message = 'an action that has ended is not changed', constraint = 'actions_ended';
    end if;
    if new.fence < old.fence then
        raise check_violation using message = 'a fence only rises', constraint = 'actions_fence_rises';
    end if;
    if (new.plan, new.digest) is distinct from (old.plan, old.digest) and old.status not in ('queued', 'preflight') then
        raise check_violation using message = 'a plan is frozen once its action has begun', constraint = 'actions_plan_frozen';
    end if;
    if (new.account_id, new.region, new.resource_id, new.type, new.params, new.autonomous, new.risk, new.monthly_savings,
        new.currency, new.created_at)
       is distinct from (old.account_id, old.region, old.resource_id, old.type, old.params, old.autonomous, old.risk,
                         old.monthly_savings, old.currency, old.created_at)
       or new.requested_by is distinct from old.requested_by and new.requested_by is not null
    then
        raise check_violation using message = 'an action keeps what was asked for', constraint = 'actions_target_kept';
    end if;
    -- The daily caps count by it.
    if old.started_at is not null and new.started_at is distinct from old.started_at
       or old.started_at is null and (new.started_at is not null) <> (old.status = 'preflight' and new.status = 'in_progress')
    then
        raise check_violation using message = 'an action begins once', constraint = 'actions_begin_once';
    end if;
    if old.undoing and not new.undoing
       or new.undoing and not old.undoing and new.status not in ('in_progress', 'verifying')
    then
        raise check_violation using message = 'a way back is taken to its end', constraint = 'actions_undo_once';
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

create or replace function refuse_actions_begun_elsewhere() returns trigger language plpgsql as $$
begin
    if new.status <> 'queued' or new.plan is not null or new.started_at is not null or new.undoing then
        raise check_violation using message = 'an action begins as queued', constraint = 'actions_begin_queued';
    end if;
    return null;
end
$$;

create or replace function refuse_illegal_approval_change() returns trigger language plpgsql as $$
declare
    given bigint;
begin
    if (new.digest, new.action_id, new.approvals_needed, new.approver_role, new.expires_at)
       is distinct from (old.digest, old.action_id, old.approvals_needed, old.approver_role, old.expires_at)
       or new.requested_by is distinct from old.requested_by and new.requested_by is not null
    then
        raise check_violation using message = 'what was asked is not changed', constraint = 'approval_requests_kept';
    end if;
    if old.status <> new.status and not (
        old.status = 'pending' or (old.status = 'approved' and new.status in ('void', 'expired')))
    then
        raise check_violation using message = 'what was decided stays decided', constraint = 'approval_requests_decided';
    end if;
    if old.status = 'pending' and new.status = 'approved' and new.approver_role = 'system' then
        raise check_violation using message = 'the system approves at once or not at all', constraint = 'approval_requests_enough';
    end if;
    if old.status = 'pending' and new.status = 'approved' then
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

create or replace function refuse_approvals_given_at_once() returns trigger language plpgsql as $$
begin
    if new.status <> 'pending' and new.approver_role <> 'system' then
        raise check_violation using message = 'an approval begins as pending', constraint = 'approval_requests_begin_pending';
    end if;
    if not exists (
        select from actions a
         where a.tenant_id = new.tenant_id and a.id = new.action_id and a.digest = new.digest
           and (new.approver_role = 'system' and a.autonomous
                or new.approver_role <> 'system' and new.requested_by is not distinct from a.requested_by))
    then
        raise check_violation using message = 'an approval is asked for as its action is', constraint = 'approval_requests_of_the_action';
    end if;
    return null;
end
$$;

create or replace function refuse_unasked_step() returns trigger language plpgsql as $$
begin
    if not exists (
        select from actions a
         where a.tenant_id = new.tenant_id and a.id = new.action_id and a.status in ('in_progress', 'verifying')
           and a.fence = new.fence)
    then
        raise check_violation using message = 'only the worker that holds a begun action takes steps', constraint = 'action_steps_fenced';
    end if;
    if tg_op = 'INSERT' then
        if new.status <> 'intended' then
            raise check_violation using message = 'a step is intended first', constraint = 'action_steps_intended_first';
        end if;
        return null;
    end if;
    if (new.tenant_id, new.action_id, new.direction, new.number, new.name)
       is distinct from (old.tenant_id, old.action_id, old.direction, old.number, old.name)
       or new.attempts < old.attempts
       or old.status = 'landed' and (new.status, new.attempts, new.intended_at) is distinct from (old.status, old.attempts, old.intended_at)
       or old.status = 'refused' and new.status = 'intended'
    then
        raise check_violation using message = 'a step that is settled stays so', constraint = 'action_steps_settled';
    end if;
    return null;
end
$$;

insert into schema_version (version) values ('0.26.0');
