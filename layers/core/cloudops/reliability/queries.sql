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
