-- insert_notification
-- One that is there already was told already, and makes no deliveries.
with told as (
    insert into notifications (tenant_id, id, topic, severity, title, body, entity_type, entity_id, created_at)
    values ((select current_tenant()), %(id)s, %(topic)s, %(severity)s, %(title)s, %(body)s, %(entity_type)s, %(entity_id)s, %(now)s)
        on conflict (tenant_id, id) do nothing
    returning tenant_id, id, topic, severity
)
insert into notification_deliveries (tenant_id, id, notification_id, channel_id, due_at, created_at)
select told.tenant_id, gen_random_uuid(), told.id, c.id, %(due_at)s, %(now)s
  from told
  join notification_channels c on c.tenant_id = told.tenant_id and c.enabled and told.topic = any(c.topics)
 where array_position(array['low', 'medium', 'high', 'critical'], told.severity)
       >= array_position(array['low', 'medium', 'high', 'critical'], c.minimum_severity)
    or told.topic <> 'alert.raised'

-- delete_reminders
-- What was put off, and nobody has tried to send yet. Anything else is due as soon as it is written.
delete from notifications n
 where n.tenant_id = (select current_tenant()) and n.entity_type = %(entity_type)s and n.entity_id = any(%(entity_ids)s)
   and exists (
       select from notification_deliveries d
        where d.tenant_id = n.tenant_id and d.notification_id = n.id and d.status = 'pending' and d.attempts = 0
          and d.due_at > d.created_at and d.due_at > %(now)s)

-- insert_test
with told as (
    insert into notifications (tenant_id, id, topic, severity, title, body, entity_type, entity_id, created_at)
    values ((select current_tenant()), %(id)s, %(topic)s, %(severity)s, %(title)s, %(body)s, %(entity_type)s, %(entity_id)s, %(now)s)
    returning tenant_id, id
)
insert into notification_deliveries (tenant_id, id, notification_id, channel_id, due_at, created_at)
select told.tenant_id, gen_random_uuid(), told.id, %(channel_id)s, %(now)s, %(now)s
  from told

-- any_due
select exists (
    select from notification_deliveries
     where tenant_id = (select current_tenant()) and status = 'pending' and due_at <= %(now)s)

-- take_due
-- Taken by one sender only: another that looks at the same time passes over what is locked, and later finds it not due.
with due as (
    select id
      from notification_deliveries
     where tenant_id = (select current_tenant()) and status = 'pending' and due_at <= %(now)s
     order by due_at, id
     limit %(limit)s
       for update skip locked
)
update notification_deliveries d
   set attempts = d.attempts + 1, due_at = %(due_again)s
  from due, notifications n, notification_channels c
 where d.tenant_id = (select current_tenant()) and d.id = due.id
   and n.tenant_id = d.tenant_id and n.id = d.notification_id
   and c.tenant_id = d.tenant_id and c.id = d.channel_id
returning d.id, d.attempts, n.id as notification_id, n.topic, n.severity, n.title, n.body, n.entity_type, n.entity_id, n.created_at,
          d.channel_id, c.kind, c.recipients, c.url, c.secret_arn, c.slack_team_id, c.slack_channel

-- settle
update notification_deliveries
   set status = %(status)s, last_error = %(error)s, due_at = coalesce(%(due_at)s, due_at),
       delivered_at = case when %(status)s = 'delivered' then %(now)s::timestamptz end
 where tenant_id = (select current_tenant()) and id = %(id)s and attempts = %(attempts)s and status = 'pending'

-- delete_notifications
delete from notifications where tenant_id = (select current_tenant()) and created_at < %(before)s

-- list_deliveries
select d.id, d.notification_id, d.channel_id, c.name as channel_name, n.topic, n.title, d.status, d.attempts, d.due_at,
       d.last_error, d.delivered_at, d.created_at
  from notification_deliveries d
  join notifications n on n.tenant_id = d.tenant_id and n.id = d.notification_id
  join notification_channels c on c.tenant_id = d.tenant_id and c.id = d.channel_id
 where d.tenant_id = (select current_tenant())
   and (%(channel)s::uuid is null or d.channel_id = %(channel)s)
   and (%(notification)s::uuid is null or d.notification_id = %(notification)s)
   and (%(status)s::text is null or d.status = %(status)s)
   and (%(after_at)s::timestamptz is null or (d.created_at, d.id) < (%(after_at)s, %(after_id)s))
 order by d.created_at desc, d.id desc
 limit %(limit)s

-- list_channels
select id, kind, name, enabled, topics, minimum_severity, recipients, url, secret_arn, slack_team_id, slack_app_id, slack_channel,
       created_by, created_at, updated_at
  from notification_channels
 where tenant_id = (select current_tenant())
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- read_channel
select id, kind, name, enabled, topics, minimum_severity, recipients, url, secret_arn, slack_team_id, slack_app_id, slack_channel,
       created_by, created_at, updated_at
  from notification_channels
 where tenant_id = (select current_tenant()) and id = %(id)s

-- lock_channel
select id, kind, name, enabled, topics, minimum_severity, recipients, url, secret_arn, slack_team_id, slack_app_id, slack_channel,
       created_by, created_at, updated_at
  from notification_channels
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- insert_channel
insert into notification_channels (tenant_id, id, kind, name, enabled, topics, minimum_severity, recipients, url, secret_arn,
                                   slack_team_id, slack_app_id, slack_channel, created_by, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(kind)s, %(name)s, %(enabled)s, %(topics)s, %(minimum_severity)s, %(recipients)s,
        %(url)s, %(secret_arn)s, %(slack_team_id)s, %(slack_app_id)s, %(slack_channel)s, %(created_by)s, %(now)s, %(now)s)

-- change_channel
update notification_channels
   set name = %(name)s, enabled = %(enabled)s, topics = %(topics)s, minimum_severity = %(minimum_severity)s,
       recipients = %(recipients)s, url = %(url)s, slack_channel = %(slack_channel)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_channel
delete from notification_channels where tenant_id = (select current_tenant()) and id = %(id)s
