-- list_business_groups
with owned as (
    select u.business_group_id, count(distinct u.id) as units, count(t.id) as teams,
           coalesce(sum(s.held), 0)::bigint as services, coalesce(sum(a.held), 0)::bigint as accounts
      from business_units u
      left join teams t on t.tenant_id = u.tenant_id and t.business_unit_id = u.id
      left join (select team_id, count(*) as held from services where tenant_id = (select current_tenant()) group by 1) s
             on s.team_id = t.id
      left join (select team_id, count(*) as held from cloud_accounts where tenant_id = (select current_tenant()) group by 1) a
             on a.team_id = t.id
     where u.tenant_id = (select current_tenant())
     group by 1
)
select g.id, g.name, g.description, coalesce(o.units, 0) as unit_count, coalesce(o.teams, 0) as team_count,
       coalesce(o.services, 0) as service_count, coalesce(o.accounts, 0) as account_count, g.created_at, g.updated_at
  from business_groups g
  left join owned o on o.business_group_id = g.id
 where g.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or g.id = %(id)s)
   and (%(after_name)s::text is null or (g.name, g.id) > (%(after_name)s, %(after_id)s::uuid))
 order by g.name, g.id
 limit %(limit)s

-- lock_business_group
select id from business_groups where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_business_group
insert into business_groups (tenant_id, id, name, description, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(name)s, %(description)s, %(now)s, %(now)s)

-- change_business_group
update business_groups set name = %(name)s, description = %(description)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_business_group
delete from business_groups where tenant_id = (select current_tenant()) and id = %(id)s

-- put_business_groups
insert into business_groups (tenant_id, id, name, description, created_at, updated_at)
select (select current_tenant()), r.id, r.name, r.description, %(now)s, %(now)s
  from jsonb_to_recordset(%(rows)s) r (id uuid, name text, description text)
    on conflict (tenant_id, id) do update
   set name = excluded.name, description = excluded.description, updated_at = excluded.updated_at

-- delete_business_groups
delete from business_groups where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- list_business_units
with owned as (
    select t.business_unit_id, count(t.id) as teams,
           coalesce(sum(s.held), 0)::bigint as services, coalesce(sum(a.held), 0)::bigint as accounts
      from teams t
      left join (select team_id, count(*) as held from services where tenant_id = (select current_tenant()) group by 1) s
             on s.team_id = t.id
      left join (select team_id, count(*) as held from cloud_accounts where tenant_id = (select current_tenant()) group by 1) a
             on a.team_id = t.id
     where t.tenant_id = (select current_tenant())
     group by 1
)
select u.id, u.business_group_id, u.name, u.description, coalesce(o.teams, 0) as team_count,
       coalesce(o.services, 0) as service_count, coalesce(o.accounts, 0) as account_count, u.created_at, u.updated_at
  from business_units u
  left join owned o on o.business_unit_id = u.id
 where u.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or u.id = %(id)s)
   and (%(business_group_id)s::uuid is null or u.business_group_id = %(business_group_id)s)
   and (%(after_name)s::text is null or (u.name, u.id) > (%(after_name)s, %(after_id)s::uuid))
 order by u.name, u.id
 limit %(limit)s

-- lock_business_unit
select id from business_units where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_business_unit
insert into business_units (tenant_id, id, business_group_id, name, description, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(business_group_id)s, %(name)s, %(description)s, %(now)s, %(now)s)

-- change_business_unit
update business_units
   set name = %(name)s, description = %(description)s, business_group_id = %(business_group_id)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_business_unit
delete from business_units where tenant_id = (select current_tenant()) and id = %(id)s

-- put_business_units
insert into business_units (tenant_id, id, business_group_id, name, description, created_at, updated_at)
select (select current_tenant()), r.id, r.parent_id, r.name, r.description, %(now)s, %(now)s
  from jsonb_to_recordset(%(rows)s) r (id uuid, parent_id uuid, name text, description text)
    on conflict (tenant_id, id) do update
   set business_group_id = excluded.business_group_id, name = excluded.name, description = excluded.description,
       updated_at = excluded.updated_at

-- delete_business_units
delete from business_units where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- list_teams
select t.id, t.business_unit_id, t.name, t.owner_email, t.slack_channel,
       coalesce(m.held, 0) as member_count, coalesce(s.held, 0) as service_count, coalesce(a.held, 0) as account_count,
       t.created_at, t.updated_at
  from teams t
  left join (select team_id, count(*) as held from team_members where tenant_id = (select current_tenant()) group by 1) m
         on m.team_id = t.id
  left join (select team_id, count(*) as held from services where tenant_id = (select current_tenant()) group by 1) s
         on s.team_id = t.id
  left join (select team_id, count(*) as held from cloud_accounts where tenant_id = (select current_tenant()) group by 1) a
         on a.team_id = t.id
 where t.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or t.id = %(id)s)
   and (%(business_unit_id)s::uuid is null or t.business_unit_id = %(business_unit_id)s)
   and (%(user_id)s::uuid is null or exists (
        select from team_members w
         where w.tenant_id = t.tenant_id and w.team_id = t.id and w.user_id = %(user_id)s))
   and (%(after_name)s::text is null or (t.name, t.id) > (%(after_name)s, %(after_id)s::uuid))
 order by t.name, t.id
 limit %(limit)s

-- lock_team
select id from teams where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_team
insert into teams (tenant_id, id, business_unit_id, name, owner_email, slack_channel, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(business_unit_id)s, %(name)s, %(owner_email)s, %(slack_channel)s, %(now)s, %(now)s)

