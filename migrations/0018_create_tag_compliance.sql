-- Which tags resources have to carry, where they do not, and what they probably should be.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table required_tags (
    tenant_id uuid not null references tenants (id) on delete cascade,
    resource_type text not null default '',
    tags jsonb not null check (jsonb_typeof(tags) = 'array'),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, resource_type)
);
comment on table required_tags is 'The tags that resources have to carry: one row for all types, and one for each type that has its own.';
comment on column required_tags.resource_type is 'As resources.type; empty for every type without a row of its own.';
comment on column required_tags.tags is '[{"key": "Team", "allowed_values": ["shop"] or null}], in the order in which they are shown.';
call protect_tenant_table('required_tags');

create table tag_exemptions (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    account_id text,
    resource_type text,
    resource_id text,
    reason text not null check (reason <> ''),
    primary key (tenant_id, id),
    constraint tag_exemptions_name_something check (num_nonnulls(account_id, resource_type, resource_id) > 0)
);
comment on table tag_exemptions is 'What no tags are asked of: an account, a type, a resource, or a type in an account.';
call protect_tenant_table('tag_exemptions');

create function default_required_tags() returns jsonb
language sql immutable parallel safe as $$
    select '[{"key": "Team", "allowed_values": null}, {"key": "Service", "allowed_values": null},
             {"key": "Environment", "allowed_values": null}]'::jsonb
$$;
comment on function default_required_tags() is 'What holds for a tenant that has set nothing.';

create view tag_requirements with (security_invoker = true) as
select tenant_id, resource_type, tags from required_tags
 union all
select t.id, '', default_required_tags()
  from tenants t
 where not exists (select from required_tags r where r.tenant_id = t.id and r.resource_type = '');
comment on view tag_requirements is 'The required tags in force: those that were set, or the default ones.';

create function normal_tag_key(key text) returns text
language sql immutable parallel safe as $$ select lower(translate(key, '_- ', '')) $$;
comment on function normal_tag_key(text) is
    'CostCenter, cost-center and cost_center are one key; the last is how cost and usage reports write the first.';

create function normal_tags(tags jsonb) returns jsonb
language sql immutable parallel safe as $$
    select coalesce(jsonb_object_agg(normal_tag_key(key), btrim(value) order by btrim(value) <> '', key), '{}')
      from jsonb_each_text(tags)
$$;
comment on function normal_tags(jsonb) is
    'Tags by normal key, values without blanks around them. Of two spellings of a key, one that has a value counts.';

create function missing_tags(normal jsonb, required jsonb) returns text[]
language sql immutable parallel safe as $$
    select coalesce(array_agg(r.tag ->> 'key' order by r.place), '{}')
      from jsonb_array_elements(required) with ordinality as r (tag, place)
     where coalesce(normal ->> normal_tag_key(r.tag ->> 'key'), '') = ''
$$;
comment on function missing_tags(jsonb, jsonb) is 'Keys of required tags that normal_tags lacks or has no value for.';

create function refused_tags(normal jsonb, required jsonb) returns text[]
language sql immutable parallel safe as $$
    select coalesce(array_agg(r.tag ->> 'key' order by r.place), '{}')
      from jsonb_array_elements(required) with ordinality as r (tag, place)
     where coalesce(normal ->> normal_tag_key(r.tag ->> 'key'), '') <> ''
       and jsonb_typeof(r.tag -> 'allowed_values') = 'array'
       and not r.tag -> 'allowed_values' ? (normal ->> normal_tag_key(r.tag ->> 'key'))
$$;
comment on function refused_tags(jsonb, jsonb) is 'Keys of required tags whose value is not among the allowed ones.';

create function is_taggable(provider text, resource_id text) returns boolean
language sql immutable parallel safe as $$
    select case
        when provider <> 'aws' then true
        -- Pods of split cost allocation, replicas at the edge and snapshots that a service manages take no tags.
        when resource_id ~ '(:pod/|:function:[a-z]{2}(-[a-z]+)+-[0-9]\.|snapshot:(rds|awsbackup):)' then false
        when resource_id ~ '^arn:aws[a-z-]*:[a-z0-9-]+:' then true
        -- Ids of EC2 and names of buckets; what else bills show is an invoice's reference or a metric.
        else resource_id ~ '^[a-z]+-[0-9a-f]{8,17}$' or resource_id ~ '^[a-z0-9][a-z0-9.-]{2,62}$'
    end
