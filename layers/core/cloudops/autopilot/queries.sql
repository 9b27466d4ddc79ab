-- list_aws_resources
select id, resource_id, resource_type, region, current_config, utilization_metrics, monthly_cost, last_analyzed, created_at
  from autopilot.aws_resources
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_recommendations
select id, resource_id, type, priority, title, description, current_config, recommended_config, projected_monthly_savings,
       projected_annual_savings, risk_level, status, created_at, updated_at
  from autopilot.recommendations
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_optimization_history
select id, recommendation_id, executed_by, execution_date, before_config, after_config, actual_savings, status, error_message,
       slack_message_id, created_at
  from autopilot.optimization_history
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_approval_requests
select id, recommendation_id, requested_by, approver_role, status, approved_by, approval_date, comments, slack_thread_id, created_at
  from autopilot.approval_requests
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_system_config
select id, key, value, description, updated_by, updated_at, created_at
  from autopilot.system_config
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- list_users
select id, username, role, created_at
  from autopilot.users
 where (%(id)s::uuid is null or id = %(id)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- read_cost_report
select id, report_date, service_category, resource_id, cost, usage, usage_type, region, created_at
  from autopilot.cost_reports
 where id = %(id)s

-- find_report_month
-- The latest month with reports before the one given.
select max(month) as month
  from (select date_trunc('month', max(charge_date))::date as month
          from current_daily_costs
         where tenant_id = (select current_tenant()) and charge_date < %(before)s
         union all
        select date_trunc('month', max(report_date) at time zone 'UTC')::date
          from imported_cost_reports
         where tenant_id = (select current_tenant()) and report_date < %(before)s::timestamp at time zone 'UTC') months

-- list_cost_reports
-- One month at a time, so that no page reads more of the bill than it shows.
select id, report_date, service_category, resource_id, cost, usage, usage_type, region, created_at
  from (select id, report_date, service_category, resource_id, cost, usage, usage_type, region, created_at
          from autopilot.cost_reports_of(%(month)s, %(next_month)s)
         union all
        select id, report_date, service_category, resource_id, cost, usage, usage_type, region, created_at
          from imported_cost_reports
         where tenant_id = (select current_tenant()) and report_date >= %(month)s::timestamp at time zone 'UTC'
           and report_date < %(next_month)s::timestamp at time zone 'UTC') reports
 where (%(after_at)s::timestamptz is null or (report_date, id) < (%(after_at)s, %(after_id)s))
 order by report_date desc, id desc
 limit %(limit)s

-- save_history
insert into imported_history (tenant_id, id, recommendation_id, executed_by, execution_date, before_config,
                             after_config, actual_savings, status, error_message, slack_message_id, created_at,
                             imported_by, imported_at)
values ((select current_tenant()), %(id)s, %(recommendation_id)s, %(executed_by)s, %(execution_date)s,
        %(before_config)s, %(after_config)s, %(actual_savings)s, %(status)s, %(error_message)s, %(slack_message_id)s,
        %(created_at)s, %(imported_by)s, %(imported_at)s)
    on conflict (tenant_id, id) do update
   set recommendation_id = excluded.recommendation_id, executed_by = excluded.executed_by, execution_date =
       excluded.execution_date, before_config = excluded.before_config, after_config = excluded.after_config,
       actual_savings = excluded.actual_savings, status = excluded.status, error_message = excluded.error_message,
       slack_message_id = excluded.slack_message_id, created_at = excluded.created_at, imported_by =
       excluded.imported_by, imported_at = excluded.imported_at

-- save_approval
insert into imported_approvals (tenant_id, id, recommendation_id, requested_by, approver_role, status, approved_by,
                               approval_date, comments, slack_thread_id, created_at, imported_by, imported_at)
values ((select current_tenant()), %(id)s, %(recommendation_id)s, %(requested_by)s, %(approver_role)s, %(status)s,
        %(approved_by)s, %(approval_date)s, %(comments)s, %(slack_thread_id)s, %(created_at)s, %(imported_by)s,
        %(imported_at)s)
    on conflict (tenant_id, id) do update
   set recommendation_id = excluded.recommendation_id, requested_by = excluded.requested_by, approver_role =
       excluded.approver_role, status = excluded.status, approved_by = excluded.approved_by, approval_date =
       excluded.approval_date, comments = excluded.comments, slack_thread_id = excluded.slack_thread_id, created_at =
       excluded.created_at, imported_by = excluded.imported_by, imported_at = excluded.imported_at

-- save_cost_report
insert into imported_cost_reports (tenant_id, id, report_date, service_category, resource_id, cost, usage, usage_type,
                                  region, created_at, imported_by, imported_at)
values ((select current_tenant()), %(id)s, %(report_date)s, %(service_category)s, %(resource_id)s, %(cost)s,
        %(usage)s, %(usage_type)s, %(region)s, %(created_at)s, %(imported_by)s, %(imported_at)s)
    on conflict (tenant_id, id) do update
   set report_date = excluded.report_date, service_category = excluded.service_category, resource_id =
       excluded.resource_id, cost = excluded.cost, usage = excluded.usage, usage_type = excluded.usage_type, region =
       excluded.region, created_at = excluded.created_at, imported_by = excluded.imported_by, imported_at =
       excluded.imported_at

-- read_resource
-- A resource that several accounts share is shown as the newest of them.
select id, resource_id, resource_type, region, current_config, utilization_metrics, monthly_cost, last_analyzed, created_at
  from autopilot.aws_resources
 where resource_id = %(resource_id)s
 order by created_at desc, id desc
 limit 1

-- read_configured
select id, key, value, description, updated_by, updated_at, created_at from autopilot.system_config where key = %(key)s
