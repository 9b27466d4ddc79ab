"""Backstage's catalogue (catalog-info.yaml) as an outline: Components are services, Groups are teams and above.

https://backstage.io/docs/features/software-catalog/descriptor-format
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloudops.organization import yaml_text
from cloudops.organization.document import ImportRefusedError
from cloudops.organization.outline import OUTSIDE, Outline, Path

GROUP_TYPES = ("organization", "business-group", "division", "root")
UNIT_TYPES = ("business-unit", "department", "product-area")
SOURCE_LOCATION = "backstage.io/source-location"
GITHUB_SLUG = "github.com/project-slug"
TECHDOCS = "backstage.io/techdocs-ref"
DOCUMENTATION = re.compile(r"\b(docs?|documentation|techdocs|runbook)\b", re.IGNORECASE)
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
# The longest that the catalogue takes.
LIMITS = {"description": 4000, "service_type": 100, "repository_url": 500, "documentation_url": 500}


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One document. `place` is where it stands in the file."""

    place: str
    kind: str
    name: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]

    @property
    def key(self) -> str:
        """References do not tell capital letters from small ones."""
        return self.name.lower()

    @property
    def level(self) -> str:
        wanted = str(self.spec.get("type") or "team").lower()
        if wanted in GROUP_TYPES:
            return "business_group"
        return "business_unit" if wanted in UNIT_TYPES else "team"

    @property
    def shown_name(self) -> str:
        """What people call a group, where that is more than its name in references."""
        shown = (mapping(self.spec.get("profile")) or {}).get("displayName")
        return shown if isinstance(shown, str) else self.name


def read(text: str, present: Outline) -> tuple[Outline, list[str]]:
    """The outline, and notes on what was left aside. Raises ImportRefusedError with every reason."""
    return Reading(present).read(yaml_text.documents(text))


