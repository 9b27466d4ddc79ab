-- Slack as a channel of notifications: what was said where, and what of it may still change. And alerts may be snoozed.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table alerts
    add column snoozed_until timestamptz,
    add column snoozed_by text;
alter table alerts
    add constraint alerts_snoozed_by_somebody check ((snoozed_until is null) = (snoozed_by is null)) not valid;
comment on column alerts.snoozed_until is 'Until then nobody is told of it again; then everybody is, if it is still not resolved.';

alter table notification_channels
    add column slack_team_id text,
    add column slack_app_id text,
    add column slack_channel text;
comment on column notification_channels.slack_team_id is 'The workspace that Slack told the bot token to belong to.';
comment on column notification_channels.slack_app_id is 'The app that Slack told the bot token to belong to.';
comment on column notification_channels.slack_channel is 'Slack''s id of the channel that is written to.';
comment on column notification_channels.secret_arn is
    'The secret in Secrets Manager that requests are signed by, or Slack''s bot token and signing secret. Never kept here.';
-- Wider than those before, so that no row that is there can fail them.
alter table notification_channels
    -- squawk-ignore ban-drop-constraint
    drop constraint notification_channels_kind_check,
    -- squawk-ignore ban-drop-constraint
    drop constraint notification_channels_lead_somewhere;
alter table notification_channels
    add constraint notification_channels_kind_check check (kind in ('email', 'webhook', 'slack')) not valid,
    add constraint notification_channels_lead_somewhere check (
        (cardinality(recipients) > 0) = (kind = 'email')
        and (url is not null) = (kind = 'webhook')
        and (secret_arn is not null) = (kind <> 'email')
        and num_nonnulls(slack_team_id, slack_app_id, slack_channel) = case kind when 'slack' then 3 else 0 end) not valid;

create table slack_messages (
    tenant_id uuid not null,
    id uuid not null,
    channel_id uuid not null,
    notification_id uuid,
    entity_type text not null,
    entity_id text not null,
    subject_type text check (subject_type in ('alert', 'approval_request')),
    subject_id uuid,
    slack_team_id text not null check (slack_team_id <> ''),
    slack_channel text not null check (slack_channel <> ''),
    ts text not null check (ts <> ''),
    thread_ts text check (thread_ts <> ts),
    shown text,
    changing boolean not null,
    due_at timestamptz not null,
    attempts bigint not null default 0 check (attempts >= 0),
    last_error text,
    posted_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint slack_messages_once unique (tenant_id, channel_id, notification_id),
    constraint slack_messages_place_key unique (tenant_id, slack_team_id, slack_channel, ts),
    constraint slack_messages_channel_fkey foreign key (tenant_id, channel_id)
        references notification_channels (tenant_id, id) on delete cascade,
    constraint slack_messages_notification_fkey foreign key (tenant_id, notification_id)
        references notifications (tenant_id, id) on delete set null (notification_id),
    constraint slack_messages_of_a_subject check (num_nonnulls(subject_type, subject_id, shown) in (0, 3)),
    constraint slack_messages_change_with_a_subject check (not changing or subject_id is not null)
);
comment on table slack_messages is 'Each message that was posted: a card of an alert or of a plan to approve, or a word in its thread.';
comment on column slack_messages.subject_type is 'What the card of this message shows and lets people decide; null for a mere text.';
comment on column slack_messages.ts is 'Slack''s id of the message within its channel.';
comment on column slack_messages.thread_ts is 'The message whose thread this one is in; null where it begins one.';
comment on column slack_messages.shown is 'The state of the subject that the card shows: another one has to be shown in its place.';
comment on column slack_messages.changing is 'Whether the subject may still change.';
comment on column slack_messages.due_at is 'Not before then is the card brought up to date again.';
create index slack_messages_by_entity on slack_messages (tenant_id, channel_id, entity_type, entity_id);
create index slack_messages_changing on slack_messages (tenant_id, due_at) where changing;
create index slack_messages_by_notification on slack_messages (tenant_id, notification_id);
create index slack_messages_by_place on slack_messages (slack_team_id, slack_channel, ts);
call protect_tenant_table('slack_messages');
grant select, insert, update on slack_messages to cloudops_app;

create view slack_subjects with (security_invoker = true) as
select a.tenant_id, 'alert'::text as subject_type, a.id as subject_id,
       concat_ws('/', a.status, a.severity, a.acknowledged_by, a.snoozed_until) as state,
       a.status <> 'resolved' or a.resolved_by = 'system' as changing, a.snoozed_until as changes_at
  from alerts a
 union all
select r.tenant_id, 'approval_request', r.id,
       concat_ws('/', r.status, a.status, (select count(*) from approval_decisions d
                                            where d.tenant_id = r.tenant_id and d.request_id = r.id)),
       r.status = 'pending' or a.finished_at is null, case r.status when 'pending' then r.expires_at end
  from approval_requests r
  join actions a on a.tenant_id = r.tenant_id and a.id = r.action_id;
-- What the system resolved because the data was restated may come back.
comment on view slack_subjects is
    'What cards show, in a word that changes whenever they have to; changes_at is when it does so by the clock alone.';
grant select on slack_subjects to cloudops_app;

-- A button is pressed in a workspace, before a tenant is known: the message tells whose it is, and which secret proves it.
create function find_slack_message(team text, channel text, message text)
returns table (tenant_id uuid, id uuid, channel_id uuid, secret_arn text, slack_app_id text)
language sql stable security definer set search_path = pg_catalog, public
as $$
    select m.tenant_id, m.id, m.channel_id, c.secret_arn, c.slack_app_id
      from public.slack_messages m
      join public.notification_channels c on c.tenant_id = m.tenant_id and c.id = m.channel_id
     where m.slack_team_id = team and m.slack_channel = channel and m.ts = message
       and m.subject_id is not null and c.enabled and c.slack_team_id = team
     order by m.posted_at desc
     limit 1
$$;
comment on function find_slack_message(text, text, text) is 'The card in a place of Slack, before a tenant is known.';

grant select on slack_messages, notification_channels to cloudops_finder;
create policy finder_reads on slack_messages for select to cloudops_finder using (true);
create policy finder_reads on notification_channels for select to cloudops_finder using (true);
grant create on schema public to cloudops_finder;
alter function find_slack_message(text, text, text) owner to cloudops_finder;
revoke create on schema public from cloudops_finder;
set role cloudops_finder;
revoke execute on function find_slack_message(text, text, text) from public;
grant execute on function find_slack_message(text, text, text) to cloudops_app;
reset role;

insert into schema_version (version) values ('0.30.0');
