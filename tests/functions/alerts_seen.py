"""Alerts that are simply there, for tests of what people do with them."""

import json
from typing import Any
from uuid import UUID

from tests.functions.conftest import Company
from tests.functions.people import ACME

FIRST = UUID("a1e70000-0000-4000-8000-000000000001")
SERIES: list[dict[str, Any]] = [
    {
        "at": "2026-08-19T00:00:00Z",
        "observed": 111,
        "expected": 110.5,
        "lower": 90,
        "upper": 130,
        "anomaly": False,
    },
    {
        "at": "2026-08-20T00:00:00Z",
        "observed": 610.875,
        "expected": 110.5,
        "lower": 90,
        "upper": 130,
        "anomaly": True,
    },
    {
        "at": "2026-08-21T00:00:00Z",
        "observed": None,
        "expected": None,
        "lower": None,
        "upper": None,
        "anomaly": False,
    },
]
DRIVERS = [
    {
        "dimension": "usage_type",
        "value": "BoxUsage:m5.xlarge",
        "observed": "600.875",
        "expected": "100.5",
        "change": "500.375",
        "currency": "USD",
    }
]


def alert_id(number: int) -> UUID:
    return UUID(int=FIRST.int - 1 + number)


def insert_alert(
    company: Company,
    number: int = 1,
    *,
    tenant: UUID = ACME,
    day: int = 20,
    severity: str = "high",
    service: str = "AmazonEC2",
    account: str = "111111111111",
) -> UUID:
    """An open alert on a service's cost, whose window begins on that day of August."""
    company.change(
        """insert into alerts (tenant_id, id, project_id, alert_type, status, severity, title, description, source,
               provider, account_id, service_name, currency, rule_name, model_version, observed_value, baseline_value,
               threshold_value, excess, window_start, window_end, data_watermark, series, drivers, detected_at)
           select %(tenant)s, %(id)s, id, 'cost', 'open', %(severity)s, 'More was spent', 'Much more was spent',
                  'billing export', 'aws', %(account)s, %(service)s, 'USD', 'spike', '1', 610.875, 110.5, 130, 500.375,
                  %(at)s, %(at)s, '2026-08-31', %(series)s, %(drivers)s, '2026-09-01'
             from projects where tenant_id = %(tenant)s""",
        {
            "tenant": tenant,
            "id": alert_id(number),
            "severity": severity,
            "account": account,
            "service": service,
            "at": f"2026-08-{day:02} 00:00:00+00",
            "series": json.dumps(SERIES),
            "drivers": json.dumps(DRIVERS),
        },
    )
    return alert_id(number)


def insert_metric_alert(company: Company, number: int) -> UUID:
    company.change(
        """insert into alerts (tenant_id, id, project_id, alert_type, status, severity, title, description, source,
               resource_id, metric_name, rule_name, model_version, observed_value, excess, window_start, window_end,
               data_watermark, detected_at)
           select %(tenant)s, %(id)s, id, 'reliability', 'open', 'critical', 'Slow', 'Very slow', 'CloudWatch', 'api',
                  'p95_latency_ms', 'spike', '1', 900, 400, '2026-08-25', '2026-08-25', '2026-08-31', '2026-09-01'
             from projects where tenant_id = %(tenant)s""",
        {"tenant": ACME, "id": alert_id(number)},
    )
    return alert_id(number)
