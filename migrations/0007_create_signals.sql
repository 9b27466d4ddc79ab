-- Cost Explorer as a source, reconciliation between sources, and what CloudWatch is asked about.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table deliveries add column estimated_days date[] not null default '{}';
comment on column deliveries.estimated_days is 'Days whose amounts the provider still calls estimates (Cost Explorer only).';

create table cost_explorer_budgets (
    tenant_id uuid primary key references tenants (id) on delete cascade,
    daily_calls bigint not null check (daily_calls between 0 and 10000),
    updated_at timestamptz not null default now()
);
comment on table cost_explorer_budgets is
    'How often a tenant''s Cost Explorer may be asked per UTC day; AWS takes 0.01 USD per request. Without a row, 20 times.';
call protect_tenant_table('cost_explorer_budgets');

create table cost_explorer_accounts (
    tenant_id uuid not null references tenants (id) on delete cascade,
    billing_account_id text not null check (billing_account_id <> ''),
    metrics text[] not null default '{UnblendedCost,AmortizedCost}'
        check ('UnblendedCost' = any (metrics) and metrics <@ '{UnblendedCost,AmortizedCost,NetUnblendedCost}'::text[]),
    last_fetched_at timestamptz,
    last_error text,
    created_at timestamptz not null default now(),
    primary key (tenant_id, billing_account_id)
);
comment on table cost_explorer_accounts is 'Billing accounts whose Cost Explorer is read daily. What is not listed is never asked, so it costs nothing.';
comment on column cost_explorer_accounts.last_error is 'Why the last reading failed; null where it did not.';
call protect_tenant_table('cost_explorer_accounts');

create table cost_explorer_calls (
    tenant_id uuid not null references tenants (id) on delete cascade,
    call_date date not null,
    calls bigint not null check (calls >= 0),
    refused bigint not null default 0 check (refused >= 0),
    primary key (tenant_id, call_date)
);
comment on table cost_explorer_calls is 'Requests to Cost Explorer per UTC day, counted before each is made, and those that the budget refused.';
call protect_tenant_table('cost_explorer_calls');

create table service_names (
    name text primary key,
    code text not null
);
comment on table service_names is
    'Which product code of a Cost and Usage Report a service name of Cost Explorer or FOCUS stands for. For reconciliation only: charges keep what their source said.';

