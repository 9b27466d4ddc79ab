-- Deliveries of bills, their charges, and the daily rollup that the screens read.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table deliveries (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    source text not null check (source in ('cur2', 'cur1', 'focus', 'cost_explorer', 'unknown')),
    export_name text not null,
    billing_account_id text not null default '',
    period date check (period = date_trunc('month', period)),
    version text not null check (version <> ''),
    assembled_at timestamptz not null,
    grain text not null default 'daily' check (grain in ('daily', 'line_item')),
    status text not null check (status in ('loading', 'current', 'shadow', 'superseded', 'quarantined')),
    reason text,
    bucket text not null,
    fingerprint text not null,
    source_rows bigint,
    totals jsonb not null default '{}',
    first_day date,
    last_day date,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    superseded_at timestamptz,
    primary key (tenant_id, id),
    constraint deliveries_version_key
        unique nulls not distinct (tenant_id, source, export_name, billing_account_id, period, version, grain),
    constraint deliveries_quarantined_for_a_reason check ((status = 'quarantined') = (reason is not null))
);
comment on table deliveries is
    'One version of one bill: (tenant, source, export, billing account, period, version). Charges belong to a delivery; only current ones are read.';
comment on column deliveries.source is 'unknown only where a file was quarantined before it was recognised.';
comment on column deliveries.assembled_at is 'When the provider made it: from the assembly id where that is a time, else the object''s modification time.';
comment on column deliveries.superseded_at is 'Since when a newer version of the same export has stood in its place.';
comment on column deliveries.fingerprint is 'SHA-256 over the names, sizes and entity tags of the parts.';
comment on column deliveries.totals is 'Billed cost per currency as decimal strings, read from the source columns before loading.';
comment on column deliveries.last_day is 'The last UTC day on which usage started: the data watermark.';
create unique index deliveries_one_current on deliveries (tenant_id, billing_account_id, period) where status = 'current';
comment on index deliveries_one_current is 'The pointer: at most one delivery of a billing account and period is read.';
create index deliveries_by_fingerprint on deliveries (tenant_id, fingerprint);
call protect_tenant_table('deliveries');

create table delivery_parts (
    tenant_id uuid not null,
    delivery_id uuid not null,
    part_number bigint not null check (part_number >= 1),
    key text not null,
    size bigint not null check (size >= 0),
    etag text not null,
    source_rows bigint,
    totals jsonb not null default '{}',
    loaded_at timestamptz,
    primary key (tenant_id, delivery_id, part_number),
    foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
);
comment on table delivery_parts is 'The files of a delivery; loaded_at is written in the transaction that loads the charges.';
call protect_tenant_table('delivery_parts');

create table source_preferences (
    tenant_id uuid not null references tenants (id) on delete cascade,
    billing_account_id text not null,
    source text not null check (source in ('cur2', 'cur1', 'focus', 'cost_explorer')),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, billing_account_id)
);
comment on table source_preferences is
    'The source that a tenant wants to be authoritative for a billing account, against the order CUR 2.0, CUR 1.0, FOCUS, Cost Explorer.';
call protect_tenant_table('source_preferences');

create table charges (
    tenant_id uuid not null,
    charge_date date not null,
    id bigint generated always as identity,
    delivery_id uuid not null,
    charge_start timestamptz not null,
    charge_end timestamptz not null,
    provider text not null,
    account_id text not null,
    service text not null,
    region text,
    resource_id text,
    instance_type text,
    usage_type text,
    operation text,
    usage_unit text,
    usage_amount numeric,
    currency text not null,
    charge_category text not null check (charge_category in ('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment')),
    charge_class text check (charge_class in ('Correction')),
    charge_frequency text,
    pricing_category text,
    billed_cost numeric not null,
    effective_cost numeric not null,
    list_cost numeric,
    contracted_cost numeric,
    blended_cost numeric,
    tags jsonb not null default '{}',
    line_item_id text,
    primary key (tenant_id, charge_date, id)
) partition by range (charge_date);
comment on table charges is
    'Charges after FOCUS, one row per day and set of dimensions (or per line item on request). Partitioned by the month of the charge''s day; tenants share partitions.';
comment on column charges.billed_cost is 'What is invoiced (CUR: unblended cost).';
comment on column charges.effective_cost is 'Amortised: commitments spread over what they cover, their purchase left with the unused part.';
comment on column charges.list_cost is 'At public on-demand prices.';
comment on column charges.blended_cost is 'Averaged over the organisation (CUR only).';
comment on column charges.tags is 'User keys without their user: prefix, provider keys as aws:...';
create index charges_by_delivery on charges (tenant_id, delivery_id);
call protect_tenant_table('charges');

do $$
declare
    month date;
    partition text;
begin
    for month in select generate_series(date '2021-01-01', date '2032-12-01', interval '1 month') loop
        partition := 'charges_' || to_char(month, 'YYYY_MM');
        execute format('create table %I partition of charges for values from (%L) to (%L)',
                       partition, month, month + interval '1 month');
        call protect_tenant_table(partition::regclass);
    end loop;
    create table charges_other_years partition of charges default;
    call protect_tenant_table('charges_other_years');
end
$$;

create table daily_costs (
    tenant_id uuid not null,
    delivery_id uuid not null,
    charge_date date not null,
    provider text not null,
    account_id text not null,
    service text not null,
    region text not null,
    charge_category text not null,
    currency text not null,
    billed_cost numeric not null,
    effective_cost numeric not null,
    list_cost numeric,
    created_at timestamptz not null default now(),
    primary key (tenant_id, delivery_id, charge_date, provider, account_id, service, region, charge_category, currency),
    foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
);
comment on table daily_costs is 'The rollup of a delivery''s charges that dashboards and detection read; written when it is published.';
comment on column daily_costs.region is 'Empty where a charge has none.';
call protect_tenant_table('daily_costs');

create view current_charges with (security_invoker = true) as
select c.*, d.period as billing_period, d.billing_account_id, d.published_at
  from charges c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current';
comment on view current_charges is 'The charges of current deliveries: what the bill says now.';

create view current_daily_costs with (security_invoker = true) as
select c.*
  from daily_costs c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current';
comment on view current_daily_costs is 'The daily rollup of current deliveries.';

grant select, insert, update, delete on deliveries, delivery_parts, source_preferences, charges, daily_costs to cloudops_app;
grant select on current_charges, current_daily_costs to cloudops_app;

insert into schema_version (version) values ('0.2.0');
