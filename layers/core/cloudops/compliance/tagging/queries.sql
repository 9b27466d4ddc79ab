-- lock_settings
-- There may be no row of required_tags yet, so the tenant's own is locked.
select id from tenants where id = (select current_tenant()) for no key update

-- list_required_tags
select resource_type, tags
  from tag_requirements
 where tenant_id = (select current_tenant())
 order by resource_type

-- list_exemptions
select account_id, resource_type, resource_id, reason
  from tag_exemptions
 where tenant_id = (select current_tenant())
 order by account_id nulls first, resource_type nulls first, resource_id nulls first, reason

-- delete_required_tags
delete from required_tags where tenant_id = (select current_tenant())

-- delete_exemptions
delete from tag_exemptions where tenant_id = (select current_tenant())

-- insert_required_tags
insert into required_tags (tenant_id, resource_type, tags, updated_at)
select (select current_tenant()), t.resource_type, t.tags, %(now)s
  from jsonb_to_recordset(%(types)s) as t (resource_type text, tags jsonb)

-- insert_exemptions
insert into tag_exemptions (tenant_id, id, account_id, resource_type, resource_id, reason)
select (select current_tenant()), gen_random_uuid(), e.account_id, e.resource_type, e.resource_id, e.reason
  from jsonb_to_recordset(%(exemptions)s) as e (account_id text, resource_type text, resource_id text, reason text)

-- insert_scan
insert into compliance_scans (tenant_id, id, scan_date, requested_by)
values ((select current_tenant()), %(id)s, %(now)s, %(requested_by)s)
    on conflict (tenant_id, id) do nothing

-- lock_scan
select id, scan_date, status, requested_by, total_resources, tagged_resources, untagged_resources, exempt_resources,
       untaggable_resources, compliance_percentage, scan_duration_seconds, reason
  from compliance_scans
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- resume_scan
update compliance_scans set status = 'in_progress', reason = null
 where tenant_id = (select current_tenant()) and id = %(id)s and status = 'failed'

-- fail_scan
update compliance_scans set status = 'failed', reason = %(reason)s
 where tenant_id = (select current_tenant()) and id = %(id)s and status <> 'completed'

-- fail_stuck_scans
update compliance_scans set status = 'failed', reason = 'it did not finish'
 where tenant_id = (select current_tenant()) and status = 'in_progress' and scan_date < %(before)s
returning id

-- find_scan_in_progress
select id, scan_date, status, requested_by, total_resources, tagged_resources, untagged_resources, exempt_resources,
       untaggable_resources, compliance_percentage, scan_duration_seconds, reason
  from compliance_scans
 where tenant_id = (select current_tenant()) and status = 'in_progress' and scan_date >= %(since)s
 order by scan_date desc, id desc
 limit 1

-- judge_resources
-- What is there now: not gone, and seen by a scan lately or still on its account's bill. A bill shows a resource for as
-- long as it costs something, so what it alone knows counts while it is among the last week's.
create temporary table judged on commit drop as
with bill as (
    select account_id, max(charge_date) as last_day
      from current_daily_costs
     where tenant_id = (select current_tenant()) and charge_category = 'Usage'
     group by account_id
),
live as materialized (
    select r.account_id, r.resource_id, regexp_replace(r.resource_id, '^.*[:/]', '') as short_id, r.provider, r.type, r.arn,
           r.name, r.region, r.team_id, r.monthly_cost, r.currency, r.configuration, normal_tags(r.tags) as tags,
           coalesce(o.tags, d.tags) as required,
           case when r.scanned_at is null then 'bill' else 'inventory' end as source
      from resources r
      left join bill b on b.account_id = r.account_id
      join tag_requirements d on d.tenant_id = r.tenant_id and d.resource_type = ''
      left join tag_requirements o on o.tenant_id = r.tenant_id and o.resource_type = r.type
     where r.tenant_id = (select current_tenant())
       and coalesce(lower(r.status), '') not in ('gone', 'terminated', 'shutting-down', 'deleting', 'deleted')
       and case when r.scanned_at is null then r.last_seen > coalesce(b.last_day, r.last_seen) - 7
                else r.scanned_at > %(now)s - interval '30 days' or r.last_seen > b.last_day - 7 end
),
scoped as (
    select l.*,
           case when l.source = 'bill' and not is_taggable(l.provider, l.resource_id) then 'untaggable'
                when l.required = '[]' or exists (
                    select from tag_exemptions e
                     where e.tenant_id = (select current_tenant())
                       and coalesce(e.account_id, l.account_id) = l.account_id
                       and coalesce(e.resource_type, l.type) = l.type
                       and coalesce(e.resource_id, l.resource_id) = l.resource_id) then 'exempt'
                else 'judged' end as scope
      from live l
)
select s.*, missing_tags(s.tags, s.required) as missing, refused_tags(s.tags, s.required) as refused,
       -- Cost and usage reports write the colons inside a key as underscores.
       coalesce(s.tags ->> 'aws:cloudformation:stackname', s.tags ->> 'aws:cloudformationstackname') as stack,
       coalesce(s.tags ->> 'aws:autoscaling:groupname', s.tags ->> 'aws:autoscalinggroupname') as scaling_group,
       s.tags ->> 'aws:createdby' as creator
  from scoped s

