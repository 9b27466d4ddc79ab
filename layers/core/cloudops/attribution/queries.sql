-- lock_resources
select pg_advisory_xact_lock(hashtextextended((select current_tenant())::text || '|resources', 0))

-- plan_for_sets
-- The price that the planner puts on a nested loop which cannot be avoided would have each statement compiled, for longer
-- than it runs. To merge what has no statistics it would sort charges, on disk where they are many.
select set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true),
       set_config('work_mem', '32MB', true)

-- forget_work
drop table if exists pg_temp.attribution_things, pg_temp.normalized_pairs, pg_temp.thing_tags, pg_temp.attribution_matches,
                     pg_temp.attribution_verdicts

-- create_things
create temporary table attribution_things (
    key bigint, provider text, account_id text, service text, resource_id text, tags jsonb
) on commit drop

-- list_tag_rules
select id, rule_name, tag_key, pattern, normalized_key, normalized_value, priority, is_active, created_at, updated_at
  from tag_rules
 where tenant_id = (select current_tenant())
 order by priority desc, rule_name collate "C"

-- lock_tag_rule
select id, rule_name, tag_key, pattern, normalized_key, normalized_value, priority, is_active, created_at, updated_at
  from tag_rules
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- put_tag_rule
insert into tag_rules (tenant_id, id, rule_name, tag_key, pattern, normalized_key, normalized_value, priority, is_active,
                       created_at, updated_at)
values ((select current_tenant()), %(id)s, %(rule_name)s, %(tag_key)s, %(pattern)s, %(normalized_key)s, %(normalized_value)s,
        %(priority)s, %(is_active)s, %(created_at)s, %(updated_at)s)
    on conflict (tenant_id, id) do update
   set rule_name = excluded.rule_name, tag_key = excluded.tag_key, pattern = excluded.pattern,
       normalized_key = excluded.normalized_key, normalized_value = excluded.normalized_value, priority = excluded.priority,
       is_active = excluded.is_active, updated_at = excluded.updated_at

-- delete_tag_rule
delete from tag_rules where tenant_id = (select current_tenant()) and id = %(id)s

-- list_attribution_rules
select id, rule_name, kind, tag_key, match_values, team_id, service_id, priority, is_active, created_at, updated_at
  from attribution_rules
 where tenant_id = (select current_tenant())
 order by id

-- lock_attribution_rule
select id, rule_name, kind, tag_key, match_values, team_id, service_id, priority, is_active, created_at, updated_at
  from attribution_rules
 where tenant_id = (select current_tenant()) and id = %(id)s
   for update

-- put_attribution_rule
insert into attribution_rules (tenant_id, id, rule_name, kind, tag_key, match_values, team_id, service_id, priority, is_active,
                               created_at, updated_at)
values ((select current_tenant()), %(id)s, %(rule_name)s, %(kind)s, %(tag_key)s, %(match_values)s, %(team_id)s,
        %(service_id)s, %(priority)s, %(is_active)s, %(created_at)s, %(updated_at)s)
    on conflict (tenant_id, id) do update
   set rule_name = excluded.rule_name, kind = excluded.kind, tag_key = excluded.tag_key, match_values = excluded.match_values,
       team_id = excluded.team_id, service_id = excluded.service_id, priority = excluded.priority,
       is_active = excluded.is_active, updated_at = excluded.updated_at

-- delete_attribution_rule
delete from attribution_rules where tenant_id = (select current_tenant()) and id = %(id)s

-- list_split_rules
select r.id, r.rule_name, r.method, r.charge_category, r.service, r.account_id, r.tag_key, r.tag_value, r.priority, r.is_active,
       r.created_at, r.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_array(s.team_id, s.percentage::text) order by s.team_id), '[]')
          from split_shares s where s.tenant_id = r.tenant_id and s.split_rule_id = r.id) as shares
  from split_rules r
 where r.tenant_id = (select current_tenant()) and (%(id)s::uuid is null or r.id = %(id)s)
 order by r.priority desc, r.rule_name collate "C"

-- lock_split_rule
select id from split_rules where tenant_id = (select current_tenant()) and id = %(id)s for update

