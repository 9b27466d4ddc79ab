-- list_covered_days
select billing_account_id, first_day, last_day
  from deliveries
 where tenant_id = (select current_tenant()) and status = 'current' and first_day is not null and last_day is not null
   and first_day <= %(as_of)s
 order by billing_account_id, first_day

-- read_usage_costs
select d.billing_account_id, c.provider, c.account_id, c.service, c.currency, c.charge_date, sum(c.effective_cost) as cost
  from daily_costs c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current'
 where c.tenant_id = (select current_tenant()) and c.charge_category = 'Usage'
   and c.charge_date >= %(start)s and c.charge_date <= %(as_of)s
 group by 1, 2, 3, 4, 5, 6
 order by 1, 2, 3, 4, 5, 6

-- read_metrics
select resource_id, metric_name, metric_ts, value
  from reliability_metrics
 where tenant_id = (select current_tenant()) and metric_ts >= %(start)s and metric_ts < %(end)s
 order by resource_id, metric_name, metric_ts

-- list_limits
select id, project_id, alert_type, service_name, account_id, metric_name, resource_id, threshold, currency,
       consecutive_points, severity, created_by, created_at
  from limits
 where tenant_id = (select current_tenant())
 order by created_at, id

-- insert_limit
insert into limits (tenant_id, id, project_id, alert_type, service_name, account_id, metric_name, resource_id, threshold,
                    currency, consecutive_points, severity, created_by, created_at)
values ((select current_tenant()), %(id)s, %(project_id)s, %(alert_type)s, %(service_name)s, %(account_id)s, %(metric_name)s,
        %(resource_id)s, %(threshold)s, %(currency)s, %(consecutive_points)s, %(severity)s, %(created_by)s, %(created_at)s)

-- delete_limit
delete from limits
 where tenant_id = (select current_tenant()) and id = %(id)s
returning id, project_id, alert_type, service_name, account_id, metric_name, resource_id, threshold, currency,
          consecutive_points, severity, created_by, created_at