-- analyze_judged
analyze judged

-- count_judged
select count(*) filter (where scope = 'judged') as total,
       count(*) filter (where scope = 'judged' and cardinality(missing) + cardinality(refused) > 0) as untagged,
       count(*) filter (where scope = 'exempt') as exempt,
       count(*) filter (where scope = 'untaggable') as untaggable
  from judged

-- insert_untagged
insert into untagged_resources (tenant_id, scan_id, place, account_id, resource_id, resource_type, resource_arn, name, region,
                                team_id, source, monthly_cost, currency, missing_tags, refused_tags, discovered_at)
select (select current_tenant()), %(id)s,
       row_number() over (order by j.currency = t.reporting_currency desc, j.currency, j.monthly_cost desc, j.account_id,
                                   j.resource_id),
       j.account_id, j.resource_id, j.type, j.arn, j.name, j.region, j.team_id, j.source, j.monthly_cost, j.currency,
       j.missing, j.refused, %(now)s
  from judged j
  join tenants t on t.id = (select current_tenant())
 where j.scope = 'judged' and cardinality(j.missing) + cardinality(j.refused) > 0

-- insert_scores
with groups as (
    select d.dimension, d.value, j.currency, j.monthly_cost, cardinality(j.missing) + cardinality(j.refused) = 0 as is_tagged
      from judged j
     cross join lateral (values ('team', coalesce(j.team_id::text, '')), ('account', j.account_id), ('type', j.type))
           as d (dimension, value)
     where j.scope = 'judged'
)
insert into compliance_scores (tenant_id, scan_id, dimension, value, currency, total_resources, tagged_resources, total_cost,
                               tagged_cost)
select (select current_tenant()), %(id)s, dimension, value, currency, count(*), count(*) filter (where is_tagged),
       sum(monthly_cost), coalesce(sum(monthly_cost) filter (where is_tagged), 0)
  from groups
 group by dimension, value, currency

-- complete_scan
update compliance_scans
   set status = 'completed', reason = null, total_resources = %(total)s, untagged_resources = %(untagged)s,
       tagged_resources = %(total)s - %(untagged)s, exempt_resources = %(exempt)s, untaggable_resources = %(untaggable)s,
       compliance_percentage = %(percentage)s, scan_duration_seconds = %(seconds)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_old_scans
-- The newest completed one stays, so that a tenant whose scans stopped still sees the last word.
delete from compliance_scans s
 where s.tenant_id = (select current_tenant()) and s.scan_date < %(before)s
   and s.id is distinct from (select l.id from compliance_scans l
                               where l.tenant_id = (select current_tenant()) and l.status = 'completed'
                               order by l.scan_date desc, l.id desc limit 1)

-- list_scans
select id, scan_date, status, requested_by, total_resources, tagged_resources, untagged_resources, exempt_resources,
       untaggable_resources, compliance_percentage, scan_duration_seconds, reason
  from compliance_scans
 where tenant_id = (select current_tenant())
   and (%(status)s::text is null or status = %(status)s)
   and (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (scan_date, id) < (%(after_at)s, %(after_id)s))
 order by scan_date desc, id desc
 limit %(limit)s

-- list_untagged
select u.scan_id, u.place, u.account_id, u.resource_id, u.resource_type, u.resource_arn, u.name, u.region, u.team_id,
       t.name as team, u.source, u.monthly_cost, u.currency, u.missing_tags, u.refused_tags, u.discovered_at
  from untagged_resources u
  left join teams t on t.tenant_id = u.tenant_id and t.id = u.team_id
 where u.tenant_id = (select current_tenant()) and u.scan_id = %(scan_id)s and u.place > %(after)s
   and (%(account)s::text is null or u.account_id = %(account)s)
   and (%(region)s::text is null or u.region = %(region)s)
   and (%(type)s::text is null or u.resource_type = %(type)s)
   and (%(team)s::uuid is null or u.team_id = %(team)s)
   and (not %(unattributed)s or u.team_id is null)
   and (%(missing_tag)s::text is null
        or normal_tag_key(%(missing_tag)s) in (select normal_tag_key(key) from unnest(u.missing_tags || u.refused_tags) as key))
 order by u.place
 limit %(limit)s

