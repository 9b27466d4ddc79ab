"""What CloudWatch says about the demo's resources, hour by hour and day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from local.demo import applications, compute, databases, disks, loads, machines, network, storage
from local.demo.compute import Instance, Rhythm
from local.demo.lines import Scenario
from local.demo.organization import PROD, Account
from local.demo.reliability import load_of
from local.demo.timeline import Floats

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GIB = 2**30
SAMPLES_AN_HOUR = 12
AGENT = "CWAgent"
STORAGE_TYPES = {
    "standard": "StandardStorage",
    "infrequent": "StandardIAStorage",
    "intelligent": "IntelligentTieringFAStorage",
    "glacier": "GlacierStorage",
    "archive": "DeepArchiveStorage",
}


@dataclass(frozen=True, kw_only=True)
class Window:
    """Whole hours, from midnight on."""

    hours: Sequence[datetime]

    @classmethod
    def around(cls, now: datetime, *, before: timedelta, after: timedelta) -> Window:
        """A stack that is left running is measured on for as long as `after`."""
        start = (now - before).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(hours=[start + HOUR * n for n in range(int((now + after - start) / HOUR))])

    @property
    def days(self) -> Sequence[datetime]:
        return self.hours[::24]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One metric: at each start the mean and the most of `count` samples."""

    account: Account
    region: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    starts: Sequence[datetime]
    mean: Floats
    most: Floats
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where metrics belong, and the dimension that names their resource."""

    account: Account
    region: str
    namespace: str
    dimensions: Mapping[str, str]

    def values(self, name: str, starts: Sequence[datetime], values: Floats) -> Series:
        return self.spread(name, starts, values, values, count=1)

    def spread(
        self,
        name: str,
        starts: Sequence[datetime],
        mean: Floats,
        most: Floats,
        *,
        count: int = SAMPLES_AN_HOUR,
    ) -> Series:
        return Series(
            account=self.account,
            region=self.region,
            namespace=self.namespace,
            name=name,
            dimensions=self.dimensions,
            starts=starts,
            mean=mean,
            most=most,
            count=count,
        )


@dataclass(frozen=True, kw_only=True)
class Observer:
    scenario: Scenario
    window: Window

    def moving(self, key: str, starts: Sequence[datetime]) -> Floats:
        """Around 1: the hour of the day, the weekend, noise."""
        noise = self.scenario.random(f"metric/{key}").lognormal(0, 0.04, len(starts))
        factors: Floats = (0.85 + 0.3 * load_of(starts)) * noise
        return factors

    def series(self) -> Iterator[Series]:
        for machine in compute.instances(self.scenario):
            if machine.is_running:
                yield from self._instance(machine)
        for volume in disks.volumes(self.scenario):
            if volume.instance and volume.instance.is_running:
                yield from self._volume(volume, volume.instance)
        yield from self._network()
        yield from self._databases()
        yield from self._caches_and_warehouses()
        yield from self._buckets()
        yield from self._functions()
        yield from self._logs_and_tables()

    def _instance(self, machine: Instance) -> Iterator[Series]:
        load, identifier = loads.load_of(machine), str(machine.owner.resource_id)
        hours = self._hours_on(machine)
        place = Place(
            account=machine.owner.account,
            region=machine.fleet.region.code,
            namespace="AWS/EC2",
            dimensions={"InstanceId": identifier},
        )
        moving = self.moving(identifier, hours)
        yield place.spread("CPUUtilization", hours, load.cpu * moving, np.minimum(load.peak * moving, 100))
        for name in ("NetworkIn", "NetworkOut"):
            yield place.values(name, hours, np.round(3600 * load.network * moving))
        if load.memory is not None:
            agent = Place(
                account=place.account, region=place.region, namespace=AGENT, dimensions=place.dimensions
            )
            most = np.minimum(load.memory * (0.97 + 0.03 * moving), 100)
            yield agent.spread("mem_used_percent", hours, most, most)

    def _hours_on(self, machine: Instance) -> Sequence[datetime]:
        """An office instance runs from eight to six on working days."""
        if machine.fleet.rhythm is not Rhythm.OFFICE:
            return self.window.hours
        return [at for at in self.window.hours if at.weekday() < 5 and 8 <= at.hour < 18]

    def _volume(self, volume: disks.Volume, machine: Instance) -> Iterator[Series]:
        hours, identifier = self._hours_on(machine), str(volume.owner.resource_id)
        place = Place(
            account=volume.owner.account,
            region=volume.region.code,
            namespace="AWS/EBS",
            dimensions={"VolumeId": identifier},
        )
        used = 0.0 if machine.key in loads.UNUSED_DISKS else loads.load_of(machine).cpu
        for name, operations in (("VolumeReadOps", 90.0), ("VolumeWriteOps", 260.0)):
            yield place.values(
                name, hours, np.round(operations * used * self.moving(identifier + name, hours))
            )

    def _network(self) -> Iterator[Series]:
        for gateway in network.gateways(self.scenario):
            place = self._place(gateway.owner.account, "AWS/NATGateway", NatGatewayId=gateway.id)
            carried = 1e9 * gateway.gigabytes * self.moving(gateway.id, self.window.days)
            yield place.values("BytesInFromDestination", self.window.days, np.round(0.8 * carried))
            yield place.values("BytesOutToDestination", self.window.days, np.round(0.2 * carried))
            yield place.values("BytesInFromSource", self.window.days, np.round(0.2 * carried))
            connections = 40 * self.moving(f"{gateway.id}/connections", self.window.hours)
            yield place.values("ActiveConnectionCount", self.window.hours, np.round(connections))
        for balancer in network.balancers(self.scenario):
            yield from self._balancer(balancer)

    def _balancer(self, balancer: network.Balancer) -> Iterator[Series]:
        """One that receives nothing reports nothing."""
        if not balancer.units:
            return
        name = str(balancer.owner.resource_id).partition(":loadbalancer/")[2]
        place = self._place(balancer.owner.account, "AWS/ApplicationELB", LoadBalancer=name)
        hours, moving = self.window.hours, self.moving(name, self.window.hours)
        yield place.values("RequestCount", hours, np.round(90_000 * balancer.units * moving))
        yield place.values("HTTPCode_ELB_5XX_Count", hours, np.round(2 * moving))
        yield place.spread("TargetResponseTime", hours, 0.11 * moving, 0.6 * moving)

    def _databases(self) -> Iterator[Series]:
        for database in databases.DATABASES:
            place = Place(
                account=database.account,
                region=database.region.code,
                namespace="AWS/RDS",
                dimensions={"DBInstanceIdentifier": database.name},
            )
            yield from self._database(place, database)

    def _database(self, place: Place, database: databases.Database) -> Iterator[Series]:
        load, hours = loads.database_load_of(database), self.window.hours
        moving = self.moving(f"db/{database.account.name}/{database.name}", hours)
        memory = machines.DATABASES[database.kind].memory_gib * GIB
        yield place.spread("CPUUtilization", hours, load.cpu * moving, np.minimum(load.peak * moving, 100))
        connections = np.round(load.connections * moving)
        yield place.spread("DatabaseConnections", hours, connections, connections)
        yield place.values("FreeableMemory", hours, load.free_memory * memory * (1.1 - 0.1 * moving))
        yield place.values("ReadIOPS", hours, 9 * load.connections * moving)
        yield place.values("ReadLatency", hours, 0.0011 * moving)
        yield place.values("WriteLatency", hours, 0.0019 * moving)

    def _caches_and_warehouses(self) -> Iterator[Series]:
        hours = self.window.hours
        for cache in databases.caches(self.scenario):
            place = self._place(PROD, "AWS/ElastiCache", CacheClusterId=cache.name)
            moving = self.moving(cache.name, hours)
            yield place.spread("CPUUtilization", hours, 31 * moving, 52 * moving)
            yield place.values("CurrConnections", hours, np.round(220 * moving))
            yield place.values("CacheHits", hours, np.round(1.4e6 * moving))
        for warehouse in databases.WAREHOUSES:
            account = databases.warehouse_owner(self.scenario, warehouse).account
            place = self._place(account, "AWS/Redshift", ClusterIdentifier=warehouse.name)
            moving = self.moving(warehouse.name, hours)
            yield place.spread("CPUUtilization", hours, 36 * moving, 70 * moving)
            yield place.values("DatabaseConnections", hours, np.round(12 * moving))

    def _buckets(self) -> Iterator[Series]:
        """All classes but the standard one, whose size the emulation itself reports."""
        for bucket in storage.BUCKETS:
            for tier, gigabytes in bucket.tiers:
                kind = STORAGE_TYPES[tier]
                if kind != STORAGE_TYPES["standard"]:
                    place = self._place(bucket.account, "AWS/S3", BucketName=bucket.name, StorageType=kind)
                    size = np.full(len(self.window.days), 1e9 * gigabytes)
                    yield place.values("BucketSizeBytes", self.window.days, size)

    def _functions(self) -> Iterator[Series]:
        days, hours = self.window.days, self.window.hours
        for function in applications.FUNCTIONS:
            place = self._place(function.account, "AWS/Lambda", FunctionName=function.name)
            key = f"{function.account.name}/{function.name}"
            invocations = 1e6 * function.millions * self.moving(key, days)
            yield place.values("Invocations", days, np.round(invocations))
            yield place.values("Errors", days, np.round(2e-5 * invocations))
            yield place.values("Duration", hours, 1000 * function.seconds * self.moving(f"{key}/ms", hours))
            if function.name in loads.USED_MEMORY:
                insights = self._place(function.account, "LambdaInsights", function_name=function.name)
                used = np.full(len(days), float(loads.USED_MEMORY[function.name]))
                yield insights.values("used_memory_max", days, used)

    def _logs_and_tables(self) -> Iterator[Series]:
        days = self.window.days
        for group in applications.LOG_GROUPS:
            place = self._place(group.account, "AWS/Logs", LogGroupName=group.path)
            yield place.values(
                "IncomingBytes", days, np.round(1e9 * group.gigabytes * self.moving(group.path, days))
            )
        for table in databases.TABLES:
            place = self._place(PROD, "AWS/DynamoDB", TableName=table.name)
            daily = 0.6 * 86_400 if table.provisioned else 1e6
            for name, amount in (
                ("ConsumedReadCapacityUnits", table.reads),
                ("ConsumedWriteCapacityUnits", table.writes),
            ):
                moving = self.moving(f"{table.name}/{name}", days)
                yield place.values(name, days, np.round(daily * amount * moving))

    def _place(self, account: Account, namespace: str, **dimensions: str) -> Place:
        return Place(account=account, region="us-east-1", namespace=namespace, dimensions=dimensions)
