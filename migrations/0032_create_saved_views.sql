-- What people look at again and again: the filters of a list under a name.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table saved_views (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    owner_id uuid not null,
    team_id uuid,
    list text not null check (list ~ '^[a-z][a-z-]{0,59}$'),
    name text not null check (name <> '' and length(name) <= 100),
    query text not null check (length(query) <= 2000),
    visibility text not null default 'private' check (visibility in ('private', 'team', 'everyone')),
    pinned boolean not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint saved_views_name_key unique (tenant_id, owner_id, list, name),
    constraint saved_views_owner_fkey foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete cascade,
    constraint saved_views_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade,
    constraint saved_views_of_a_team check ((visibility = 'team') = (team_id is not null))
);
comment on table saved_views is 'The filters of a list of the web UI, under a name: for its owner, for a team or for everyone in the tenant.';
comment on column saved_views.list is 'Which list it filters, as the web UI calls it, e.g. "alerts".';
comment on column saved_views.query is 'The filters as the list''s address has them, e.g. "status=open&severity=high": the parameters of the API.';
comment on column saved_views.pinned is 'Shown above the list to everybody who sees the view.';
create index saved_views_by_list on saved_views (tenant_id, list, name, id);
create index saved_views_by_team on saved_views (tenant_id, team_id) where team_id is not null;
call protect_tenant_table('saved_views');

grant select, insert, update, delete on saved_views to cloudops_app;

insert into schema_version (version) values ('0.32.0');