-- list_scores
select s.value, t.name, s.currency, s.total_resources, s.tagged_resources, s.total_cost, s.tagged_cost
  from compliance_scores s
  left join teams t on t.tenant_id = s.tenant_id and s.dimension = 'team' and t.id::text = s.value
 where s.tenant_id = (select current_tenant()) and s.scan_id = %(scan_id)s and s.dimension = %(dimension)s
 order by s.value, s.currency

-- stage_bonds
-- Everything that a resource has in common with others.
create temporary table bonds on commit drop as
select j.account_id, j.resource_id, j.tags, b.source, b.scope, b.name
  from judged j
 cross join lateral (values
           ('stack', coalesce(j.region, ''), j.stack),
           ('auto_scaling_group', coalesce(j.region, ''),
            case when j.type = 'Auto Scaling Group' then j.short_id else j.scaling_group end),
           ('creator', '', j.creator),
           ('subnet', '', j.configuration ->> 'subnetId'),
           ('vpc', '', j.configuration ->> 'vpcId'),
           ('name', '', name_stem(j.name))) as b (source, scope, name)
 where b.name <> ''

-- stage_votes
-- What those that carry a required key mostly say its value is.
create temporary table votes on commit drop as
with required as (
    select distinct normal_tag_key(r.tag ->> 'key') as key
      from judged j
     cross join lateral jsonb_array_elements(j.required) as r (tag)
),
counted as (
    select b.source, b.account_id, b.scope, b.name, q.key, b.tags ->> q.key as value, count(*) as agreeing
      from bonds b
      join required q on b.tags ->> q.key <> ''
     group by 1, 2, 3, 4, 5, 6
)
select distinct on (source, account_id, scope, name, key) source, account_id, scope, name, key, value, agreeing,
       sum(agreeing) over (partition by source, account_id, scope, name, key)::bigint as tagged
  from counted
 order by source, account_id, scope, name, key, agreeing desc, value

-- stage_attachments
-- A volume's instance, a snapshot's volume, an address's instance or interface.
create temporary table attachments on commit drop as
select j.account_id, j.resource_id, p.short_id, p.tags
  from judged j
 cross join lateral (
       select jsonb_array_elements_text(j.configuration -> 'attachedTo') as id
        where jsonb_typeof(j.configuration -> 'attachedTo') = 'array'
        union
       select j.configuration ->> 'volumeId'
        union
       select j.configuration ->> 'associatedWith') as parent
  join judged p on p.account_id = j.account_id and p.short_id = parent.id
 where j.scope = 'judged' and cardinality(j.missing) + cardinality(j.refused) > 0

-- analyze_staged
analyze bonds, votes, attachments

-- list_lacks
-- Where somebody accepted a value already, nothing else is proposed.
with lacks as materialized (
    select j.account_id, j.resource_id, k.tag_key, normal_tag_key(k.tag_key) as key, j.required
      from judged j
     cross join lateral unnest(j.missing || j.refused) as k (tag_key)
     where j.scope = 'judged'
       and not exists (select from tag_proposals p
                        where p.tenant_id = (select current_tenant()) and p.account_id = j.account_id
                          and p.resource_id = j.resource_id and p.status = 'accepted'
                          and normal_tag_key(p.tag_key) = normal_tag_key(k.tag_key))
),
heard as (
    select l.account_id, l.resource_id, l.tag_key, v.source, v.name as "group", v.value, v.agreeing, v.tagged
      from lacks l
      join bonds b on b.account_id = l.account_id and b.resource_id = l.resource_id
      join votes v on v.source = b.source and v.account_id = b.account_id and v.scope = b.scope and v.name = b.name
                  and v.key = l.key
     union all
    select l.account_id, l.resource_id, l.tag_key, 'attachment', min(a.short_id), a.tags ->> l.key, count(*),
           sum(count(*)) over (partition by l.account_id, l.resource_id, l.tag_key)::bigint
      from lacks l
      join attachments a on a.account_id = l.account_id and a.resource_id = l.resource_id
     where a.tags ->> l.key <> ''
     group by l.account_id, l.resource_id, l.tag_key, a.tags ->> l.key
),
votes_of as (
    select account_id, resource_id, tag_key,
           jsonb_agg(jsonb_build_object('source', source, 'group', "group", 'value', value, 'agreeing', agreeing,
                                        'tagged', tagged)) as votes
      from heard
     group by account_id, resource_id, tag_key
)
select l.account_id, l.resource_id, l.tag_key, v.votes,
       (select nullif(r.tag -> 'allowed_values', 'null') from jsonb_array_elements(l.required) as r (tag)
         where r.tag ->> 'key' = l.tag_key) as allowed_values
  from lacks l
  join votes_of v on v.account_id = l.account_id and v.resource_id = l.resource_id and v.tag_key = l.tag_key

