-- What must hold, where it does not, and who accepted that until when.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table policies (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id text not null check (id <> ''),
    name text not null check (name <> ''),
    description text not null default '',
    provider text not null check (provider in ('aws', 'azure', 'gcp', 'ibm', 'oci', 'other')),
    type text not null check (type in ('compliance', 'security', 'cost_optimization', 'rightsizing')),
    effect text not null default 'recommend' check (effect in ('audit', 'recommend')),
    scope text,
    status text not null default 'draft' check (status in ('draft', 'enabled', 'disabled')),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    resource_types text[] not null default '{}',
    expression jsonb not null check (jsonb_typeof(expression) = 'object'),
    remediation text not null default '',
    built_in boolean not null default false,
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint policies_name_key unique (tenant_id, name)
);
comment on table policies is 'What must hold: a resource that its expression is true of violates it.';
comment on column policies.id is 'Generated; of the built-in ones, a name that is the same for every tenant.';
comment on column policies.type is 'The kind of recommendation that its violations yield.';
comment on column policies.effect is 'audit only records violations; recommend makes a recommendation of each as well.';
comment on column policies.scope is 'The account it looks at; null for all.';
comment on column policies.resource_types is 'The types of resources it looks at; empty for all.';
comment on column policies.expression is 'A tree of all, any, not and tests of fields: cloudops.compliance.policies.expressions.';
comment on column policies.built_in is 'Shipped with the product, which keeps its expression and words up to date.';
create index policies_by_status on policies (tenant_id, status);
call protect_tenant_table('policies');

create table exceptions (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    policy_id text,
    account_id text,
    resource_id text,
    reason text not null check (reason <> ''),
    expires_at timestamptz not null,
    status text not null default 'pending' check (status in ('pending', 'approved', 'rejected', 'expired')),
    created_by uuid,
    decided_by uuid,
    decided_at timestamptz,
    decision text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint exceptions_concern_something check (num_nonnulls(policy_id, resource_id) > 0),
    constraint exceptions_name_the_account check ((account_id is null) = (resource_id is null)),
    constraint exceptions_are_decided_by_another check (status <> 'approved' or created_by is distinct from decided_by
                                                        or created_by is null),
    constraint exceptions_policy_fkey foreign key (tenant_id, policy_id) references policies (tenant_id, id)
        on delete cascade,
    constraint exceptions_resource_fkey foreign key (tenant_id, account_id, resource_id)
        references resources (tenant_id, account_id, resource_id) on delete cascade,
    constraint exceptions_created_by_fkey foreign key (tenant_id, created_by) references users (tenant_id, id)
        on delete set null (created_by),
    constraint exceptions_decided_by_fkey foreign key (tenant_id, decided_by) references users (tenant_id, id)
        on delete set null (decided_by)
);
comment on table exceptions is
    'Who accepted violations until when: of a policy, of a resource, or of a policy on a resource.';
comment on column exceptions.decided_by is 'Who approved or rejected it; never who asked for it.';
comment on column exceptions.decision is 'What he said.';
create index exceptions_by_status on exceptions (tenant_id, status, expires_at);
create index exceptions_by_creation on exceptions (tenant_id, created_at desc, id desc);
create index exceptions_by_resource on exceptions (tenant_id, account_id, resource_id);
call protect_tenant_table('exceptions');

create table violations (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    policy_id text,
    policy_name text not null,
    account_id text not null,
    resource_id text not null,
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    severity_rank bigint not null generated always as (
        case severity when 'critical' then 4 when 'high' then 3 when 'medium' then 2 else 1 end) stored,
    reason text not null,
    status text not null default 'open' check (status in ('open', 'suppressed', 'fixed')),
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    fixed_at timestamptz,
    primary key (tenant_id, id),
    constraint violations_subject_key unique (tenant_id, policy_id, account_id, resource_id),
    constraint violations_fixed_when check ((status = 'fixed') = (fixed_at is not null)),
    constraint violations_policy_fkey foreign key (tenant_id, policy_id) references policies (tenant_id, id)
        on delete set null (policy_id),
    constraint violations_resource_fkey foreign key (tenant_id, account_id, resource_id)
        references resources (tenant_id, account_id, resource_id) on delete cascade
);
comment on table violations is 'Where a policy does not hold: one row per policy and resource, whatever becomes of it.';
comment on column violations.policy_name is 'As the policy was called when it was last violated; it outlives the policy.';
comment on column violations.severity_rank is 'For order: critical is 4, low is 1.';
comment on column violations.first_seen is 'When it was first found; who finds it again leaves it.';
comment on column violations.last_seen is 'The last evaluation that found it.';
create index violations_by_severity on violations (tenant_id, status, severity_rank desc, last_seen desc, id);
create index violations_by_resource on violations (tenant_id, account_id, resource_id, status);
call protect_tenant_table('violations');

create table policy_scans (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    kind text not null check (kind in ('policy', 'security')),
    requested_at timestamptz not null,
    finished_at timestamptz,
    counts jsonb not null default '{}',
    primary key (tenant_id, id)
);
comment on table policy_scans is 'Evaluations of policies. The id comes from the message, so that one delivered twice evaluates once.';
comment on column policy_scans.counts is 'Resources looked at and what became of violations; empty until it is finished.';
create index policy_scans_by_request on policy_scans (tenant_id, requested_at desc, id desc);
call protect_tenant_table('policy_scans');

grant select, insert, update, delete on policies, exceptions, violations, policy_scans to cloudops_app;

create view governance.policies with (security_invoker = true) as
select id, tenant_id, name, provider, type, effect, scope, status,
       metadata || jsonb_build_object('severity', severity, 'resource_types', resource_types, 'expression', expression)
           as metadata,
       created_at, updated_at
  from policies;

create view governance.violations with (security_invoker = true) as
select id, tenant_id, policy_id, resource_id, severity, reason, first_seen, last_seen, status from violations;

create view governance.exceptions with (security_invoker = true) as
select id, tenant_id, policy_id, resource_id, reason, expires_at, created_by, status, created_at from exceptions;

grant select on governance.policies, governance.violations, governance.exceptions to cloudops_app;

insert into schema_version (version) values ('0.16.0');
