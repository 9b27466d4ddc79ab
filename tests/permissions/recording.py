"""Every AWS call of a handler that a test runs, held at once against the role that the handler has in AWS.

A call that the role does not allow is answered as AWS answers it, and fails the test that made it. What was allowed is
kept, so that the whole run can tell which permissions nothing asks for. The laptop stack runs handlers in processes of
their own, which nobody listens to here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.handlers
from botocore.exceptions import ClientError

from tests.permissions.actions import calls_of
from tests.permissions.policies import Grant, Policy
from tests.permissions.roles import Role, role_of_customers, roles_of_functions
from tests.template.stack import source, transform

CUSTOMER = "a customer's account"
ASKED = "cloudops_tests_asked"
# Temporary credentials begin so. The functions' own are plain in the tests, so these come from an assumed role.
TEMPORARY = "ASIA"


@dataclass(frozen=True, kw_only=True)
class Running:
    function: str
    event: Mapping[str, Any]


@dataclass(kw_only=True)
class Recording:
    """`roles` and `customers` take the place of the templates' own, for a test of this very check."""

    roles: Mapping[str, Role] | None = None
    customers: Policy | None = None
    running: list[Running] = field(default_factory=list)
    used: set[tuple[str, Grant]] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    events: set[str] = field(default_factory=set)

    def hold(
        self, signing_name: str, operation: str, parameters: Mapping[str, Any], *, assumed: bool
    ) -> None:
        """Raises AWS's AccessDenied where the role at work does not allow the call. Nothing outside a handler."""
        if not self.running:
            return
        now = self.running[-1]
        role = (self.roles or the_roles())[now.function]
        policy = (self.customers or the_customers_role()) if assumed else role.policy
        for call in calls_of(
            signing_name, operation, parameters, names=lambda known: role.name(known, now.event)
        ):
            grants = policy.grants_of(call)
            if not grants:
                whose = f"{now.function} in {CUSTOMER}" if assumed else now.function
                self.violations.append(f"{whose} may not {call}")
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": str(call)}}, operation)
            self.used |= {(CUSTOMER if assumed else now.function, grant) for grant in grants}


@cache
def the_roles() -> Mapping[str, Role]:
    return roles_of_functions(transform(source()))


@cache
def the_customers_role() -> Policy:
    return role_of_customers()


_recordings = [Recording()]


def recording() -> Recording:
    return _recordings[-1]


@contextmanager
def recorded_apart(**roles: Any) -> Iterator[Recording]:
    _recordings.append(Recording(**roles))
    try:
        yield recording()
    finally:
        _recordings.pop()


@contextmanager
def running(function: str, event: Mapping[str, Any]) -> Iterator[None]:
    """Calls inside are those of the function's handler. Handlers run one after another in a process of tests."""
    at_work = recording().running
    at_work.append(Running(function=function, event=event))
    try:
        yield
    finally:
        at_work.pop()


def made(signing_name: str, operation: str, parameters: Mapping[str, Any], *, assumed: bool = False) -> None:
    """What an in-memory stand-in for a client was asked, which botocore never sees."""
    recording().hold(signing_name, operation, parameters, assumed=assumed)


def listen() -> None:
    """Before the first client is made: each session takes over what is listed here."""
    botocore.handlers.BUILTIN_HANDLERS += [
        ("before-parameter-build", _keep_parameters),
        ("before-call", _hold_call),
    ]


def _keep_parameters(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    context[ASKED] = dict(params)
    # Signing asks nobody, but the address works with the signer's permissions.
    if context.get("is_presign_request"):
        recording().hold(model.service_model.signing_name, model.name, params, assumed=False)


def _hold_call(model: Any, request_signer: Any, context: Mapping[str, Any], **_: Any) -> None:
    credentials = request_signer._credentials
    recording().hold(
        model.service_model.signing_name,
        model.name,
        context.get(ASKED, {}),
        assumed=credentials is not None and credentials.access_key.startswith(TEMPORARY),
    )
