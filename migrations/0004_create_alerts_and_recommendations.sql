-- What changed and why, and what to do about it.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table limits (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    alert_type text not null check (alert_type in ('cost', 'reliability')),
    service_name text,
    account_id text,
    metric_name text check (metric_name in ('5xx_count', 'p95_latency_ms')),
    resource_id text,
    threshold numeric not null check (threshold >= 0),
    currency text check (currency ~ '^[A-Z]{3}$'),
    consecutive_points bigint not null default 1 check (consecutive_points between 1 and 1000),
    severity text not null default 'high' check (severity in ('low', 'medium', 'high', 'critical')),
    created_by text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade,
    constraint limits_name_their_signal check (
        (alert_type = 'cost') = (service_name is not null and currency is not null and metric_name is null)
        and (alert_type = 'reliability') = (metric_name is not null and currency is null))
);
comment on table limits is 'Fixed limits that a user sets on a service''s daily cost or on a metric.';
call protect_tenant_table('limits');

create table alerts (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    alert_type text not null check (alert_type in ('cost', 'reliability')),
    status text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    title text not null,
    description text not null,
    source text not null,
    provider text,
    account_id text,
    service_name text,
    resource_id text,
    metric_name text,
    currency text,
    rule_name text not null,
    model_version text not null,
    observed_value numeric not null,
    baseline_value numeric,
    threshold_value numeric,
    excess numeric not null,
    window_start timestamptz not null,
    window_end timestamptz not null,
    data_watermark timestamptz not null,
    series jsonb not null default '[]',
    drivers jsonb not null default '[]',
    detected_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    resolution text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade,
    constraint alerts_acknowledged_when check (status <> 'acknowledged' or acknowledged_at is not null),
    constraint alerts_resolved_when check ((status = 'resolved') = (resolved_at is not null)),
    constraint alerts_cost_has_currency check ((alert_type = 'cost') = (currency is not null))
);
comment on table alerts is 'The workflow object made of one or more anomalies.';
comment on column alerts.excess is 'Observed above expected, summed over the window; in currency for costs.';
comment on column alerts.data_watermark is 'How far the judged data reached.';
comment on column alerts.series is 'The judged series with its band, as [{at, observed, expected, lower, upper, anomaly}].';
comment on column alerts.drivers is 'What moved: [{dimension, value, observed, expected, change}], largest change first.';
create index alerts_by_window on alerts (tenant_id, window_start desc, id desc);
create index alerts_by_status on alerts (tenant_id, status, window_start desc, id desc);
call protect_tenant_table('alerts');

create table anomalies (
    tenant_id uuid not null,
    id uuid not null,
    alert_id uuid not null,
    project_id uuid not null,
    alert_type text not null check (alert_type in ('cost', 'reliability')),
    provider text,
    account_id text,
    service_name text,
    resource_id text,
    metric_name text,
    currency text,
    observed_at timestamptz not null,
    observed_value numeric not null,
    expected_value numeric not null,
    lower_value numeric,
    upper_value numeric,
    deviation_pct numeric,
    score numeric not null check (score between 0 and 1),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    rule_name text not null,
    model_version text not null,
    window_start timestamptz not null,
    window_end timestamptz not null,
    data_watermark timestamptz not null,
    detected_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, alert_id) references alerts (tenant_id, id) on delete cascade
);
comment on table anomalies is
    'A detector''s finding on one point of a signal: a fact, never edited. Its id is made from signal, time, rule and model version, so that judging twice adds nothing.';
comment on column anomalies.deviation_pct is 'Observed against expected in percent; null where nothing was expected.';
create index anomalies_by_alert on anomalies (tenant_id, alert_id);
call protect_tenant_table('anomalies');

create table recommendations (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    alert_id uuid,
    check_id text not null,
    kind text not null check (kind in ('cost_optimization', 'compliance', 'security', 'rightsizing')),
    type text not null check (type in ('resize', 'terminate', 'storage-class', 'reserved-instance', 'schedule', 'review')),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    status text not null default 'open' check (status in (
        'open', 'pending_approval', 'approved', 'in_progress', 'done', 'rejected', 'dismissed', 'expired')),
    title text not null,
    description text not null,
    action_steps text not null,
    impact text not null,
    owner text,
    provider text,
    account_id text,
    service_name text,
    region text,
    resource_id text,
    current_config jsonb not null default '{}',
    recommended_config jsonb not null default '{}',
    evidence jsonb not null default '{}',
    monthly_savings numeric check (monthly_savings >= 0),
    currency text,
    overlap_group text not null,
    risk numeric(5, 2) not null check (risk between 0 and 100),
    risk_reduction numeric,
    confidence numeric not null check (confidence between 0 and 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    done_at timestamptz,
    dismissed_at timestamptz,
    dismissed_reason text,
    dismissed_until date,
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade,
    foreign key (tenant_id, alert_id) references alerts (tenant_id, id) on delete cascade,
    constraint recommendations_savings_have_currency check (monthly_savings is null or currency is not null)
);
comment on table recommendations is 'A proposed change with evidence, savings, risk and confidence.';
comment on column recommendations.monthly_savings is 'Net, at the rate the bill shows, per month of 30.4375 days.';
comment on column recommendations.overlap_group is 'Findings of one group do not add up: only the best one counts.';
comment on column recommendations.risk is 'Percent: catalogue class A up to 10, B up to 40, C above.';
comment on column recommendations.type is 'The first document''s five types; review where a person has to look first.';
create index recommendations_by_creation on recommendations (tenant_id, created_at desc, id desc);
create index recommendations_by_status on recommendations (tenant_id, status, created_at desc, id desc);
create index recommendations_by_alert on recommendations (tenant_id, alert_id);
call protect_tenant_table('recommendations');

grant select, insert, update, delete on limits, alerts, recommendations to cloudops_app;
grant select, insert on anomalies to cloudops_app;

insert into schema_version (version) values ('0.4.0');
