-- stage_datapoints
create temporary table staged_datapoints (
    resource_id text, metric_name text, metric_ts timestamptz, namespace text, dimensions jsonb, value numeric, unit text
) on commit drop

-- copy_staged_datapoints
copy staged_datapoints (resource_id, metric_name, metric_ts, namespace, dimensions, value, unit) from stdin

-- upsert_datapoints
insert into reliability_metrics (tenant_id, project_id, resource_id, metric_name, metric_ts, namespace, dimensions, value, unit)
select distinct on (resource_id, metric_name, metric_ts)
       (select current_tenant()), %(project_id)s, resource_id, metric_name, metric_ts, namespace, dimensions, value, unit
  from staged_datapoints
    on conflict (tenant_id, project_id, resource_id, metric_name, metric_ts) do update
   set value = excluded.value, namespace = excluded.namespace, dimensions = excluded.dimensions
 where reliability_metrics.value <> excluded.value

-- drop_staged_datapoints
drop table staged_datapoints

-- list_targets
select id, project_id, kind, resource_id, account_id, region, name, stage, period_seconds, last_read_at, last_error, created_by,
       created_at
  from monitored_targets
 where tenant_id = (select current_tenant())
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_targets_with_positions
select t.id, t.project_id, t.kind, t.resource_id, t.account_id, t.region, t.name, t.stage, t.period_seconds, t.last_read_at,
       t.last_error, t.created_by, t.created_at,
       least((select max(m.metric_ts) from reliability_metrics m
               where m.tenant_id = t.tenant_id and m.project_id = t.project_id and m.resource_id = t.resource_id
                 and m.metric_name = '5xx_count'),
             (select max(m.metric_ts) from reliability_metrics m
               where m.tenant_id = t.tenant_id and m.project_id = t.project_id and m.resource_id = t.resource_id
                 and m.metric_name = 'p95_latency_ms')) as last_at
  from monitored_targets t
 where t.tenant_id = (select current_tenant())
 order by t.project_id, t.account_id, t.region, t.period_seconds, t.id

-- insert_target
insert into monitored_targets (tenant_id, id, project_id, kind, resource_id, account_id, region, name, stage, period_seconds,
                               created_by, created_at)
values ((select current_tenant()), %(id)s, %(project_id)s, %(kind)s, %(resource_id)s, %(account_id)s, %(region)s, %(name)s,
        %(stage)s, %(period_seconds)s, %(created_by)s, %(created_at)s)

-- list_watched_stages
select name, stage
  from monitored_targets
 where tenant_id = (select current_tenant()) and kind = 'api_gateway' and account_id = %(account_id)s and region = %(region)s

-- delete_target
delete from monitored_targets where tenant_id = (select current_tenant()) and id = %(id)s returning resource_id

-- mark_targets_read
update monitored_targets set last_read_at = %(now)s, last_error = null, missing_actions = '{}'
 where tenant_id = (select current_tenant()) and id = any (%(ids)s)

-- mark_targets_failed
update monitored_targets set last_error = %(error)s, missing_actions = %(missing_actions)s
 where tenant_id = (select current_tenant()) and id = any (%(ids)s)

-- read_latest_time
select max(metric_ts) from reliability_metrics
 where tenant_id = (select current_tenant()) and resource_id = %(resource_id)s and metric_name = %(metric_name)s

-- read_series
select metric_ts as at, value
  from reliability_metrics
 where tenant_id = (select current_tenant()) and resource_id = %(resource_id)s and metric_name = %(metric_name)s
   and metric_ts >= %(start)s and metric_ts < %(end)s
   and (%(after)s::timestamptz is null or metric_ts > %(after)s)
 order by metric_ts
 limit %(limit)s