$$;
comment on function is_taggable(text, text) is 'Whether what only a bill shows could carry tags at all.';

create function name_stem(name text) returns text
language sql immutable parallel safe as $$
    select case when name !~ '^([a-z]+-)?[0-9a-f-]{8,}$' then substring(name from '^(.{4,})[-_/. ][^-_/. ]+$') end
$$;
comment on function name_stem(text) is 'checkout-web of checkout-web-01: what names of one thing begin with. Null of ids.';

create table compliance_scans (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    scan_date timestamptz not null,
    status text not null default 'in_progress' check (status in ('in_progress', 'completed', 'failed')),
    requested_by text not null,
    total_resources bigint,
    tagged_resources bigint,
    untagged_resources bigint,
    exempt_resources bigint,
    untaggable_resources bigint,
    compliance_percentage numeric(5, 2) check (compliance_percentage between 0 and 100),
    scan_duration_seconds bigint,
    reason text,
    primary key (tenant_id, id),
    constraint compliance_scans_complete check (
        status <> 'completed'
        or (total_resources = tagged_resources + untagged_resources and scan_duration_seconds is not null
            and exempt_resources is not null and untaggable_resources is not null)),
    constraint compliance_scans_fail_for_a_reason check ((status = 'failed') = (reason is not null))
);
comment on table compliance_scans is 'Each look at whether resources carry the required tags.';
comment on column compliance_scans.scan_date is 'When it was asked for or began.';
comment on column compliance_scans.compliance_percentage is 'Of resources, never rounded up; null where there were none to look at.';
comment on column compliance_scans.exempt_resources is 'Of which no tags are asked; in none of the other counts.';
comment on column compliance_scans.untaggable_resources is 'Known from a bill alone, and not such as can be tagged; in none of the other counts.';
create index compliance_scans_by_date on compliance_scans (tenant_id, scan_date desc, id desc);
call protect_tenant_table('compliance_scans');

create table untagged_resources (
    tenant_id uuid not null,
    scan_id uuid not null,
    place bigint not null,
    account_id text not null,
    resource_id text not null,
    resource_type text not null,
    resource_arn text,
    name text not null,
    region text,
    team_id uuid,
    source text not null check (source in ('inventory', 'bill')),
    monthly_cost numeric not null,
    currency text not null,
    missing_tags text[] not null,
    refused_tags text[] not null default '{}',
    discovered_at timestamptz not null,
    primary key (tenant_id, scan_id, place),
    constraint untagged_resources_lack_something check (cardinality(missing_tags) + cardinality(refused_tags) > 0),
    constraint untagged_resources_scan_fkey foreign key (tenant_id, scan_id)
        references compliance_scans (tenant_id, id) on delete cascade,
    constraint untagged_resources_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id)
        on delete set null (team_id)
);
comment on table untagged_resources is 'What a scan found to lack required tags, as it was then.';
comment on column untagged_resources.place is 'The order of the list: the reporting currency first, then by cost. It makes pages cheap.';
comment on column untagged_resources.source is 'Whether a scan of the account saw it, or a bill alone.';
comment on column untagged_resources.monthly_cost is 'Effective cost of the last 30 days with data, in currency.';
comment on column untagged_resources.refused_tags is 'Required tags that it carries with a value that is not allowed.';
create index untagged_resources_by_team on untagged_resources (tenant_id, team_id);
call protect_tenant_table('untagged_resources');

create table compliance_scores (
    tenant_id uuid not null,
    scan_id uuid not null,
    dimension text not null check (dimension in ('team', 'account', 'type')),
    value text not null,
    currency text not null,
    total_resources bigint not null,
    tagged_resources bigint not null,
    total_cost numeric not null,
    tagged_cost numeric not null,
    primary key (tenant_id, scan_id, dimension, value, currency),
    constraint compliance_scores_scan_fkey foreign key (tenant_id, scan_id)
        references compliance_scans (tenant_id, id) on delete cascade
);
comment on table compliance_scores is 'How a scan''s resources fared by team, account and type, a line for each currency.';
comment on column compliance_scores.value is 'A team''s id, an account''s number or a type; empty for resources without a team.';
call protect_tenant_table('compliance_scores');

