-- Whose cost it is: rules for tags, rules that attribute, shared costs, and the rollups that cost by team reads.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table tag_rules (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    rule_name text not null check (rule_name <> ''),
    tag_key text not null check (tag_key <> ''),
    pattern text check (length(pattern) <= 500),
    normalized_key text check (normalized_key <> ''),
    normalized_value text,
    priority bigint not null default 0 check (priority between -1000000 and 1000000),
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint tag_rules_name_key unique (tenant_id, rule_name),
    constraint tag_rules_normalize_something check (num_nonnulls(normalized_key, normalized_value) > 0)
);
comment on table tag_rules is 'How a tag is read: another key, another value, or both. The first rule that takes a tag is the only one.';
comment on column tag_rules.tag_key is 'The key that the rule looks at, in any case.';
comment on column tag_rules.pattern is 'RE2; has to match the whole value. Null for every value.';
comment on column tag_rules.normalized_value is 'May name the pattern''s groups as \1 to \9. Null keeps the value.';
comment on column tag_rules.priority is 'Higher ones are tried first; of equal ones the first by name.';
call protect_tenant_table('tag_rules');

create table tag_pairs (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    tag_key text not null,
    tag_value text not null,
    normalized_key text not null,
    normalized_value text not null,
    tag_rule_id uuid,
    place bigint,
    primary key (tenant_id, id)
);
comment on table tag_pairs is 'What the tag rules made of each pair of key and value that they look at: PostgreSQL has no RE2, so it joins this.';
comment on column tag_pairs.id is 'Made from key and value, which may be too long for an index.';
comment on column tag_pairs.tag_rule_id is 'Null where no rule takes the pair.';
comment on column tag_pairs.place is 'The rule''s place in the order of the rules.';
call protect_tenant_table('tag_pairs');

create table attribution_rules (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    rule_name text not null check (rule_name <> ''),
    kind text not null check (kind in ('team_name', 'service_name', 'account_owner', 'tag', 'account', 'resource',
                                       'resource_prefix', 'provider_service')),
    tag_key text check (tag_key <> ''),
    match_values text[] not null default '{}',
    team_id uuid,
    service_id uuid,
    priority bigint not null default 0 check (priority between -1000000 and 1000000),
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint attribution_rules_name_key unique (tenant_id, rule_name),
    constraint attribution_rules_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade,
    constraint attribution_rules_service_fkey foreign key (tenant_id, service_id)
        references services (tenant_id, id) on delete cascade,
    constraint attribution_rules_look_at_a_tag check ((kind in ('team_name', 'service_name', 'tag')) = (tag_key is not null)),
    constraint attribution_rules_name_an_owner check (
        (kind in ('team_name', 'service_name', 'account_owner')) = (num_nonnulls(team_id, service_id) = 0)),
    constraint attribution_rules_match_something check (
        (kind in ('team_name', 'service_name', 'account_owner')) = (match_values = '{}'))
);
comment on table attribution_rules is
    'Which team and service of the catalogue a cost belongs to. Rows with the id of a built-in rule say only whether, and where in the order, it counts.';
comment on column attribution_rules.kind is
    'team_name, service_name: the tag''s value is a name in the hierarchy. account_owner: the account''s team. The others compare with match_values.';
comment on column attribution_rules.service_id is 'A service brings its team along where the rule names none.';
call protect_tenant_table('attribution_rules');

create table split_rules (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    rule_name text not null check (rule_name <> ''),
    method text not null check (method in ('even', 'fixed', 'proportional')),
    charge_category text check (charge_category in ('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment')),
    service text check (service <> ''),
    account_id text check (account_id <> ''),
    tag_key text check (tag_key <> ''),
    tag_value text,
    priority bigint not null default 0 check (priority between -1000000 and 1000000),
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    constraint split_rules_name_key unique (tenant_id, rule_name),
    constraint split_rules_choose_something check (num_nonnulls(charge_category, service, account_id, tag_key) > 0),
    constraint split_rules_name_a_whole_tag check ((tag_key is null) = (tag_value is null))
);
comment on table split_rules is 'Which costs are shared, and how teams bear them. What a rule takes is nobody''s direct cost any more.';
comment on column split_rules.service is 'The provider''s service, as charges name it.';
call protect_tenant_table('split_rules');

