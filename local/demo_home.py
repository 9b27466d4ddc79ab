"""A home filled with the demo organisation: its bills, its metrics, and what the jobs make of them."""

from datetime import date

import psycopg

from local.application import make_importable
from local.demo import generate
from local.demo.reliability import samples
from local.exports import Exports
from local.first_tenant import tenant_of
from local.home import Home
from local.postgres import APP
from local.stack import Stack, seal_key


def demo_exports(home: Home, *, end: date) -> Exports:
    """The demo's bills up to the day `end` of the first call; later calls give the same ones."""
    folder = home.path / "demo"
    if home.recall("demo_end") is None:
        generate(folder, end=end)
        home.replace("demo_end", end.isoformat())
    return Exports(folder=folder)


def record_demo_metrics(stack: Stack) -> None:
    """Through the application's own use case, as a scheduled ingestion would do it."""
    make_importable()
    from cloudops.platform.seal import sealed_tenant  # noqa: PLC0415 - the application loads at the first start
    from cloudops.reliability.models import Datapoint  # noqa: PLC0415
    from cloudops.reliability.use_cases import record_datapoints  # noqa: PLC0415
    from cloudops.tenancy.use_cases import default_project  # noqa: PLC0415

    end = date.fromisoformat(stack.home.recall("demo_end") or "")
    datapoints = (
        Datapoint(
            resource_id=one.resource_id,
            metric_name=one.metric_name,
            at=one.at,
            value=one.value,
            namespace=one.namespace,
            dimensions=one.dimensions,
        )
        for one in samples(end=end)
    )
    with psycopg.connect(stack.postgres.dsn(APP)) as connection:
        sealed = sealed_tenant(tenant_of(stack.home), seal_key(stack.home))
        connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])
        record_datapoints(connection, default_project(connection).id, datapoints)
