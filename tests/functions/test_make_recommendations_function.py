import json
from decimal import Decimal

from tests.functions.conftest import Company
from tests.functions.invoking import Event, event, invoke, messages
from tests.functions.people import ACME, GLOBEX

WEB, DATA = "i-0a1b2c3d4e5f60001", "i-0a1b2c3d4e5f60002"
TO_GRAVITON = "select monthly_savings from recommendations where check_id = 'EC2-05' and resource_id = %s"


def message(**changes: object) -> str:
    (record,) = event("make_recommendations.one-tenant")["Records"]
    return json.dumps({**json.loads(record["body"]), **changes})


def recommend(company: Company) -> Event:
    result: Event = invoke("make_recommendations", event("make_recommendations.one-tenant"))
    return result


def test_a_message_makes_the_recommendations_of_a_tenant(company: Company) -> None:
    assert recommend(company) == {"batchItemFailures": []}

    found = company.rows(
        "select check_id, resource_id, status from recommendations where tenant_id = %s", ACME
    )
    assert {("EC2-05", WEB, "open"), ("EC2-10", WEB, "open"), ("EC2-10", DATA, "open")} <= set(found)
    assert company.rows("select 1 from recommendations where tenant_id = %s", GLOBEX) == []


def test_savings_are_a_share_of_what_the_last_thirty_days_cost(company: Company) -> None:
    recommend(company)

    ((cost,),) = company.rows(
        "select sum(effective_cost) from charges where resource_id = %s and charge_date > '2026-08-01'", WEB
    )
    ((savings,),) = company.rows(TO_GRAVITON, WEB)
    assert abs(savings - cost / 30 * Decimal("30.4375") * Decimal("0.15")) < Decimal("0.00001")


def test_a_message_that_comes_twice_changes_nothing(company: Company) -> None:
    recommend(company)
    before = company.rows("select id, status, updated_at from recommendations order by id")

    assert recommend(company) == {"batchItemFailures": []}

    assert company.rows("select id, status, updated_at from recommendations order by id") == before


def test_a_tenant_without_bills_is_done_at_once(company: Company) -> None:
    result = invoke(
        "make_recommendations", messages("make_recommendations.one-tenant", [message(tenant_id=str(GLOBEX))])
    )

    assert result == {"batchItemFailures": []}
    assert company.rows("select 1 from recommendations") == []


def test_a_message_that_cannot_be_read_goes_back_to_its_queue(company: Company) -> None:
    result = invoke("make_recommendations", messages("make_recommendations.one-tenant", ["{}", message()]))

    assert result == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert company.rows(TO_GRAVITON, WEB)


def test_a_day_may_be_named_as_the_last_one_known(company: Company) -> None:
    early = message(params={"as_of": "2026-06-10"})

    invoke("make_recommendations", messages("make_recommendations.one-tenant", [early]))

    ((metadata,),) = company.rows("select metadata from events where event_type = 'recommended'")
    assert metadata["window"] == {"start": "2026-05-12", "end": "2026-06-11"}
    assert company.rows("select 1 from recommendations where check_id = 'EC2-10'") == []
