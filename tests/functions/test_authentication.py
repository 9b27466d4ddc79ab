import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.functions.people import ACME, CONSULTANT, GLOBEX, OPERATOR, OUTSIDER, STRANGER, VIEWER

AUTHENTICATED = ["alerts.list", "costs.by-service", "dashboard.metrics", "documentation.read", "events.list"]


def deliveries(reply: Reply) -> int:
    return len(reply.json["items"])


@pytest.mark.parametrize("name", AUTHENTICATED)
def test_who_belongs_to_no_tenant_is_refused(same_company: Company, name: str) -> None:
    reply = request(name, person=STRANGER)

    assert reply.status == 403
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["type"] == "/problems/no-membership"


def test_an_event_without_claims_is_refused(same_company: Company) -> None:
    assert request("events.list", claims={"sub": ""}).status == 403


def test_another_tenant_is_refused_even_to_its_neighbours_admin(same_company: Company) -> None:
    reply = request("costs.list-deliveries", person=OUTSIDER, headers={"X-Tenant-Id": str(ACME)})

    assert (reply.status, reply.json["type"]) == (403, "/problems/no-membership")


def test_a_tenant_that_is_no_uuid_is_named(same_company: Company) -> None:
    reply = request("costs.list-deliveries", headers={"X-Tenant-Id": "acme"})

    assert (reply.status, reply.fields) == (422, ["X-Tenant-Id"])


def test_each_tenant_sees_its_own(same_company: Company) -> None:
    assert deliveries(request("costs.list-deliveries", person=VIEWER)) == 3
    assert deliveries(request("costs.list-deliveries", person=OUTSIDER)) == 0


def test_a_person_with_two_memberships_chooses_by_header(same_company: Company) -> None:
    first = request("costs.list-deliveries", person=CONSULTANT)
    acme = request("costs.list-deliveries", person=CONSULTANT, headers={"x-tenant-id": str(ACME)})
    globex = request("costs.list-deliveries", person=CONSULTANT, headers={"X-Tenant-Id": str(GLOBEX)})

    assert [deliveries(reply) for reply in (first, acme, globex)] == [3, 3, 0]


def test_the_role_is_that_of_the_chosen_tenant(same_company: Company) -> None:
    reply = request("alerts.set-cost-limit", person=CONSULTANT, headers={"X-Tenant-Id": str(GLOBEX)})

    assert (reply.status, reply.json["type"]) == (403, "/problems/role-too-low")


def test_roles_and_tenants_in_a_token_count_for_nothing(same_company: Company) -> None:
    reply = request(
        "alerts.set-cost-limit",
        person=VIEWER,
        claims={"cognito:groups": "admin", "custom:role": "admin", "custom:tenant_id": str(GLOBEX)},
    )

    assert reply.json["detail"] == "this takes the role operator, yours is viewer"


def test_a_removed_member_is_out_at_the_next_call(company: Company) -> None:
    assert request("alerts.list", person=OPERATOR).status == 200

    company.change("delete from memberships where sub = %s", [OPERATOR.sub])

    assert request("alerts.list", person=OPERATOR).status == 403


def test_a_changed_role_counts_at_the_next_call(company: Company) -> None:
    assert request("alerts.set-cost-limit", person=VIEWER).status == 403

    company.change("update memberships set role = 'operator' where sub = %s", [VIEWER.sub])

    assert request("alerts.set-cost-limit", person=VIEWER).status == 201
