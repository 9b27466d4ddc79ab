-- list_settings
select table_name, hot_days from retention_settings where tenant_id = (select current_tenant())

-- lock_setting
select hot_days from retention_settings
 where tenant_id = (select current_tenant()) and table_name = %(table_name)s
   for update

-- upsert_setting
insert into retention_settings (tenant_id, table_name, hot_days, updated_at)
values ((select current_tenant()), %(table_name)s, %(hot_days)s, %(now)s)
on conflict (tenant_id, table_name) do update set hot_days = excluded.hot_days, updated_at = excluded.updated_at

-- insert_archive
insert into archives (tenant_id, id, table_name, quarter, key, row_count, byte_count, sha256, created_at)
values ((select current_tenant()), %(id)s, %(table_name)s, %(quarter)s, %(key)s, %(row_count)s, %(byte_count)s, %(sha256)s,
        %(created_at)s)

-- read_archive
select id, table_name, quarter, key, row_count, byte_count, sha256, created_at, restored_at
  from archives
 where tenant_id = (select current_tenant()) and id = %(id)s

-- list_archives
select id, table_name, quarter, key, row_count, byte_count, sha256, created_at, restored_at
  from archives
 where tenant_id = (select current_tenant())
   and (%(table_name)s::text is null or table_name = %(table_name)s)
   and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
 order by created_at desc, id desc
 limit %(limit)s

-- set_restored
update archives set restored_at = %(now)s where tenant_id = (select current_tenant()) and id = %(id)s

-- insert_restored_rows
insert into restored_rows (tenant_id, archive_id, id, closed_at, content)
select (select current_tenant()), %(archive_id)s, r.id, r.closed_at, r.content::jsonb
  from unnest(%(ids)s::uuid[], %(closed_at)s::timestamptz[], %(contents)s::text[]) r (id, closed_at, content)
on conflict do nothing

-- list_restored_rows
select id, closed_at, content
  from restored_rows
 where tenant_id = (select current_tenant()) and archive_id = %(archive_id)s
   and (%(after_at)s::timestamptz is null or (closed_at, id) < (%(after_at)s, %(after_id)s))
 order by closed_at desc, id desc
 limit %(limit)s
