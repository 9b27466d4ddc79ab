-- insert_event
insert into events (tenant_id, id, project_id, entity_type, entity_id, event_type, message, actor, user_id, metadata)
values ((select current_tenant()), gen_random_uuid(), %(project_id)s, %(entity_type)s, %(entity_id)s, %(event_type)s,
        %(message)s, %(actor)s, %(user_id)s, %(metadata)s)

-- list_events
select id, project_id, entity_type, entity_id, event_type, message, actor, user_id, metadata, created_at
  from events
 where tenant_id = (select current_tenant())
   and (%(entity_type)s::text is null or entity_type = %(entity_type)s)
   and (%(entity_id)s::text is null or entity_id = %(entity_id)s)
   and (%(event_type)s::text is null or event_type = %(event_type)s)
   and (%(start)s::date is null or created_at >= %(start)s)
   and (%(end)s::date is null or created_at < %(end)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s
