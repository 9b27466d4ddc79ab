-- Closed rows past their retention go to an archive in S3; a period of the trail goes into a file that somebody asked for.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table event_exports (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    format text not null check (format in ('csv', 'parquet')),
    starts_on date,
    ends_on date,
    status text not null default 'queued' check (status in ('queued', 'done')),
    key text,
    row_count bigint,
    byte_count bigint,
    sha256 text,
    requested_by text not null,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    constraint event_exports_done_when check ((status = 'done') = (num_nulls(key, row_count, byte_count, sha256, finished_at) = 0)),
    constraint event_exports_period check (ends_on > starts_on)
);
comment on table event_exports is 'A file of a period of the trail. The file is gone after a week, the row stays.';
comment on column event_exports.ends_on is 'The day after the last one; null, up to when the job ran.';
call protect_tenant_table('event_exports');

create table retention_settings (
    tenant_id uuid not null references tenants (id) on delete cascade,
    table_name text not null check (table_name <> ''),
    hot_days bigint not null check (hot_days between 30 and 3650),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, table_name)
);
comment on table retention_settings is 'For how many days closed rows stay where they are; without a row here, for 90.';
call protect_tenant_table('retention_settings');

create table archives (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    table_name text not null check (table_name <> ''),
    quarter date not null check (quarter = date_trunc('quarter', quarter::timestamp)),
    key text not null,
    row_count bigint not null check (row_count > 0),
    byte_count bigint not null,
    sha256 text not null check (length(sha256) = 64),
    created_at timestamptz not null default now(),
    restored_at timestamptz,
    primary key (tenant_id, id)
);
comment on table archives is 'A Parquet file in S3 with rows of one table that were closed in one quarter.';
comment on column archives.quarter is 'Its first day, UTC.';
comment on column archives.restored_at is 'When its rows were last made readable again.';
create index archives_by_creation on archives (tenant_id, created_at desc, id desc);
call protect_tenant_table('archives');

create table restored_rows (
    tenant_id uuid not null,
    archive_id uuid not null,
    id uuid not null,
    closed_at timestamptz not null,
    content jsonb not null,
    primary key (tenant_id, archive_id, id),
    constraint restored_rows_archive_fkey foreign key (tenant_id, archive_id) references archives (tenant_id, id) on delete cascade
);
comment on table restored_rows is 'History to read: the rows of archives that somebody asked for again. They are no part of what is judged or counted.';
comment on column restored_rows.content is 'All columns of the row, and the rows that went with it under their table''s name.';
call protect_tenant_table('restored_rows');

grant select, insert, update, delete on event_exports, retention_settings, archives, restored_rows to cloudops_app;

insert into schema_version (version) values ('0.21.0');
