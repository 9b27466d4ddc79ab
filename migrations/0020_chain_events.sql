-- The trail is chained: whoever changes, removes, adds or moves a line afterwards breaks the chain.

set lock_timeout = '2s';
-- Chaining what is there already takes about twenty seconds per million events.
set statement_timeout = '600s';

alter table events add column team_id uuid;
comment on column events.team_id is 'The team that is concerned, where it is known.';

create table event_chain (
    tenant_id uuid not null,
    seq bigint not null check (seq > 0),
    event_id uuid not null,
    prev_hash bytea not null check (octet_length(prev_hash) = 32),
    hash bytea not null check (octet_length(hash) = 32),
    primary key (tenant_id, seq),
    constraint event_chain_event_key unique (tenant_id, event_id)
);
comment on table event_chain is
    'The place of each event in its tenant''s chain, append-only. It carries no foreign key: it outlives what it speaks of.';
comment on column event_chain.seq is 'Counts from 1 without gaps, in the order in which transactions were committed.';
comment on column event_chain.prev_hash is 'The hash of seq - 1; 32 zero bytes for the first.';
comment on column event_chain.hash is 'SHA-256 over prev_hash and the line, see event_line.';
call protect_tenant_table('event_chain');

create function event_line(seq bigint, e events) returns bytea
language sql stable parallel safe as $$
    select convert_to(json_build_array(
        1, seq, e.tenant_id, e.id, e.project_id, e.team_id, e.entity_type, e.entity_id, e.event_type, e.message, e.actor,
        e.user_id, e.metadata, to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, 'UTF8')
$$;
comment on function event_line(bigint, events) is
    'All that an event says and its place, in one canonical form, which begins with the number of the form.';

create function event_hash(prev_hash bytea, seq bigint, e events) returns bytea
language sql stable parallel safe as $$ select sha256(prev_hash || event_line(seq, e)) $$;
comment on function event_hash(bytea, bigint, events) is 'What event_chain.hash has to be.';

create function next_hash(hash bytea, line bytea, seed bytea) returns bytea
language sql immutable parallel safe as $$ select sha256(coalesce(hash, seed) || line) $$;
comment on function next_hash(bytea, bytea, bytea) is 'One step of chain_hash.';
create aggregate chain_hash(line bytea, seed bytea) (sfunc = next_hash, stype = bytea);
comment on aggregate chain_hash(bytea, bytea) is
    'The hashes of a stretch of the chain, as a window function in its order; seed is the hash before it.';

-- A cached plan may be older than the rows: on a table that was empty then, it would read all of it for each event.
create function extend_chain(tenant uuid, since timestamptz, event uuid) returns void
language plpgsql set enable_seqscan = off
as $$
declare
    tail public.event_chain;
begin
    -- Until the end of the transaction, which is near: this runs at its commit.
    perform pg_advisory_xact_lock(hashtextextended(tenant::text, 20));
    select * into tail from public.event_chain c where c.tenant_id = tenant order by c.seq desc limit 1;
    insert into public.event_chain (tenant_id, seq, event_id, prev_hash, hash)
    select tenant, h.seq, h.id, coalesce(lag(h.hash) over (order by h.seq), h.seed), h.hash
      from (select n.seq, n.id, n.seed,
                   public.chain_hash(public.event_line(n.seq, n.e), n.seed)
                       over (order by n.seq rows between unbounded preceding and current row) as hash
              from (select coalesce(tail.seq, 0) + row_number() over (order by e.created_at, e.id) as seq, e.id, e,
                           coalesce(tail.hash, decode(repeat('00', 32), 'hex')) as seed
                      from public.events e
                     where e.tenant_id = tenant
                       and (e.created_at >= since or e.id = event)
                       -- offset keeps this from becoming a join, for which fresh rows have no statistics yet.
                       and not exists (select from public.event_chain c
                                        where c.tenant_id = e.tenant_id and c.event_id = e.id offset 0)) n) h;
end
$$;
comment on function extend_chain(uuid, timestamptz, uuid) is
    'Chain a tenant''s events that are not, those since a time and one more, in the order of created_at and id.';

create function chain_events() returns trigger
language plpgsql security definer set search_path = pg_catalog set enable_seqscan = off
as $$
begin
    -- The first of a transaction's events takes the others along: they were all made since it began.
    if not exists (select from public.event_chain c where c.tenant_id = new.tenant_id and c.event_id = new.id) then
        perform public.extend_chain(new.tenant_id, now(), new.id);
    end if;
    return null;
end
$$;
comment on function chain_events() is
    'Chains events at commit, so that the lock of a tenant''s chain is held for no longer than that. The application may not write the chain itself.';

do $$
begin
    perform extend_chain(t.tenant_id, '-infinity', null) from (select distinct tenant_id from events) t;
end
$$;

create constraint trigger events_chained after insert on events
    deferrable initially deferred for each row execute function chain_events();
create trigger event_chain_append_only before update or delete on event_chain
    for each row execute function refuse_change_of_trail();
create trigger event_chain_never_emptied before truncate on event_chain
    for each statement execute function refuse_change_of_trail();

grant select on event_chain to cloudops_app;
grant select on events to cloudops_finder;
grant select, insert on event_chain to cloudops_finder;
create policy finder_reads on events for select to cloudops_finder using (true);
create policy finder_reads on event_chain for select to cloudops_finder using (true);
create policy finder_chains on event_chain for insert to cloudops_finder with check (true);

grant create on schema public to cloudops_finder;
alter function chain_events() owner to cloudops_finder;
revoke create on schema public from cloudops_finder;
set role cloudops_finder;
revoke execute on function chain_events() from public;
reset role;

create view cloudaudit.audit_logs with (security_invoker = true) as
select id as audit_log_id, team_id, user_id, entity_type || '.' || event_type as action,
       metadata || jsonb_build_object('message', message, 'actor', actor, 'entity_id', entity_id) as details, created_at
  from events;

create view governance.audits with (security_invoker = true) as
select id, tenant_id, actor, event_type as action, entity_id as target_id, entity_type as target_type,
       metadata || jsonb_build_object('message', message) as payload, created_at
  from events;

grant select on cloudaudit.audit_logs, governance.audits to cloudops_app;

insert into schema_version (version) values ('0.20.0');
