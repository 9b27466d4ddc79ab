"""notifications: who is told of what, and what would have been sent from here."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, home_of, show, write
from local.commands.jobs import run_job
from local.kept_slack import BOT_TOKEN, SIGNING_SECRET, words_of
from local.outbox import Outbox
from local.stack import Stack

CHANNELS, DELIVERIES = "/api/v1/notification-channels", "/api/v1/notification-deliveries"
TOPICS = ("alert.raised", "approval.needed", "action.completed", "action.attention", "account.insecure")
COLUMNS = {
    CHANNELS: ("id", "kind", "name", "enabled", "minimum_severity", "topics", "leads_to"),
    DELIVERIES: ("created_at", "status", "attempts", "channel_name", "topic", "title", "last_error"),
}
SENT = ("at", "kind", "to", "text")


def add(commands: Subparsers) -> None:
    about = "Say who is told of what, and look at what was sent."
    parser = commands.add_parser("notifications", help=about, description=about)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add_json(add_command(actions, "list", run_list, about="Show the channels."))
    adding = add_command(actions, "add", run_add, about="Add a channel, as the admin.")
    adding.add_argument("kind", choices=("email", "webhook", "slack"))
    adding.add_argument(
        "to",
        nargs="+",
        metavar="WHERE",
        help="addresses of people, the URL of a webhook, or the id of a channel in Slack such as C0FINOPS",
    )
    adding.add_argument("--name", help="(default: where it leads)")
    adding.add_argument("--topic", action="append", choices=TOPICS, help="may be given again (default: all)")
    adding.add_argument("--minimum-severity", choices=("low", "medium", "high", "critical"), default="high")
    testing = add_command(actions, "test", run_test, about="Send a notification to one channel.")
    testing.add_argument("channel", metavar="CHANNEL_ID")
    add_json(testing)
    sent = add_command(
        actions, "outbox", run_outbox, about="Show what was sent where, and what became of it."
    )
    sent.add_argument(
        "--sent", action="store_true", help="show the mails and messages that were kept instead of sent"
    )
    add_json(sent)


def run_list(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        rows = [with_target(row) for row in api_client.items(stack, CHANNELS)]
    show(rows, as_json=arguments.json, columns=COLUMNS[CHANNELS])


def with_target(channel: Mapping[str, Any]) -> dict[str, Any]:
    target = channel["url"] or channel["slack_channel"] or ", ".join(channel["recipients"])
    return {**channel, "topics": ", ".join(channel["topics"]), "leads_to": target}


def run_add(arguments: Namespace) -> None:
    wanted = {
        "kind": arguments.kind,
        "name": arguments.name or arguments.to[0],
        "topics": arguments.topic or list(TOPICS),
        "minimum_severity": arguments.minimum_severity,
        **target_of(arguments.kind, arguments.to),
    }
    with Stack(home_of(arguments)) as stack:
        added = api_client.post(stack, CHANNELS, wanted)
    secret = f"; its requests are signed by {added['secret']}" if added["secret"] else ""
    write(f"{added['id']} tells {added['name']}{secret}")


def target_of(kind: str, to: list[str]) -> dict[str, Any]:
    """Slack's secrets are those of the workspace on this machine."""
    if kind == "email":
        return {"recipients": to}
    if kind == "webhook":
        return {"url": to[0]}
    return {"slack_channel": to[0], "bot_token": BOT_TOKEN, "signing_secret": SIGNING_SECRET}


def run_test(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        api_client.post(stack, f"{CHANNELS}/{arguments.channel}/test")
        run_job(stack, "notifications.send", {})
        query = [("channel", arguments.channel), ("limit", "1")]
        rows = api_client.get(stack, DELIVERIES, query)["items"]
    show(rows, as_json=arguments.json, columns=COLUMNS[DELIVERIES])


def run_outbox(arguments: Namespace) -> None:
    home = home_of(arguments)
    if arguments.sent:
        kept = Outbox(home).kept()
        show(
            kept if arguments.json else [in_short(one) for one in kept], as_json=arguments.json, columns=SENT
        )
        return
    with Stack(home) as stack:
        rows = list(api_client.items(stack, DELIVERIES))
    show(rows, as_json=arguments.json, columns=COLUMNS[DELIVERIES])


def in_short(message: Mapping[str, Any]) -> dict[str, Any]:
    if message["kind"] == "mail":
        return {**message, "to": ", ".join(message["to"]), "text": message["subject"]}
    return {**message, "kind": message["method"], "to": message["channel"], "text": words_of(dict(message))}
