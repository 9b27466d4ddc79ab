-- What people are told outside of the product, through which channels, and whether it arrived.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table notification_channels (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    kind text not null check (kind in ('email', 'webhook')),
    name text not null check (name <> ''),
    enabled boolean not null default true,
    topics text[] not null check (topics <@ array['alert.raised', 'approval.needed', 'action.completed', 'action.attention',
                                                   'account.insecure', 'channel.test'] and cardinality(topics) > 0),
    minimum_severity text not null default 'high' check (minimum_severity in ('low', 'medium', 'high', 'critical')),
    recipients text[] not null default '{}',
    url text,
    secret_arn text,
    created_by text not null check (created_by <> ''),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint notification_channels_lead_somewhere check (
        case kind when 'email' then cardinality(recipients) > 0 and url is null and secret_arn is null
                  else cardinality(recipients) = 0 and url is not null and secret_arn is not null end)
);
comment on table notification_channels is 'Where a tenant is told of things: mail to people, or a signed request to a program.';
comment on column notification_channels.secret_arn is 'The secret in Secrets Manager that requests are signed by. The secret itself is never kept here.';
create index notification_channels_by_creation on notification_channels (tenant_id, created_at desc, id desc);
call protect_tenant_table('notification_channels');

create table notifications (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null,
    topic text not null check (topic in ('alert.raised', 'approval.needed', 'action.completed', 'action.attention',
                                         'account.insecure', 'channel.test')),
    severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
    title text not null check (title <> ''),
    body text not null,
    entity_type text not null,
    entity_id text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id)
);
comment on table notifications is 'The outbox: each row is written in the transaction of what it speaks of.';
comment on column notifications.id is 'Made from what happened, so that it is told once.';
create index notifications_by_creation on notifications (tenant_id, created_at);
call protect_tenant_table('notifications');

create table notification_deliveries (
    tenant_id uuid not null,
    id uuid not null,
    notification_id uuid not null,
    channel_id uuid not null,
    status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
    attempts bigint not null default 0 check (attempts >= 0),
    due_at timestamptz not null,
    last_error text,
    delivered_at timestamptz,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint notification_deliveries_once unique (tenant_id, notification_id, channel_id),
    constraint notification_deliveries_notification_fkey foreign key (tenant_id, notification_id)
        references notifications (tenant_id, id) on delete cascade,
    constraint notification_deliveries_channel_fkey foreign key (tenant_id, channel_id)
        references notification_channels (tenant_id, id) on delete cascade,
    constraint notification_deliveries_when_delivered check ((status = 'delivered') = (delivered_at is not null))
);
comment on table notification_deliveries is 'One notification on its way through one channel.';
comment on column notification_deliveries.due_at is 'When the next attempt is due. Whoever sends moves it ahead first, so that nobody else sends meanwhile.';
create index notification_deliveries_due on notification_deliveries (tenant_id, due_at) where status = 'pending';
create index notification_deliveries_by_creation on notification_deliveries (tenant_id, created_at desc, id desc);
create index notification_deliveries_by_channel on notification_deliveries (tenant_id, channel_id);
call protect_tenant_table('notification_deliveries');

grant select, insert, update, delete on notification_channels to cloudops_app;
grant select, insert, delete on notifications to cloudops_app;
grant select, insert, update on notification_deliveries to cloudops_app;

insert into schema_version (version) values ('0.28.0');