-- put_split_rule
insert into split_rules (tenant_id, id, rule_name, method, charge_category, service, account_id, tag_key, tag_value, priority,
                         is_active, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(rule_name)s, %(method)s, %(charge_category)s, %(service)s, %(account_id)s,
        %(tag_key)s, %(tag_value)s, %(priority)s, %(is_active)s, %(created_at)s, %(updated_at)s)
    on conflict (tenant_id, id) do update
   set rule_name = excluded.rule_name, method = excluded.method, charge_category = excluded.charge_category,
       service = excluded.service, account_id = excluded.account_id, tag_key = excluded.tag_key,
       tag_value = excluded.tag_value, priority = excluded.priority, is_active = excluded.is_active,
       updated_at = excluded.updated_at

-- delete_split_shares
delete from split_shares where tenant_id = (select current_tenant()) and split_rule_id = %(id)s

-- insert_split_shares
insert into split_shares (tenant_id, split_rule_id, team_id, percentage)
select (select current_tenant()), %(id)s, s.team_id, s.percentage
  from unnest(%(team_ids)s::uuid[], %(percentages)s::numeric[]) as s (team_id, percentage)

-- delete_split_rule
delete from split_rules where tenant_id = (select current_tenant()) and id = %(id)s

-- list_waiting_deliveries
select d.id
  from deliveries d
 where d.tenant_id = (select current_tenant()) and d.status in ('current', 'shadow')
   and not exists (select from subject_costs s where s.tenant_id = d.tenant_id and s.delivery_id = d.id)
   and exists (select from daily_costs c where c.tenant_id = d.tenant_id and c.delivery_id = d.id)
 order by d.id

-- forget_charges
drop table if exists pg_temp.delivery_charges, pg_temp.delivery_subjects

-- read_charges
-- The one look at charges: their keys cost as much to compute as the charges to read, so both are done once.
create temporary table delivery_charges on commit drop as
select delivery_id, id, attribution_key(provider, account_id, service, resource_id, tags) as key, charge_date, charge_category,
       currency, billed_cost, effective_cost
  from charges
 where tenant_id = (select current_tenant()) and delivery_id = any(%(delivery_ids)s)

-- sum_subjects
create temporary table delivery_subjects on commit drop as
select delivery_id, key, currency, min(id) as charge_id, count(*) as charges, sum(billed_cost) as billed_cost
  from delivery_charges
 group by delivery_id, key, currency

-- insert_subject_costs
insert into subject_costs (tenant_id, delivery_id, key, currency, charges, billed_cost)
select (select current_tenant()), delivery_id, key, currency, charges, billed_cost from delivery_subjects order by delivery_id, key

-- delete_subject_costs
delete from subject_costs where tenant_id = (select current_tenant()) and delivery_id = any(%(delivery_ids)s)

-- add_charged_things
-- Any of its charges tells what a subject is.
with fresh as materialized (
    select key, min(charge_id) as charge_id
      from delivery_subjects d
     where not exists (select from attribution_subjects s where s.tenant_id = (select current_tenant()) and s.key = d.key)
     group by key
)
insert into attribution_things (key, provider, account_id, service, resource_id, tags)
select f.key, c.provider, c.account_id, c.service, c.resource_id, c.tags
  from fresh f
  join charges c on c.id = f.charge_id
 where c.tenant_id = (select current_tenant()) and c.delivery_id = any(%(delivery_ids)s)

-- add_resources
insert into attribution_things (key, provider, account_id, service, resource_id, tags)
select found.key, any_value(provider), any_value(account_id), any_value(service), any_value(resource_id), any_value(tags)
  from (select attribution_key(provider, account_id, service, resource_id, tags) as key, provider, account_id, service,
               resource_id, tags
          from resources
         where tenant_id = (select current_tenant())) found
 where not exists (
       select from attribution_subjects s where s.tenant_id = (select current_tenant()) and s.key = found.key)
   and not exists (select from attribution_things t where t.key = found.key)
 group by found.key

-- add_subjects
insert into attribution_things (key, provider, account_id, service, resource_id, tags)
select key, provider, account_id, service, resource_id, tags
  from attribution_subjects
 where tenant_id = (select current_tenant())

-- add_previewed
insert into attribution_things (key, provider, account_id, service, resource_id, tags)
select key, provider, account_id, service, resource_id, tags
  from attribution_subjects s
 where tenant_id = (select current_tenant())
   and (%(tag_keys)s::text[] is null
        or exists (select from jsonb_object_keys(s.tags) k where lower(k) = any(%(tag_keys)s::text[])))
   and exists (select from subject_costs c
                where c.tenant_id = s.tenant_id and c.key = s.key and c.delivery_id = any(%(delivery_ids)s))

