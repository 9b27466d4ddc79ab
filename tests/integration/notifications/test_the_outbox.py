from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from cloudops.actor import Actor
from cloudops.notifications import channels, use_cases
from cloudops.notifications.models import (
    TAKEN_FOR,
    WAITS,
    Channel,
    ChannelDisabledError,
    ChannelFields,
    ChannelNotFoundError,
    Delivery,
    DeliveryStatus,
    Letter,
    NewNotification,
    NotDeliveredError,
    Outcome,
    Topic,
    UndeliverableError,
    Workspace,
)
from cloudops.notifications.sending import Carriers, send_due
from cloudops.notifications.use_cases import DeliveryFilter
from cloudops.notifications.wording import Mail
from tests.conftest import Database
from tests.integration.tenant import Tenant, open_tenant

NOW = datetime(2026, 9, 14, 20, 0, tzinfo=UTC)
ANN = Actor(name="ann@acme.example")
ALERT = NewNotification(
    topic=Topic.ALERT_RAISED,
    severity="high",
    title="EC2 costs too much",
    body="It jumped.",
    entity_type="alert",
    entity_id="a",
    what="high",
)
MAIL = ChannelFields(kind="email", name="On call", topics=["alert.raised"], recipients=["ann@acme.example"])
HOOK = ChannelFields(
    kind="webhook", name="Ticketing", topics=["alert.raised"], url="https://hooks.acme.example/x"
)
SLACK = ChannelFields(kind="slack", name="FinOps", topics=["alert.raised"], slack_channel="C0FINOPS")


@pytest.fixture
def tenant(module_database: Database) -> Tenant:
    return open_tenant(module_database)


