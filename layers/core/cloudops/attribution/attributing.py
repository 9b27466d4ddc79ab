"""Say whose cost it is: of a delivery as part of publishing it, and of everything once the rules changed."""

from datetime import datetime
from uuid import UUID

from cloudops.attribution import repository, rule_repository
from cloudops.attribution.models import Attributed, LastRun, RuleSet, Standing
from cloudops.attribution.normalizing import in_order, normalize
from cloudops.attribution.ordering import splits_in_order, with_built_in
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection


def rules_that_count(connection: Connection) -> RuleSet:
    attribution = with_built_in(rule_repository.list_attribution_rules(connection))
    splits = splits_in_order(rule_repository.list_split_rules(connection))
    return RuleSet(
        tags=in_order(rule_repository.list_tag_rules(connection)),
        attribution=[rule for rule in attribution if rule.is_active],
        splits=[rule for rule in splits if rule.is_active],
    )


def attribute_delivery(connection: Connection, delivery_id: UUID) -> None:
    """Judge what no bill showed before, and write the rollups of the delivery, in the transaction that publishes it."""
    repository.lock_resources(connection)
    repository.begin_work(connection)
    repository.read_charges(connection, [delivery_id])
    repository.add_charged(connection, [delivery_id])
    judge_new(connection, rules_that_count(connection))
    repository.roll_up(connection, [delivery_id])


def attribute_resources(connection: Connection) -> None:
    """Give the resources their owners that recording did not: whose tags only a scan saw, or of an older month."""
    repository.lock_resources(connection)
    repository.begin_work(connection)
    if repository.add_resources(connection):
        judge_new(connection, rules_that_count(connection))
    repository.own_resources(connection)


def judge_new(connection: Connection, rules: RuleSet) -> None:
    read_new_pairs(connection, rules)
    repository.judge(connection, rules)
    repository.insert_subjects(connection)


def attribute_everything(connection: Connection, *, now: datetime) -> Attributed:
    """Judge all subjects anew, and roll up again the deliveries whose cost moves. Exports are not read."""
    repository.lock_resources(connection)
    repository.begin_work(connection)
    fingerprint = repository.read_fingerprint(connection)
    rules = rules_that_count(connection)
    waiting = repository.list_waiting_deliveries(connection)
    repository.read_charges(connection, waiting)
    repository.add_charged(connection, waiting)
    repository.add_resources(connection)
    repository.add_subjects(connection)
    read_all_pairs(connection, rules)
    repository.judge(connection, rules)
    changed = repository.update_subjects(connection) + repository.insert_subjects(connection)
    repository.own_resources(connection)
    touched = sorted({*waiting, *repository.list_touched_deliveries(connection, changed)})
    repository.read_charges(connection, touched)
    repository.roll_up(connection, touched)
    repository.put_run(connection, LastRun(fingerprint=fingerprint, attributed_at=now))
    done = Attributed(
        subjects=repository.count_things(connection), changed=len(changed), deliveries=len(touched)
    )
    record(connection, event_of(done))
    return done


def attribution_is_due(connection: Connection) -> bool:
    """Whether rules, hierarchy or owners changed since everything was attributed, or a delivery waits for it."""
    last = repository.read_last_run(connection)
    if last is None or last.fingerprint != repository.read_fingerprint(connection):
        return True
    return bool(repository.list_waiting_deliveries(connection))


def show_attribution(connection: Connection) -> Standing:
    last = repository.read_last_run(connection)
    return Standing(
        pending=attribution_is_due(connection), attributed_at=last.attributed_at if last else None
    )


def read_new_pairs(connection: Connection, rules: RuleSet) -> None:
    if rules.tags:
        keys = tag_rule_keys(rules)
        pairs = repository.list_pairs(connection, keys, new=True)
        repository.insert_pairs(connection, normalize(pairs, rules.tags))
    repository.take_stored_pairs(connection)


def read_all_pairs(connection: Connection, rules: RuleSet) -> None:
    repository.delete_pairs(connection)
    if rules.tags:
        pairs = repository.list_pairs(connection, tag_rule_keys(rules))
        repository.insert_pairs(connection, normalize(pairs, rules.tags))
    repository.take_stored_pairs(connection)


def tag_rule_keys(rules: RuleSet) -> list[str]:
    return sorted({rule.tag_key.lower() for rule in rules.tags})


def event_of(done: Attributed) -> NewEvent:
    return NewEvent(
        entity_type="job",
        entity_id=None,
        event_type="attributed",
        message=f"{done.changed} of {done.subjects} subjects changed, and {done.deliveries} deliveries were rolled up",
        metadata={"subjects": done.subjects, "changed": done.changed, "deliveries": done.deliveries},
    )
