"""What a check looks at: a resource, a service in a region, or an account, with its lines of the bill."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cloudops.recommendations.bill import Bill, BilledUsage, UsageSeries

OWNER_KEYS = ("owner", "team", "squad", "contact", "maintainer", "cost_center", "costcenter", "cost-center")
ENVIRONMENT_KEYS = ("environment", "env", "stage", "tier")
NON_PRODUCTION = frozenset(
    ("dev", "develop", "development", "test", "testing", "qa", "uat", "stage", "staging", "sandbox", "demo")
)


class Scope(StrEnum):
    RESOURCE = "resource"
    SERVICE = "service"
    ACCOUNT = "account"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """`usages` are all its lines of the window, `live` those billed on the last days; `series` may be empty.

    A resource without an id stands for all lines of its service and region that carry none.
    """

    scope: Scope
    provider: str
    account_id: str
    account_name: str | None
    service: str | None
    region: str | None
    resource_id: str | None
    usages: tuple[BilledUsage, ...]
    live: tuple[BilledUsage, ...]
    series: tuple[UsageSeries, ...]

    @property
    def name(self) -> str:
        if self.resource_id:
            return self.resource_id.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        place = f"{self.account_name or self.account_id} {self.region or ''}".strip()
        return f"{self.service} in {place}" if self.service else place

    def metered(self, *prefixes: str) -> tuple[BilledUsage, ...]:
        """Usage billed on the last days whose meter starts with one of `prefixes`."""
        return tuple(line for line in self.live if line.is_usage and line.meter.startswith(prefixes))

    def ever_metered(self, *prefixes: str) -> tuple[BilledUsage, ...]:
        """Like `metered`, over the whole window."""
        return tuple(line for line in self.usages if line.is_usage and line.meter.startswith(prefixes))

    def tag(self, keys: Iterable[str]) -> str | None:
        """The value of the first of `keys`, from the dearest line that has it."""
        return first_tag([line.tags for line in dearest_first(self.usages)], keys)

    @property
    def environment(self) -> str | None:
        return self.tag(ENVIRONMENT_KEYS)

    @property
    def is_non_production(self) -> bool:
        return (self.environment or "").lower() in NON_PRODUCTION


def dearest_first(lines: Iterable[BilledUsage]) -> list[BilledUsage]:
    return sorted(lines, key=lambda line: (-line.effective_cost, line.sort_key))


def first_tag(tag_sets: Iterable[Mapping[str, str]], keys: Iterable[str]) -> str | None:
    """The value of the first of `keys` that one of the sets has, in their order; the case of keys does not matter."""
    lowered = [{name.lower(): value.strip() for name, value in sorted(tags.items())} for tags in tag_sets]
    found = (tags[key] for key in keys for tags in lowered if tags.get(key))
    return next(found, None)


type SubjectKey = tuple[str, ...]


def subjects(bill: Bill, scope: Scope) -> list[Subject]:
    """The subjects of a scope, in a fixed order, without resources that are no longer billed."""
    lines: dict[SubjectKey, list[BilledUsage]] = defaultdict(list)
    for usage in bill.usages:
        lines[key_of(usage, scope)].append(usage)
    series: dict[SubjectKey, list[UsageSeries]] = defaultdict(list)
    for one in bill.series:
        series[key_of(one, scope)[1:]].append(one)
    built = (build(bill, scope, found, series.get(key[1:], [])) for key, found in sorted(lines.items()))
    return [subject for subject in built if subject.live or scope is not Scope.RESOURCE]


def key_of(one: BilledUsage | UsageSeries, scope: Scope) -> SubjectKey:
    provider = one.provider if isinstance(one, BilledUsage) else ""
    account = (provider, one.account_id)
    if scope is Scope.ACCOUNT:
        return account
    place = (*account, one.service, one.region or "")
    return place if scope is Scope.SERVICE else (*place, one.resource_id or "")


def build(bill: Bill, scope: Scope, found: list[BilledUsage], series: list[UsageSeries]) -> Subject:
    usages = tuple(sorted(found, key=lambda line: line.sort_key))
    first = usages[0]
    within_service = scope is not Scope.ACCOUNT
    return Subject(
        scope=scope,
        provider=first.provider,
        account_id=first.account_id,
        account_name=first.account_name,
        service=first.service if within_service else None,
        region=(first.region or None) if within_service else None,
        resource_id=(first.resource_id or None) if scope is Scope.RESOURCE else None,
        usages=usages,
        live=tuple(line for line in usages if bill.is_live(line)),
        series=tuple(
            sorted(series, key=lambda one: (one.usage_type, one.region or "", one.resource_id or ""))
        ),
    )