-- change_team
update teams
   set name = %(name)s, business_unit_id = %(business_unit_id)s, owner_email = %(owner_email)s,
       slack_channel = %(slack_channel)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_team
delete from teams where tenant_id = (select current_tenant()) and id = %(id)s

-- put_teams
insert into teams (tenant_id, id, business_unit_id, name, owner_email, slack_channel, created_at, updated_at)
select (select current_tenant()), r.id, r.parent_id, r.name, r.owner_email, r.slack_channel, %(now)s, %(now)s
  from jsonb_to_recordset(%(rows)s) r (id uuid, parent_id uuid, name text, owner_email text, slack_channel text)
    on conflict (tenant_id, id) do update
   set business_unit_id = excluded.business_unit_id, name = excluded.name, owner_email = excluded.owner_email,
       slack_channel = excluded.slack_channel, updated_at = excluded.updated_at

-- delete_teams
delete from teams where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- list_services
select id, name, description, team_id, service_type, repository_url, documentation_url, created_at, updated_at
  from services
 where tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or id = %(id)s)
   and (%(team_id)s::uuid is null or team_id = %(team_id)s)
   and (%(service_type)s::text is null or service_type = %(service_type)s)
   and (%(after_name)s::text is null or (name, id) > (%(after_name)s, %(after_id)s::uuid))
 order by name, id
 limit %(limit)s

-- lock_service
select id from services where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_service
insert into services (tenant_id, id, name, description, team_id, service_type, repository_url, documentation_url,
                      created_at, updated_at)
values ((select current_tenant()), %(id)s, %(name)s, %(description)s, %(team_id)s, %(service_type)s, %(repository_url)s,
        %(documentation_url)s, %(now)s, %(now)s)

-- change_service
update services
   set name = %(name)s, description = %(description)s, team_id = %(team_id)s, service_type = %(service_type)s,
       repository_url = %(repository_url)s, documentation_url = %(documentation_url)s, updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_service
delete from services where tenant_id = (select current_tenant()) and id = %(id)s

-- put_services
insert into services (tenant_id, id, name, description, team_id, service_type, repository_url, documentation_url,
                      created_at, updated_at)
select (select current_tenant()), r.id, r.name, r.description, r.parent_id, r.service_type, r.repository_url,
       r.documentation_url, %(now)s, %(now)s
  from jsonb_to_recordset(%(rows)s)
       r (id uuid, parent_id uuid, name text, description text, service_type text, repository_url text, documentation_url text)
    on conflict (tenant_id, id) do update
   set name = excluded.name, description = excluded.description, team_id = excluded.team_id,
       service_type = excluded.service_type, repository_url = excluded.repository_url,
       documentation_url = excluded.documentation_url, updated_at = excluded.updated_at

-- delete_services
delete from services where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- list_members
select m.id, m.team_id, m.user_id, u.email, u.first_name, u.last_name, m.role, m.created_at
  from team_members m
  join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
 where m.tenant_id = (select current_tenant())
   and (%(id)s::uuid is null or m.id = %(id)s)
   and (%(team_id)s::uuid is null or m.team_id = %(team_id)s)
   and (%(after_name)s::text is null or (u.email, m.id) > (%(after_name)s, %(after_id)s::uuid))
 order by u.email, m.id
 limit %(limit)s

-- insert_member
insert into team_members (tenant_id, id, team_id, user_id, role, created_at)
values ((select current_tenant()), %(id)s, %(team_id)s, %(user_id)s, %(role)s, %(now)s)

-- change_member
update team_members set role = %(role)s where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_member
delete from team_members where tenant_id = (select current_tenant()) and id = %(id)s

-- put_team_members
insert into team_members (tenant_id, id, team_id, user_id, role, created_at)
select (select current_tenant()), r.id, r.parent_id, r.user_id, r.role, %(now)s
  from jsonb_to_recordset(%(rows)s) r (id uuid, parent_id uuid, user_id uuid, role text)
    on conflict (tenant_id, id) do update set role = excluded.role

-- delete_team_members
delete from team_members where tenant_id = (select current_tenant()) and id = any(%(ids)s)

-- is_lead
select exists (
    select from team_members
     where tenant_id = (select current_tenant()) and team_id = %(team_id)s and user_id = %(user_id)s and role = 'lead')

-- read_cascade
with gone_units as (
    select id, name from business_units
     where tenant_id = (select current_tenant()) and (business_group_id = %(id)s or id = %(id)s)
),
gone_teams as (
    select id, name from teams
     where tenant_id = (select current_tenant()) and (business_unit_id in (select id from gone_units) or id = %(id)s)
)
select array(select name from gone_units where id <> %(id)s order by name) as business_units,
       array(select name from gone_teams where id <> %(id)s order by name) as teams,
       array(select t.name || ': ' || u.email
               from gone_teams t
               join team_members m on m.tenant_id = (select current_tenant()) and m.team_id = t.id
               join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
              order by 1) as members,
       array(select s.name from services s
              where s.tenant_id = (select current_tenant()) and s.team_id in (select id from gone_teams)
              order by s.name) as services,
       array(select a.account_id from cloud_accounts a
              where a.tenant_id = (select current_tenant()) and a.team_id in (select id from gone_teams)
              order by a.account_id) as cloud_accounts

-- lock_tenant
select id from tenants where id = (select current_tenant()) for no key update

-- list_user_ids
select lower(email), id from users where tenant_id = (select current_tenant())
