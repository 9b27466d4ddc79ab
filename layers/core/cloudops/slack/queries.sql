-- find_message
select tenant_id, id, channel_id, secret_arn, slack_app_id from find_slack_message(%(team_id)s, %(channel)s, %(ts)s)

-- is_posted
select exists (
    select from slack_messages
     where tenant_id = (select current_tenant()) and channel_id = %(channel_id)s and notification_id = %(notification_id)s)

-- find_thread
-- The first message about it in this channel.
select coalesce(thread_ts, ts)
  from slack_messages
 where tenant_id = (select current_tenant()) and channel_id = %(channel_id)s and slack_channel = %(slack_channel)s
   and entity_type = %(entity_type)s and entity_id = %(entity_id)s
 order by posted_at, ts
 limit 1

-- has_card
select exists (
    select from slack_messages
     where tenant_id = (select current_tenant()) and channel_id = %(channel_id)s and slack_channel = %(slack_channel)s
       and subject_type = %(subject_type)s and subject_id = %(subject_id)s)

-- read_subject
select subject_type as type, subject_id as id, state || case when changes_at <= %(now)s then '/over' else '' end as state, changing
  from slack_subjects
 where tenant_id = (select current_tenant()) and subject_type = %(subject_type)s and subject_id = %(subject_id)s

-- insert_message
insert into slack_messages (tenant_id, id, channel_id, notification_id, entity_type, entity_id, subject_type, subject_id,
                            slack_team_id, slack_channel, ts, thread_ts, shown, changing, due_at, posted_at, updated_at)
values ((select current_tenant()), %(id)s, %(channel_id)s, %(notification_id)s, %(entity_type)s, %(entity_id)s, %(subject_type)s,
        %(subject_id)s, %(team_id)s, %(channel)s, %(ts)s, %(thread_ts)s, %(state)s, %(changing)s, %(now)s, %(now)s, %(now)s)
    on conflict on constraint slack_messages_once do nothing

-- read_card
select id, channel_id, subject_type, subject_id, slack_team_id, slack_channel, ts
  from slack_messages
 where tenant_id = (select current_tenant()) and id = %(id)s and subject_id is not null

-- any_stale
select exists (
    select
      from slack_messages m
      join notification_channels c on c.tenant_id = m.tenant_id and c.id = m.channel_id and c.enabled
      left join slack_subjects s
        on s.tenant_id = m.tenant_id and s.subject_type = m.subject_type and s.subject_id = m.subject_id
     where m.tenant_id = (select current_tenant()) and m.changing and m.due_at <= %(now)s
       and m.shown is distinct from s.state || case when s.changes_at <= %(now)s then '/over' else '' end)

-- take_stale
with stale as (
    select m.id, c.secret_arn, s.changing,
           s.state || case when s.changes_at <= %(now)s then '/over' else '' end as state
      from slack_messages m
      join notification_channels c on c.tenant_id = m.tenant_id and c.id = m.channel_id and c.enabled
      left join slack_subjects s
        on s.tenant_id = m.tenant_id and s.subject_type = m.subject_type and s.subject_id = m.subject_id
     where m.tenant_id = (select current_tenant()) and m.changing and m.due_at <= %(now)s
       and m.shown is distinct from s.state || case when s.changes_at <= %(now)s then '/over' else '' end
     order by m.due_at, m.id
     limit %(limit)s
       for update of m skip locked
)
update slack_messages m
   set attempts = m.attempts + 1, due_at = %(due_again)s
  from stale
 where m.tenant_id = (select current_tenant()) and m.id = stale.id
returning m.id, m.channel_id, m.subject_type, m.subject_id, m.slack_team_id, m.slack_channel, m.ts, m.attempts,
          stale.secret_arn, stale.state, stale.changing as changing_still

-- settle_card
update slack_messages
   set shown = %(shown)s, changing = %(changing)s, attempts = 0, last_error = null, due_at = %(now)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- put_off_card
update slack_messages
   set changing = changing and %(due_at)s::timestamptz is not null, due_at = coalesce(%(due_at)s, due_at),
       last_error = %(error)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s