-- add_explained
insert into attribution_things (key, provider, account_id, service, resource_id, tags)
select key, provider, account_id, service, resource_id, tags
  from attribution_subjects
 where tenant_id = (select current_tenant()) and key = any(%(keys)s)

-- list_pairs
select distinct t.key as tag_key, t.value as tag_value
  from attribution_things s, jsonb_each_text(s.tags) t
 where lower(t.key) = any(%(tag_keys)s) and t.value is not null

-- list_new_pairs
select distinct t.key as tag_key, t.value as tag_value
  from attribution_things s, jsonb_each_text(s.tags) t
 where lower(t.key) = any(%(tag_keys)s) and t.value is not null
   and not exists (select from tag_pairs p
                    where p.tenant_id = (select current_tenant()) and p.tag_key = t.key and p.tag_value = t.value)

-- delete_pairs
delete from tag_pairs where tenant_id = (select current_tenant())

-- insert_pairs
insert into tag_pairs (tenant_id, id, tag_key, tag_value, normalized_key, normalized_value, tag_rule_id, place)
select (select current_tenant()), natural_id(p.tag_key, p.tag_value), p.tag_key, p.tag_value, p.normalized_key,
       p.normalized_value, p.tag_rule_id, p.place
  from unnest(%(tag_keys)s::text[], %(tag_values)s::text[], %(normalized_keys)s::text[], %(normalized_values)s::text[],
              %(tag_rule_ids)s::uuid[], %(places)s::bigint[])
       as p (tag_key, tag_value, normalized_key, normalized_value, tag_rule_id, place)
    on conflict (tenant_id, id) do nothing

-- take_stored_pairs
create temporary table normalized_pairs on commit drop as
select tag_key, tag_value, normalized_key, normalized_value, tag_rule_id, place
  from tag_pairs
 where tenant_id = (select current_tenant())

-- take_pairs
create temporary table normalized_pairs on commit drop as
select p.tag_key, p.tag_value, p.normalized_key, p.normalized_value, p.tag_rule_id, p.place
  from unnest(%(tag_keys)s::text[], %(tag_values)s::text[], %(normalized_keys)s::text[], %(normalized_values)s::text[],
              %(tag_rule_ids)s::uuid[], %(places)s::bigint[])
       as p (tag_key, tag_value, normalized_key, normalized_value, tag_rule_id, place)

-- normalize_tags
create temporary table thing_tags on commit drop as
select distinct on (s.key, lower(coalesce(p.normalized_key, t.key)))
       s.key, lower(coalesce(p.normalized_key, t.key)) as tag_key,
       lower(btrim(coalesce(p.normalized_value, t.value))) as tag_value, coalesce(p.normalized_value, t.value) as shown_value
  from attribution_things s
 cross join lateral jsonb_each_text(s.tags) t
  left join normalized_pairs p on p.tag_key = t.key and p.tag_value = t.value
 where lower(t.key) = any(%(tag_keys)s) and t.value is not null
 order by s.key, lower(coalesce(p.normalized_key, t.key)), p.place nulls last, t.key collate "C"

-- match_rules
create temporary table attribution_matches on commit drop as
with rules as materialized (
    select r.*
      from jsonb_to_recordset(%(rules)s::jsonb)
           as r (rule_id uuid, kind text, tag_key text, match_values text[], team_id uuid, service_id uuid, place bigint)
),
rule_values as materialized (
    select r.rule_id, r.kind, r.tag_key, r.team_id, r.service_id, r.place, v.value
      from rules r, unnest(r.match_values) as v (value)
),
-- A name that two teams share tells neither.
named_teams as (
    select lower(btrim(name)) as name, (array_agg(id))[1] as team_id
      from teams where tenant_id = (select current_tenant())
     group by 1 having count(*) = 1
),
named_services as (
    select lower(btrim(name)) as name, (array_agg(id))[1] as service_id
      from services where tenant_id = (select current_tenant())
     group by 1 having count(*) = 1
),
matches as (
    select t.key, r.place, r.rule_id, n.team_id, null::uuid as service_id
      from rules r
      join thing_tags t on t.tag_key = r.tag_key
      join named_teams n on n.name = t.tag_value
     where r.kind = 'team_name'
     union all
    select t.key, r.place, r.rule_id, null, n.service_id
      from rules r
      join thing_tags t on t.tag_key = r.tag_key
      join named_services n on n.name = t.tag_value
     where r.kind = 'service_name'
     union all
    select t.key, r.place, r.rule_id, r.team_id, r.service_id
      from rule_values r
      join thing_tags t on t.tag_key = r.tag_key and t.tag_value = r.value
     where r.kind = 'tag'
     union all
    select t.key, r.place, r.rule_id, a.team_id, null
      from rules r
     cross join cloud_accounts a
      join attribution_things t on t.account_id = a.account_id and t.provider = a.provider
     where r.kind = 'account_owner' and a.tenant_id = (select current_tenant()) and a.team_id is not null
     union all
    select t.key, r.place, r.rule_id, r.team_id, r.service_id
      from rule_values r
      join attribution_things t on t.account_id = r.value
     where r.kind = 'account'
     union all
    select t.key, r.place, r.rule_id, r.team_id, r.service_id
      from rule_values r
      join attribution_things t on t.resource_id = r.value
     where r.kind = 'resource'
     union all
    select t.key, r.place, r.rule_id, r.team_id, r.service_id
      from rule_values r
      join attribution_things t on starts_with(t.resource_id, r.value)
     where r.kind = 'resource_prefix'
     union all
    select t.key, r.place, r.rule_id, r.team_id, r.service_id
      from rule_values r
      join attribution_things t on t.service = r.value
     where r.kind = 'provider_service'
)
select distinct m.key, m.place, m.rule_id, coalesce(m.team_id, s.team_id) as team_id, m.service_id
  from matches m
  left join services s on s.tenant_id = (select current_tenant()) and s.id = m.service_id

