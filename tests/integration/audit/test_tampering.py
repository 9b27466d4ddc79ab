"""Each way to change the trail is found and its culprit named, although no trigger saw it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import pytest

from cloudops.audit.heads import Head, StoredHead, prefix_of
from cloudops.audit.models import Tampering
from cloudops.audit.verifying import BrokenTrailError
from tests.integration.audit.tampering import Trail
from tests.integration.tenant import Tenant, open_tenant

# Two events open a tenant, ten more make twelve; heads stand at 7 and at 12.
TAIL = 12


@pytest.fixture
def trail(tenant: Tenant) -> Trail:
    trail = Trail(tenant=tenant)
    trail.grow(5)
    trail.anchor()
    trail.grow(5)
    trail.anchor()
    return trail


def test_an_untouched_trail_is_intact(trail: Trail) -> None:
    found = trail.verify()

    assert (found.intact, found.events, found.heads, found.anchored_seq) == (True, TAIL, 2, TAIL)


EDITS: list[LiteralString] = [
    "update events set message = 'nothing' where id = %(event)s",
    "update events set actor = 'nobody' where id = %(event)s",
    "update events set user_id = gen_random_uuid() where id = %(event)s",
    "update events set project_id = gen_random_uuid() where id = %(event)s",
    "update events set team_id = gen_random_uuid() where id = %(event)s",
    "update events set entity_type = 'limit' where id = %(event)s",
    "update events set entity_id = null where id = %(event)s",
    "update events set event_type = 'deleted' where id = %(event)s",
    "update events set created_at = created_at + interval '1 microsecond' where id = %(event)s",
    """update events set metadata = jsonb_set(metadata, '{new,amount}', '"12.51"') where id = %(event)s""",
    "update event_chain set hash = sha256('x') where event_id = %(event)s",
]


# The line of the tenant's opening, the first one, has no amount to change.
EDITED = [(edit, seq) for edit in EDITS for seq in (1, 6, TAIL) if not (seq == 1 and "jsonb_set" in edit)]


@pytest.mark.parametrize(("edit", "seq"), EDITED)
def test_an_edited_event_is_named(trail: Trail, edit: LiteralString, seq: int) -> None:
    event = trail.event_at(seq)

    trail.tamper(edit, event=event)

    first = trail.first_fault()
    assert (first.kind, first.seq, first.event_id) == (Tampering.EDITED, seq, event)


REMOVALS: list[tuple[LiteralString, ...]] = [
    ("delete from events where id = %(event)s",),
    ("delete from events where id = %(event)s", "delete from event_chain where event_id = %(event)s"),
    (
        "delete from events where id = %(event)s",
        "delete from event_chain where event_id = %(event)s",
        # The places close ranks, in two steps because none may stand twice.
        "update event_chain set seq = seq + 1000 where tenant_id = %(tenant)s and seq > %(seq)s",
        "update event_chain set seq = seq - 1001 where tenant_id = %(tenant)s and seq > %(seq)s",
    ),
]


@pytest.mark.parametrize("seq", [1, 6, TAIL - 1])
@pytest.mark.parametrize("removal", REMOVALS)
def test_a_removed_event_is_named_by_its_place(
    trail: Trail, removal: tuple[LiteralString, ...], seq: int
) -> None:
    trail.tamper(*removal, event=trail.event_at(seq), seq=seq)

    first = trail.first_fault()
    assert (first.kind, first.seq) == (Tampering.REMOVED, seq)


COPY: LiteralString = """
    insert into events (tenant_id, id, entity_type, event_type, message, actor, created_at)
    select tenant_id, %(new)s, 'alert', 'created', 'made up', 'system', created_at from events where id = %(event)s"""
INSERTIONS: list[tuple[LiteralString, ...]] = [
    (COPY,),
    (
        COPY,
        "update event_chain set seq = seq + 1000 where tenant_id = %(tenant)s and seq >= %(seq)s",
        "update event_chain set seq = seq - 999 where tenant_id = %(tenant)s and seq > 1000",
        """insert into event_chain (tenant_id, seq, event_id, prev_hash, hash)
           select e.tenant_id, %(seq)s, e.id, c.prev_hash, event_hash(c.prev_hash, %(seq)s, e)
             from events e join event_chain c on c.tenant_id = e.tenant_id and c.seq = %(seq)s + 1
            where e.id = %(new)s""",
    ),
]


@pytest.mark.parametrize("seq", [1, 6])
@pytest.mark.parametrize("insertion", INSERTIONS)
def test_an_inserted_event_is_named(trail: Trail, insertion: tuple[LiteralString, ...], seq: int) -> None:
    new = uuid4()

    trail.tamper(*insertion, event=trail.event_at(seq), new=new, seq=seq)

    first = trail.first_fault()
    assert (first.kind, first.event_id) == (Tampering.INSERTED, new)


REORDERINGS: list[tuple[LiteralString, ...]] = [
    # Two places change their events.
    (
        "update event_chain set event_id = %(new)s where event_id = %(event)s",
        "update event_chain set event_id = %(event)s where event_id = %(other)s",
        "update event_chain set event_id = %(other)s where event_id = %(new)s",
    ),
    # Two lines change their numbers.
    (
        "update event_chain set seq = 1000 where event_id = %(event)s",
        "update event_chain set seq = %(seq)s where event_id = %(other)s",
        "update event_chain set seq = %(there)s where event_id = %(event)s",
    ),
]


@pytest.mark.parametrize("there", [7, 10])
@pytest.mark.parametrize("reordering", REORDERINGS)
def test_a_reordered_event_is_named(trail: Trail, reordering: tuple[LiteralString, ...], there: int) -> None:
    event, other = trail.event_at(6), trail.event_at(there)

    trail.tamper(*reordering, event=event, other=other, new=uuid4(), seq=6, there=there)

    first = trail.first_fault()
    assert (first.kind, first.seq, first.event_id) == (Tampering.REORDERED, 6, other)


@pytest.mark.parametrize("left", [11, 9, 7, 3])
def test_a_cut_tail_is_named_by_where_it_ends(trail: Trail, left: int) -> None:
    cut = trail.event_at(left + 1)
    trail.tamper(
        "delete from events e using event_chain c"
        " where c.tenant_id = %(tenant)s and c.seq > %(left)s and e.id = c.event_id",
        "delete from event_chain where tenant_id = %(tenant)s and seq > %(left)s",
        left=left,
    )

    first = trail.first_fault()
    assert (first.kind, first.seq) == (Tampering.CUT, left + 1)
    assert first.event_id == (cut if left + 1 == TAIL else None)


def test_a_cut_tail_that_grew_again_is_a_rewritten_trail(trail: Trail) -> None:
    trail.tamper(
        "delete from events e using event_chain c where c.tenant_id = %(tenant)s and c.seq > 10 and e.id = c.event_id",
        "delete from event_chain where tenant_id = %(tenant)s and seq > 10",
    )
    trail.grow(8)

    first = trail.first_fault()
    assert (first.kind, first.seq, first.event_id) == (Tampering.REWRITTEN, 8, trail.event_at(8))


def test_a_wiped_trail_is_named(trail: Trail) -> None:
    trail.tamper(
        "delete from events where tenant_id = %(tenant)s",
        "delete from event_chain where tenant_id = %(tenant)s",
    )

    first = trail.first_fault()
    assert (first.kind, first.seq) == (Tampering.WIPED, 1)


def test_a_wiped_trail_that_began_anew_is_named(trail: Trail) -> None:
    trail.tamper(
        "delete from events where tenant_id = %(tenant)s",
        "delete from event_chain where tenant_id = %(tenant)s",
    )
    trail.grow(TAIL)

    first = trail.first_fault()
    assert (first.kind, first.seq, first.event_id) == (Tampering.REWRITTEN, 1, trail.event_at(1))


def test_an_event_moved_between_tenants_is_named_by_both(trail: Trail) -> None:
    other = Trail(tenant=open_tenant(trail.tenant.database, name="Other"))
    moved = trail.event_at(6)

    trail.tamper(
        "update events set tenant_id = %(other)s where id = %(event)s", other=other.tenant.id, event=moved
    )

    here, there = trail.first_fault(), other.first_fault()
    assert (here.kind, here.seq, here.event_id) == (Tampering.REMOVED, 6, moved)
    assert (there.kind, there.event_id) == (Tampering.INSERTED, moved)


@pytest.mark.parametrize("rechained", [False, True])
def test_tenants_that_changed_their_trails_are_named_from_the_first_event(
    trail: Trail, rechained: bool
) -> None:
    other = Trail(tenant=open_tenant(trail.tenant.database, name="Other"))
    other.grow(10)
    other.anchor()
    between = uuid4()
    for table in ("events", "event_chain"):
        for here, there in (
            (trail.tenant.id, between),
            (other.tenant.id, trail.tenant.id),
            (between, other.tenant.id),
        ):
            statement: Any = f"update {table} set tenant_id = %(there)s where tenant_id = %(here)s"  # noqa: S608
            trail.tamper(statement, here=here, there=there)
    if rechained:
        trail.rechain()
        other.rechain()

    for one in (trail, other):
        first = one.first_fault()
        assert (first.kind, first.seq) == (Tampering.REWRITTEN if rechained else Tampering.EDITED, 1)


@pytest.mark.parametrize(("edited", "first_possible"), [(3, 1), (9, 8)])
def test_a_chain_computed_anew_after_an_edit_is_found_by_the_heads_alone(
    trail: Trail, edited: int, first_possible: int
) -> None:
    trail.tamper("update events set message = 'nothing' where id = %(event)s", event=trail.event_at(edited))
    trail.rechain()

    without_heads = replace(trail, heads=[]).verify()
    first = trail.first_fault()

    assert without_heads.intact
    assert (first.kind, first.seq) == (Tampering.REWRITTEN, first_possible)
    assert first.event_id == trail.event_at(first_possible)


def test_what_no_head_vouches_for_can_be_rewritten_unseen(trail: Trail) -> None:
    trail.grow(1)
    trail.tamper("update events set message = 'nothing' where id = %(event)s", event=trail.event_at(TAIL + 1))
    trail.rechain()

    found = trail.verify()

    assert (found.intact, found.anchored_seq) == (True, TAIL)


def forged(trail: Trail, **changes: Any) -> StoredHead:
    """The last head with other contents, linked as it has to be."""
    head = replace(Head.parse(trail.heads[-1].body), **changes)
    return StoredHead(key=head.key, body=head.to_json())


def test_a_head_that_was_written_over_is_forged_and_its_first_version_counts(trail: Trail) -> None:
    trail.heads[-1] = replace(trail.heads[-1], later_versions=1)

    found = trail.verify()

    assert ([fault.kind for fault in found.faults], found.heads) == ([Tampering.FORGED_HEAD], 2)


def test_a_head_whose_contents_were_changed_is_forged(trail: Trail) -> None:
    trail.heads[0] = replace(trail.heads[0], body=trail.heads[0].body.replace(b'"seq": 7', b'"seq": 6'))

    assert {fault.kind for fault in trail.verify().faults} == {Tampering.FORGED_HEAD}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"seq": "x"}', b"\xff", json.dumps({"seq": 1}).encode()]
)
def test_an_object_that_is_no_head_is_forged(trail: Trail, body: bytes) -> None:
    trail.heads.append(StoredHead(key=f"{trail.heads[-1].key}~", body=body))

    (fault,) = trail.verify().faults

    assert (fault.kind, fault.seq) == (Tampering.FORGED_HEAD, None)


def test_a_head_put_in_between_later_is_forged(trail: Trail) -> None:
    between = Head.parse(trail.heads[1].body).written_at - timedelta(minutes=30)
    trail.heads.append(forged(trail, written_at=between, hash=bytes(32)))

    kinds = {fault.kind for fault in trail.verify().faults}

    assert kinds == {Tampering.REWRITTEN, Tampering.FORGED_HEAD}


def test_a_head_that_vouches_for_a_rewritten_trail_convinces_nobody(trail: Trail) -> None:
    trail.tamper("update events set message = 'nothing' where id = %(event)s", event=trail.event_at(3))
    trail.rechain()
    last = trail.heads[-1]
    new = trail.tenant.value("select hash from event_chain where seq = %s", [TAIL])
    forgery = replace(
        Head.parse(last.body),
        hash=new,
        written_at=Head.parse(last.body).written_at + timedelta(hours=1),
        previous=last.digest,
    )
    trail.heads.append(StoredHead(key=forgery.key, body=forgery.to_json()))

    first = trail.first_fault()

    assert (first.kind, first.seq) == (Tampering.REWRITTEN, 1)


def test_a_head_of_another_tenant_is_forged(trail: Trail) -> None:
    trail.heads.append(forged(trail, tenant_id=UUID(int=1), previous=trail.heads[-1].digest))

    assert {fault.kind for fault in trail.verify().faults} == {Tampering.FORGED_HEAD}


def test_a_head_that_is_missing_is_shown_by_the_next(trail: Trail) -> None:
    trail.grow(1)
    trail.anchor()
    del trail.heads[1]

    found = trail.verify()

    assert ([fault.kind for fault in found.faults], found.heads) == ([Tampering.FORGED_HEAD], 1)


def test_nothing_is_anchored_on_a_head_that_is_not_what_its_name_says(trail: Trail) -> None:
    trail.grow(1)
    trail.heads[-1] = replace(trail.heads[-1], key=f"{trail.heads[-1].key}~")

    with pytest.raises(BrokenTrailError, match="another tenant, time or place"):
        trail.anchor()


def test_a_broken_trail_gets_no_new_head(trail: Trail) -> None:
    trail.grow(3)
    event = trail.event_at(TAIL + 2)
    trail.tamper("update events set message = 'nothing' where id = %(event)s", event=event)

    with pytest.raises(BrokenTrailError, match=f"edited at {TAIL + 2} .{event}."):
        trail.anchor()

    assert len(trail.heads) == 2


def test_a_head_is_written_only_where_something_happened(trail: Trail) -> None:
    trail.anchor()

    assert len(trail.heads) == 2


def test_what_heads_say_is_known_from_the_chain_and_their_names(trail: Trail) -> None:
    assert trail.foretold() == {head.key: head.body for head in trail.heads}


def test_what_the_chain_does_not_say_any_more_is_not_known(trail: Trail) -> None:
    trail.tamper("update events set message = 'nothing' where id = %(event)s", event=trail.event_at(9))
    trail.rechain()

    assert trail.foretold() == {trail.heads[0].key: trail.heads[0].body}


def test_a_head_is_known_even_where_the_one_before_it_is_not(trail: Trail) -> None:
    trail.tamper("update event_chain set hash = %(hash)s where seq = 7", hash=bytes(32))

    assert trail.foretold() == {trail.heads[1].key: trail.heads[1].body}


@pytest.mark.parametrize(
    "name", ["20260714T000000Z-000000000007.json", f"99999999T999999Z-000000000007-{'0' * 64}.json"]
)
def test_of_a_head_with_another_name_nothing_is_known(trail: Trail, name: str) -> None:
    trail.heads[0] = replace(trail.heads[0], key=f"{prefix_of(trail.tenant.id)}{name}")

    assert trail.heads[0].key not in trail.foretold()