@dataclass
class Post:
    """What was carried; `failing` is raised instead."""

    mails: list[tuple[list[str], Mail]] = field(default_factory=list)
    requests: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    failing: Exception | None = None

    @property
    def carriers(self) -> Carriers:
        return Carriers(
            mail=self._mail,
            request=self._request,
            secret=lambda arn: f"secret of {arn}",
            slack=self._slack,
        )

    def _mail(self, recipients: list[str], mail: Mail) -> None:
        self.mails.append((recipients, mail))
        if self.failing:
            raise self.failing

    def _slack(self, letter: Letter) -> None:
        self.posts.append(letter.title)
        if self.failing:
            raise self.failing

    def _request(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.requests.append((url, body, headers))
        if self.failing:
            raise self.failing


def added(tenant: Tenant, fields: ChannelFields = MAIL) -> Channel:
    arn = f"arn-{uuid4()}" if fields.kind != "email" else None
    workspace = Workspace(team_id="T0ACME", app_id="A0CLOUDOPS") if fields.kind == "slack" else None
    with tenant.transaction() as connection:
        return channels.add(
            connection, uuid4(), fields, secret_arn=arn, workspace=workspace, actor=ANN, now=NOW
        )


def tell(tenant: Tenant, *told: NewNotification) -> None:
    with tenant.transaction() as connection:
        use_cases.notify(connection, told, now=NOW)


def send(tenant: Tenant, post: Post, now: datetime = NOW) -> int:
    return send_due(tenant.transaction, post.carriers, tenant_id=tenant.id, clock=lambda: now)


def deliveries(tenant: Tenant, channel: UUID | None = None) -> list[Delivery]:
    with tenant.transaction() as connection:
        page = use_cases.list_deliveries(connection, DeliveryFilter(channel=channel), limit=50, cursor=None)
    return list(page.items)


def test_what_is_told_reaches_each_channel_that_listens_once(tenant: Tenant) -> None:
    added(tenant)
    hook = added(tenant, HOOK)
    added(tenant, replace(MAIL, name="Approvals", topics=["approval.needed"]))
    added(tenant, replace(MAIL, name="Off", enabled=False))
    post = Post()

    tell(tenant, ALERT, ALERT)
    tell(tenant, ALERT)

    assert [send(tenant, post), send(tenant, post)] == [2, 0]
    assert [(recipients, mail.subject) for recipients, mail in post.mails] == [
        (["ann@acme.example"], "[high] EC2 costs too much")
    ]
    ((url, _, headers),) = post.requests
    assert url == "https://hooks.acme.example/x"
    assert headers["CloudOps-Delivery"] == str(deliveries(tenant, hook.id)[0].id)
    assert {one.status for one in deliveries(tenant)} == {"delivered"}


def test_a_notification_is_gone_with_the_transaction_that_it_speaks_of(tenant: Tenant) -> None:
    added(tenant)

    with pytest.raises(psycopg.errors.DivisionByZero), tenant.transaction() as connection:  # noqa: PT012
        use_cases.notify(connection, [ALERT], now=NOW)
        connection.execute("select 1 / 0")

    assert deliveries(tenant) == []


@pytest.mark.parametrize(
    ("topic", "severity", "minimum", "told"),
    [
        ("alert.raised", "medium", "high", False),
        ("alert.raised", "high", "high", True),
        ("alert.raised", "critical", "high", True),
        ("alert.raised", "low", "low", True),
        ("action.completed", "low", "critical", True),
    ],
)
def test_severity_holds_back_alerts_alone(
    tenant: Tenant, topic: str, severity: str, minimum: str, told: bool
) -> None:
    added(tenant, replace(MAIL, topics=[topic], minimum_severity=minimum))

    tell(tenant, replace(ALERT, topic=Topic(topic), severity=severity))

    assert len(deliveries(tenant)) == int(told)


def test_what_did_not_arrive_is_tried_again_with_longer_waits_until_it_failed(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, ALERT)
    post, now, waited = Post(failing=NotDeliveredError("SES answers Throttling")), NOW, []

    while deliveries(tenant)[0].status == "pending":
        send(tenant, post, now)
        (delivery,) = deliveries(tenant)
        waited.append(delivery.due_at - now)
        now = delivery.due_at

    assert waited[: len(WAITS)] == list(WAITS)
    assert (delivery.status, delivery.attempts, delivery.last_error) == (
        "failed", len(WAITS) + 1, "SES answers Throttling",
    )  # fmt: skip
    assert len(post.mails) == len(WAITS) + 1


def test_what_arrives_at_the_second_attempt_is_delivered(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, ALERT)
    send(tenant, Post(failing=NotDeliveredError("later")))
    assert send(tenant, Post(), NOW + WAITS[0] - timedelta(seconds=1)) == 0

    assert send(tenant, Post(), NOW + WAITS[0]) == 1

    (delivery,) = deliveries(tenant)
    assert (delivery.status, delivery.attempts, delivery.last_error) == ("delivered", 2, None)
    assert delivery.delivered_at == NOW + WAITS[0]


def test_a_receiver_that_asks_for_time_is_given_it(tenant: Tenant) -> None:
    added(tenant, SLACK)
    tell(tenant, ALERT)
    post = Post(failing=NotDeliveredError("later", retry_after=timedelta(hours=2)))

    send(tenant, post)

    assert post.posts == ["EC2 costs too much"]
    assert deliveries(tenant)[0].due_at == NOW + timedelta(hours=2)


def test_a_reminder_waits_for_its_time_and_can_be_withdrawn(tenant: Tenant) -> None:
    added(tenant)
    later = NOW + timedelta(hours=1)
    with tenant.transaction() as connection:
        use_cases.notify(connection, [ALERT, replace(ALERT, entity_id="b")], now=NOW, due_at=later)
        use_cases.notify(connection, [replace(ALERT, what="critical")], now=NOW)
        use_cases.withdraw_reminders(connection, "alert", ["a"], now=NOW)

    assert sorted(one.due_at for one in deliveries(tenant)) == [NOW, later]


def test_what_is_being_sent_is_no_longer_withdrawn(tenant: Tenant) -> None:
    added(tenant)
    later = NOW + timedelta(hours=1)
    with tenant.transaction() as connection:
        use_cases.notify(connection, [ALERT], now=NOW, due_at=later)
        use_cases.take_due(connection, now=later)
        use_cases.withdraw_reminders(connection, "alert", ["a"], now=later)

    assert len(deliveries(tenant)) == 1


def test_what_cannot_be_delivered_is_not_tried_again(tenant: Tenant) -> None:
    added(tenant, HOOK)
    tell(tenant, ALERT)

    send(tenant, Post(failing=UndeliverableError("hooks.acme.example answers 410")))

    (delivery,) = deliveries(tenant)
    assert (delivery.status, delivery.last_error) == ("failed", "hooks.acme.example answers 410")
    assert send(tenant, Post(), NOW + timedelta(days=3)) == 0


def test_two_senders_at_once_send_each_delivery_once(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, *(replace(ALERT, entity_id=str(number)) for number in range(3)))

    with tenant.transaction() as first, tenant.transaction() as second:
        taken = use_cases.take_due(first, now=NOW)
        others = use_cases.take_due(second, now=NOW)

    assert (len(taken), others) == (3, [])


def test_what_a_killed_sender_took_is_sent_by_the_next_and_settled_by_it_alone(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, ALERT)
    with tenant.transaction() as connection:
        (lost,) = use_cases.take_due(connection, now=NOW)

    assert send(tenant, Post(failing=NotDeliveredError("x")), NOW + TAKEN_FOR - timedelta(seconds=1)) == 0
    assert send(tenant, Post(failing=NotDeliveredError("busy")), NOW + TAKEN_FOR) == 1

    with tenant.transaction() as connection:
        # The first sender comes back to life and tells what became of an attempt that is no longer the last.
        outcome = Outcome(status=DeliveryStatus.FAILED, error="of old")
        use_cases.settle(connection, lost, outcome, now=NOW + TAKEN_FOR)
    assert deliveries(tenant)[0].last_error == "busy"


def test_a_test_goes_to_its_channel_alone_whatever_it_listens_to(tenant: Tenant) -> None:
    chosen = added(tenant, replace(MAIL, topics=["approval.needed"]))
    added(tenant)
    with tenant.transaction() as connection:
        use_cases.send_test(connection, chosen, by="ann@acme.example", now=NOW)

    assert [(one.channel_id, one.topic) for one in deliveries(tenant)] == [(chosen.id, "channel.test")]


def test_a_channel_that_is_off_takes_no_test(tenant: Tenant) -> None:
    chosen = added(tenant, replace(MAIL, enabled=False))

    with pytest.raises(ChannelDisabledError), tenant.transaction() as connection:
        use_cases.send_test(connection, chosen, by="ann@acme.example", now=NOW)


def test_a_removed_channel_takes_what_was_on_its_way_with_it(tenant: Tenant) -> None:
    chosen = added(tenant)
    tell(tenant, ALERT)

    with tenant.transaction() as connection:
        channels.remove(connection, chosen.id, if_match="*", actor=ANN)

    assert (deliveries(tenant), send(tenant, Post())) == ([], 0)
    assert tenant.events()[-1] == ("notification_channel", "deleted")


def test_old_notifications_are_forgotten(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, ALERT)
    send(tenant, Post())

    send(tenant, Post(), NOW + timedelta(days=91))

    assert (tenant.count("notifications"), tenant.count("notification_deliveries")) == (0, 0)


def test_other_tenants_are_neither_told_nor_shown(tenant: Tenant, module_database: Database) -> None:
    other = open_tenant(module_database)
    theirs = added(other)
    tell(tenant, ALERT)

    assert deliveries(other) == []
    with pytest.raises(ChannelNotFoundError), tenant.transaction() as connection:
        channels.show_channel(connection, theirs.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": []},
        {"url": "https://hooks.acme.example/"},
        {"kind": "webhook"},
        {"kind": "slack"},
        {"slack_channel": "C0FINOPS"},
        {"topics": []},
        {"topics": ["everything"]},
    ],
)
def test_the_database_takes_no_channel_that_leads_nowhere(tenant: Tenant, wrong: dict[str, object]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        added(tenant, replace(MAIL, **wrong))  # type: ignore[arg-type]


def test_deliveries_are_paged(tenant: Tenant) -> None:
    added(tenant)
    tell(tenant, *(replace(ALERT, entity_id=str(number)) for number in range(3)))

    with tenant.transaction() as connection:
        first = use_cases.list_deliveries(connection, DeliveryFilter(), limit=2, cursor=None)
        rest = use_cases.list_deliveries(connection, DeliveryFilter(), limit=2, cursor=first.next_cursor)

    assert (len(first.items), len(rest.items), rest.next_cursor) == (2, 1, None)
    assert len({one.id for one in [*first.items, *rest.items]}) == 3