-- judge_things
create temporary table attribution_verdicts on commit drop as
with team_of as (
    select distinct on (key) key, team_id, rule_id from attribution_matches where team_id is not null order by key, place
),
service_of as (
    select distinct on (key) key, service_id, rule_id from attribution_matches where service_id is not null order by key, place
),
splits as (
    select r.rule_id, r.service, r.account_id, r.tag_key, r.tag_value, r.place, c.charge_category
      from jsonb_to_recordset(%(splits)s::jsonb)
           as r (rule_id uuid, charge_category text, service text, account_id text, tag_key text, tag_value text, place bigint),
           unnest(array['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']) as c (charge_category)
     where r.charge_category is null or r.charge_category = c.charge_category
),
shared as (
    select distinct on (t.key, r.charge_category) t.key, r.charge_category, r.rule_id
      from splits r
     cross join attribution_things t
      left join thing_tags g on g.key = t.key and g.tag_key = r.tag_key and g.tag_value = r.tag_value
     where (r.service is null or t.service = r.service)
       and (r.account_id is null or t.account_id = r.account_id)
       and (r.tag_key is null or g.key is not null)
     order by t.key, r.charge_category, r.place
),
shared_of as (
    select key, jsonb_object_agg(charge_category, rule_id) as split_rule_ids from shared group by key
)
select t.key, o.team_id, v.service_id, o.rule_id as team_rule_id, v.rule_id as service_rule_id, p.split_rule_ids
  from attribution_things t
  left join team_of o on o.key = t.key
  left join service_of v on v.key = t.key
  left join shared_of p on p.key = t.key

-- insert_subjects
with stored as (
    insert into attribution_subjects (tenant_id, key, provider, account_id, service, resource_id, tags, team_id, service_id,
                                      team_rule_id, service_rule_id, split_rule_ids)
    select (select current_tenant()), t.key, t.provider, t.account_id, t.service, t.resource_id, t.tags, v.team_id, v.service_id,
           v.team_rule_id, v.service_rule_id, v.split_rule_ids
      from attribution_things t
      join attribution_verdicts v on v.key = t.key
     where not exists (select from attribution_subjects s where s.tenant_id = (select current_tenant()) and s.key = t.key)
     order by t.key
    returning key
)
select array_agg(key) from stored

-- update_subjects
with stored as (
    update attribution_subjects s
       set team_id = v.team_id, service_id = v.service_id, team_rule_id = v.team_rule_id, service_rule_id = v.service_rule_id,
           split_rule_ids = v.split_rule_ids
      from attribution_verdicts v
     where s.tenant_id = (select current_tenant()) and s.key = v.key
       and (s.team_id, s.service_id, s.team_rule_id, s.service_rule_id, s.split_rule_ids)
           is distinct from (v.team_id, v.service_id, v.team_rule_id, v.service_rule_id, v.split_rule_ids)
    returning s.key
)
select array_agg(key) from stored

-- count_things
select count(*) from attribution_things

-- list_touched_deliveries
select distinct c.delivery_id
  from subject_costs c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status in ('current', 'shadow')
 where c.tenant_id = (select current_tenant()) and c.key = any(%(keys)s)

