-- plan_for_sets
-- A month that was just loaded has no statistics, and without them the planner sorts and loops where it should hash.
select set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true), set_config('jit', 'off', true)

-- read_owned_costs
with costs as (
    select c.charge_date >= %(start)s as recent, c.currency, c.team_id, c.service_id,
           sum(case %(measure)s when 'effective' then c.effective_cost else c.billed_cost end) as direct, 0::numeric as shared
      from current_team_costs c
     where c.tenant_id = (select current_tenant()) and c.charge_date >= %(previous)s and c.charge_date < %(end)s
       and c.split_rule_id is null
     group by 1, 2, 3, 4
     union all
    select s.charge_date >= %(start)s, s.currency, s.team_id, null, 0,
           sum(case %(measure)s when 'effective' then s.effective_cost else s.billed_cost end)
      from shared_costs(%(previous)s, %(end)s) s
     group by 1, 2, 3
),
placed as (
    select c.currency, c.recent, c.direct, c.shared,
           case when %(level)s = 'team' then t.id end as team_id, case when %(level)s = 'team' then t.name end as team,
           case when %(level)s in ('team', 'business_unit') then u.id end as business_unit_id,
           case when %(level)s in ('team', 'business_unit') then u.name end as business_unit,
           case when %(level)s in ('team', 'business_unit', 'business_group') then g.id end as business_group_id,
           case when %(level)s in ('team', 'business_unit', 'business_group') then g.name end as business_group,
           case when %(level)s = 'service' then v.id end as service_id, case when %(level)s = 'service' then v.name end as service
      from costs c
      left join teams t on t.tenant_id = (select current_tenant()) and t.id = c.team_id
      left join business_units u on u.tenant_id = t.tenant_id and u.id = t.business_unit_id
      left join business_groups g on g.tenant_id = u.tenant_id and g.id = u.business_group_id
      left join services v on v.tenant_id = (select current_tenant()) and v.id = c.service_id
)
select team_id, team, business_unit_id, business_unit, business_group_id, business_group, service_id, service, currency,
       coalesce(sum(direct) filter (where recent), 0) as direct_cost, coalesce(sum(shared) filter (where recent), 0) as shared_cost,
       coalesce(sum(direct + shared) filter (where not recent), 0) as previous_cost
  from placed
 group by 1, 2, 3, 4, 5, 6, 7, 8, 9
 order by currency, sum(direct + shared) filter (where recent) desc nulls last, team, business_unit, business_group, service, 1, 3, 5, 7

-- read_drilled_costs
select case %(group_by)s
           when 'service' then c.service
           when 'account' then c.account_id
           when 'charge_category' then c.charge_category
           when 'day' then c.charge_date::text
       end as "group",
       null::text as split_rule, c.currency,
       sum(case %(measure)s when 'effective' then c.effective_cost else c.billed_cost end) as cost
  from current_attributed_costs c
  left join teams t on t.tenant_id = (select current_tenant()) and t.id = c.team_id
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and c.split_rule_id is null
   and (c.team_id = %(team_id)s or %(team_id)s::uuid is null and t.id is null)
 group by 1, c.currency
 union all
select case %(group_by)s when 'day' then s.charge_date::text end, r.rule_name, s.currency,
       sum(case %(measure)s when 'effective' then s.effective_cost else s.billed_cost end)
  from shared_costs(%(start)s, %(end)s) s
  left join split_rules r on r.tenant_id = (select current_tenant()) and r.id = s.split_rule_id
 where s.team_id is not distinct from %(team_id)s::uuid
 group by 1, 2, 3
 order by 3, 4 desc, 1, 2
 limit %(limit)s

-- read_showback
select %(team)s::text as team, %(month)s::date as month, 'direct' as kind, c.account_id, c.service, c.charge_category,
       null::text as split_rule, c.currency, sum(c.billed_cost) as billed_cost, sum(c.effective_cost) as effective_cost
  from current_attributed_costs c
  left join teams t on t.tenant_id = (select current_tenant()) and t.id = c.team_id
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
   and c.split_rule_id is null
   and (c.team_id = %(team_id)s or %(team_id)s::uuid is null and t.id is null)
 group by c.account_id, c.service, c.charge_category, c.currency
 union all
