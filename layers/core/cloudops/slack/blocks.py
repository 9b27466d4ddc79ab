"""Block Kit, as far as cards need it. https://docs.slack.dev/reference/block-kit

What comes from resources, bills and people is plain text throughout: in Slack's markup it could call a whole channel.
"""

from collections.abc import Mapping, Sequence
from typing import Any

type Block = dict[str, Any]

LONGEST_HEADER = 150
LONGEST_TEXT = 2000
MOST_FIELDS = 10


def plain(text: str, longest: int = LONGEST_TEXT) -> Block:
    """Slack refuses empty texts, and those that are too long."""
    return {"type": "plain_text", "text": shortened(text.strip() or "-", longest), "emoji": False}


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def escaped(text: str) -> str:
    """For what Slack reads as markup whatever we say: the text that stands in for blocks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def header(text: str) -> Block:
    return {"type": "header", "text": plain(" ".join(text.split()), LONGEST_HEADER)}


def section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def facts(named: Mapping[str, str | None]) -> Block:
    """Those that are known, two in a row."""
    known = [(name, value) for name, value in named.items() if value]
    return {
        "type": "section",
        "fields": [plain(f"{name}\n{value}") for name, value in known[:MOST_FIELDS]],
    }


def context(text: str) -> Block:
    return {"type": "context", "elements": [plain(text)]}


def actions(elements: Sequence[Block]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(verb: str, label: str, *, style: str | None = None) -> Block:
    found = {"type": "button", "action_id": verb, "text": plain(label), "value": verb}
    return {**found, "style": style} if style else found


def choice(verb: str, label: str, options: Mapping[str, str]) -> Block:
    return {
        "type": "static_select",
        "action_id": verb,
        "placeholder": plain(label),
        "options": [{"text": plain(text), "value": value} for value, text in options.items()],
    }
