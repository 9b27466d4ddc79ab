"""What an import would create, change and remove: the difference of two outlines."""

from collections import Counter
from dataclasses import dataclass, field

from cloudops.organization.outline import EMPTY, KINDS, Fields, Outline, Path


@dataclass(frozen=True, kw_only=True)
class Change:
    """`old` and `new` hold what differs; `moved_from` is where an entry with the same name stood."""

    kind: str
    path: Path
    old: Fields = field(default_factory=dict)
    new: Fields = field(default_factory=dict)
    moved_from: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`outline` is how the organisation will be, with the ids of what is there already."""

    created: list[Change]
    changed: list[Change]
    removed: list[Change]
    outline: Outline
    present: Outline

    @property
    def is_empty(self) -> bool:
        return not (self.created or self.changed or self.removed)


def plan(present: Outline, wanted: Outline, *, remove_missing: bool) -> Plan:
    """Without `remove_missing`, what the document does not speak of stays as it is.

    With it the document is the whole truth. Then what vanishes at one place and appears at one other has moved, and
    keeps its accounts, services and members.
    """
    moves = moves_of(present, wanted) if remove_missing else {}
    moved = renamed(present, moves)
    origins = {new: old for old, new in moves.items()}
    result = Outline(ids=dict(moved.ids))
    created, changed, removed = [], [], []
    for kind in KINDS:
        before, after = moved.of(kind), wanted.of(kind)
        for path, told in after.items():
            known = before.get(path)
            fields: Fields = {**(EMPTY[kind] if known is None or remove_missing else known), **told}
            result.put(kind, path, fields)
            origin = origins.get((kind, path))
            if known is None:
                created.append(Change(kind=kind, path=path, new=fields))
            elif fields != known or origin:
                old, new = differing(known, fields)
                moved_from = origin[1] if origin else None
                changed.append(Change(kind=kind, path=path, old=old, new=new, moved_from=moved_from))
        for path, was in before.items():
            if path not in after and remove_missing:
                removed.append(Change(kind=kind, path=path, old=was))
            elif path not in after:
                result.put(kind, path, was)
    return Plan(created=created, changed=changed, removed=removed, outline=result, present=moved)


def differing(old: Fields, new: Fields) -> tuple[Fields, Fields]:
    names = [name for name in new if old.get(name) != new[name]]
    return {name: old.get(name) for name in names}, {name: new[name] for name in names}


type Moves = dict[tuple[str, Path], tuple[str, Path]]


def moves_of(present: Outline, wanted: Outline) -> Moves:
    """Units first: teams that went along with theirs have not moved by themselves."""
    units = moves_within("business_unit", present, wanted)
    teams = moves_within("team", renamed(present, units), wanted)
    return {**units, **teams}


def moves_within(kind: str, present: Outline, wanted: Outline) -> Moves:
    gone = [path for path in present.of(kind) if path not in wanted.of(kind)]
    come = [path for path in wanted.of(kind) if path not in present.of(kind)]
    leaving, arriving = (Counter(path[-1] for path in paths) for paths in (gone, come))
    places = {path[-1]: path for path in come}
    return {
        (kind, path): (kind, places[path[-1]])
        for path in gone
        if leaving[path[-1]] == arriving[path[-1]] == 1
    }


def renamed(outline: Outline, moves: Moves) -> Outline:
    """The same organisation with everything below what moved at its new place."""
    places = {old: new for (_, old), (_, new) in moves.items()}

    def placed(path: Path) -> Path:
        # A unit's path has two names and a team's three; that of a team begins where its unit is by now.
        for length in (2, 3):
            if path[:length] in places:
                path = (*places[path[:length]], *path[length:])
        return path

    result = Outline(ids={(kind, placed(path)): found for (kind, path), found in outline.ids.items()})
    for kind in KINDS:
        for path, fields in outline.of(kind).items():
            team = fields.get("team")
            result.put(kind, placed(path), {**fields, "team": placed(team)} if team else fields)
    return result