create table split_shares (
    tenant_id uuid not null,
    split_rule_id uuid not null,
    team_id uuid not null,
    percentage numeric check (percentage > 0 and percentage <= 100),
    primary key (tenant_id, split_rule_id, team_id),
    constraint split_shares_rule_fkey foreign key (tenant_id, split_rule_id)
        references split_rules (tenant_id, id) on delete cascade,
    constraint split_shares_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade
);
comment on table split_shares is 'The teams that bear a shared cost; a rule without any is borne by all teams.';
comment on column split_shares.percentage is 'Of fixed rules only.';
call protect_tenant_table('split_shares');

create function attribution_key(provider text, account_id text, service text, resource_id text, tags jsonb) returns bigint
language sql immutable parallel safe as $$
    select hash_record_extended(row(provider, account_id, service, resource_id, tags), 0)
$$;
comment on function attribution_key(text, text, text, text, jsonb) is
    'What attribution depends on, as one number: so charges need no column for it and are never updated.';

create table attribution_subjects (
    tenant_id uuid not null,
    key bigint not null,
    provider text not null,
    account_id text not null,
    service text not null,
    resource_id text,
    tags jsonb not null,
    team_id uuid,
    service_id uuid,
    team_rule_id uuid,
    service_rule_id uuid,
    split_rule_ids jsonb,
    primary key (tenant_id, key)
);
comment on table attribution_subjects is
    'Each distinct (provider, account, service, resource, tags) of all charges, and what the rules made of it. Rules run over these, not over charges.';
comment on column attribution_subjects.key is 'attribution_key() of the charge.';
comment on column attribution_subjects.team_rule_id is 'The rule that gave the team: a row of attribution_rules, or a built-in one.';
comment on column attribution_subjects.split_rule_ids is 'The split rule of each charge category that is shared; null where none is.';
create index attribution_subjects_by_resource on attribution_subjects (tenant_id, resource_id);
call protect_tenant_table('attribution_subjects');

create table subject_costs (
    tenant_id uuid not null,
    delivery_id uuid not null,
    key bigint not null,
    currency text not null,
    charges bigint not null,
    billed_cost numeric not null,
    primary key (tenant_id, delivery_id, key, currency)
);
comment on table subject_costs is
    'What a delivery charges to each subject: which deliveries a changed rule touches, and what a preview would move. Like charges, it has no foreign key, whose check of every row would be felt.';
call protect_tenant_table('subject_costs');

create table attributed_costs (
    tenant_id uuid not null,
    delivery_id uuid not null,
    charge_date date not null,
    provider text not null,
    account_id text not null,
    service text not null,
    charge_category text not null,
    currency text not null,
    team_id uuid,
    service_id uuid,
    split_rule_id uuid,
    charges bigint not null,
    billed_cost numeric not null,
    effective_cost numeric not null
);
comment on table attributed_costs is
    'A delivery''s charges by day, owner, account and provider service. Written whole with the delivery, and anew whenever the rules move its cost.';
comment on column attributed_costs.service is 'The provider''s service; service_id is the catalogue''s.';
comment on column attributed_costs.split_rule_id is 'Set where the cost is shared; then it is not the direct cost of team_id.';
create index attributed_costs_by_delivery on attributed_costs (tenant_id, delivery_id);
call protect_tenant_table('attributed_costs');

create table team_costs (
    tenant_id uuid not null,
    delivery_id uuid not null,
    charge_date date not null,
    currency text not null,
    team_id uuid,
    service_id uuid,
    split_rule_id uuid,
    charges bigint not null,
    billed_cost numeric not null,
    effective_cost numeric not null,
    foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
);
comment on table team_costs is 'attributed_costs without account, category and provider service: what cost by team reads.';
create index team_costs_by_delivery on team_costs (tenant_id, delivery_id);
create index team_costs_by_day on team_costs (tenant_id, charge_date);
create index team_costs_shared on team_costs (tenant_id, charge_date) where split_rule_id is not null;
call protect_tenant_table('team_costs');

