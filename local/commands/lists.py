"""costs, alerts, recommendations, untagged resources and violations: lists of the API on a terminal."""

from argparse import Namespace

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, day, home_of, show
from local.commands.jobs import run_job
from local.proxy_event import Pairs
from local.stack import Stack

OWNERS = {
    "team": "/api/v1/costs/by_team",
    "business_unit": "/api/v1/costs/by_business_unit",
    "business_group": "/api/v1/costs/by_business_group",
    "catalog_service": "/api/v1/costs/by_service",
}
MONEY = ("currency", "cost", "direct_cost", "shared_cost", "previous_cost", "change_percent")
# What a terminal has room for; --json shows every field.
COLUMNS = {
    "/api/v1/costs": ("period_start", "group", "currency", "billed_cost", "effective_cost", "list_cost"),
    "/api/v1/costs/by_team": ("team", "business_unit", "business_group", *MONEY),
    "/api/v1/costs/by_business_unit": ("business_unit", "business_group", *MONEY),
    "/api/v1/costs/by_business_group": ("business_group", *MONEY),
    "/api/v1/costs/by_service": ("service", *MONEY),
    "/api/v1/tag-rules": (
        "priority",
        "rule_name",
        "tag_key",
        "pattern",
        "normalized_key",
        "normalized_value",
        "is_active",
    ),
    "/api/v1/attribution-rules": (
        "priority",
        "rule_name",
        "kind",
        "tag_key",
        "match_values",
        "is_active",
        "is_built_in",
    ),
    "/api/v1/split-rules": (
        "priority",
        "rule_name",
        "method",
        "charge_category",
        "service",
        "account_id",
        "is_active",
    ),
    "/api/v1/alerts": ("severity", "status", "window_start", "title", "excess", "currency"),
    "/api/v1/recommendations": (
        "id",
        "severity",
        "status",
        "type",
        "monthly_savings",
        "currency",
        "title",
        "owner",
    ),
    "/api/v1/compliance/untagged": (
        "account_id",
        "resource_type",
        "name",
        "team",
        "monthly_cost",
        "currency",
        "missing_tags",
    ),
    "/api/v1/violations": ("severity", "status", "policy_name", "resource_type", "resource_id", "reason"),
}

LISTS = {
    "alerts": "Show alerts.",
    "recommendations": "Show recommendations.",
    "violations": "Show where policies are violated.",
    "tag-rules": "Show how tags are read.",
    "attribution-rules": "Show which rules say whose cost it is.",
    "split-rules": "Show which costs are shared, and how.",
}


def add(commands: Subparsers) -> None:
    costs = add_command(commands, "costs", run_costs, about="Show what the cloud cost.")
    costs.add_argument(
        "--group-by",
        default="service",
        help="service, account, region, charge_category, provider or tag:KEY; or team, business_unit, business_group or"
        " catalog_service, for the newest 30 days against the 30 before (default: %(default)s)",
    )
    costs.add_argument("--granularity", choices=["daily", "monthly"], default="monthly")
    costs.add_argument("--start", type=day, metavar="DATE", help="first day")
    costs.add_argument("--end", type=day, metavar="DATE", help="day after the last one")
    add_json(costs)
    for name, about in LISTS.items():
        parser = add_command(commands, name, run_list, about=about)
        parser.set_defaults(path=f"/api/v1/{name}")
        add_json(parser)
    compliance = add_command(
        commands, "compliance", run_compliance, about="Show resources that lack required tags, by cost."
    )
    compliance.add_argument("--scan", action="store_true", help="look at all resources anew first")
    add_json(compliance)


def run_costs(arguments: Namespace) -> None:
    if arguments.group_by in OWNERS:
        _show(arguments, OWNERS[arguments.group_by], ())
        return
    query = [("group_by", arguments.group_by), ("granularity", arguments.granularity)]
    spans = (("start", arguments.start), ("end", arguments.end))
    query += [(name, value.isoformat()) for name, value in spans if value]
    _show(arguments, "/api/v1/costs", query)


def run_list(arguments: Namespace) -> None:
    _show(arguments, arguments.path, ())


def run_compliance(arguments: Namespace) -> None:
    path = "/api/v1/compliance/untagged"
    with Stack(home_of(arguments)) as stack:
        if arguments.scan:
            run_job(stack, "scans.compliance", {})
        rows = list(api_client.items(stack, path, ()))
    if not arguments.json:
        # A cell holds text; JSON keeps what is missing and what is refused apart.
        rows = [{**row, "missing_tags": ", ".join(row["missing_tags"] + row["refused_tags"])} for row in rows]
    show(rows, as_json=arguments.json, columns=COLUMNS[path])


def _show(arguments: Namespace, path: str, query: Pairs) -> None:
    with Stack(home_of(arguments)) as stack:
        rows = list(api_client.items(stack, path, query))
    show(rows, as_json=arguments.json, columns=COLUMNS[path])
