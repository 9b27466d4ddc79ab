-- insert_event
insert into events (tenant_id, id, project_id, team_id, entity_type, entity_id, event_type, message, actor, user_id,
                    metadata)
values ((select current_tenant()), gen_random_uuid(), %(project_id)s, %(team_id)s, %(entity_type)s, %(entity_id)s,
        %(event_type)s, %(message)s, %(actor)s, %(user_id)s, %(metadata)s)

-- list_events
select id, project_id, team_id, entity_type, entity_id, event_type, message, actor, user_id, metadata, created_at
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

-- read_tail
select seq, event_id, hash from event_chain where tenant_id = (select current_tenant()) order by seq desc limit 1

-- list_places
select seq, event_id, hash from event_chain where tenant_id = (select current_tenant()) and seq = any (%(seqs)s::bigint[])

-- count_events
select count(*) from events where tenant_id = (select current_tenant())

-- has_news
select exists (
    select from event_chain c join events e on e.tenant_id = c.tenant_id and e.id = c.event_id
     where c.tenant_id = (select current_tenant()) and c.seq > %(after)s and e.event_type <> 'trail_anchored')

-- list_chain_faults
with placed as (
    select c.seq, c.event_id, c.prev_hash, c.hash, lag(c.seq, 1, %(after)s) over chain + 1 as expected_seq,
           lag(c.event_id) over chain as event_before, lag(c.hash, 1, %(seed)s) over chain as hash_before,
           lag(c.hash, 2, case when c.seq = %(after)s + 2 then %(seed)s::bytea end) over chain as hash_before_that,
           e.id is null as missing, event_hash(c.prev_hash, c.seq, e) as hash_of_event
      from event_chain c left join events e on e.tenant_id = c.tenant_id and e.id = c.event_id
     where c.tenant_id = (select current_tenant()) and c.seq > %(after)s
    window chain as (order by c.seq)
),
faulty as materialized (
    select * from placed
     where seq <> expected_seq or missing or prev_hash <> hash_before or hash_of_event <> hash
     order by seq limit 100
),
judged as (
    select f.seq, f.event_id, f.event_before, f.expected_seq,
           case when f.seq <> f.expected_seq then 'gap'
                when f.missing then 'removed'
                when f.prev_hash <> f.hash_before and f.prev_hash = f.hash_before_that
                     and not exists (select from faulty g where g.seq = f.seq - 1) then 'inserted before'
                when f.prev_hash <> f.hash_before and o.hash is null then 'removed'
                when f.prev_hash <> f.hash_before then 'reordered'
                when exists (select from faulty g join events e on e.tenant_id = (select current_tenant()) and e.id = g.event_id
                              where g.seq <> f.seq and event_hash(f.prev_hash, f.seq, e) = f.hash) then 'reordered'
                else 'edited' end as kind
      from faulty f
      left join event_chain o on o.tenant_id = (select current_tenant()) and o.hash = f.prev_hash
)
select case kind when 'gap' then 'removed' when 'inserted before' then 'inserted' else kind end as kind,
       case kind when 'gap' then expected_seq when 'inserted before' then seq - 1 else seq end as seq,
       case kind when 'gap' then null when 'inserted before' then event_before else event_id end as event_id
  from judged
 order by 2, 1

-- list_unchained_events
select e.id from events e
 where e.tenant_id = (select current_tenant())
   and not exists (select from event_chain c where c.tenant_id = e.tenant_id and c.event_id = e.id)
 order by e.created_at, e.id
 limit 100

-- insert_export
insert into event_exports (tenant_id, id, format, starts_on, ends_on, requested_by, created_at)
values ((select current_tenant()), %(id)s, %(format)s, %(starts_on)s, %(ends_on)s, %(requested_by)s, %(created_at)s)

-- read_export
select id, format, starts_on, ends_on, status, key, row_count, byte_count, sha256, requested_by, created_at, finished_at
  from event_exports
 where tenant_id = (select current_tenant()) and id = %(id)s

-- finish_export
update event_exports
   set status = 'done', key = %(key)s, row_count = %(row_count)s, byte_count = %(byte_count)s, sha256 = %(sha256)s,
       finished_at = %(finished_at)s
 where tenant_id = (select current_tenant()) and id = %(id)s and status = 'queued'

-- stream_events
select c.seq, e.id, e.created_at, e.actor, e.user_id, e.team_id, e.project_id, e.entity_type, e.entity_id, e.event_type,
       e.message, e.metadata::text as metadata, encode(c.hash, 'hex') as hash
  from events e join event_chain c on c.tenant_id = e.tenant_id and c.event_id = e.id
 where e.tenant_id = (select current_tenant())
   and (%(starts_on)s::date is null or e.created_at >= %(starts_on)s)
   and (%(ends_on)s::date is null or e.created_at < %(ends_on)s)
 order by c.seq
