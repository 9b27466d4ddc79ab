-- read_usual_daily_spend
select currency, sum(effective_cost) / count(distinct charge_date) as spend
  from current_daily_costs
 where tenant_id = (select current_tenant()) and charge_category = 'Usage'
   and charge_date > %(last_day)s::date - 28 and charge_date <= %(last_day)s
 group by currency

-- read_account_names
select account_id, name from cloud_accounts where tenant_id = (select current_tenant()) and name is not null

-- read_drivers
with moved as (
    select d.dimension, d.value,
           sum(c.effective_cost) filter (where c.charge_date >= %(start)s) / %(window_days)s as observed,
           coalesce(sum(c.effective_cost) filter (where c.charge_date < %(start)s), 0) / %(baseline_days)s as expected
      from current_charges c
     cross join lateral (values ('usage_type', c.usage_type), ('resource', c.resource_id), ('operation', c.operation),
                                ('region', c.region)) d (dimension, value)
     where c.tenant_id = (select current_tenant()) and c.charge_category = 'Usage'
       and c.charge_date >= %(baseline_start)s and c.charge_date <= %(end)s
       and c.account_id = %(account_id)s and c.service = %(service_name)s and c.currency = %(currency)s
       and d.value <> ''
     group by d.dimension, d.value
),
ranked as (
    select dimension, value, coalesce(observed, 0) as observed, expected,
           row_number() over (partition by dimension order by abs(coalesce(observed, 0) - expected) desc, value) as place
      from moved
)
select dimension, value, observed, expected, %(currency)s as currency
  from ranked
 where place <= 5 and abs(observed - expected) >= 0.005
 order by abs(observed - expected) desc, dimension, value

-- upsert_alert
insert into alerts (tenant_id, id, project_id, alert_type, status, severity, title, description, source, provider, account_id,
                    service_name, resource_id, metric_name, currency, rule_name, model_version, observed_value,
                    baseline_value, threshold_value, excess, window_start, window_end, data_watermark, series, drivers,
                    detected_at, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(project_id)s, %(alert_type)s, 'open', %(severity)s, %(title)s, %(description)s,
        %(source)s, %(provider)s, %(account_id)s, %(service_name)s, %(resource_id)s, %(metric_name)s, %(currency)s,
        %(rule_name)s, %(model_version)s, %(observed_value)s, %(baseline_value)s, %(threshold_value)s, %(excess)s,
        %(window_start)s, %(window_end)s, %(data_watermark)s, %(series)s, %(drivers)s, %(now)s, %(now)s, %(now)s)
    on conflict (tenant_id, id) do update
   set status = case when alerts.status = 'resolved' then 'open' else alerts.status end,
       resolved_at = null, resolved_by = null, resolution = null, severity = excluded.severity, title = excluded.title, description = excluded.description,
       observed_value = excluded.observed_value, baseline_value = excluded.baseline_value,
       threshold_value = excluded.threshold_value, excess = excluded.excess, window_end = excluded.window_end,
       data_watermark = excluded.data_watermark, series = excluded.series, drivers = excluded.drivers,
       updated_at = excluded.updated_at
 where (alerts.status = 'resolved' and alerts.resolved_by = 'system' and alerts.resolution = 'restated')
    or (alerts.status <> 'resolved'
        and (alerts.excess, alerts.window_end, alerts.data_watermark, alerts.severity)
            is distinct from (excluded.excess, excluded.window_end, excluded.data_watermark, excluded.severity))
returning xmax = 0 as inserted, coalesce(snoozed_until > %(now)s, false) as snoozed

-- insert_anomaly
insert into anomalies (tenant_id, id, alert_id, project_id, alert_type, provider, account_id, service_name, resource_id,
                       metric_name, currency, observed_at, observed_value, expected_value, lower_value, upper_value,
                       deviation_pct, score, severity, rule_name, model_version, window_start, window_end, data_watermark,
                       detected_at)