class Reading:
    def __init__(self, present: Outline) -> None:
        self._present = present
        self._found = Outline()
        self._findings: list[tuple[str, str]] = []
        self._notes: list[str] = []
        self._groups: dict[str, Entity] = {}

    def read(self, found: list[Any]) -> tuple[Outline, list[str]]:
        entities = list(self._entities(found))
        self._groups = {one.key: one for one in self._once_each("Group", entities)}
        paths = {name: self._place_group(one) for name, one in self._groups.items()}
        for component in self._once_each("Component", entities):
            self._put_service(component, paths)
        if self._findings:
            raise ImportRefusedError(findings=self._findings)
        return self._found, self._notes

    def _entities(self, found: list[Any]) -> Iterator[Entity]:
        for number, one in enumerate(found):
            place = str(number)
            if one is None:
                continue
            parts = (mapping(one), mapping(field(one, "metadata")), mapping(field(one, "spec") or {}))
            document, metadata, spec = parts
            if document is None or metadata is None or spec is None:
                self._findings.append((place, "it is no entity: metadata and spec are mappings"))
                continue
            kind, name = document.get("kind"), metadata.get("name")
            if not isinstance(kind, str) or not isinstance(name, str) or not NAME.fullmatch(name):
                self._findings.append((f"{place}.metadata.name", "an entity has a kind and a name"))
            elif kind in ("Component", "Group"):
                yield Entity(place=place, kind=kind, name=name, metadata=metadata, spec=spec)
            else:
                self._notes.append(f"{kind} {name} was left aside")

    def _once_each(self, kind: str, entities: list[Entity]) -> list[Entity]:
        seen: dict[str, Entity] = {}
        for one in entities:
            if one.kind != kind:
                continue
            if one.key in seen:
                reason = f"{kind} {one.name} is at {seen[one.key].place} as well"
                self._findings.append((f"{one.place}.metadata.name", reason))
            seen.setdefault(one.key, one)
        return list(seen.values())

    def _place_group(self, group: Entity) -> Path | None:
        """Its path in the hierarchy, put into the outline; None after a finding."""
        place = f"{group.place}.spec.parent"
        parent = self._parent_path(group, place)
        if parent is None:
            return None
        path = self._known_path(group, parent) or (*parent, group.shown_name)
        told: dict[str, Any] = {}
        description = group.metadata.get("description")
        if group.level != "team" and isinstance(description, str) and description:
            told["description"] = description[: LIMITS["description"]]
        address = (mapping(group.spec.get("profile")) or {}).get("email")
        if group.level == "team" and isinstance(address, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            told["owner_email"] = address
        if path in self._found.of(group.level):
            self._findings.append((f"{group.place}.metadata.name", "another group is called the same there"))
        self._found.put(group.level, path, told)
        return path

    def _known_path(self, group: Entity, parent: Path) -> Path | None:
        """Where it stands already. A team that names no parent stays where it is."""
        anywhere = group.level == "team" and group.spec.get("parent") is None
        names = {slug(group.name), slug(group.shown_name)}
        known = [
            path
            for path in self._present.of(group.level)
            if slug(path[-1]) in names and (anywhere or path[:-1] == parent)
        ]
        return known[0] if len(known) == 1 else None

    def _parent_path(self, group: Entity, place: str) -> Path | None:
        parent = group.spec.get("parent")
        if group.level == "business_group":
            if parent is not None:
                self._findings.append((place, f"a {group.spec.get('type')} stands at the top"))
            return ()
        if parent is None and group.level == "team":
            return OUTSIDE
        above = "business_unit" if group.level == "team" else "business_group"
        if parent is None:
            self._findings.append((place, f"a {group.spec.get('type')} needs a parent"))
            return None
        return self._path_above(group, str(parent), above, place)

    def _path_above(self, group: Entity, parent: str, above: str, place: str) -> Path | None:
        if circle := self._circle(group):
            self._findings.append((place, f"the parents go round in a circle: {' > '.join(circle)}"))
            return None
        name = reference(parent)
        inside = self._groups.get(name) if name else None
        if inside and inside.level == above:
            grand = self._parent_path(inside, place) if above == "business_unit" else ()
            if grand is None:
                return None
            return self._known_path(inside, grand) or (*grand, inside.shown_name)
        known = [path for path in self._present.of(above) if name and slug(path[-1]) == slug(name)]
        if inside or len(known) != 1:
            wanted = above.replace("_", " ")
            reason = "is none" if inside else "is not known" if not known else "is there more than once"
            self._findings.append((place, f"the parent has to be a {wanted}; {parent} {reason}"))
            return None
        return known[0]

    def _circle(self, group: Entity) -> list[str]:
        """The names on the way back to where it began, or nothing."""
        way: list[str] = []
        at: Entity | None = group
        while at is not None:
            if at.name in way:
                return [*way[way.index(at.name) :], at.name]
            way.append(at.name)
            name = reference(str(at.spec.get("parent") or ""))
            at = self._groups.get(name) if name else None
        return []

    def _put_service(self, component: Entity, paths: Mapping[str, Path | None]) -> None:
        owner = component.spec.get("owner")
        team = self._owner(owner, f"{component.place}.spec.owner", paths) if owner else None
        annotations = mapping(component.metadata.get("annotations")) or {}
        told = {
            "description": component.metadata.get("description"),
            "service_type": component.spec.get("type"),
            "repository_url": repository_of(annotations),
            "documentation_url": documentation_of(component.metadata, annotations),
        }
        for name, value in told.items():
            if value is not None and (not isinstance(value, str) or len(value) > LIMITS[name]):
                self._findings.append(
                    (component.place, f"{name} has to be text of at most {LIMITS[name]} characters")
                )
        kept = {name: value for name, value in told.items() if value}
        self._found.put("service", (component.name,), {"team": team, **kept})

    def _owner(self, owner: Any, place: str, paths: Mapping[str, Path | None]) -> Path | None:
        name = reference(owner) if isinstance(owner, str) else None
        group = self._groups.get(name) if name else None
        if group and group.level == "team":
            # Where its place could not be told, that is a finding already.
            return paths[group.key]
        known = [path for path in self._present.of("team") if name and slug(path[-1]) == slug(name)]
        if len(known) == 1 and not group:
            return known[0]
        reason = (
            "is no team" if group or name is None else "is unknown" if not known else "is not the only one"
        )
        self._findings.append((place, f"the owner {owner} {reason}"))
        return None


def reference(text: str) -> str | None:
    """`group:default/checkout`, `default/checkout` and `checkout` name the same; None for what is no group."""
    kind, colon, rest = text.rpartition(":")
    if colon and kind.lower() != "group":
        return None
    return rest.rpartition("/")[2].lower() or None


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def repository_of(annotations: Mapping[str, Any]) -> str | None:
    location = address_in(annotations.get(SOURCE_LOCATION))
    project = annotations.get(GITHUB_SLUG)
    if location is None and isinstance(project, str) and re.fullmatch(r"[\w.-]+/[\w.-]+", project):
        return f"https://github.com/{project}"
    return location


def documentation_of(metadata: Mapping[str, Any], annotations: Mapping[str, Any]) -> str | None:
    links = metadata.get("links")
    for link in map(mapping, links if isinstance(links, list) else []):
        words = " ".join(str((link or {}).get(name) or "") for name in ("title", "type", "icon"))
        address = address_in((link or {}).get("url"))
        if address and DOCUMENTATION.search(words):
            return address
    techdocs = annotations.get(TECHDOCS)
    # `dir:` says that the documentation lies beside the sources.
    if isinstance(techdocs, str) and techdocs.startswith("dir:"):
        return repository_of(annotations)
    return address_in(techdocs)


def address_in(value: Any) -> str | None:
    """`url:https://...` and `https://...`; None for anything else."""
    address = value.removeprefix("url:") if isinstance(value, str) else ""
    return address if re.fullmatch(r"https?://\S+", address) else None


def mapping(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
