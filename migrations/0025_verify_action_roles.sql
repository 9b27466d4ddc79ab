-- A role that changes an account is tried as the one that reads it is, before it may be used.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table cloud_accounts
    add column action_role_status text
        constraint cloud_accounts_action_role_status_check
        check (action_role_status in ('pending', 'connected', 'insecure', 'unreachable')),
    add column action_role_status_reason text,
    add column action_role_verified_at timestamptz;
comment on column cloud_accounts.action_role_status is
    'What the last try of the action role told; only one that was seen to refuse strangers is used. Null without one.';
comment on column cloud_accounts.action_role_status_reason is 'Why the action role is not connected.';

insert into schema_version (version) values ('0.25.0');
