-- What the system considered doing on its own, and why it did or did not.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table autonomy_runs (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    started_at timestamptz not null,
    refusal text check (refusal <> ''),
    considered bigint not null check (considered >= 0),
    acted bigint not null check (acted between 0 and considered),
    monthly_savings numeric not null default 0 check (monthly_savings >= 0),
    currency text not null,
    primary key (tenant_id, id),
    constraint autonomy_runs_refused_do_nothing check (refusal is null or considered = 0)
);
comment on table autonomy_runs is 'One look at what is open, to see what the system may do on its own.';
comment on column autonomy_runs.id is 'Made from the message that asked for it, so that the same message runs once.';
comment on column autonomy_runs.refusal is 'Why this run looked at nothing: a setting permits nothing, or no change window is open.';
comment on column autonomy_runs.monthly_savings is 'What the chosen changes are projected to save together, in currency.';
create index autonomy_runs_by_start on autonomy_runs (tenant_id, started_at desc, id desc);
call protect_tenant_table('autonomy_runs');

create table autonomy_considerations (
    tenant_id uuid not null,
    id uuid not null,
    run_id uuid not null,
    recommendation_id uuid,
    check_id text not null,
    action_type text,
    action_id uuid,
    verdict text not null check (verdict in ('acted', 'held')),
    reason text not null check (reason <> ''),
    at timestamptz not null,
    primary key (tenant_id, id),
    constraint autonomy_considerations_run_fkey foreign key (tenant_id, run_id)
        references autonomy_runs (tenant_id, id) on delete cascade,
    constraint autonomy_considerations_recommendation_fkey foreign key (tenant_id, recommendation_id)
        references recommendations (tenant_id, id) on delete set null (recommendation_id),
    constraint autonomy_considerations_action_fkey foreign key (tenant_id, action_id)
        references actions (tenant_id, id) on delete set null (action_id)
);
comment on table autonomy_considerations is 'A recommendation that a run looked at, and why it acted or held.';
comment on column autonomy_considerations.action_type is 'The executor that would carry it out; null where it has to be carried out by hand.';
create index autonomy_considerations_by_time on autonomy_considerations (tenant_id, at desc, id desc);
create index autonomy_considerations_by_run on autonomy_considerations (tenant_id, run_id);
create index autonomy_considerations_by_recommendation on autonomy_considerations (tenant_id, recommendation_id, at desc, id desc);
create index autonomy_considerations_by_action on autonomy_considerations (tenant_id, action_id);
call protect_tenant_table('autonomy_considerations');

grant select, insert, delete on autonomy_runs to cloudops_app;
grant select, insert on autonomy_considerations to cloudops_app;

insert into schema_version (version) values ('0.27.0');
