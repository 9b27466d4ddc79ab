"""What goes wrong in the demo, and what only looks as if it did, placed by days before the last day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from local.demo.organization import DATA, DEV, PROD, STAGING, Account
from local.demo.timeline import Flags, Timeline


class Expected(StrEnum):
    ANOMALY = "anomaly"
    LEVEL_SHIFT = "level_shift"
    RAMP = "ramp"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Something that happens `from_age` days before the present one and lasts `length` days, or goes on."""

    slug: str
    kind: str
    account: Account
    service: str
    from_age: int
    length: int | None
    expected: Expected
    note: str

    def days(self, timeline: Timeline) -> Flags:
        return timeline.span(from_age=self.from_age, length=self.length)

    def shown_by(self, timeline: Timeline) -> bool:
        return self.from_age <= int(timeline.age[0])

    def first_day(self, timeline: Timeline) -> date:
        return timeline.today - timedelta(days=self.from_age)

    def day_after(self, timeline: Timeline) -> date:
        if self.length is None:
            return timeline.end + timedelta(days=1)
        return self.first_day(timeline) + timedelta(days=self.length)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """A label of the truth; `end` is exclusive, `extra_cost` is what exceeds the usual usage."""

    slug: str
    kind: str
    account_id: str
    service: str
    start: date
    end: date
    expected: Expected
    extra_cost: Decimal
    resource_ids: tuple[str, ...]
    note: str


DEBUG_LOGGING = Plot(
    slug="debug-logging",
    kind="logs",
    account=STAGING,
    service="AmazonCloudWatch",
    from_age=152,
    length=4,
    expected=Expected.ANOMALY,
    note="Debug logging stays on in staging for four days after a release.",
)
STORAGE_RETENTION = Plot(
    slug="storage-retention",
    kind="s3",
    account=DATA,
    service="AmazonS3",
    from_age=33,
    length=None,
    expected=Expected.LEVEL_SHIFT,
    note="A second copy of the click stream is kept: storage steps up for good.",
)
NAT_LEAK = Plot(
    slug="nat-leak",
    kind="nat",
    account=DATA,
    service="AmazonEC2",
    from_age=27,
    length=None,
    expected=Expected.RAMP,
    note="A new job reads S3 through the NAT gateway instead of a gateway endpoint, a little more every day.",
)
FORGOTTEN_GPUS = Plot(
    slug="forgotten-gpus",
    kind="gpu",
    account=DEV,
    service="AmazonEC2",
    from_age=22,
    length=3,
    expected=Expected.ANOMALY,
    note="Three GPU instances of an experiment run on for three days.",
)
EGRESS_SPIKE = Plot(
    slug="egress-spike",
    kind="transfer",
    account=PROD,
    service="AmazonEC2",
    from_age=12,
    length=1,
    expected=Expected.ANOMALY,
    note="One day of bulk downloads around the content delivery network.",
)
STAGING_RESIZE = Plot(
    slug="staging-resize",
    kind="rds",
    account=STAGING,
    service="AmazonRDS",
    from_age=6,
    length=3,
    expected=Expected.ANOMALY,
    note="A load rehearsal leaves staging on a database of production size.",
)
RETRY_STORM = Plot(
    slug="retry-storm",
    kind="lambda",
    account=PROD,
    service="AWSLambda",
    from_age=1,
    length=2,
    expected=Expected.ANOMALY,
    note="A poisoned message makes the order function retry for two days.",
)
INCIDENTS = (
    DEBUG_LOGGING,
    STORAGE_RETENTION,
    NAT_LEAK,
    FORGOTTEN_GPUS,
    EGRESS_SPIKE,
    STAGING_RESIZE,
    RETRY_STORM,
)

LOAD_TEST = Plot(
    slug="load-test",
    kind="planned",
    account=STAGING,
    service="AmazonEC2",
    from_age=47,
    length=1,
    expected=Expected.NOTHING,
    note="A load test announced beforehand: a planned change, not an anomaly.",
)
RESERVATION_PURCHASE = Plot(
    slug="reservation-purchase",
    kind="purchase",
    account=PROD,
    service="AmazonEC2",
    from_age=240,
    length=1,
    expected=Expected.NOTHING,
    note="The upfront part of a reservation: a purchase, not usage.",
)
BATCH_SERVICES = ("AmazonEC2", "AWSGlue")
BATCH_NOTE = "The monthly closing runs on the first two days of every month."


def label(plot: Plot, timeline: Timeline, *, extra: Decimal, resources: Iterable[str] = ()) -> Incident:
    return Incident(
        slug=plot.slug,
        kind=plot.kind,
        account_id=plot.account.number,
        service=plot.service,
        start=plot.first_day(timeline),
        end=plot.day_after(timeline),
        expected=plot.expected,
        extra_cost=extra,
        resource_ids=tuple(resources),
        note=plot.note,
    )


def month_start_batches(timeline: Timeline) -> tuple[Plot, ...]:
    """One benign plot per service of the closing and first of a month within the timeline."""
    ages = timeline.age[timeline.day_of_month == 1]
    return tuple(
        _month_start_batch(timeline, int(age), service) for age in ages for service in BATCH_SERVICES
    )


def _month_start_batch(timeline: Timeline, age: int, service: str) -> Plot:
    return Plot(
        slug=f"month-start-{timeline.today - timedelta(days=age):%Y-%m}-{service}",
        kind="batch",
        account=DATA,
        service=service,
        from_age=age,
        length=min(2, age + 1 + (timeline.end - timeline.today).days),
        expected=Expected.NOTHING,
        note=BATCH_NOTE,
    )
