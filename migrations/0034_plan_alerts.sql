-- An alert about something that was meant to happen says until when, and its signal is not judged before that.

set lock_timeout = '2s';
set statement_timeout = '60s';

alter table alerts add column planned_until date;
comment on column alerts.planned_until is
    'The last day on which its signal is expected to be out of the ordinary; no other alert is made of it until then.';
-- Every alert that is there is planned until null, so that there is nothing to validate.
alter table alerts
    add constraint alerts_planned_is_resolved check (planned_until is null or status = 'resolved') not valid;

insert into schema_version (version) values ('0.34.0');