-- save_proposals
insert into tag_proposals (tenant_id, id, account_id, resource_id, tag_key, tag_value, confidence, evidence, found_at, created_at)
select (select current_tenant()),
       natural_id((select current_tenant())::text, 'tag', p.account_id, p.resource_id, p.tag_key, p.tag_value),
       p.account_id, p.resource_id, p.tag_key, p.tag_value, p.confidence, p.evidence, %(now)s, %(now)s
  from jsonb_to_recordset(%(proposals)s) as p (
       account_id text, resource_id text, tag_key text, tag_value text, confidence numeric, evidence jsonb)
    on conflict (tenant_id, account_id, resource_id, tag_key, tag_value) do update
   set confidence = excluded.confidence, evidence = excluded.evidence, found_at = excluded.found_at
 where tag_proposals.status = 'open'

-- delete_unfounded_proposals
delete from tag_proposals where tenant_id = (select current_tenant()) and status = 'open' and found_at <> %(now)s

-- settle_accepted_proposals
-- The scan is the witness: a tag is there once it was seen.
update tag_proposals p
   set status = case when j.tags ->> normal_tag_key(p.tag_key) = p.tag_value then 'applied' else 'rejected' end,
       reason = case when j.tags ->> normal_tag_key(p.tag_key) <> p.tag_value then 'another value was given to it' end
  from judged j
 where p.tenant_id = (select current_tenant()) and p.status = 'accepted' and j.account_id = p.account_id
   and j.resource_id = p.resource_id and j.tags ->> normal_tag_key(p.tag_key) <> ''
   and normal_tag_key(p.tag_key) not in (select normal_tag_key(key) from unnest(j.refused) as key)
returning p.id, p.status

-- count_open_proposals
select count(*) from tag_proposals where tenant_id = (select current_tenant()) and status = 'open'

-- list_proposals
select p.id, p.account_id, p.resource_id, r.type as resource_type, r.name, r.region, r.team_id, p.tag_key, p.tag_value,
       p.confidence, p.evidence, p.status, p.reason, p.decided_by, p.decided_at, p.found_at, p.created_at
  from tag_proposals p
  join resources r on r.tenant_id = p.tenant_id and r.account_id = p.account_id and r.resource_id = p.resource_id
 where p.tenant_id = (select current_tenant())
   and (%(status)s::text is null or p.status = %(status)s)
   and (%(account)s::text is null or p.account_id = %(account)s)
   and (%(type)s::text is null or r.type = %(type)s)
   and (%(resource)s::text is null or p.resource_id = %(resource)s)
   and (%(key)s::text is null or normal_tag_key(p.tag_key) = normal_tag_key(%(key)s))
   and (%(least_confidence)s::numeric is null or p.confidence >= %(least_confidence)s)
   and (%(after_confidence)s::numeric is null or (-p.confidence, p.id) > (-%(after_confidence)s::numeric, %(after_id)s::uuid))
 order by p.confidence desc, p.id
 limit %(limit)s

-- read_accepted_tags
-- Of two values for one key the more certain one.
select r.account_id, r.region, r.resource_id, coalesce(r.arn, case when r.resource_id like 'arn:%%' then r.resource_id end) as arn,
       (select jsonb_object_agg(o.tag_key, o.tag_value order by o.confidence, o.id)
          from tag_proposals o
         where o.tenant_id = p.tenant_id and o.account_id = p.account_id and o.resource_id = p.resource_id
           and o.status = 'accepted') as tags
  from tag_proposals p
  join resources r on r.tenant_id = p.tenant_id and r.account_id = p.account_id and r.resource_id = p.resource_id
 where p.tenant_id = (select current_tenant()) and p.id = %(id)s

-- lock_proposals
select id, status
  from tag_proposals
 where tenant_id = (select current_tenant()) and id = any(%(ids)s)
 order by id
   for update

-- decide_proposals
update tag_proposals
   set status = %(status)s, reason = %(reason)s, decided_by = %(decided_by)s, decided_at = %(now)s
 where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- list_proposals_by_id
select p.id, p.account_id, p.resource_id, r.type as resource_type, r.name, r.region, r.team_id, p.tag_key, p.tag_value,
       p.confidence, p.evidence, p.status, p.reason, p.decided_by, p.decided_at, p.found_at, p.created_at
  from tag_proposals p
  join resources r on r.tenant_id = p.tenant_id and r.account_id = p.account_id and r.resource_id = p.resource_id
 where p.tenant_id = (select current_tenant()) and p.id = any(%(ids)s)
 order by p.confidence desc, p.id
