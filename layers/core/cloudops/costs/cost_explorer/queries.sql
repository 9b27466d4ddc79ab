-- set_budget
insert into cost_explorer_budgets (tenant_id, daily_calls, updated_at)
values ((select current_tenant()), %(daily_calls)s, %(now)s)
    on conflict (tenant_id) do update set daily_calls = excluded.daily_calls, updated_at = excluded.updated_at

-- read_spending
select coalesce((select daily_calls from cost_explorer_budgets where tenant_id = (select current_tenant())), %(default)s)
           as daily_calls,
       coalesce(c.calls, 0) as calls, coalesce(c.refused, 0) as refused
  from (values (true)) one
  left join cost_explorer_calls c on c.tenant_id = (select current_tenant()) and c.call_date = %(today)s

-- count_call
with budget as (
    select coalesce((select daily_calls from cost_explorer_budgets where tenant_id = (select current_tenant())), %(default)s)
               as calls
)
insert into cost_explorer_calls as c (tenant_id, call_date, calls)
select (select current_tenant()), %(today)s, 1 from budget where budget.calls > 0
    on conflict (tenant_id, call_date) do update set calls = c.calls + 1
 where c.calls < (select calls from budget)

-- count_refusal
insert into cost_explorer_calls as c (tenant_id, call_date, calls, refused)
values ((select current_tenant()), %(today)s, 0, 1)
    on conflict (tenant_id, call_date) do update set refused = c.refused + 1

-- read_newest_fingerprint
select fingerprint
  from deliveries
 where tenant_id = (select current_tenant()) and source = 'cost_explorer' and export_name = %(export_name)s
   and billing_account_id = %(billing_account_id)s and period = %(period)s and published_at is not null
 order by assembled_at desc, version desc
 limit 1
