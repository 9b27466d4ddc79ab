"""Outlines, documents and the plan between them, without a database."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.errors import InvalidError
from cloudops.organization import document
from cloudops.organization.outline import EMPTY, KINDS, OUTSIDE, Outline
from cloudops.organization.planning import Plan, plan

COMMERCE = """
business_groups:
  Commerce:
    description: All that sells.
    business_units:
      Shop:
        teams:
          Checkout:
            owner_email: checkout@acme.example
            members: {ada@acme.example: lead, bob@acme.example: }
            services:
              cart: {service_type: API}
      Market:
teams:
  Ops: {slack_channel: "#ops"}
services:
  wiki:
"""
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
texts = st.none() | names


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """A whole organisation as the database could hold it."""
    found = Outline()
    teams = [(*OUTSIDE, name) for name in draw(st.sets(names, max_size=2))]
    for group in draw(st.sets(names, max_size=3)):
        put(found, "business_group", (group,), description=draw(texts))
        for unit in draw(st.sets(names, max_size=2)):
            put(found, "business_unit", (group, unit), description=draw(texts))
            teams += [(group, unit, name) for name in draw(st.sets(names, max_size=2))]
    for team in teams:
        put(
            found,
            "team",
            team,
            owner_email=draw(st.none() | st.just("a@b.example")),
            slack_channel=draw(texts),
        )
        for address in draw(st.sets(st.sampled_from(["ada@acme.example", "bob@acme.example"]))):
            put(found, "team_member", (*team, address), role=draw(st.sampled_from(["member", "lead"])))
    for service in draw(st.sets(names, max_size=4)):
        told = {name: draw(texts) for name in ("description", "service_type")}
        owner = draw(st.sampled_from([None, *teams]))
        put(found, "service", (service,), **{**EMPTY["service"], **told, "team": owner})
    return found


def put(outline: Outline, kind: str, path: tuple[str, ...], **fields: Any) -> None:
    outline.put(kind, path, fields, uuid4())


def changes(planned: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    verbs = {"+": planned.created, "~": planned.changed, "-": planned.removed}
    return sorted((verb, one.kind, one.path) for verb, found in verbs.items() for one in found)


@given(outlines(), st.booleans())
def test_what_was_exported_changes_nothing_where_it_came_from(present: Outline, remove: bool) -> None:
    exported = document.read(document.written(present))

    assert plan(present, exported, remove_missing=remove).is_empty


@given(outlines(), outlines())
def test_an_import_makes_any_organisation_another_one_and_is_done_then(one: Outline, other: Outline) -> None:
    planned = plan(one, document.read(document.written(other)), remove_missing=True)

    assert planned.outline.entries == other.entries
    assert plan(planned.outline, other, remove_missing=True).is_empty


@given(outlines(), outlines())
def test_an_import_that_removes_nothing_keeps_what_it_does_not_name(one: Outline, other: Outline) -> None:
    planned = plan(one, document.read(document.written(other)), remove_missing=False)

    assert planned.removed == []
    for kind in KINDS:
        assert planned.outline.of(kind).keys() == one.of(kind).keys() | other.of(kind).keys()


def test_a_document_names_entries_by_their_place() -> None:
    found = document.read(COMMERCE)

    checkout = ("Commerce", "Shop", "Checkout")
    assert found.of("business_unit").keys() == {("Commerce", "Shop"), ("Commerce", "Market")}
    assert found.of("team") == {
        checkout: {"owner_email": "checkout@acme.example"},
        (*OUTSIDE, "Ops"): {"slack_channel": "#ops"},
    }
    assert found.of("team_member")[*checkout, "ada@acme.example"] == {"role": "lead"}
    assert found.of("service") == {
        ("cart",): {"team": checkout, "service_type": "API"},
        ("wiki",): {"team": None},
    }


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("[]", "content", "dictionary"),
        ("a: [", "content", "line"),
        ("business_groups: {A: {units: {}}}", "business_groups.A.units", "no such field"),
        ("business_groups: {A: {}, A: {}}", "business_groups.A", "twice"),
        ("business_groups: {A: text}", "business_groups.A", "dictionary"),
        ("business_groups: {'': {}}", "business_groups.", "at least 1"),
        ("teams: {A: {owner_email: nobody}}", "teams.A.owner_email", "match"),
        ("teams: {A: {slack_channel: [x]}}", "teams.A.slack_channel", "string"),
        ("teams: {A: {members: {a@b.c: boss}}}", "teams.A.members.a@b.c", "lead"),
        ("teams: {A: {members: {a@b.c: , A@B.C: }}}", "teams.A.members.A@B.C", "twice"),
        ("services: {s: {repository_url: 'javascript:x'}}", "services.s.repository_url", "match"),
        ("services: {s: }\nteams: {A: {services: {s: }}}", "services.s", "as well"),
        ("teams: &x {A: {}}\nservices: *x", "teams", "anchors"),
        ("services: !!python/object:os.system {}", "services", "tags"),
        ("services: {? [a] : b}", "services", "text"),
        ('services: {"a\\0b": }', "services", "NUL"),
        ("a: " + "[" * 500, "a", "deep"),
        ("{}\n---\n{}", "content", "more than one"),
        ("\x01", "content", "characters"),
        ("a" * 2_000_001, "content", "longer"),
    ],
)
def test_a_document_that_is_not_valid_names_field_and_reason(text: str, field: str, reason: str) -> None:
    with pytest.raises(InvalidError) as refused:
        document.read(text)

    (found, *_) = refused.value.findings
    assert found[0] == field
    assert reason in found[1]


@given(st.text(max_size=60) | st.text("{}[]:,-?&*!|>'\"%@ \nabn~#", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidError):
        assert document.read(text).entries.keys() == set(KINDS)


def test_words_that_yaml_takes_for_something_else_are_names() -> None:
    found = document.read("business_groups: {no: {}, 1.10: {}, 2024-02-30: {}, true: {}}")

    assert list(found.of("business_group")) == [("no",), ("1.10",), ("2024-02-30",), ("true",)]


def test_what_vanishes_here_and_appears_there_has_moved() -> None:
    present = document.read(COMMERCE)
    for kind in KINDS:
        for path in present.of(kind):
            present.put(kind, path, {**EMPTY[kind], **present.of(kind)[path]}, uuid4())
    wanted = document.read(COMMERCE.replace("  Commerce:", "  Retail:"))

    planned = plan(present, wanted, remove_missing=True)

    assert changes(planned) == [
        ("+", "business_group", ("Retail",)),
        ("-", "business_group", ("Commerce",)),
        ("~", "business_unit", ("Retail", "Market")),
        ("~", "business_unit", ("Retail", "Shop")),
    ]
    team = ("Retail", "Shop", "Checkout")
    assert planned.outline.ids["team", team] == present.ids["team", ("Commerce", "Shop", "Checkout")]
    assert planned.outline.of("service")[("cart",)]["team"] == team


def test_a_name_that_vanishes_twice_has_not_moved() -> None:
    present, wanted = Outline(), Outline()
    for unit in ("A", "B"):
        put(present, "team", ("G", unit, "Ops"), **EMPTY["team"])
    wanted.put("team", ("G", "C", "Ops"), {})

    assert [verb for verb, *_ in changes(plan(present, wanted, remove_missing=True))] == ["+", "-", "-"]


def test_a_field_that_is_left_out_stays_unless_the_document_is_the_whole_truth() -> None:
    present = Outline()
    put(present, "business_group", ("A",), description="old")
    wanted = document.read("business_groups: {A: }")

    assert plan(present, wanted, remove_missing=False).is_empty
    (change,) = plan(present, wanted, remove_missing=True).changed
    assert (change.old, change.new) == ({"description": "old"}, {"description": None})
