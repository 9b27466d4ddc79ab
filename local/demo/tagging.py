"""Tags as people really set them: several spellings, missing keys, resources without any."""

from __future__ import annotations

from local.demo.labels import Owner
from local.demo.lines import Scenario
from local.demo.organization import GUARDRAILS, Account, Team

SPELLINGS = {
    "prod": (("prod", 0.72), ("PROD", 0.14), ("Prod", 0.14)),
    "staging": (("staging", 0.8), ("stage", 0.2)),
    "dev": (("dev", 0.8), ("Dev", 0.2)),
}


def resource_tags(
    scenario: Scenario,
    key: str,
    *,
    team: Team | None,
    environment: str,
    service: str,
    project: str | None = None,
) -> dict[str, str]:
    """Map keys as CUR 2.0 names them; a resource without a team carries no tags at all."""
    if team is None:
        return {}
    dice = scenario.random(f"tags/{key}")
    spellings, weights = zip(*SPELLINGS[environment], strict=True)
    tags = {
        "user_team": team.name.capitalize() if dice.random() < 0.1 else team.name,
        "user_environment": str(dice.choice(spellings, p=weights)),
        "user_service": service,
    }
    if dice.random() < 0.92:
        tags["user_cost_center"] = team.cost_center
    if dice.random() < 0.85:
        tags["user_owner"] = team.owner
    if project:
        tags["user_project"] = project
    if service == GUARDRAILS:
        tags["user_application"] = "cloudops-guardrails"
    return tags


def tagged_arn(
    scenario: Scenario,
    account: Account,
    team: Team | None,
    *,
    path: str,
    service: str,
    environment: str = "prod",
) -> Owner:
    """The owner of `arn:aws:<path>`, tagged as its team does it."""
    tags = resource_tags(scenario, path, team=team, environment=environment, service=service)
    return Owner(account=account, resource_id=f"arn:aws:{path}", tags=tags)
