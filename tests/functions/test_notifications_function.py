"""/api/v1/notification-channels and -deliveries, and the job that sends."""

import json
from typing import Any

import boto3
import pytest

from cloudops.platform import aws, webhooks
from tests.functions.conftest import KEY, Company
from tests.functions.invoking import event, invoke, request
from tests.functions.people import ACME, APPROVER, OPERATOR, OUTSIDER, VIEWER, Person

CHANNELS = "/api/v1/notification-channels"


def add(name: str = "notifications.add-webhook", **changes: Any) -> dict[str, Any]:
    reply = request(name, **changes)
    assert reply.status == 201, reply.body
    return {**reply.json, "etag": reply.headers["etag"]}


def try_channel(channel: dict[str, Any]) -> None:
    assert request("notifications.test-channel", path=f"{CHANNELS}/{channel['id']}/test").status == 202


def send() -> None:
    assert invoke("send_notifications", event("send_notifications.one-tenant")) == {"batchItemFailures": []}


def deliveries(**query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = request("notifications.list-deliveries", query=query).json["items"]
    return found


def test_a_webhooks_secret_is_shown_once_and_kept_in_secrets_manager(company: Company) -> None:
    made = add()

    shown = request("notifications.show-channel", path=f"{CHANNELS}/{made['id']}")
    kept = aws.client("secretsmanager").get_secret_value(SecretId=made["secret_arn"])
    assert len(made["secret"]) >= 40
    assert kept["SecretString"] == made["secret"]
    assert aws.client("secretsmanager").describe_secret(SecretId=made["secret_arn"])["KmsKeyId"] == KEY
    assert kept["Name"] == f"cloudops/notifications/{ACME}/{made['id']}"
    assert "secret" not in shown.json
    assert shown.headers["etag"] == made["etag"]
    everything = company.rows("select to_jsonb(c)::text from notification_channels c") + company.rows(
        "select to_jsonb(e)::text from events e"
    )
    assert not any(made["secret"] in text for (text,) in everything)


def test_channels_are_listed_changed_and_removed(company: Company) -> None:
    mail = add("notifications.add-email")
    path = f"{CHANNELS}/{mail['id']}"

    stale = request("notifications.change-channel", path=path)
    changed = request("notifications.change-channel", path=path, headers={"If-Match": mail["etag"]})
    removed = request(
        "notifications.remove-channel", path=path, headers={"If-Match": changed.headers["etag"]}
    )

    assert (mail["secret"], mail["secret_arn"]) == (None, None)
    assert stale.status == 412
    assert (changed.status, changed.json["enabled"]) == (200, False)
    assert removed.status == 204
    assert request("notifications.list-channels").json["items"] == []
    assert company.rows(
        "select event_type, metadata->'old' from events where entity_type = 'notification_channel' order by created_at"
    )[1] == ("changed", {"enabled": True})


def test_a_removed_webhooks_secret_is_deleted(company: Company) -> None:
    made = add()

    request(
        "notifications.remove-channel",
        path=f"{CHANNELS}/{made['id']}",
        headers={"If-Match": made["etag"]},
    )

    assert "DeletedDate" in aws.client("secretsmanager").describe_secret(SecretId=made["secret_arn"])


@pytest.mark.parametrize("person", [VIEWER, OPERATOR, APPROVER])
@pytest.mark.parametrize(
    "name",
    [
        "notifications.add-webhook",
        "notifications.add-email",
        "notifications.change-channel",
        "notifications.remove-channel",
        "notifications.test-channel",
    ],
)
def test_only_admins_say_who_is_told(same_company: Company, name: str, person: Person) -> None:
    assert request(name, person=person).status == 403
    assert same_company.rows("select id from notification_channels") == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "webhook", "recipients": []}, "url"),
        ({"kind": "webhook", "recipients": [], "url": "http://hooks.acme.example/"}, "url"),
        ({"kind": "webhook", "recipients": [], "url": "https://169.254.169.254/"}, "url"),
        ({"kind": "webhook", "recipients": [], "url": "https://evil.example/"}, "url"),
        ({"kind": "webhook", "url": "https://hooks.acme.example/"}, "url"),
        ({"kind": "pigeon"}, "kind"),
        ({"recipients": []}, "recipients"),
        ({"recipients": ["ann@acme.example\nBcc: eve@evil.example"]}, "recipients.0"),
        ({"url": "https://hooks.acme.example/"}, "recipients"),
        ({"topics": []}, "topics"),
        ({"topics": ["channel.test"]}, "topics.0"),
        ({"name": " "}, "name"),
        ({"secret_arn": "arn"}, "secret_arn"),
    ],
)
def test_what_is_wrong_with_a_channel_is_named(
    same_company: Company, fields: dict[str, Any], field: str
) -> None:
    right = {"kind": "email", "name": "x", "topics": ["alert.raised"], "recipients": ["ann@acme.example"]}

    reply = request("notifications.add-email", body={**right, **fields})

    assert (reply.status, reply.fields) == (422, [field])
    assert same_company.rows("select id from notification_channels") == []


