"""Every AWS call of a handler that a test runs, held at once against the role that the handler has in AWS.

A call that the role does not allow is answered as AWS answers it, and fails the test that made it. What was allowed is
kept, so that the whole run can tell which permissions nothing asks for. The laptop stack runs handlers in processes of
their own, which nobody listens to here.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.handlers
from botocore.exceptions import ClientError

from tests.permissions.actions import calls_of, prefix_of
from tests.permissions.policies import Call, Grant, Policy
from tests.permissions.roles import Role, role_of_actors, role_of_customers, roles_of_functions
from tests.permissions.targets import changes_of
from tests.template.stack import source, transform

CUSTOMER = "a customer's account"
ACTOR = "the action role of a customer's account"
ASKED = "cloudops_tests_asked"
# Temporary credentials begin so. The functions' own are plain in the tests, so these come from an assumed role.
TEMPORARY = "ASIA"


@dataclass(frozen=True, kw_only=True)
class Running:
    function: str
    event: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """By whom a call is made in a customer's account. `policy` is the session's own, which narrows the role's."""

    role_arn: str
    session_name: str
    policy: Policy | None

    @property
    def acts(self) -> bool:
        return self.session_name.startswith(("cloudops-act-", "cloudops-verify-"))

    @property
    def account(self) -> str:
        return self.role_arn.split(":")[4]


@dataclass(kw_only=True)
class Recording:
    """`roles`, `customers` and `actors` take the place of the templates' own, for a test of this very check."""

    roles: Mapping[str, Role] | None = None
    customers: Policy | None = None
    actors: Policy | None = None
    running: list[Running] = field(default_factory=list)
    used: set[tuple[str, Grant]] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    events: set[str] = field(default_factory=set)

    def hold(
        self,
        signing_name: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        assumed: bool,
        session: Assumed | None = None,
        region: str = "",
    ) -> None:
        """Raises AWS's AccessDenied where the role at work does not allow the call. Nothing outside a handler."""
        if not self.running:
            return
        now = self.running[-1]
        role = (self.roles or the_roles())[now.function]
        whose, policy = self._who(role, now.function, assumed=assumed, session=session)
        calls = calls_of(signing_name, operation, parameters, names=lambda known: role.name(known, now.event))
        if session is not None and session.acts:
            service = prefix_of(signing_name)
            changed = changes_of(service, operation, parameters, region=region, account=session.account)
            calls = changed or calls
        for call in calls:
            grants = policy.grants_of(call)
            narrowed = session is not None and session.policy is not None
            if not grants or (narrowed and not session.policy.grants_of(call)):  # type: ignore[union-attr]
                self._refuse(whose, now.function, call, operation, by_role=bool(grants))
            self.used |= {(whose, grant) for grant in grants}

    def _who(
        self, role: Role, function: str, *, assumed: bool, session: Assumed | None
    ) -> tuple[str, Policy]:
        if session is not None and session.acts:
            return ACTOR, self.actors or the_actors_role()
        if assumed:
            return CUSTOMER, self.customers or the_customers_role()
        return function, role.policy

    def _refuse(self, whose: str, function: str, call: Call, operation: str, *, by_role: bool) -> None:
        place = function if whose == function else f"{function} in {whose}"
        self.violations.append(f"{place} may not {call}" + (" by its session policy" if by_role else ""))
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": str(call)}}, operation)


@cache
def the_roles() -> Mapping[str, Role]:
    return roles_of_functions(transform(source()))


@cache
def the_customers_role() -> Policy:
    return role_of_customers()


@cache
def the_actors_role() -> Policy:
    return role_of_actors()


_recordings = [Recording()]
# By access key.
_sessions: dict[str, Assumed] = {}


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
        ("after-call.sts.AssumeRole", _keep_session),
    ]


def _keep_parameters(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    context[ASKED] = dict(params)
    # Signing asks nobody, but the address works with the signer's permissions.
    if context.get("is_presign_request"):
        recording().hold(model.service_model.signing_name, model.name, params, assumed=False)


def _hold_call(model: Any, request_signer: Any, context: Mapping[str, Any], **_: Any) -> None:
    credentials = request_signer._credentials
    access_key = credentials.access_key if credentials is not None else ""
    recording().hold(
        model.service_model.signing_name,
        model.name,
        context.get(ASKED, {}),
        assumed=access_key.startswith(TEMPORARY),
        session=_sessions.get(access_key),
        region=request_signer._region_name or "",
    )


def _keep_session(parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    if "Credentials" not in parsed:
        return
    asked = context.get(ASKED, {})
    statements = json.loads(asked["Policy"])["Statement"] if "Policy" in asked else None
    _sessions[parsed["Credentials"]["AccessKeyId"]] = Assumed(
        role_arn=asked["RoleArn"],
        session_name=asked["RoleSessionName"],
        policy=Policy(statements=tuple(statements)) if statements is not None else None,
    )
