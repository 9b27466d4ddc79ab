import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, home_of, show, write
from local.errors import LocalError
from local.exports import Exports, locate
from local.first_tenant import tenant_of
from local.pollers import Drained
from local.stack import Stack
from local.tables import amount

DRAIN_SECONDS = 12 * 3600
GRAINS = {"daily": "daily", "line-item": "line_item"}
Delivery = Mapping[str, Any]


def add(commands: Subparsers) -> None:
    parser = add_command(
        commands, "ingest", run, about="Load CUR or FOCUS exports, or Cost Explorer's answers."
    )
    parser.add_argument("path", metavar="PATH", help="a folder, a file or s3://bucket/prefix")
    parser.add_argument(
        "--grain", choices=GRAINS, default="daily", help="how finely charges are kept (default: %(default)s)"
    )
    add_json(parser)


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    exports = locate(arguments.path, home)
    with Stack(home) as stack:
        ingest(stack, exports, grain=GRAINS[arguments.grain], as_json=arguments.json)


def ingest(stack: Stack, exports: Exports, *, grain: str = "daily", as_json: bool = False) -> None:
    """Raises LocalError, after printing every delivery, where one could not be loaded."""
    found = stack.invoke(
        "discover_deliveries",
        {
            "bucket": stack.aws.mount(exports.folder),
            "prefix": exports.prefix,
            "tenant_id": str(tenant_of(stack.home)),
            "grain": grain,
        },
    )
    drained = stack.pollers.drain(timeout=DRAIN_SECONDS, progress=_report)
    outcomes = {one["id"]: one["outcome"] for one in found["deliveries"]}
    deliveries = [api_client.get(stack, f"/api/v1/deliveries/{one}") for one in outcomes]
    if as_json:
        show([{**one, "outcome": outcomes[one["id"]]} for one in deliveries], as_json=True)
    else:
        _describe(deliveries, outcomes, ignored=found.get("ignored", []))
    _check(stack, deliveries, drained)


def _report(waiting: Mapping[str, int]) -> None:
    if sys.stderr.isatty():
        parts = ", ".join(f"{count} in {queue}" for queue, count in waiting.items() if count)
        sys.stderr.write(f"\r\033[Kwaiting: {parts}")
        sys.stderr.flush()


def _describe(deliveries: Sequence[Delivery], outcomes: Mapping[str, str], *, ignored: Sequence[str]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for delivery in deliveries:
        write(line_of(delivery, outcomes[delivery["id"]]))
    if ignored:
        write(f"{len(ignored)} other files are no exports")
    if not deliveries:
        write("there are no exports here")


def line_of(delivery: Delivery, outcome: str) -> str:
    """E.g. "2026-10 cur2 acme 123456789012: current, 3 of 3 parts, 1200 rows, 10.00 USD"."""
    period = delivery["period"][:7] if delivery["period"] else "no period"
    name = " ".join(
        filter(None, [delivery["source"], delivery["export_name"], delivery["billing_account_id"]])
    )
    if delivery["reason"]:
        return f"{period} {name}: {delivery['status']}, {delivery['reason']}"
    totals = [f"{amount(total)} {currency}" for currency, total in sorted(delivery["totals"].items())]
    facts = [
        delivery["status"] if outcome != "unchanged" else f"{delivery['status']} (unchanged)",
        f"{delivery['parts_loaded']} of {delivery['parts']} parts",
        f"{delivery['source_rows']} rows",
        *totals,
    ]
    return f"{period} {name}: {', '.join(facts)}"


def _check(stack: Stack, deliveries: Sequence[Delivery], drained: Drained) -> None:
    refused = [one for one in deliveries if one["status"] in {"quarantined", "loading"}]
    lost = sum(drained.dead.values())
    if refused or lost or not drained.complete:
        raise LocalError(
            f"{len(refused)} of {len(deliveries)} deliveries were not loaded, "
            f"{lost} messages failed for good{drained.reasons} (see {stack.home.logs})"
        )
