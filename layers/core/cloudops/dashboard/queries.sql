-- read_metrics
with spend as (
    select coalesce(sum(c.billed_cost), 0) as amount
      from current_daily_costs c
      join tenants t on t.id = c.tenant_id and t.reporting_currency = c.currency
     where c.tenant_id = (select current_tenant())
       and c.charge_date >= (select date_trunc('month', max(charge_date)) from current_daily_costs
                              where tenant_id = (select current_tenant()) and charge_category = 'Usage')
       and c.charge_date < (select date_trunc('month', max(charge_date)) + interval '1 month' from current_daily_costs
                             where tenant_id = (select current_tenant()) and charge_category = 'Usage')
),
best as (
    select max(r.monthly_savings) as savings
      from recommendations r
      join tenants t on t.id = r.tenant_id and t.reporting_currency = r.currency
     where r.tenant_id = (select current_tenant())
       and r.status in ('open', 'pending_approval', 'approved', 'in_progress')
     group by r.overlap_group
)
select spend.amount as monthly_spend,
       (select coalesce(sum(savings), 0) from best) as identified_savings,
       (select coalesce(sum(m.measured_monthly), 0)
          from measured_savings m
          join tenants t on t.id = m.tenant_id and t.reporting_currency = m.currency
         where m.tenant_id = (select current_tenant()) and m.status = 'measured') as realized_savings,
       (select count(*) from resources
         where tenant_id = (select current_tenant()) and last_analyzed_at > %(now)s - interval '30 days') as resources_analyzed
  from spend

-- read_freshness
select (select max(charge_date) from current_daily_costs
         where tenant_id = (select current_tenant()) and charge_category = 'Usage') as costs_through,
       (select max(last_read_at) from monitored_targets where tenant_id = (select current_tenant())) as metrics_through,
       (select max(finished_at) from scan_runs where tenant_id = (select current_tenant())) as inventory_scanned_at

-- read_standing
with ours as (
    select reporting_currency as currency from tenants where id = (select current_tenant())
),
through as (
    select max(charge_date) - %(days_ago)s::int as day from current_daily_costs
     where tenant_id = (select current_tenant()) and charge_category = 'Usage'
),
best as (
    select max(monthly_savings) as savings
      from recommendations
     where tenant_id = (select current_tenant()) and currency = (select currency from ours) and created_at <= %(at)s
       and (status in ('open', 'pending_approval', 'approved', 'in_progress')
            or coalesce(done_at, dismissed_at, updated_at) > %(at)s)
     group by overlap_group
)
select (select coalesce(sum(billed_cost), 0) from current_daily_costs
         where tenant_id = (select current_tenant()) and currency = (select currency from ours)
           and charge_date > (select day - 30 from through) and charge_date <= (select day from through)) as spend,
       (select coalesce(sum(savings), 0) from best) as identified_savings,
       (select coalesce(sum(m.measured_monthly), 0)
          from measured_savings m
          join actions a on a.tenant_id = m.tenant_id and a.id = m.action_id
         where m.tenant_id = (select current_tenant()) and m.currency = (select currency from ours)
           and m.status = 'measured' and a.finished_at <= %(at)s) as realized_savings