values ((select current_tenant()), %(id)s, %(alert_id)s, %(project_id)s, %(alert_type)s, %(provider)s, %(account_id)s,
        %(service_name)s, %(resource_id)s, %(metric_name)s, %(currency)s, %(observed_at)s, %(observed_value)s,
        %(expected_value)s, %(lower_value)s, %(upper_value)s, %(deviation_pct)s, %(score)s, %(severity)s, %(rule_name)s,
        %(model_version)s, %(window_start)s, %(window_end)s, %(data_watermark)s, %(now)s)
    on conflict (tenant_id, id) do nothing

-- resolve_restated
update alerts
   set status = 'resolved', resolved_at = %(now)s, resolved_by = 'system', resolution = 'restated', updated_at = %(now)s,
       snoozed_until = null, snoozed_by = null
 where tenant_id = (select current_tenant()) and status <> 'resolved' and alert_type = %(alert_type)s
   and window_start >= %(since)s
   and data_watermark <= %(until)s and not id = any(%(found)s)
returning id, project_id, title

-- list_alerts
select id, project_id, alert_type, status, severity, title, description, source, provider, account_id, service_name,
       resource_id, metric_name, currency, rule_name, model_version, observed_value, baseline_value, threshold_value, excess,
       window_start, window_end, data_watermark, detected_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by,
       resolution, planned_until, snoozed_until, snoozed_by, created_at, updated_at
  from alerts
 where tenant_id = (select current_tenant())
   and (%(status)s::text is null or status = %(status)s)
   and (%(severity)s::text is null or severity = %(severity)s)
   and (%(alert_type)s::text is null or alert_type = %(alert_type)s)
   and (%(service)s::text is null or service_name = %(service)s)
   and (%(account)s::text is null or account_id = %(account)s)
   and (%(id_prefix)s::text is null
        or id between rpad(%(id_prefix)s, 32, '0')::uuid and rpad(%(id_prefix)s, 32, 'f')::uuid)
   and (%(after_at)s::timestamptz is null or (window_start, id) < (%(after_at)s, %(after_id)s))
 order by window_start desc, id desc
 limit %(limit)s

-- read_alert
select id, project_id, alert_type, status, severity, title, description, source, provider, account_id, service_name,
       resource_id, metric_name, currency, rule_name, model_version, observed_value, baseline_value, threshold_value, excess,
       window_start, window_end, data_watermark, detected_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by,
       resolution, planned_until, snoozed_until, snoozed_by, created_at, updated_at, series, drivers
  from alerts
 where tenant_id = (select current_tenant()) and id = %(id)s

-- lock_alert
select status from alerts where tenant_id = (select current_tenant()) and id = %(id)s for update

-- snooze_alert
update alerts
   set snoozed_until = %(until)s, snoozed_by = %(by)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- acknowledge_alert
update alerts
   set status = 'acknowledged', acknowledged_at = %(now)s, acknowledged_by = %(by)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- resolve_alert
update alerts
   set status = 'resolved', resolved_at = %(now)s, resolved_by = %(by)s, resolution = %(resolution)s, updated_at = %(now)s,
       snoozed_until = null, snoozed_by = null
 where tenant_id = (select current_tenant()) and id = %(id)s

-- resolve_as_planned
update alerts a
   set status = 'resolved', resolved_at = %(now)s, resolved_by = %(by)s, resolution = %(resolution)s,
       planned_until = %(until)s, updated_at = %(now)s, snoozed_until = null, snoozed_by = null
  from alerts planned
 where planned.tenant_id = (select current_tenant()) and planned.id = %(id)s
   and a.tenant_id = planned.tenant_id and a.status <> 'resolved' and a.alert_type = planned.alert_type
   and (a.provider, a.account_id, a.service_name, a.resource_id, a.metric_name, a.currency)
       is not distinct from (planned.provider, planned.account_id, planned.service_name, planned.resource_id,
                             planned.metric_name, planned.currency)
   and (a.id = planned.id
        or (a.window_start at time zone 'UTC')::date
           between (planned.window_start at time zone 'UTC')::date and %(until)s::date)
returning a.id

-- list_planned
select alert_type, provider, account_id, service_name, resource_id, metric_name, currency,
       (window_start at time zone 'UTC')::date as first_day, planned_until as last_day
  from alerts
 where tenant_id = (select current_tenant()) and planned_until is not null
