-- What changes really saved, as later bills show it.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table measured_savings (
    tenant_id uuid not null,
    action_id uuid not null,
    status text not null check (status in ('measuring', 'measured', 'returned')),
    reason text,
    currency text not null,
    before_daily numeric,
    after_daily numeric,
    expected_daily numeric,
    projected_monthly numeric,
    measured_monthly numeric,
    confidence numeric check (confidence between 0 and 1),
    before_from date not null,
    before_until date not null,
    after_from date not null,
    after_until date,
    measured_at timestamptz not null,
    primary key (tenant_id, action_id),
    constraint measured_savings_action_fkey foreign key (tenant_id, action_id) references actions (tenant_id, id) on delete cascade,
    constraint measured_savings_say_how_much check ((status = 'measuring') = (measured_monthly is null)),
    constraint measured_savings_say_why_not check ((status = 'measuring') = (reason is not null))
);
comment on table measured_savings is 'What a completed action saves on the bill, measured again whenever the bill grows.';
comment on column measured_savings.status is
    'measuring: the bill does not tell yet; measured; returned: it saved once, and its last week costs as much as before.';
comment on column measured_savings.before_daily is 'Effective cost of the resource per day, before the action began.';
comment on column measured_savings.after_daily is 'Effective cost of the resource per day, once the action had settled.';
comment on column measured_savings.expected_daily is
    'What a day after would have cost at the rates before: for changes of the rate, at the usage after.';
comment on column measured_savings.projected_monthly is 'What its recommendation promised, per month of 30.4375 days.';
comment on column measured_savings.measured_monthly is
    'expected_daily less after_daily, per month of 30.4375 days; negative where it costs more, 0 once the cost returned.';
comment on column measured_savings.confidence is 'How likely it is that the difference is not the noise from day to day.';
comment on column measured_savings.before_until is 'The first day that is no longer looked at, as after_until.';
comment on column measured_savings.after_until is 'Null where no settled day lies after the action yet.';
call protect_tenant_table('measured_savings');

grant select, insert, update on measured_savings to cloudops_app;

insert into schema_version (version) values ('0.23.0');