-- own_resources
update resources r
   set team_id = t.id, service_id = v.id
  from attribution_subjects s
  left join teams t on t.tenant_id = s.tenant_id and t.id = s.team_id
  left join services v on v.tenant_id = s.tenant_id and v.id = s.service_id
 where r.tenant_id = (select current_tenant()) and s.tenant_id = r.tenant_id
   and s.key = attribution_key(r.provider, r.account_id, r.service, r.resource_id, r.tags)
   and (r.team_id is distinct from t.id or r.service_id is distinct from v.id)

-- delete_attributed_costs
delete from attributed_costs where tenant_id = (select current_tenant()) and delivery_id = any(%(delivery_ids)s)

-- delete_team_costs
delete from team_costs where tenant_id = (select current_tenant()) and delivery_id = any(%(delivery_ids)s)

-- insert_attributed_costs
-- Charges are added up by a number: one subject stands for all that share provider, account, service and owner. Adding up by
-- their names takes three times as long. A charge whose subject were missing would break the statement, not lose its cost.
with subjects as materialized (
    select key, provider, account_id, service, team_id, service_id, split_rule_ids,
           min(key) over (partition by provider, account_id, service, team_id, service_id, split_rule_ids) as owner
      from attribution_subjects
     where tenant_id = (select current_tenant())
),
summed as (
    select s.owner, c.charge_date, c.delivery_id, c.charge_category, c.currency, count(*) as charges,
           sum(c.billed_cost) as billed_cost, sum(c.effective_cost) as effective_cost
      from delivery_charges c
      left join subjects s on s.key = c.key
     group by s.owner, c.charge_date, c.delivery_id, c.charge_category, c.currency
),
written as (
    insert into attributed_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, charge_category, currency,
                                  team_id, service_id, split_rule_id, charges, billed_cost, effective_cost)
    select (select current_tenant()), c.delivery_id, c.charge_date, s.provider, s.account_id, s.service, c.charge_category,
           c.currency, s.team_id, s.service_id, (s.split_rule_ids ->> c.charge_category)::uuid, c.charges, c.billed_cost,
           c.effective_cost
      from summed c
      left join subjects s on s.key = c.owner
    returning delivery_id, charge_date, currency, team_id, service_id, split_rule_id, charges, billed_cost, effective_cost
)
insert into team_costs (tenant_id, delivery_id, charge_date, currency, team_id, service_id, split_rule_id, charges, billed_cost,
                        effective_cost)
select (select current_tenant()), delivery_id, charge_date, currency, team_id, service_id, split_rule_id, sum(charges),
       sum(billed_cost), sum(effective_cost)
  from written
 group by delivery_id, charge_date, currency, team_id, service_id, split_rule_id

-- read_fingerprint
select md5(concat_ws('|',
    (select string_agg(row(id, name)::text, ';' order by id) from teams where tenant_id = (select current_tenant())),
    (select string_agg(row(id, name, team_id)::text, ';' order by id) from services where tenant_id = (select current_tenant())),
    (select string_agg(row(provider, account_id, team_id)::text, ';' order by id)
       from cloud_accounts where tenant_id = (select current_tenant()) and team_id is not null),
    (select string_agg(row(id, rule_name, tag_key, pattern, normalized_key, normalized_value, priority)::text, ';' order by id)
       from tag_rules where tenant_id = (select current_tenant()) and is_active),
    (select string_agg(row(id, rule_name, kind, tag_key, match_values, team_id, service_id, priority, is_active)::text, ';'
                       order by id)
       from attribution_rules where tenant_id = (select current_tenant())),
    (select string_agg(row(id, rule_name, charge_category, service, account_id, tag_key, tag_value, priority)::text, ';' order by id)
       from split_rules where tenant_id = (select current_tenant()) and is_active)))

-- read_last_run
select fingerprint, attributed_at from attributions where tenant_id = (select current_tenant())

-- put_run
insert into attributions (tenant_id, fingerprint, attributed_at)
values ((select current_tenant()), %(fingerprint)s, %(now)s)
    on conflict (tenant_id) do update set fingerprint = excluded.fingerprint, attributed_at = excluded.attributed_at

-- list_previewed_deliveries
select id, period
  from deliveries
 where tenant_id = (select current_tenant()) and status = 'current'
   and period >= (select max(period) from deliveries
                   where tenant_id = (select current_tenant()) and status = 'current') - interval '1 month'
 order by period, id

