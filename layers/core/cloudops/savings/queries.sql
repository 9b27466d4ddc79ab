-- lock_measuring
-- Two runs at once would each write the events of the same change.
select pg_advisory_xact_lock(hashtextextended('cloudops.savings/' || (select current_tenant())::text, 0))

-- list_completed_actions
with saving as (
    select a.id, a.type, a.account_id, a.resource_id, p.resource_id as billed_as, a.monthly_savings,
           (a.started_at at time zone 'UTC')::date as began_on, (a.finished_at at time zone 'UTC')::date as ended_on,
           coalesce(a.currency, r.currency, t.reporting_currency) as currency,
           lag((a.finished_at at time zone 'UTC')::date) over on_resource as earlier_ended_on,
           lead((a.started_at at time zone 'UTC')::date) over on_resource as later_began_on
      from actions a
      join tenants t on t.id = a.tenant_id
      left join recommendations p on p.tenant_id = a.tenant_id and p.id = a.recommendation_id
      left join resources r
        on r.tenant_id = a.tenant_id and r.account_id = a.account_id and r.resource_id = coalesce(p.resource_id, a.resource_id)
     where a.tenant_id = (select current_tenant()) and a.status = 'completed' and a.type <> all (%(not_saving)s)
    window on_resource as (partition by a.account_id, a.resource_id order by a.started_at, a.id)
)
select s.id as action_id, s.type, s.account_id, s.resource_id, s.billed_as, s.began_on, s.ended_on,
       s.earlier_ended_on + %(settling_days)s::integer as not_before, s.later_began_on as not_after, s.currency,
       s.monthly_savings as projected_monthly, m.status as known_status, m.measured_monthly as known_monthly
  from saving s
  left join measured_savings m on m.tenant_id = (select current_tenant()) and m.action_id = s.id
 where s.ended_on >= %(since)s
 order by s.ended_on, s.id

-- list_covered_days
-- By the payer's bill, so that a day counts on which nothing is left to be paid for in the account itself.
with payers as (
    select distinct c.account_id, d.billing_account_id
      from daily_costs c
      join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current'
     where c.tenant_id = (select current_tenant()) and c.account_id = any (%(accounts)s) and c.charge_date >= %(since)s
),
days as (
    select distinct d.billing_account_id, c.charge_date
      from daily_costs c
      join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current'
     where c.tenant_id = (select current_tenant()) and c.charge_date >= %(since)s and c.charge_category = 'Usage'
)
select p.account_id, array_agg(distinct d.charge_date) as days
  from payers p
  join days d on d.billing_account_id = p.billing_account_id
 group by p.account_id

-- list_usage
-- The bill names some resources by their ARN, and an executor by a part of it. One family holds what changes of the rate move between:
-- BoxUsage:m5.xlarge and BoxUsage:m5.large, EBS:VolumeUsage.gp2 and gp3, on demand and spot.
with watched as (
    select w.*
      from jsonb_to_recordset(%(actions)s) as w (
           action_id uuid, account_id text, resource_id text, billed_as text, service text, currency text, since date)
),
names as (
    select w.action_id, w.account_id, w.currency, w.since, w.resource_id as name from watched w
     union
    select w.action_id, w.account_id, w.currency, w.since, regexp_replace(w.resource_id, '^.*[:/]', '') from watched w
     union
    select w.action_id, w.account_id, w.currency, w.since, w.billed_as from watched w where w.billed_as is not null
     union
    select w.action_id, w.account_id, w.currency, w.since, r.resource_id
      from watched w
      join resources r
        on r.tenant_id = (select current_tenant()) and r.account_id = w.account_id
       and r.resource_id like 'arn:%%:' || w.service || ':%%'
       and right(r.resource_id, length(w.resource_id) + 1) in (':' || w.resource_id, '/' || w.resource_id)
     union
    select w.action_id, w.account_id, w.currency, w.since, r.arn
      from watched w
      join resources r
        on r.tenant_id = (select current_tenant()) and r.account_id = w.account_id and r.resource_id = w.resource_id
     where r.arn is not null
)
select n.action_id, c.charge_date as day, f.family, sum(c.effective_cost) as cost, sum(c.usage_amount) as usage
  from names n
  join charges c on c.account_id = n.account_id and c.resource_id = n.name and c.currency = n.currency and c.charge_date >= n.since
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current'
 cross join lateral (
       select concat_ws(' ', substring(regexp_replace(regexp_replace(
                  c.usage_type, '^[A-Z]{2,4}[0-9]*-', ''), '(Box|Spot|Dedicated|Heavy)Usage', 'InstanceHours')
                  from '^(?:EBS:)?[A-Za-z]+'), c.usage_unit) as family) f
 where c.tenant_id = (select current_tenant()) and c.charge_date >= %(since)s and c.charge_category = 'Usage'
 group by n.action_id, c.charge_date, f.family

-- save_measures
insert into measured_savings (tenant_id, action_id, status, reason, currency, before_daily, after_daily, expected_daily,
                              projected_monthly, measured_monthly, confidence, before_from, before_until, after_from,
                              after_until, measured_at)
select (select current_tenant()), m.action_id, m.status, m.reason, m.currency, m.before_daily, m.after_daily, m.expected_daily,
       m.projected_monthly, m.measured_monthly, m.confidence, m.before_from, m.before_until, m.after_from, m.after_until, %(now)s
  from jsonb_to_recordset(%(measures)s) as m (
       action_id uuid, status text, reason text, currency text, before_daily numeric, after_daily numeric,
       expected_daily numeric, projected_monthly numeric, measured_monthly numeric, confidence numeric, before_from date,
       before_until date, after_from date, after_until date)
    on conflict (tenant_id, action_id) do update
   set status = excluded.status, reason = excluded.reason, currency = excluded.currency, before_daily = excluded.before_daily,
       after_daily = excluded.after_daily, expected_daily = excluded.expected_daily,
       projected_monthly = excluded.projected_monthly, measured_monthly = excluded.measured_monthly,
       confidence = excluded.confidence, before_from = excluded.before_from, before_until = excluded.before_until,
       after_from = excluded.after_from, after_until = excluded.after_until, measured_at = excluded.measured_at

-- list_savings
select m.action_id, a.type, a.account_id, a.resource_id, a.finished_at, m.status, m.reason, m.currency, m.before_daily,
       m.after_daily, m.expected_daily, m.projected_monthly, m.measured_monthly, m.confidence, m.before_from, m.before_until,
       m.after_from, m.after_until, m.measured_at
  from measured_savings m
  join actions a on a.tenant_id = m.tenant_id and a.id = m.action_id
 where m.tenant_id = (select current_tenant())
   and (%(status)s::text is null or m.status = %(status)s)
   and (%(action)s::uuid is null or m.action_id = %(action)s)
   and (%(after_at)s::timestamptz is null or (a.finished_at, a.id) < (%(after_at)s, %(after_id)s))
 order by a.finished_at desc, a.id desc
 limit %(limit)s
