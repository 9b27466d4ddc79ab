-- list_views
select v.id, v.list, v.name, v.query, v.visibility, v.team_id, v.pinned, v.owner_id, u.email as owner, t.name as team,
       v.created_at, v.updated_at
  from saved_views v
  join users u on u.tenant_id = v.tenant_id and u.id = v.owner_id
  left join teams t on t.tenant_id = v.tenant_id and t.id = v.team_id
 where v.tenant_id = (select current_tenant())
   and (%(list)s::text is null or v.list = %(list)s)
   and (v.owner_id = %(user_id)s or v.visibility = 'everyone'
        or v.visibility = 'team' and exists (
            select from team_members m
             where m.tenant_id = v.tenant_id and m.team_id = v.team_id and m.user_id = %(user_id)s))
   and (%(after)s::uuid is null or (v.list, v.name, v.id) > (%(after_list)s, %(after_name)s, %(after)s))
 order by v.list, v.name, v.id
 limit %(limit)s

-- read_view
select v.id, v.list, v.name, v.query, v.visibility, v.team_id, v.pinned, v.owner_id, u.email as owner, t.name as team,
       v.created_at, v.updated_at
  from saved_views v
  join users u on u.tenant_id = v.tenant_id and u.id = v.owner_id
  left join teams t on t.tenant_id = v.tenant_id and t.id = v.team_id
 where v.tenant_id = (select current_tenant()) and v.id = %(id)s
   and (v.owner_id = %(user_id)s or v.visibility = 'everyone'
        or v.visibility = 'team' and exists (
            select from team_members m
             where m.tenant_id = v.tenant_id and m.team_id = v.team_id and m.user_id = %(user_id)s))

-- lock_view
select from saved_views where tenant_id = (select current_tenant()) and id = %(id)s for update

-- insert_view
insert into saved_views (tenant_id, id, owner_id, team_id, list, name, query, visibility, pinned, created_at, updated_at)
values ((select current_tenant()), %(id)s, %(owner_id)s, %(team_id)s, %(list)s, %(name)s, %(query)s, %(visibility)s, %(pinned)s,
        %(now)s, %(now)s)

-- change_view
update saved_views
   set name = %(name)s, query = %(query)s, visibility = %(visibility)s, team_id = %(team_id)s, pinned = %(pinned)s,
       updated_at = %(now)s
 where tenant_id = (select current_tenant()) and id = %(id)s

-- delete_view
delete from saved_views where tenant_id = (select current_tenant()) and id = %(id)s