-- sum_previewed
select currency, sum(charges)::bigint as charges, sum(billed_cost) as billed_cost
  from subject_costs
 where tenant_id = (select current_tenant()) and delivery_id = any(%(delivery_ids)s)
 group by currency
 order by currency

-- sum_pairs_taken
select c.currency, sum(c.charges)::bigint as charges, sum(c.billed_cost) as billed_cost
  from subject_costs c
 where c.tenant_id = (select current_tenant()) and c.delivery_id = any(%(delivery_ids)s)
   and c.key in (select s.key
                   from attribution_things s
                  cross join lateral jsonb_each_text(s.tags) t
                   join normalized_pairs p on p.tag_key = t.key and p.tag_value = t.value
                  where p.tag_rule_id = %(rule_id)s)
 group by c.currency
 order by c.currency

-- list_pairs_taken
select p.tag_key, p.tag_value, p.normalized_key, p.normalized_value, c.currency, sum(c.charges)::bigint as charges,
       sum(c.billed_cost) as billed_cost
  from attribution_things s
 cross join lateral jsonb_each_text(s.tags) t
  join normalized_pairs p on p.tag_key = t.key and p.tag_value = t.value
  join subject_costs c on c.tenant_id = (select current_tenant()) and c.key = s.key and c.delivery_id = any(%(delivery_ids)s)
 where p.tag_rule_id = %(rule_id)s
 group by p.tag_key, p.tag_value, p.normalized_key, p.normalized_value, c.currency
 order by abs(sum(c.billed_cost)) desc, p.tag_key, p.tag_value, c.currency
 limit %(limit)s

-- sum_rule_matches
select c.currency, sum(c.charges)::bigint as charges, sum(c.billed_cost) as billed_cost
  from subject_costs c
 where c.tenant_id = (select current_tenant()) and c.delivery_id = any(%(delivery_ids)s)
   and c.key in (select key from attribution_matches where rule_id = %(rule_id)s)
 group by c.currency
 order by c.currency

-- sum_shared
select c.currency, count(*) as charges, sum(c.billed_cost) as billed_cost
  from charges c
  join attribution_verdicts v
    on v.key = attribution_key(c.provider, c.account_id, c.service, c.resource_id, c.tags)
 where c.tenant_id = (select current_tenant()) and c.delivery_id = any(%(delivery_ids)s)
   and (v.split_rule_ids ->> c.charge_category)::uuid = %(rule_id)s
 group by c.currency
 order by c.currency

-- list_moves
select s.team_id as from_team_id, f.name as from_team, v.team_id as to_team_id, t.name as to_team, c.currency,
       sum(c.charges)::bigint as charges, sum(c.billed_cost) as billed_cost
  from attribution_verdicts v
  join attribution_subjects s on s.tenant_id = (select current_tenant()) and s.key = v.key
  join subject_costs c on c.tenant_id = (select current_tenant()) and c.key = v.key and c.delivery_id = any(%(delivery_ids)s)
  left join teams f on f.tenant_id = (select current_tenant()) and f.id = s.team_id
  left join teams t on t.tenant_id = (select current_tenant()) and t.id = v.team_id
 where s.team_id is distinct from v.team_id or s.service_id is distinct from v.service_id
 group by s.team_id, f.name, v.team_id, t.name, c.currency
 order by abs(sum(c.billed_cost)) desc, f.name, t.name, c.currency

-- find_subjects
select key
  from attribution_subjects
 where tenant_id = (select current_tenant()) and resource_id = %(resource_id)s
   and (%(account_id)s::text is null or account_id = %(account_id)s)
 order by key
 limit %(limit)s

-- find_subject_of_charge
select attribution_key(provider, account_id, service, resource_id, tags)
  from charges
 where tenant_id = (select current_tenant()) and charge_date = %(charge_date)s and id = %(charge_id)s

-- list_explained
select s.key, s.provider, s.account_id, s.service as provider_service, s.resource_id, s.tags,
       (select coalesce(jsonb_object_agg(g.tag_key, g.shown_value), '{}') from thing_tags g where g.key = s.key) as normalized_tags
  from attribution_things s
 order by s.account_id, s.service, s.key

-- list_matches
select m.key, m.rule_id, m.place, m.team_id, t.name as team, m.service_id, v.name as service
  from attribution_matches m
  left join teams t on t.tenant_id = (select current_tenant()) and t.id = m.team_id
  left join services v on v.tenant_id = (select current_tenant()) and v.id = m.service_id
 order by m.key, m.place