insert into service_names (name, code) values
    ('AWS AppSync', 'AWSAppSync'),
    ('AWS Backup', 'AWSBackup'),
    ('AWS Certificate Manager', 'AWSCertificateManager'),
    ('AWS CloudFormation', 'AWSCloudFormation'),
    ('AWS CloudTrail', 'AWSCloudTrail'),
    ('AWS CodeArtifact', 'AWSCodeArtifact'),
    ('AWS CodeCommit', 'AWSCodeCommit'),
    ('AWS CodePipeline', 'AWSCodePipeline'),
    ('AWS Config', 'AWSConfig'),
    ('AWS Data Transfer', 'AWSDataTransfer'),
    ('AWS Database Migration Service', 'AWSDatabaseMigrationSvc'),
    ('AWS Direct Connect', 'AWSDirectConnect'),
    ('AWS Directory Service', 'AWSDirectoryService'),
    ('AWS Elemental MediaConvert', 'AWSElementalMediaConvert'),
    ('AWS Elemental MediaLive', 'AWSElementalMediaLive'),
    ('AWS Firewall Manager', 'AWSFMS'),
    ('AWS Global Accelerator', 'AWSGlobalAccelerator'),
    ('AWS Glue', 'AWSGlue'),
    ('AWS IoT', 'AWSIoT'),
    ('AWS Key Management Service', 'awskms'),
    ('AWS Lambda', 'AWSLambda'),
    ('AWS Network Firewall', 'AWSNetworkFirewall'),
    ('AWS Secrets Manager', 'AWSSecretsManager'),
    ('AWS Security Hub', 'AWSSecurityHub'),
    ('AWS Service Catalog', 'AWSServiceCatalog'),
    ('AWS Step Functions', 'AmazonStates'),
    ('AWS Storage Gateway', 'AWSStorageGateway'),
    ('AWS Support (Business)', 'AWSSupportBusiness'),
    ('AWS Support [Business]', 'AWSSupportBusiness'),
    ('AWS Support (Developer)', 'AWSDeveloperSupport'),
    ('AWS Support [Developer]', 'AWSDeveloperSupport'),
    ('AWS Support (Enterprise)', 'AWSSupportEnterprise'),
    ('AWS Support [Enterprise]', 'AWSSupportEnterprise'),
    ('AWS Systems Manager', 'AWSSystemsManager'),
    ('AWS Transfer Family', 'AWSTransfer'),
    ('AWS WAF', 'awswaf'),
    ('AWS X-Ray', 'AWSXRay'),
    ('Amazon API Gateway', 'AmazonApiGateway'),
    ('Amazon AppStream', 'AmazonAppStream'),
    ('Amazon Athena', 'AmazonAthena'),
    ('Amazon Bedrock', 'AmazonBedrock'),
    ('Amazon CloudFront', 'AmazonCloudFront'),
    ('Amazon CloudWatch', 'AmazonCloudWatch'),
    ('AmazonCloudWatch', 'AmazonCloudWatch'),
    ('CloudWatch Events', 'AWSEvents'),
    ('Amazon Cognito', 'AmazonCognito'),
    ('Amazon Comprehend', 'comprehend'),
    ('Amazon Connect', 'AmazonConnect'),
    ('Amazon Detective', 'AmazonDetective'),
    ('Amazon DocumentDB (with MongoDB compatibility)', 'AmazonDocDB'),
    ('Amazon DynamoDB', 'AmazonDynamoDB'),
    ('Amazon EC2 Container Registry (ECR)', 'AmazonECR'),
    ('Amazon Elastic Container Registry', 'AmazonECR'),
    ('Amazon Elastic Compute Cloud', 'AmazonEC2'),
    ('Amazon Elastic Compute Cloud - Compute', 'AmazonEC2'),
    ('EC2 - Other', 'AmazonEC2'),
    ('Amazon Elastic Container Service', 'AmazonECS'),
    ('Amazon Elastic Container Service for Kubernetes', 'AmazonEKS'),
    ('Amazon Elastic Kubernetes Service', 'AmazonEKS'),
    ('Amazon Elastic File System', 'AmazonEFS'),
    ('Elastic Load Balancing', 'AWSELB'),
    ('Amazon Elastic Load Balancing', 'AWSELB'),
    ('Amazon Elastic MapReduce', 'ElasticMapReduce'),
    ('Amazon ElastiCache', 'AmazonElastiCache'),
    ('Amazon FSx', 'AmazonFSx'),
    ('Amazon GuardDuty', 'AmazonGuardDuty'),
    ('Amazon Inspector', 'AmazonInspectorV2'),
    ('Amazon Kinesis', 'AmazonKinesis'),
    ('Amazon Kinesis Firehose', 'AmazonKinesisFirehose'),
    ('Amazon Lex', 'AmazonLex'),
    ('Amazon Lightsail', 'AmazonLightsail'),
    ('Amazon Location Service', 'AmazonLocationService'),
    ('Amazon MQ', 'AmazonMQ'),
    ('Amazon Macie', 'AmazonMacie'),
    ('Amazon Managed Grafana', 'AmazonGrafana'),
    ('Amazon Managed Service for Prometheus', 'AmazonPrometheus'),
    ('Amazon Managed Streaming for Apache Kafka', 'AmazonMSK'),
    ('Amazon Managed Workflows for Apache Airflow', 'AmazonMWAA'),
    ('Amazon MemoryDB', 'AmazonMemoryDB'),
    ('Amazon Neptune', 'AmazonNeptune'),
    ('Amazon OpenSearch Service', 'AmazonES'),
    ('Amazon Polly', 'AmazonPolly'),
    ('Amazon QuickSight', 'AmazonQuickSight'),
    ('Amazon Redshift', 'AmazonRedshift'),
    ('Amazon Rekognition', 'AmazonRekognition'),
    ('Amazon Relational Database Service', 'AmazonRDS'),
    ('Amazon Route 53', 'AmazonRoute53'),
    ('Amazon SageMaker', 'AmazonSageMaker'),
    ('Amazon Simple Email Service', 'AmazonSES'),
    ('Amazon Simple Notification Service', 'AmazonSNS'),
    ('Amazon Simple Queue Service', 'AWSQueueService'),
    ('Amazon Simple Storage Service', 'AmazonS3'),
    ('Amazon Simple Workflow Service', 'AmazonSWF'),
    ('Amazon Textract', 'AmazonTextract'),
    ('Amazon Timestream', 'AmazonTimestream'),
    ('Amazon Transcribe', 'transcribe'),
    ('Amazon Translate', 'translate'),
    ('Amazon Virtual Private Cloud', 'AmazonVPC'),
    ('Amazon WorkSpaces', 'AmazonWorkSpaces'),
    ('Savings Plans for AWS Compute usage', 'ComputeSavingsPlans'),
    ('Savings Plans for Machine Learning', 'MachineLearningSavingsPlans');

