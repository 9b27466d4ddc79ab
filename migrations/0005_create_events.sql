-- The one trail of creations, changes and job runs.

set lock_timeout = '2s';
set statement_timeout = '60s';

create table events (
    tenant_id uuid not null,
    id uuid not null,
    project_id uuid,
    entity_type text not null check (entity_type <> ''),
    entity_id text,
    event_type text not null check (event_type <> ''),
    message text not null,
    actor text not null check (actor <> ''),
    user_id uuid,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, id)
);
comment on table events is 'The audit trail, append-only. It carries no foreign keys: it outlives what it speaks of.';
comment on column events.actor is '"system" or the user''s e-mail address.';
comment on column events.entity_id is 'A uuid or a provider''s id as text; null for what has none.';
comment on column events.metadata is 'Context, with old and new values of a change under "old" and "new".';
create index events_by_time on events (tenant_id, created_at desc, id desc);
create index events_by_entity on events (tenant_id, entity_type, entity_id, created_at desc);
call protect_tenant_table('events');

create function refuse_change_of_trail() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using message = 'the trail is append-only';
end
$$;
create trigger events_append_only before update or delete on events
    for each row execute function refuse_change_of_trail();
create trigger events_never_emptied before truncate on events
    for each statement execute function refuse_change_of_trail();

grant select, insert on events to cloudops_app;

insert into schema_version (version) values ('0.5.0');
