"""A notification as mail and as the body of a signed request."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

from cloudops.notifications.models import Letter

LONGEST_SUBJECT = 200


@dataclass(frozen=True, kw_only=True)
class Mail:
    subject: str
    text: str
    html: str


def mail_of(letter: Letter) -> Mail:
    subject = " ".join(f"[{letter.severity}] {letter.title}".split())[:LONGEST_SUBJECT]
    about = f"{letter.entity_type} {letter.entity_id}, {letter.created_at:%Y-%m-%d %H:%M} UTC"
    return Mail(
        subject=subject,
        text=f"{letter.title}\n\n{letter.body}\n\n{about}\n",
        html=(
            f"<h1>{escape(letter.title)}</h1>"
            f'<p style="white-space: pre-line">{escape(letter.body)}</p>'
            f"<p><small>{escape(about)}</small></p>"
        ),
    )


def body_of(letter: Letter, tenant_id: UUID) -> bytes:
    return json.dumps(
        {
            "id": str(letter.notification_id),
            "tenant_id": str(tenant_id),
            "topic": letter.topic,
            "severity": letter.severity,
            "title": letter.title,
            "body": letter.body,
            "entity_type": letter.entity_type,
            "entity_id": letter.entity_id,
            "created_at": letter.created_at.isoformat(),
        },
        sort_keys=True,
    ).encode()


def headers_of(letter: Letter, body: bytes, secret: str, now: datetime) -> Mapping[str, str]:
    """The delivery's id stays the same over all attempts, so that a receiver can tell what it has seen."""
    at = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "CloudOps-Delivery": str(letter.id),
        "CloudOps-Signature": f"t={at},v1={signature_of(body, secret, at)}",
    }


def signature_of(body: bytes, secret: str, at: int) -> str:
    """HMAC-SHA256 over the second of sending, a dot, and the body: an old request cannot be sent again as a new one."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
