"""Permissions that no handler asked for and events that none was handed, once all tests of handlers have run."""

from collections.abc import Iterable, Iterator, Mapping

from tests.permissions.policies import Grant, Policy
from tests.permissions.recording import CUSTOMER, the_customers_role, the_roles
from tests.permissions.roles import Role
from tests.template.stack import CHECKOUT

EVENTS = CHECKOUT / "events"
TAGS = "The tagging API asks the services for their tags with the permissions of whoever calls GetResources."
# Each with the reason why nothing of ours calls it.
EXCEPTIONS: Mapping[tuple[str, Grant], str] = {
    (CUSTOMER, (action, "*")): TAGS
    for action in (
        "dynamodb:ListTagsOfResource",
        "elasticache:ListTagsForResource",
        "lambda:ListTags",
        "logs:ListTagsForResource",
        "rds:ListTagsForResource",
        "s3:GetBucketTagging",
    )
}


def unused(
    used: Iterable[tuple[str, Grant]],
    *,
    roles: Mapping[str, Role] | None = None,
    customers: Policy | None = None,
) -> Iterator[str]:
    """What to say about each permission that neither a handler, nor Lambda itself, nor an exception needs."""
    known = {*used, *EXCEPTIONS}
    for function, role in (roles or the_roles()).items():
        for action, resource in sorted(role.policy.grants - role.of_lambda):
            if (function, (action, resource)) not in known:
                yield f"{function} is allowed {action} on {resource}, which no test calls"
    for action, resource in sorted((customers or the_customers_role()).grants):
        if (CUSTOMER, (action, resource)) not in known:
            yield f"the read role allows {action} on {resource}, which no test calls"


def unused_events(used: Iterable[str]) -> Iterator[str]:
    for name in sorted({file.stem for file in EVENTS.glob("*.json")} - set(used)):
        yield f"no test hands {name} of events/ to a function"


def needless(used: Iterable[tuple[str, Grant]]) -> Iterator[str]:
    """Exceptions that a test calls by now."""
    for function, grant in sorted(EXCEPTIONS.keys() & set(used)):
        yield f"{function} calls {grant[0]}: the exception can go"
