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
select id, name from projects where tenant_id = (select current_tenant()) and name = 'Default'

-- read_reporting_currency
select reporting_currency from tenants where id = (select current_tenant())

-- list_tenants_to_schedule
select tenants_to_schedule()
