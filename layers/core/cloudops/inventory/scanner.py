from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cloudops.inventory.calls import Detail, Listing, Page
from cloudops.inventory.metrics import Metric
from cloudops.inventory.models import Json, Place, ScannedResource


def is_always_measured(_resource: ScannedResource) -> bool:
    return True


def keep_as_utilization(resource: ScannedResource, figures: Mapping[str, Json]) -> ScannedResource:
    return replace(resource, utilization=figures)


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """What to ask a service in one region, and how its answers become resources. `parse` is pure.

    `is_measured` spares the metrics of what does not run, since each is paid for; `measured` puts the figures where
    they belong. `is_global` where the service has no regions: then it is asked once per account.
    """

    name: str
    types: frozenset[str]
    listing: Listing
    parse: Callable[[Page, Place], Iterable[ScannedResource]]
    details: tuple[Detail, ...] = ()
    metrics: tuple[Metric, ...] = ()
    is_global: bool = False
    is_measured: Callable[[ScannedResource], bool] = is_always_measured
    measured: Callable[[ScannedResource, Mapping[str, Json]], ScannedResource] = keep_as_utilization

    @property
    def permissions(self) -> tuple[str, ...]:
        """The IAM actions of all its calls."""
        calls = (self.listing.permission, *(detail.permission for detail in self.details))
        metrics = ("cloudwatch:GetMetricData",) if self.metrics else ()
        discovery = ("cloudwatch:ListMetrics",) if any(one.discovered for one in self.metrics) else ()
        return (*calls, *metrics, *discovery)
