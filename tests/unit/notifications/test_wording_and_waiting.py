import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cloudops.notifications.carrying import carriers, judge
from cloudops.notifications.models import (
    WAITS,
    Letter,
    NotDeliveredError,
    UndeliverableError,
    outcome_of,
)
from cloudops.notifications.wording import body_of, headers_of, mail_of, signature_of

NOW = datetime(2026, 9, 14, 20, 1, tzinfo=UTC)
TENANT = UUID(int=7)
LETTER = Letter(
    id=UUID(int=1),
    attempts=1,
    notification_id=UUID(int=2),
    topic="alert.raised",
    severity="high",
    title="EC2 <script>costs</script>\r\nBcc: evil@example.com",
    body="It jumped & stays.\nSince yesterday.",
    entity_type="alert",
    entity_id="a",
    created_at=NOW,
    channel_id=UUID(int=3),
    kind="webhook",
    recipients=[],
    url="https://hooks.acme.example/",
    secret_arn="arn",
)


def test_a_subject_is_one_line_and_html_says_text_as_text() -> None:
    mail = mail_of(LETTER)

    assert mail.subject == "[high] EC2 <script>costs</script> Bcc: evil@example.com"
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "It jumped &amp; stays.\nSince yesterday." in mail.html
    assert mail.text.endswith("alert a, 2026-09-14 20:01 UTC\n")


def test_a_long_title_is_cut_in_the_subject() -> None:
    assert len(mail_of(replace(LETTER, title="x" * 5000)).subject) == 200


def test_a_signature_is_the_hmac_of_time_and_body() -> None:
    # printf '1789416060.{}' | openssl dgst -sha256 -hmac secret
    assert signature_of(b"{}", "secret", 1789416060) == (
        "c94f7c964d2082e8e915999f780be0bc038441081e0e045febd0b7b704c74122"
    )
    assert len({
        signature_of(b"{}", "secret", 1789416060),
        signature_of(b"{}", "secret", 1789416061),
        signature_of(b"{} ", "secret", 1789416060),
        signature_of(b"{}", "Secret", 1789416060),
    }) == 4  # fmt: skip


def test_a_request_tells_the_delivery_and_is_signed_with_its_time() -> None:
    body = body_of(LETTER, TENANT)
    headers = headers_of(LETTER, body, "secret", NOW)

    at = int(NOW.timestamp())
    assert headers["CloudOps-Delivery"] == str(LETTER.id)
    assert headers["CloudOps-Signature"] == f"t={at},v1={signature_of(body, 'secret', at)}"
    assert json.loads(body)["tenant_id"] == str(TENANT)


@pytest.mark.parametrize("attempt", range(1, len(WAITS) + 1))
def test_what_did_not_arrive_is_tried_again_after_a_longer_wait(attempt: int) -> None:
    outcome = outcome_of(attempt, NotDeliveredError("it answers 503"), NOW)

    assert (outcome.status, outcome.error) == ("pending", "it answers 503")
    assert outcome.due_at == NOW + WAITS[attempt - 1]
    assert list(WAITS) == sorted(set(WAITS))


@pytest.mark.parametrize(("asked", "waited"), [(30, 60), (90, 90)])
def test_a_wait_is_at_least_as_long_as_the_receiver_asks_for(asked: int, waited: int) -> None:
    outcome = outcome_of(1, NotDeliveredError("busy", retry_after=timedelta(seconds=asked)), NOW)

    assert outcome.due_at == NOW + timedelta(seconds=waited)


@pytest.mark.parametrize(
    ("attempts", "error", "status"),
    [
        (1, None, "delivered"),
        (len(WAITS) + 1, None, "delivered"),
        (len(WAITS) + 1, NotDeliveredError("x"), "failed"),
        (1, UndeliverableError("x"), "failed"),
    ],
)
def test_an_end_is_an_end(attempts: int, error: Exception | None, status: str) -> None:
    outcome = outcome_of(attempts, error, NOW)

    assert (outcome.status, outcome.due_at) == (status, None)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None), (204, None),
        (301, UndeliverableError), (400, UndeliverableError), (401, UndeliverableError), (410, UndeliverableError),
        (408, NotDeliveredError), (429, NotDeliveredError), (500, NotDeliveredError), (503, NotDeliveredError),
    ],
)  # fmt: skip
def test_an_answer_is_a_delivery_a_refusal_or_to_be_tried_again(
    status: int, error: type[Exception] | None
) -> None:
    if error is None:
        judge(status, "hooks.acme.example")
    else:
        with pytest.raises(error, match=f"hooks.acme.example answers {status}"):
            judge(status, "hooks.acme.example")


def test_without_a_sender_no_mail_is_sent() -> None:
    with pytest.raises(UndeliverableError, match="NotificationSender"):
        carriers(sender=None, hosts=[], slack=print).mail(["ann@acme.example"], mail_of(LETTER))


def test_a_host_that_was_taken_off_the_list_is_not_called() -> None:
    with pytest.raises(UndeliverableError, match="WebhookHosts"):
        carriers(sender=None, hosts=["other.example"], slack=print).request(
            "https://hooks.acme.example/", b"{}", {}
        )