select %(team)s, %(month)s, 'shared', null, null, null, r.rule_name, s.currency, sum(s.billed_cost), sum(s.effective_cost)
  from shared_costs(%(start)s, %(end)s) s
  left join split_rules r on r.tenant_id = (select current_tenant()) and r.id = s.split_rule_id
 where s.team_id is not distinct from %(team_id)s::uuid
 group by r.rule_name, s.currency
 order by 8, 3, 9 desc, 4, 5, 6, 7

-- find_teams
select id, name
  from teams
 where tenant_id = (select current_tenant()) and (id::text = lower(%(team)s) or name = %(team)s)
 order by id::text <> lower(%(team)s), id

-- put_unit_counts
insert into unit_counts (tenant_id, metric_name, count_date, count, updated_at)
select (select current_tenant()), u.metric_name, u.count_date, u.count, %(now)s
  from unnest(%(metric_names)s::text[], %(days)s::date[], %(counts)s::numeric[]) as u (metric_name, count_date, count)
 order by u.metric_name, u.count_date
    on conflict (tenant_id, metric_name, count_date) do update set count = excluded.count, updated_at = excluded.updated_at

-- list_unit_counts
select count_date as day, metric_name, count, updated_at
  from unit_counts
 where tenant_id = (select current_tenant())
   and (%(metric_name)s::text is null or metric_name = %(metric_name)s)
   and (%(start)s::date is null or count_date >= %(start)s)
   and (%(end)s::date is null or count_date < %(end)s)
   and (%(after)s::text[] is null or (metric_name, count_date) > ((%(after)s::text[])[1], (%(after)s::text[])[2]::date))
 order by metric_name, count_date
 limit %(limit)s

-- read_unit_costs
with costs as (
    select c.charge_date, c.currency, c.team_id, c.service_id,
           case %(measure)s when 'effective' then c.effective_cost else c.billed_cost end as cost
      from current_team_costs c
     where c.tenant_id = (select current_tenant()) and c.charge_date >= %(start)s and c.charge_date < %(end)s
       and (c.split_rule_id is null or %(level)s = 'whole')
     union all
    select s.charge_date, s.currency, s.team_id, null,
           case %(measure)s when 'effective' then s.effective_cost else s.billed_cost end
      from shared_costs(%(start)s, %(end)s) s
     where %(level)s <> 'whole'
),
counts as (
    select date_trunc(%(granularity)s, count_date)::date as period_start, sum(count) as count
      from unit_counts
     where tenant_id = (select current_tenant()) and metric_name = %(metric_name)s
       and count_date >= %(start)s and count_date < %(end)s
     group by 1
),
grouped as (
    select date_trunc(%(granularity)s, c.charge_date)::date as period_start, c.currency,
           case %(level)s when 'team' then t.id when 'service' then v.id end as group_id,
           case %(level)s when 'team' then t.name when 'service' then v.name end as "group", sum(c.cost) as cost
      from costs c
      left join teams t on t.tenant_id = (select current_tenant()) and t.id = c.team_id
      left join services v on v.tenant_id = (select current_tenant()) and v.id = c.service_id
     group by 1, 2, 3, 4
)
select g.period_start, g.group_id, g."group", g.currency, g.cost, n.count
  from grouped g
  left join counts n on n.period_start = g.period_start
 order by g.period_start, g.currency, g.cost desc, g."group", g.group_id
 limit %(limit)s

-- read_self_costs
-- Subjects are few beside charges, and what each cost in a delivery's month is added up already.
with own as materialized (
    select key, service
      from attribution_subjects
     where tenant_id = (select current_tenant()) and tags ->> %(tag_key)s = %(tag_value)s
)
select d.period as month, o.service, c.currency, 'bill' as source, sum(c.billed_cost) as billed_cost
  from own o
  join subject_costs c on c.tenant_id = (select current_tenant()) and c.key = o.key
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current'
 group by d.period, o.service, c.currency
 union all
select date_trunc('month', call_date)::date, 'AWSCostExplorer', 'USD', 'calls', sum(calls) * %(cost_of_call)s
  from cost_explorer_calls
 where tenant_id = (select current_tenant())
 group by 1
having sum(calls) > 0
 order by month desc, currency, billed_cost desc, service, source