create view reconciled_costs with (security_invoker = true) as
select o.tenant_id, o.period, o.billing_account_id, s.id as against_id, s.source as against_source,
       s.export_name as against_export_name,
       case when o.without_accounts or s.without_accounts then 'unknown' else c.account_id end as account_id,
       case when c.charge_category = 'Tax' then 'Tax' else coalesce(n.code, c.service) end as service,
       c.charge_date as day, c.currency,
       sum(c.billed_cost) filter (where c.delivery_id = o.id) as ours,
       sum(c.billed_cost) filter (where c.delivery_id = s.id) as theirs,
       bool_or(c.charge_date = any (o.estimated_days) or c.charge_date = any (s.estimated_days)) as estimated
  from (select d.*, not exists (select from daily_costs k
                                 where k.tenant_id = d.tenant_id and k.delivery_id = d.id and k.account_id <> 'unknown')
                    as without_accounts
          from deliveries d where d.status = 'current') o
  join (select d.*, not exists (select from daily_costs k
                                 where k.tenant_id = d.tenant_id and k.delivery_id = d.id and k.account_id <> 'unknown')
                    as without_accounts
          from deliveries d where d.status = 'shadow') s
    on s.tenant_id = o.tenant_id and s.billing_account_id = o.billing_account_id and s.period = o.period
  join daily_costs c on c.tenant_id = o.tenant_id and c.delivery_id in (o.id, s.id)
  left join service_names n on n.name = c.service
 group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
comment on view reconciled_costs is
    'The current delivery of a bill beside each of its shadows, per account, service and day. Services under their product codes, taxes as one service; one account where a side knows none.';

create table monitored_targets (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    kind text not null check (kind in ('api_gateway', 'load_balancer', 'function')),
    resource_id text not null check (resource_id <> ''),
    account_id text not null check (account_id ~ '^[0-9]{12}$'),
    region text not null check (region <> ''),
    name text not null check (name <> ''),
    stage text check (stage <> ''),
    period_seconds bigint not null default 300 check (period_seconds in (60, 300, 900, 3600)),
    last_read_at timestamptz,
    last_error text,
    created_by text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade,
    constraint monitored_targets_resource_key unique (tenant_id, resource_id),
    constraint monitored_targets_stage_of_an_api check (stage is null or kind = 'api_gateway')
);
comment on table monitored_targets is 'API Gateways, load balancers and functions whose errors and latency are read from CloudWatch.';
comment on column monitored_targets.resource_id is 'What its datapoints are keyed by in reliability_metrics.';
comment on column monitored_targets.name is
    'CloudWatch''s dimension value: an API''s name, app/<name>/<id> of a load balancer, or a function''s name.';
comment on column monitored_targets.last_error is 'Why the last reading failed; null where it did not.';
call protect_tenant_table('monitored_targets');

grant select, insert, update, delete
   on cost_explorer_budgets, cost_explorer_accounts, cost_explorer_calls, monitored_targets to cloudops_app;
grant select on service_names, reconciled_costs to cloudops_app;

insert into schema_version (version) values ('0.7.0');
