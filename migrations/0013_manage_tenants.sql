-- Tenants have several projects, one of them the default; a person sees every tenant that he belongs to.

set lock_timeout = '2s';
set statement_timeout = '60s';

-- The key needs no scan, which would lock out writers: the column is new.
alter table tenants add column default_project_id uuid;
alter table tenants
    add constraint tenants_default_project_fkey foreign key (id, default_project_id) references projects (tenant_id, id)
        not valid;
comment on column tenants.default_project_id is
    'Where accounts that bills bring belong at first; null for the oldest project.';

create function find_tenants(subject text)
returns table (id uuid, name text, role text, finance_approver boolean)
language sql stable security definer set search_path = pg_catalog, public
as $$
    select t.id, t.name, m.role, m.finance_approver
      from public.memberships m join public.tenants t on t.id = m.tenant_id
     where m.sub = subject
     order by m.created_at, m.tenant_id
$$;
comment on function find_tenants(text) is
    'The tenants of a token''s sub with their names, in the order in which one is chosen where none is asked for.';

grant create on schema public to cloudops_finder;
alter function find_tenants(text) owner to cloudops_finder;
revoke create on schema public from cloudops_finder;
set role cloudops_finder;
revoke execute on function find_tenants(text) from public;
grant execute on function find_tenants(text) to cloudops_app;
reset role;

insert into schema_version (version) values ('0.13.0');