create table attributions (
    tenant_id uuid primary key references tenants (id) on delete cascade,
    fingerprint text not null,
    attributed_at timestamptz not null
);
comment on table attributions is 'When a tenant''s whole cost was last attributed, and by what.';
comment on column attributions.fingerprint is 'Of rules, hierarchy, catalogue and account owners; another one now means that attribution is out of date.';
call protect_tenant_table('attributions');

create table unit_counts (
    tenant_id uuid not null references tenants (id) on delete cascade,
    metric_name text not null check (metric_name <> ''),
    count_date date not null,
    count numeric not null check (count >= 0 and count < 'Infinity'),
    updated_at timestamptz not null,
    primary key (tenant_id, metric_name, count_date)
);
comment on table unit_counts is 'How much business a day brought (orders, tenants, requests), which unit costs divide by.';
call protect_tenant_table('unit_counts');

grant select, insert, update, delete
   on tag_rules, tag_pairs, attribution_rules, split_rules, split_shares, attribution_subjects, subject_costs,
      attributed_costs, team_costs, attributions, unit_counts
   to cloudops_app;

create view current_attributed_costs with (security_invoker = true) as
select c.*
  from attributed_costs c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current';
comment on view current_attributed_costs is 'The attributed costs of current deliveries.';

create view current_team_costs with (security_invoker = true) as
select c.*
  from team_costs c
  join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id and d.status = 'current';
comment on view current_team_costs is 'The team costs of current deliveries.';

create function shared_costs(first_day date, end_day date)
returns table (charge_date date, currency text, split_rule_id uuid, team_id uuid, billed_cost numeric, effective_cost numeric)
language sql stable as $$
    with pools as materialized (
        select c.charge_date, c.currency, c.split_rule_id, sum(c.billed_cost) as billed, sum(c.effective_cost) as effective,
               greatest(scale(sum(c.billed_cost)), scale(sum(c.effective_cost)), 10) as digits
          from current_team_costs c
         where c.tenant_id = (select current_tenant()) and c.charge_date >= first_day and c.charge_date < end_day
           and c.split_rule_id is not null
         group by c.charge_date, c.currency, c.split_rule_id
    ),
    direct as materialized (
        select c.charge_date, c.currency, c.team_id, sum(c.billed_cost) as billed
          from current_team_costs c
         where c.tenant_id = (select current_tenant()) and c.charge_date >= first_day and c.charge_date < end_day
           and c.split_rule_id is null and exists (select from pools)
         group by c.charge_date, c.currency, c.team_id
    ),
    bearers as (
        select s.split_rule_id, s.team_id, s.percentage
          from split_shares s
         where s.tenant_id = (select current_tenant())
         union all
        select r.id, t.id, null
          from split_rules r
          join teams t on t.tenant_id = r.tenant_id
         where r.tenant_id = (select current_tenant())
           and not exists (select from split_shares s where s.tenant_id = r.tenant_id and s.split_rule_id = r.id)
    ),
    weighed as (
        select p.*, b.team_id,
               case r.method when 'even' then 1 when 'fixed' then b.percentage else greatest(coalesce(d.billed, 0), 0) end as weight
          from pools p
          join split_rules r on r.tenant_id = (select current_tenant()) and r.id = p.split_rule_id
          join bearers b on b.split_rule_id = p.split_rule_id
          left join direct d on d.charge_date = p.charge_date and d.currency = p.currency and d.team_id = b.team_id
    ),
    -- Whole units of the last digit, so that quotients and remainders are exact.
    counted as (
        select w.*, sum(w.weight) over pool as whole, abs(w.billed) * ('1e' || w.digits)::numeric as billed_units,
               abs(w.effective) * ('1e' || w.digits)::numeric as effective_units
          from weighed w
        window pool as (partition by w.charge_date, w.currency, w.split_rule_id)
    ),
    divided as (
        select c.*, div(c.billed_units * c.weight, c.whole) as billed_part, mod(c.billed_units * c.weight, c.whole) as billed_rest,
               div(c.effective_units * c.weight, c.whole) as effective_part,
               mod(c.effective_units * c.weight, c.whole) as effective_rest
          from counted c
         where c.whole > 0
    ),
    ranked as (
        select d.*, d.billed_units - sum(d.billed_part) over pool as billed_left,
               d.effective_units - sum(d.effective_part) over pool as effective_left,
               row_number() over (pool order by d.billed_rest desc, d.team_id) as billed_rank,
               row_number() over (pool order by d.effective_rest desc, d.team_id) as effective_rank
          from divided d
        window pool as (partition by d.charge_date, d.currency, d.split_rule_id)
    )
    select r.charge_date, r.currency, r.split_rule_id, r.team_id,
           sign(r.billed) * (r.billed_part + (r.billed_rank <= r.billed_left)::integer) * ('1e-' || r.digits)::numeric,
           sign(r.effective) * (r.effective_part + (r.effective_rank <= r.effective_left)::integer)
               * ('1e-' || r.digits)::numeric
      from ranked r
     union all
    select p.charge_date, p.currency, p.split_rule_id, null, p.billed, p.effective
      from pools p
     where not exists (
           select from counted c
            where c.charge_date = p.charge_date and c.currency = p.currency and c.split_rule_id = p.split_rule_id
              and c.whole > 0)
