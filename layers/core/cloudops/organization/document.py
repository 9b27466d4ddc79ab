"""The organisation as a YAML document in which names are keys, read into an outline and written from one."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cloudops.errors import InvalidError
from cloudops.organization import yaml_text
from cloudops.organization.outline import OUTSIDE, Fields, Outline, Path

Name = Annotated[str, Field(min_length=1, max_length=255)]
Text = Annotated[str, Field(min_length=1, max_length=4000)] | None
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)] | None
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=255)]
Label = Annotated[str, Field(min_length=1, max_length=255)] | None


class ImportRefusedError(InvalidError):
    """The document was not taken, and nothing was changed."""


def or_empty(value: Any) -> Any:
    """`Shop:` with nothing below it says the same as `Shop: {}`."""
    return {} if value is None else value


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def told(self, *names: str) -> Fields:
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class Service(Described):
    description: Text = None
    service_type: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    repository_url: Url = None
    documentation_url: Url = None


type Named[T] = Annotated[dict[Name, Annotated[T, BeforeValidator(or_empty)]], BeforeValidator(or_empty)]
type Role = Literal["member", "lead"] | None


class Team(Described):
    owner_email: Address | None = None
    slack_channel: Label = None
    members: Annotated[dict[Address, Role], BeforeValidator(or_empty)] = {}
    services: Named[Service] = {}


class Unit(Described):
    description: Text = None
    teams: Named[Team] = {}


class Group(Described):
    description: Text = None
    business_units: Named[Unit] = {}


class Organization(Described):
    """`teams` stand outside the hierarchy, `services` have no team."""

    business_groups: Named[Group] = {}
    teams: Named[Team] = {}
    services: Named[Service] = {}


def read(text: str) -> Outline:
    """Raises ImportRefusedError with every field that is wrong and the reason."""
    found = yaml_text.documents(text)
    if len(found) > 1:
        raise ImportRefusedError(findings=[("content", "there is more than one document")])
    try:
        wanted = Organization.model_validate(or_empty(found[0] if found else None))
    except ValidationError as error:
        raise ImportRefusedError(findings=[finding(one) for one in error.errors()]) from error
    return Outlining().outline_of(wanted)


def finding(error: Mapping[str, Any]) -> tuple[str, str]:
    """The reason in pydantic's words, under the path as it is written in the document."""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    reason = "there is no such field" if error["type"] == "extra_forbidden" else str(error["msg"])
    return ".".join(path) or "content", reason


class Outlining:
    def __init__(self) -> None:
        self._found = Outline()
        self._places: dict[str, str] = {}
        self._findings: list[tuple[str, str]] = []

    def outline_of(self, wanted: Organization) -> Outline:
        for group_name, group in wanted.business_groups.items():
            self._found.put("business_group", (group_name,), group.told("description"))
            for unit_name, unit in group.business_units.items():
                path = (group_name, unit_name)
                place = f"business_groups.{group_name}.business_units.{unit_name}"
                self._found.put("business_unit", path, unit.told("description"))
                self._teams(unit.teams, path, f"{place}.teams")
        self._teams(wanted.teams, OUTSIDE, "teams")
        self._services(wanted.services, None, "services")
        if self._findings:
            raise ImportRefusedError(findings=self._findings)
        return self._found

    def _teams(self, teams: Mapping[str, Team], unit: Path, place: str) -> None:
        for name, team in teams.items():
            path = (*unit, name)
            self._found.put("team", path, team.told("owner_email", "slack_channel"))
            for address, role in team.members.items():
                self._member(path, address, role, f"{place}.{name}.members.{address}")
            self._services(team.services, path, f"{place}.{name}.services")

    def _member(self, team: Path, address: str, role: str | None, place: str) -> None:
        path = (*team, address.lower())
        if path in self._found.of("team_member"):
            self._findings.append((place, "this person is in the team twice"))
        self._found.put("team_member", path, {"role": role} if role else {})

    def _services(self, services: Mapping[str, Service], team: Path | None, place: str) -> None:
        for name, service in services.items():
            if name in self._places:
                self._findings.append((f"{place}.{name}", f"this service is at {self._places[name]} as well"))
            self._places[name] = f"{place}.{name}"
            told = service.told("description", "service_type", "repository_url", "documentation_url")
            self._found.put("service", (name,), {"team": team, **told})


def written(outline: Outline) -> str:
    """The document that `read` takes for the same outline; what is empty is left out."""
    document = {
        "business_groups": {
            path[-1]: {
                **spoken(fields),
                **named("business_units", units_of(outline, path)),
            }
            for path, fields in outline.of("business_group").items()
        },
        "teams": teams_of(outline, OUTSIDE),
        "services": services_of(outline, None),
    }
    kept = {name: found for name, found in document.items() if found}
    return yaml_text.written(kept)


def units_of(outline: Outline, group: Path) -> dict[str, Any]:
    return {
        path[-1]: {**spoken(fields), **named("teams", teams_of(outline, path))}
        for path, fields in below(outline, "business_unit", group)
    }


def teams_of(outline: Outline, unit: Path) -> dict[str, Any]:
    return {
        path[-1]: {
            **spoken(fields),
            **named("members", {one[-1]: told["role"] for one, told in below(outline, "team_member", path)}),
            **named("services", services_of(outline, path)),
        }
        for path, fields in below(outline, "team", unit)
    }


def services_of(outline: Outline, team: Path | None) -> dict[str, Any]:
    return {
        path[-1]: {name: value for name, value in spoken(fields).items() if name != "team"}
        for path, fields in outline.of("service").items()
        if fields["team"] == team
    }


def below(outline: Outline, kind: str, parent: Path) -> list[tuple[Path, Fields]]:
    return [(path, fields) for path, fields in outline.of(kind).items() if path[:-1] == parent]


def spoken(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def named(name: str, found: dict[str, Any]) -> dict[str, Any]:
    return {name: found} if found else {}
