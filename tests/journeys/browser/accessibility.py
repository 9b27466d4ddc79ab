"""axe-core over a page, as it comes with the web UI's own packages."""

from typing import Any

from playwright.sync_api import Page

from local.functions import CHECKOUT

AXE = CHECKOUT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Cloudscape's mobile toolbar says how its navigation lies, which ARIA does not know of a nav.
UPSTREAM = ("aria-allowed-attr", "aria-orientation")


def violations(page: Page) -> list[str]:
    # The policy of the page lets no script element in, but what the debugger evaluates is not held against it.
    page.evaluate(AXE.read_text() + "; null")
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [said(rule, node) for rule in found for node in rule["nodes"] if not is_upstream(rule, node)]


def is_upstream(rule: dict[str, Any], node: dict[str, Any]) -> bool:
    name, attribute = UPSTREAM
    return rule["id"] == name and attribute in node["failureSummary"]


def said(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:200]}"