$$;
comment on function shared_costs(date, date) is
    'What each team bears of the shared costs of each day: the parts of a pool add up to it, to the last digit (largest remainder). What nobody can bear has no team.';

-- contracts ----------------------------------------------------------------------------------------------------

create view sibyl.tag_rules with (security_invoker = true) as
select id, rule_name, tag_key, pattern, normalized_key, priority::integer as priority, is_active, created_at, updated_at
  from tag_rules;

create or replace view sibyl.cloud_resources with (security_invoker = true) as
select natural_id(tenant_id::text, account_id, resource_id) as id, resource_id, type as resource_type, arn as resource_arn,
       region, account_id, tags, service_id, team_id, tags <> '{}' as is_tagged,
       (case when tags <> '{}' then 100 else 0 end)::numeric(5, 2) as compliance_score,
       created_at as discovered_at, last_seen::timestamp at time zone 'UTC' as last_seen
  from resources;

-- Owners come out of their own tables, so that one who was deleted since shows as nobody. The key is a row of its own,
-- because under row-level security a function of a charge's columns is kept away from the index of the subjects.
create or replace view sibyl.cost_data with (security_invoker = true) as
select c.id, c.line_item_id, c.charge_start as usage_start_date, c.charge_end as usage_end_date, c.account_id, c.resource_id,
       c.service as service_name, c.usage_type, c.operation, c.region, c.billed_cost as cost, c.usage_amount, c.usage_unit,
       c.currency, c.tags, t.id as team_id, v.id as service_id, u.id as business_unit_id,
       u.business_group_id, t.id is not null as is_attributed, c.published_at as created_at
  from current_charges c
 cross join lateral (
       select attribution_key(c.provider, c.account_id, c.service, c.resource_id, c.tags) as key offset 0) k
  left join attribution_subjects s on s.tenant_id = c.tenant_id and s.key = k.key
  left join teams t on t.tenant_id = s.tenant_id and t.id = s.team_id
  left join business_units u on u.tenant_id = t.tenant_id and u.id = t.business_unit_id
  left join services v on v.tenant_id = s.tenant_id and v.id = s.service_id;

create or replace view sibyl.metric_data with (security_invoker = true) as
select natural_id(m.tenant_id::text, m.project_id::text, m.resource_id, m.metric_name, m.metric_ts::text) as id, m.resource_id,
       m.metric_name, m.namespace, m.metric_ts as "timestamp", m.value, m.unit, m.dimensions, r.team_id, r.service_id, m.created_at
  from reliability_metrics m
  left join (
      select distinct on (tenant_id, known_as) tenant_id, known_as, team_id, service_id
        from (select tenant_id, resource_id as known_as, true as by_id, account_id, resource_id, team_id, service_id from resources
               union all
              select tenant_id, name, false, account_id, resource_id, team_id, service_id from resources) known
       order by tenant_id, known_as, by_id desc, team_id is null, account_id, resource_id
  ) r on r.tenant_id = m.tenant_id and r.known_as = m.resource_id;

revoke execute on function shared_costs(date, date) from public;
grant execute on function shared_costs(date, date) to cloudops_app;
grant select on current_attributed_costs, current_team_costs, sibyl.tag_rules to cloudops_app;

insert into schema_version (version) values ('0.14.0');
