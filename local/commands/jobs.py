"""detect, recommend, scan, attribute and measure: a scheduled job, started by hand and waited for."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from local.commands.arguments import Subparsers, add_command, day, home_of, write
from local.errors import LocalError
from local.stack import Stack

JOB_SECONDS = 3600


def add(commands: Subparsers) -> None:
    detect = add_command(commands, "detect", run_detect, about="Look for anomalies in what was ingested.")
    detect.add_argument("--as-of", type=day, metavar="DATE", help="judge as if this were today")
    add_command(commands, "recommend", run_recommend, about="Look for savings in what was ingested.")
    scan = add_command(commands, "scan", run_scan, about="Look for violations of policies.")
    scan.add_argument(
        "kind", choices=["policy", "security"], help="every enabled policy, or the security ones"
    )
    add_command(commands, "attribute", run_attribute, about="Say anew whose cost it is.")
    add_command(commands, "measure", run_measure, about="Look up on the bill what changes saved.")


def run_detect(arguments: Namespace) -> None:
    params = {"as_of": arguments.as_of.isoformat()} if arguments.as_of else {}
    with Stack(home_of(arguments)) as stack:
        run_job(stack, "anomalies.detect", params)
    write("done; `cloudops alerts` shows what was found")


def run_recommend(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        run_job(stack, "scans.finops", {})
    write("done; `cloudops recommendations` shows what was found")


def run_scan(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        run_job(stack, f"scans.{arguments.kind}", {})
    write("done; `cloudops violations` shows what was found")


def run_attribute(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        run_job(stack, "costs.attribute", {})
    write("done; `cloudops costs --group-by team` shows who pays")


def run_measure(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        run_job(stack, "savings.measure", {})
    write("done; `cloudops savings` shows what was found")


def run_job(stack: Stack, job: str, params: Mapping[str, Any]) -> None:
    stack.invoke("dispatch_jobs", {"job": job, "params": params})
    drained = stack.pollers.drain(timeout=JOB_SECONDS)
    if sum(drained.dead.values()) or not drained.complete:
        raise LocalError(f"{job} failed{drained.reasons} (see {stack.home.logs})")
