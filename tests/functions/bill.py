"""A bill small enough to be added up in a test, and its CUR 2.0 files."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

PAYER = "100000000000"
PROD, DEV = "111111111111", "222222222222"
FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2026, 8, 31)
SPIKE = date(2026, 8, 20)
TEXT_MAP = pa.map_(pa.string(), pa.string())
MOMENT = pa.timestamp("ms", tz="UTC")


@dataclass(frozen=True, kw_only=True)
class Line:
    """Amounts are multiples of 1/8, so that the file's binary floats hold them exactly."""

    day: date
    account: str
    service: str
    amount: Decimal
    region: str | None = "us-east-1"
    kind: str = "Usage"
    currency: str = "USD"
    usage_type: str = ""
    resource: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def charge_category(self) -> str:
        return self.kind if self.kind in {"Usage", "Tax", "Credit"} else "Purchase"


def lines() -> list[Line]:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    return [*(line for day in days for line in usage(day)), *fees(date(2026, 7, 1)), *fees(date(2026, 8, 1))]


def usage(day: date) -> Iterable[Line]:
    weekend = day.weekday() >= 5
    wobble = Decimal(day.toordinal() * 7 % 5) / 8
    web = {"user_team": "web", "user_Name": "web-1"}
    spike = 6 if day == SPIKE else 1
    yield Line(
        day=day,
        account=PROD,
        service="AmazonEC2",
        amount=(Decimal(60 if weekend else 100) + wobble) * spike,
        usage_type="BoxUsage:m5.xlarge",
        resource="i-0a1b2c3d4e5f60001",
        tags=web,
    )
    yield Line(
        day=day,
        account=DEV,
        service="AmazonEC2",
        amount=Decimal(10) + wobble,
        region="eu-west-1",
        usage_type="EUW1-BoxUsage:m7g.large",
        resource="i-0a1b2c3d4e5f60002",
        tags={"user_team": "data"},
    )
    yield Line(
        day=day,
        account=PROD,
        service="AmazonS3",
        amount=Decimal(3) + wobble,
        usage_type="TimedStorage-ByteHrs",
        resource="acme-logs",
    )
    yield Line(day=day, account=DEV, service="AmazonVPC", amount=Decimal("0.5"), region=None, currency="EUR")


def fees(day: date) -> Iterable[Line]:
    yield Line(day=day, account=PROD, service="AmazonEC2", kind="Tax", amount=Decimal("12.5"), region=None)
    yield Line(day=day, account=PROD, service="AmazonEC2", kind="Credit", amount=Decimal(-40), region=None)
    yield Line(day=day, account=PROD, service="=HYPERLINK(1)", kind="Fee", amount=Decimal(2), region=None)


def months(found: Sequence[Line]) -> dict[date, list[Line]]:
    by_month: dict[date, list[Line]] = {}
    for line in found:
        by_month.setdefault(line.day.replace(day=1), []).append(line)
    return by_month


def cur2(period: date, found: Sequence[Line]) -> bytes:
    """One Parquet file of a CUR 2.0 export."""
    columns = {
        "bill_payer_account_id": pa.array([PAYER] * len(found)),
        "bill_billing_period_start_date": pa.array([midnight(period)] * len(found), MOMENT),
        "line_item_usage_account_id": pa.array([line.account for line in found]),
        "line_item_usage_account_name": pa.array(
            [{PROD: "acme-prod", DEV: "acme-dev"}[line.account] for line in found]
        ),
        "line_item_line_item_type": pa.array([line.kind for line in found]),
        "line_item_usage_start_date": pa.array([midnight(line.day) for line in found], MOMENT),
        "line_item_usage_end_date": pa.array(
            [midnight(line.day + timedelta(days=1)) for line in found], MOMENT
        ),
        "line_item_product_code": pa.array([line.service for line in found]),
        "line_item_usage_type": pa.array([line.usage_type for line in found]),
        "line_item_operation": pa.array(["RunInstances" if line.resource else "" for line in found]),
        "line_item_resource_id": pa.array([line.resource for line in found]),
        "line_item_currency_code": pa.array([line.currency for line in found]),
        "line_item_usage_amount": pa.array([24.0] * len(found)),
        "line_item_unblended_cost": pa.array([float(line.amount) for line in found]),
        "line_item_blended_cost": pa.array([float(line.amount) for line in found]),
        "pricing_public_on_demand_cost": pa.array([float(line.amount) for line in found]),
        "pricing_unit": pa.array(["Hrs"] * len(found)),
        "product": pa.array([[] for _ in found], TEXT_MAP),
        "product_region_code": pa.array([line.region for line in found], pa.string()),
        "resource_tags": pa.array([list(line.tags.items()) for line in found], TEXT_MAP),
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