def test_another_tenants_channel_is_not_there(company: Company) -> None:
    made = add("notifications.add-email")

    for name in ("notifications.show-channel", "notifications.test-channel", "notifications.remove-channel"):
        path = f"{CHANNELS}/{made['id']}" + ("/test" if "test" in name else "")
        assert request(name, path=path, person=OUTSIDER).status == 404
    assert request("notifications.list-channels", person=OUTSIDER).json["items"] == []


def test_a_tick_sends_a_message_to_tenants_with_something_to_send(company: Company) -> None:
    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 0}
    try_channel(add("notifications.add-email"))

    assert invoke("dispatch_jobs", event("dispatch_jobs.notifications")) == {"dispatched": 1}

    (body,) = company.receive("NOTIFICATIONS_QUEUE_URL")
    assert (json.loads(body)["tenant_id"], json.loads(body)["type"]) == (str(ACME), "notifications.send")


def test_mail_goes_out_through_ses_once(company: Company) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="cloudops@acme.example")
    try_channel(add("notifications.add-email"))

    send()
    send()

    (delivery,) = deliveries(status="delivered")
    assert (delivery["topic"], delivery["attempts"], delivery["last_error"]) == ("channel.test", 1, None)
    assert delivery["title"] == "A test of On call"


def test_a_webhook_is_asked_at_the_address_that_was_judged(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, bytes, dict[str, str]]] = []

    def post(to: webhooks.Destination, body: bytes, headers: dict[str, str], *, address: str) -> int:
        asked.append((to.host + to.path, address, body, headers))
        return 204

    monkeypatch.setattr("cloudops.notifications.carrying.addresses_of", lambda _host: ["93.184.215.14"])
    monkeypatch.setattr("cloudops.notifications.carrying.post", post)
    try_channel(add())

    send()

    ((place, address, body, headers),) = asked
    assert (place, address) == ("hooks.acme.example/cloudops?team=finops", "93.184.215.14")
    assert json.loads(body)["tenant_id"] == str(ACME)
    assert headers["CloudOps-Delivery"] == deliveries()[0]["id"]


def test_a_host_that_leads_into_our_network_is_not_asked(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudops.notifications.carrying.addresses_of", lambda _host: ["10.0.0.5"])
    try_channel(add())

    send()

    (delivery,) = deliveries()
    assert (delivery["status"], delivery["last_error"]) == (
        "failed", "hooks.acme.example leads to 10.0.0.5, which is no public address",
    )  # fmt: skip


def test_a_channel_that_is_off_takes_no_test(company: Company) -> None:
    mail = add("notifications.add-email")
    path = f"{CHANNELS}/{mail['id']}"
    request("notifications.change-channel", path=path, headers={"If-Match": mail["etag"]})

    reply = request("notifications.test-channel", path=f"{path}/test")

    assert reply.status == 409
