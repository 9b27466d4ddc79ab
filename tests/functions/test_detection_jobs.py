"""dispatch_jobs -> the queues -> detect_anomalies."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cloudops.errors import InvalidError
from tests.functions import bill
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, GLOBEX

FIELDS = {"id", "tenant_id", "type", "params", "idempotency_key", "created_at"}


def envelope(**fields: Any) -> str:
    (record,) = event("detect_anomalies.one-tenant")["Records"]
    return json.dumps({**json.loads(record["body"]), **fields})


def detect(*bodies: str) -> list[str]:
    """The ids of the messages that go back to the queue."""
    payload = messages("detect_anomalies.one-tenant", list(bodies)) if bodies else None
    answer = invoke("detect_anomalies", payload or event("detect_anomalies.one-tenant"))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def job_events(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select tenant_id, metadata from events where entity_type = 'job' and event_type = 'detected'"
        " order by created_at"
    )


def everything_found(company: Company) -> list[list[tuple[Any, ...]]]:
    return [
        company.rows("select id, status, excess, updated_at from alerts order by id"),
        company.rows("select id, alert_id, detected_at from anomalies order by id"),
        company.rows("select id, status, updated_at from recommendations order by id"),
    ]


@pytest.mark.parametrize(
    ("name", "kind", "queue"),
    [
        ("dispatch_jobs.anomalies", "anomalies.detect", "DETECT_QUEUE_URL"),
        ("dispatch_jobs.scans", "scans.finops", "FINOPS_QUEUE_URL"),
        ("dispatch_jobs.reliability", "reliability.ingest", "RELIABILITY_QUEUE_URL"),
    ],
)
def test_a_tick_sends_one_envelope_per_tenant(company: Company, name: str, kind: str, queue: str) -> None:
    assert invoke("dispatch_jobs", event(name)) == {"dispatched": 2}

    envelopes = [json.loads(body) for body in company.receive(queue)]
    assert {UUID(one["tenant_id"]) for one in envelopes} == {ACME, GLOBEX}
    assert len({one["id"] for one in envelopes}) == len({one["idempotency_key"] for one in envelopes}) == 2
    for one in envelopes:
        assert set(one) == FIELDS
        assert (one["type"], one["params"]) == (kind, {})
        assert datetime.now(UTC) - datetime.fromisoformat(one["created_at"]) < timedelta(minutes=5)
    assert not any(company.receive(other) for other in company.queues)


def test_a_tick_passes_its_parameters_on(company: Company) -> None:
    invoke("dispatch_jobs", {"job": "anomalies.detect", "params": {"as_of": "2026-08-31"}})

    params = [json.loads(body)["params"] for body in company.receive("DETECT_QUEUE_URL")]
    assert params == [{"as_of": "2026-08-31"}] * 2


@pytest.mark.parametrize("job", [None, "", "costs.ingest_part"])
def test_an_unknown_job_is_refused(same_company: Company, job: str | None) -> None:
    with pytest.raises(InvalidError) as error:
        invoke("dispatch_jobs", {"job": job})

    assert error.value.field == "job"


def test_detection_raises_an_explained_alert_and_advice(company: Company) -> None:
    assert detect() == []

    (alert,) = request("alerts.list", query={"service": "AmazonEC2"}).json["items"]
    detail = request("alerts.show", path=f"/api/v1/alerts/{alert['id']}").json
    peak = [point for point in detail["series"] if point["anomaly"]]
    assert (alert["service_name"], alert["account_id"], alert["currency"]) == ("AmazonEC2", bill.PROD, "USD")
    assert [point["at"][:10] for point in peak] == [bill.SPIKE.isoformat()]
    assert peak[0]["observed"] > peak[0]["upper"] >= peak[0]["expected"]
    assert {driver["value"] for driver in detail["drivers"]} >= {"BoxUsage:m5.xlarge", "i-0a1b2c3d4e5f60001"}
    advice = request("recommendations.list", query={"alert": alert["id"]}).json["items"]
    assert advice
    assert all(one["action_steps"] and one["impact"] for one in advice)


def test_detection_writes_a_job_event(company: Company) -> None:
    detect()

    ((tenant, metadata),) = job_events(company)
    assert (tenant, metadata["as_of"]) == (ACME, "2026-08-31")
    assert metadata["signals"] == 4
    ((alerts,),) = company.rows("select count(*) from alerts")
    assert metadata["alerts"] == alerts > 0


def test_detecting_again_adds_nothing(company: Company) -> None:
    detect()
    before = everything_found(company)

    assert detect() == []

    assert everything_found(company) == before
    assert job_events(company)[-1][1]["alerts"] == 0


def test_one_bad_envelope_fails_alone(company: Company) -> None:
    failed = detect(
        envelope(params={"as_of": "soon"}), envelope(), "{}", envelope(tenant_id=str(UUID(int=7)))
    )

    assert failed == ["message-0", "message-2", "message-3"]
    assert [tenant for tenant, _ in job_events(company)] == [ACME]


def test_a_tenant_without_bills_is_judged_too(company: Company) -> None:
    assert detect(envelope(tenant_id=str(GLOBEX))) == []

    ((tenant, metadata),) = job_events(company)
    assert (tenant, metadata["signals"], metadata["alerts"]) == (GLOBEX, 0, 0)
    assert company.rows("select * from alerts") == []


def test_a_limit_that_a_user_set_raises_an_alert(company: Company) -> None:
    request(
        "alerts.set-cost-limit", body={"alert_type": "cost", "service_name": "AmazonS3", "threshold": "3.4"}
    )

    detect()

    found = request("alerts.list", query={"service": "AmazonS3", "limit": "1"}).json["items"]
    assert [one["rule_name"].partition(":")[0] for one in found] == ["limit"]
