-- insert_tenant
insert into tenants (id, name, reporting_currency) values (%(id)s, %(name)s, %(reporting_currency)s)

-- insert_project
insert into projects (tenant_id, id, name) values ((select current_tenant()), %(id)s, %(name)s)

-- insert_user
insert into users (tenant_id, id, email, first_name, last_name)
values ((select current_tenant()), %(id)s, %(email)s, %(first_name)s, %(last_name)s)

-- insert_membership
insert into memberships (tenant_id, user_id, sub, role, finance_approver)
values ((select current_tenant()), %(user_id)s, %(sub)s, %(role)s, %(finance_approver)s)

-- find_tenant
select id from tenants where id = (select current_tenant())

-- find_user_by_email
select id from users where tenant_id = (select current_tenant()) and lower(email) = lower(%(email)s)

-- renew_subject
update memberships set sub = %(sub)s
 where tenant_id = (select current_tenant()) and user_id = %(user_id)s and sub <> %(sub)s

-- find_default_project
select p.id, p.name
  from projects p join tenants t on t.id = p.tenant_id
 where p.tenant_id = (select current_tenant())
 order by p.id is not distinct from t.default_project_id desc, p.created_at, p.id
 limit 1

-- read_reporting_currency
select reporting_currency from tenants where id = (select current_tenant())

-- list_tenants_to_schedule
select tenants_to_schedule()

-- lock_tenant
select id, name, reporting_currency, created_at from tenants where id = (select current_tenant()) for no key update

-- read_tenant
select id, name, reporting_currency, created_at from tenants where id = (select current_tenant())

-- change_tenant
update tenants set name = %(name)s, reporting_currency = %(reporting_currency)s where id = (select current_tenant())

-- list_tenants_of_person
select id, name, role, finance_approver
  from find_tenants((select sub from memberships where tenant_id = (select current_tenant()) and user_id = %(user_id)s))

-- list_projects
select p.id, p.name, p.id is not distinct from d.id as is_default, p.created_at,
       (select count(*) from cloud_accounts a where a.tenant_id = p.tenant_id and a.project_id = p.id) as account_count
  from projects p
  left join lateral (
      select q.id from projects q join tenants t on t.id = q.tenant_id
       where q.tenant_id = p.tenant_id
       order by q.id is not distinct from t.default_project_id desc, q.created_at, q.id
       limit 1
  ) d on true
 where p.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or p.id = %(id)s)
   and (%(after_name)s::text is null or (p.name, p.id) > (%(after_name)s, %(after_id)s::uuid))
 order by p.name, p.id
 limit %(limit)s

-- lock_project
select id from projects where tenant_id = (select current_tenant()) and id = %(id)s for update

-- rename_project
update projects set name = %(name)s where tenant_id = (select current_tenant()) and id = %(id)s

-- set_default_project
update tenants set default_project_id = %(id)s where id = (select current_tenant())

-- delete_project
delete from projects where tenant_id = (select current_tenant()) and id = %(id)s

-- list_contents_of_project
select held.kind
  from (values
      ('cloud accounts', exists (
          select from cloud_accounts where tenant_id = (select current_tenant()) and project_id = %(id)s)),
      ('alerts', exists (select from alerts where tenant_id = (select current_tenant()) and project_id = %(id)s)),
      ('recommendations', exists (
          select from recommendations where tenant_id = (select current_tenant()) and project_id = %(id)s)),
      ('limits', exists (select from limits where tenant_id = (select current_tenant()) and project_id = %(id)s)),
      ('metrics', exists (
          select from reliability_metrics where tenant_id = (select current_tenant()) and project_id = %(id)s)),
      ('monitored targets', exists (
          select from monitored_targets where tenant_id = (select current_tenant()) and project_id = %(id)s))
  ) held (kind, is_there)
 where held.is_there

-- list_users
select u.id, u.email, u.first_name, u.last_name, u.phone, m.role, m.finance_approver, u.created_at, u.updated_at
  from users u
  join memberships m on m.tenant_id = u.tenant_id and m.user_id = u.id
 where u.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or u.id = %(id)s)
   and (%(role)s::text is null or m.role = %(role)s)
   and (%(after_email)s::text is null or (u.email, u.id) > (%(after_email)s, %(after_id)s::uuid))
 order by u.email, u.id
 limit %(limit)s

-- change_rights
update memberships set role = %(role)s, finance_approver = %(finance_approver)s
 where tenant_id = (select current_tenant()) and user_id = %(id)s

-- change_profile
update users set first_name = %(first_name)s, last_name = %(last_name)s, phone = %(phone)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- count_other_admins
select count(*) from memberships
 where tenant_id = (select current_tenant()) and role = 'admin' and user_id <> %(id)s

-- delete_user
delete from users where tenant_id = (select current_tenant()) and id = %(id)s
