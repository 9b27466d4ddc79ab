-- What runs, and how well it runs.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table resources (
    tenant_id uuid not null references tenants (id) on delete cascade,
    account_id text not null,
    resource_id text not null check (resource_id <> ''),
    provider text not null check (provider in ('aws', 'azure', 'gcp', 'ibm', 'oci', 'other')),
    service text not null,
    type text not null,
    name text not null,
    arn text,
    group_name text,
    region text,
    instance_type text,
    status text,
    tags jsonb not null default '{}',
    configuration jsonb not null default '{}',
    utilization jsonb,
    monthly_cost numeric not null default 0,
    currency text not null,
    first_seen date not null,
    last_seen date not null,
    last_analyzed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, account_id, resource_id)
);
comment on table resources is 'Cloud resources, found on a bill or by a scan.';
comment on column resources.monthly_cost is 'Effective cost of the last 30 days with data, in currency.';
comment on column resources.last_seen is 'The last day on which the bill or a scan showed it.';
create index resources_by_update on resources (tenant_id, updated_at desc);
create index resources_by_type on resources (tenant_id, provider, type);
call protect_tenant_table('resources');

create function resource_type(service text, resource_id text, usage_type text) returns text
language sql immutable parallel safe as $$
    select case
        when resource_id ~ '(^|[:/])i-[0-9a-f]+$' then 'EC2'
        when resource_id ~ '(^|[:/])vol-[0-9a-f]+$' then 'EBS'
        when resource_id ~ '(^|[:/])snap-[0-9a-f]+$' then 'EBS Snapshot'
        when resource_id ~ '(^|[:/])nat(gateway)?[-/]' then 'NAT Gateway'
        when resource_id ~ '(^|[:/])eipalloc-' or usage_type ~ '(ElasticIP|PublicIPv4)' then 'Elastic IP'
        when resource_id ~ ':loadbalancer/app/' then 'ALB'
        when resource_id ~ ':loadbalancer/net/' then 'NLB'
        when service in ('AWSELB', 'Elastic Load Balancing') then 'ELB'
        when service in ('AmazonRDS', 'Amazon Relational Database Service') then 'RDS'
        when service in ('AmazonS3', 'Amazon Simple Storage Service') then 'S3'
        when service in ('AWSLambda', 'AWS Lambda') then 'Lambda'
        when service in ('AmazonRedshift', 'Amazon Redshift') then 'Redshift'
        when service in ('AmazonDynamoDB', 'Amazon DynamoDB') then 'DynamoDB'
        when service in ('AmazonElastiCache', 'Amazon ElastiCache') then 'ElastiCache'
        when service in ('AmazonCloudWatch', 'Amazon CloudWatch') then 'CloudWatch'
        when service in ('AmazonRoute53', 'Amazon Route 53') then 'Route53'
        when service in ('AmazonCloudFront', 'Amazon CloudFront') then 'CloudFront'
        else service
    end
$$;
comment on function resource_type(text, text, text) is
    'The short type name that people use (EC2, EBS, RDS, S3, ALB), from what a bill shows of a resource.';

create table reliability_metrics (
    tenant_id uuid not null,
    project_id uuid not null,
    resource_id text not null,
    metric_name text not null check (metric_name in ('5xx_count', 'p95_latency_ms')),
    metric_ts timestamptz not null,
    namespace text not null,
    dimensions jsonb not null default '{}',
    value numeric not null,
    unit text not null check (unit in ('count', 'ms')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, project_id, resource_id, metric_name, metric_ts),
    foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade
);
comment on table reliability_metrics is 'Time series of APIs, load balancers and functions; a late datapoint replaces its own value.';
call protect_tenant_table('reliability_metrics');

grant select, insert, update, delete on resources, reliability_metrics to cloudops_app;

insert into schema_version (version) values ('0.3.0');
