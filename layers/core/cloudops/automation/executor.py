"""What each kind of change has to tell of itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cloudops.automation.models import Target
from cloudops.automation.plans import Plan, State, Step
from cloudops.errors import ConflictError, InvalidError
from cloudops.recommendations.models import RiskClass

type Clients = Callable[[str], Any]
"""A client by service, in the resource's account and region, that may do what the executor declares and no more."""


class TargetUnfitError(ConflictError):
    """The resource is not in a state that this change can begin from."""


class BadResourceError(InvalidError):
    """The action's resource is not named as its kind is."""


class BadParameterError(InvalidError):
    """The action's parameters are not valid."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a read shows: `state` is compared and approved, `found` is only known later, such as a backup's id.

    `tags` decide whether the resource is protected; `configuration` goes into the evidence.
    """

    state: State
    tags: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Any] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        return bool(self.state.get("exists", True))


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a session may do: IAM actions, and the ARNs they are good for.

    {partition}, {account}, {region} and {resource} are filled in, and what the parameters name.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Nature:
    """What somebody has to know before he allows it. Without `undone_by` it never runs on its own.

    `names` is how its resources are called: ids go into session policies, so none may hold a wildcard. `by_schedules`:
    it takes the parameter `role`, by which schedules in the account act; where it is not given, the account's is taken.
    """

    type: str
    title: str
    risk: RiskClass
    restarts: bool
    loses: str | None
    undone_by: str | None
    reads: tuple[Grant, ...]
    writes: tuple[Grant, ...]
    names: str = r"[A-Za-z0-9][\w.:/-]{0,2047}"
    by_schedules: bool = False

    def check_name(self, resource_id: str) -> None:
        if not re.fullmatch(self.names, resource_id, re.ASCII):
            raise BadResourceError(f"{self.type} takes no such resource", field="resource_id")


def planned(
    nature: Nature, target: Target, params: Mapping[str, Any], probe: Probe, steps: tuple[Step, ...]
) -> Plan:
    return Plan(
        type=nature.type,
        account_id=target.account_id,
        region=target.region,
        resource_id=target.resource_id,
        params=params,
        before=probe.state,
        steps=steps,
    )


class Executor(Protocol):
    @property
    def nature(self) -> Nature: ...

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters in full and in their types. Raises BadParameterError, which names the field."""

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        """Read only. A resource that is not there is a state as well: {"exists": False}.

        `action` is the id that backups made by this action are tagged with.
        """

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        """Pure: the same probe gives the same plan. Raises TargetUnfitError with the reason."""

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        """Whether the resource works after the change; None while that cannot be told yet."""
