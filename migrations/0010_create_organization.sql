-- Who owns what: business groups, units and teams, their members, and the catalogue of services.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table business_groups (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    name text not null check (name <> ''),
    description text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint business_groups_name_key unique (tenant_id, name)
);
comment on table business_groups is 'The top of the hierarchy: group > unit > team. Deleting one deletes what is below it.';
call protect_tenant_table('business_groups');

create table business_units (
    tenant_id uuid not null,
    id uuid not null,
    business_group_id uuid not null,
    name text not null check (name <> ''),
    description text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint business_units_name_key unique (tenant_id, business_group_id, name),
    constraint business_units_business_group_fkey foreign key (tenant_id, business_group_id)
        references business_groups (tenant_id, id) on delete cascade
);
comment on table business_units is 'A part of a business group.';
call protect_tenant_table('business_units');

create table teams (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    business_unit_id uuid,
    name text not null check (name <> ''),
    owner_email text check (owner_email like '%_@_%'),
    slack_channel text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint teams_name_key unique nulls not distinct (tenant_id, business_unit_id, name),
    constraint teams_business_unit_fkey foreign key (tenant_id, business_unit_id)
        references business_units (tenant_id, id) on delete cascade
);
comment on table teams is 'Who owns accounts, services, resources and their cost.';
comment on column teams.business_unit_id is 'Null for a team that stands outside the hierarchy.';
call protect_tenant_table('teams');

create table team_members (
    tenant_id uuid not null,
    id uuid not null,
    team_id uuid not null,
    user_id uuid not null,
    role text not null default 'member' check (role in ('member', 'lead')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint team_members_user_key unique (tenant_id, team_id, user_id),
    constraint team_members_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade,
    constraint team_members_user_fkey foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
comment on table team_members is 'Who is in a team, and who leads it.';
create index team_members_by_user on team_members (tenant_id, user_id);
call protect_tenant_table('team_members');

create table services (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    name text not null check (name <> ''),
    description text,
    team_id uuid,
    service_type text,
    repository_url text,
    documentation_url text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint services_name_key unique (tenant_id, name),
    constraint services_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id)
        on delete set null (team_id)
);
comment on table services is 'The catalogue of what the organisation runs; not the provider''s services, which charges name.';
comment on column services.service_type is 'What people call it: API, Web, Worker, Database.';
create index services_by_team on services (tenant_id, team_id);
call protect_tenant_table('services');

-- New columns hold nothing yet, so the keys need no scan, which would lock out writers.
alter table cloud_accounts add column team_id uuid;
alter table cloud_accounts
    add constraint cloud_accounts_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id)
        on delete set null (team_id) not valid;
comment on column cloud_accounts.team_id is 'The team that owns the account.';

alter table resources add column team_id uuid, add column service_id uuid;
alter table resources
    add constraint resources_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id)
        on delete set null (team_id) not valid,
    add constraint resources_service_fkey foreign key (tenant_id, service_id) references services (tenant_id, id)
        on delete set null (service_id) not valid;
comment on column resources.team_id is 'The team that attribution found for it.';
comment on column resources.service_id is 'The catalogue''s service that attribution found for it.';

grant select, insert, update, delete on business_groups, business_units, teams, team_members, services to cloudops_app;

create view sibyl.business_groups with (security_invoker = true) as
select id, name, description, created_at, updated_at from business_groups;

create view sibyl.business_units with (security_invoker = true) as
select id, name, business_group_id, description, created_at, updated_at from business_units;

create view sibyl.teams with (security_invoker = true) as
select id, name, business_unit_id, owner_email, slack_channel, created_at, updated_at from teams;

create view sibyl.services with (security_invoker = true) as
select id, name, description, team_id, service_type, repository_url, documentation_url, created_at, updated_at from services;

create view cloudaudit.teams with (security_invoker = true) as
select id as team_id, name, created_at from teams;

create view cloudaudit.team_members with (security_invoker = true) as
select id as team_member_id, team_id, user_id, role, created_at from team_members;

create view cloudaudit.aws_accounts with (security_invoker = true) as
select id as aws_account_id, team_id, role_arn as iam_role_arn, connected_at from cloud_accounts where provider = 'aws';

grant select on sibyl.business_groups, sibyl.business_units, sibyl.teams, sibyl.services,
                cloudaudit.teams, cloudaudit.team_members, cloudaudit.aws_accounts to cloudops_app;

insert into schema_version (version) values ('0.10.0');
