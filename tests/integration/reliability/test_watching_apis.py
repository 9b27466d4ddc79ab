from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from cloudops.actor import Actor
from cloudops.reliability.models import RestApi, Target
from cloudops.reliability.repository import AlreadyMonitoredError
from cloudops.reliability.targets import add_target, watch_apis
from cloudops.tenancy.use_cases import default_project
from tests.integration.tenant import Tenant

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
HOME = {"account_id": "123456789012", "region": "eu-west-1"}
ORDERS = RestApi(id="a1b2c3d4e5", name="orders", stages=("live", "test"))


def watch(tenant: Tenant, *apis: RestApi) -> int:
    with tenant.transaction() as connection:
        project_id = default_project(connection).id
        return watch_apis(connection, apis, project_id=project_id, actor=Actor(), now=NOW, **HOME)


def add(tenant: Tenant, **fields: Any) -> None:
    """A target that somebody added by hand."""
    with tenant.transaction() as connection:
        wanted = {"kind": "api_gateway", "name": "orders", "stage": None, "resource_id": "by hand", **HOME}
        target = Target(
            id=uuid4(),
            project_id=default_project(connection).id,
            period_seconds=60,
            created_by="ann@acme.example",
            created_at=NOW,
            **{**wanted, **fields},
        )
        add_target(connection, target, actor=Actor(name="ann@acme.example"))


def watched(tenant: Tenant) -> list[str]:
    return [row[0] for row in tenant.rows("select resource_id from monitored_targets order by resource_id")]


def test_every_stage_of_an_api_is_watched_where_it_is(tenant: Tenant) -> None:
    assert watch(tenant, ORDERS) == 2

    columns = "resource_id, kind, account_id, region, name, stage, period_seconds, created_by, created_at"
    assert tenant.rows(f"select {columns} from monitored_targets order by stage") == [  # noqa: S608 - a name written in a test.
        (f"orders/{stage}", "api_gateway", *HOME.values(), "orders", stage, 300, "system", NOW)
        for stage in ("live", "test")
    ]
    assert tenant.events()[-2:] == [("monitored_target", "created")] * 2


def test_what_is_watched_already_is_left_alone_and_a_new_stage_joins(tenant: Tenant) -> None:
    watch(tenant, ORDERS)

    assert watch(tenant, ORDERS) == 0
    assert watch(tenant, RestApi(id=ORDERS.id, name="orders", stages=("live", "next"))) == 1
    assert watched(tenant) == ["orders/live", "orders/next", "orders/test"]


def test_apis_of_one_name_and_stage_share_a_target_as_they_share_their_metrics(tenant: Tenant) -> None:
    assert watch(tenant, ORDERS, RestApi(id="f6g7h8i9j0", name="orders", stages=("live",))) == 2


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        ({"stage": "live"}, ["orders/test"]),
        ({"stage": None}, []),
        ({"stage": "live", "region": "eu-central-1"}, ["orders/live", "orders/test"]),
        ({"stage": "live", "account_id": "222222222222"}, ["orders/live", "orders/test"]),
        ({"kind": "function"}, ["orders/live", "orders/test"]),
    ],
)
def test_what_people_added_by_another_key_counts_where_it_is_the_same(
    tenant: Tenant, fields: dict[str, Any], added: list[str]
) -> None:
    add(tenant, **fields)

    watch(tenant, ORDERS)

    assert watched(tenant) == ["by hand", *added]


def test_a_key_that_another_place_took_is_told(tenant: Tenant) -> None:
    add(tenant, stage="live", region="eu-central-1", resource_id="orders/live")

    with pytest.raises(AlreadyMonitoredError, match="orders/live"):
        watch(tenant, ORDERS)