create table tag_proposals (
    tenant_id uuid not null,
    id uuid not null,
    account_id text not null,
    resource_id text not null,
    tag_key text not null check (tag_key <> ''),
    tag_value text not null check (tag_value <> ''),
    confidence numeric not null check (confidence between 0 and 1),
    evidence jsonb not null,
    status text not null default 'open' check (status in ('open', 'accepted', 'rejected', 'applied')),
    reason text,
    decided_by text,
    decided_at timestamptz,
    found_at timestamptz not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint tag_proposals_value_key unique (tenant_id, account_id, resource_id, tag_key, tag_value),
    constraint tag_proposals_resource_fkey foreign key (tenant_id, account_id, resource_id)
        references resources (tenant_id, account_id, resource_id) on delete cascade,
    constraint tag_proposals_undecided_while_open check ((status = 'open') = (decided_at is null)),
    constraint tag_proposals_are_rejected_for_a_reason check (status <> 'rejected' or reason is not null)
);
comment on table tag_proposals is 'Values that missing tags probably should have. Nothing here has been written to the cloud.';
comment on column tag_proposals.status is
    'accepted: somebody wants the tag written. applied: a later scan saw it on the resource. rejected ones never come back.';
comment on column tag_proposals.evidence is '[{source, group, value, agreeing, tagged, text}], the strongest first.';
comment on column tag_proposals.found_at is 'The last scan that bore it out.';
create index tag_proposals_by_status on tag_proposals (tenant_id, status);
call protect_tenant_table('tag_proposals');

grant select, insert, update, delete on required_tags, tag_exemptions, compliance_scans, untagged_resources, compliance_scores,
                                        tag_proposals to cloudops_app;
grant select on tag_requirements to cloudops_app;

create view sibyl.compliance_scans with (security_invoker = true) as
select id, scan_date, total_resources, tagged_resources, untagged_resources, compliance_percentage, scan_duration_seconds, status
  from compliance_scans;

create view sibyl.untagged_resources with (security_invoker = true) as
select natural_id(tenant_id::text, scan_id::text, account_id, resource_id) as id, scan_id, resource_id, resource_type,
       resource_arn, account_id, region, monthly_cost, missing_tags || refused_tags as missing_tags, discovered_at
  from untagged_resources;
comment on column sibyl.untagged_resources.missing_tags is 'Also those whose value is not allowed.';

create or replace view sibyl.cloud_resources with (security_invoker = true) as
select natural_id(r.tenant_id::text, r.account_id, r.resource_id) as id, r.resource_id, r.type as resource_type,
       r.arn as resource_arn, r.region, r.account_id, r.tags, r.service_id, r.team_id,
       t.unmet = 0 as is_tagged,
       (case when t.required = 0 then 100 else trunc(100.0 * (t.required - t.unmet) / t.required, 2) end)::numeric(5, 2)
           as compliance_score,
       r.created_at as discovered_at, r.last_seen::timestamp at time zone 'UTC' as last_seen
  from resources r
  join tag_requirements d on d.tenant_id = r.tenant_id and d.resource_type = ''
  left join tag_requirements o on o.tenant_id = r.tenant_id and o.resource_type = r.type
 cross join lateral (
       select jsonb_array_length(coalesce(o.tags, d.tags)) as required,
              cardinality(missing_tags(n.tags, coalesce(o.tags, d.tags)))
              + cardinality(refused_tags(n.tags, coalesce(o.tags, d.tags))) as unmet
         from (select normal_tags(r.tags) as tags offset 0) n
 ) t;
comment on column sibyl.cloud_resources.is_tagged is 'Whether it carries every required tag, exempt or not.';
comment on column sibyl.cloud_resources.compliance_score is 'Required tags that it carries, in percent; 100 where none is required.';

grant select on sibyl.compliance_scans, sibyl.untagged_resources to cloudops_app;

insert into schema_version (version) values ('0.18.0');
