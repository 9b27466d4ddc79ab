"""What the environment says, read once. Variables that miss are named together by whoever needs them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


class SettingsError(RuntimeError):
    """The environment lacks variables."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    service: str
    database_secret_arn: str | None = None
    ingest_queue_url: str | None = None
    detect_queue_url: str | None = None
    finops_queue_url: str | None = None
    compliance_queue_url: str | None = None
    discover_queue_url: str | None = None
    role_template_url: str | None = None
    action_role_template_url: str | None = None
    inventory_queue_url: str | None = None
    cost_explorer_queue_url: str | None = None
    reliability_queue_url: str | None = None
    actions_queue_url: str | None = None
    savings_queue_url: str | None = None
    choose_queue_url: str | None = None
    notifications_queue_url: str | None = None
    notification_sender: str | None = None
    webhook_hosts: str | None = None
    notifications_prefix: str | None = None
    encryption_key_arn: str | None = None
    slack_api_url: str | None = None
    export_events_queue_url: str | None = None
    restore_queue_url: str | None = None
    evidence_bucket: str | None = None
    archive_bucket: str | None = None
    policy_queue_url: str | None = None
    security_queue_url: str | None = None
    attribute_queue_url: str | None = None
    verify_queue_url: str | None = None
    owner_secret_arn: str | None = None
    migrations_directory: str | None = None
    user_pool_id: str | None = None
    ui_directory: str | None = None

    def require(self, name: str) -> str:
        """A variable that only some functions have."""
        return self.require_all(name)[0]

    def require_all(self, *names: str) -> list[str]:
        missing = [name.upper() for name in names if not getattr(self, name)]
        if missing:
            raise SettingsError(f"the environment of {self.service} lacks {', '.join(missing)}")
        return [str(getattr(self, name)) for name in names]

    @staticmethod
    def read(environment: Mapping[str, str]) -> "Settings":
        if not environment.get("POWERTOOLS_SERVICE_NAME"):
            raise SettingsError("the environment lacks POWERTOOLS_SERVICE_NAME")
        return Settings(
            service=environment["POWERTOOLS_SERVICE_NAME"],
            database_secret_arn=environment.get("DATABASE_SECRET_ARN"),
            ingest_queue_url=environment.get("INGEST_QUEUE_URL"),
            detect_queue_url=environment.get("DETECT_QUEUE_URL"),
            finops_queue_url=environment.get("FINOPS_QUEUE_URL"),
            compliance_queue_url=environment.get("COMPLIANCE_QUEUE_URL"),
            discover_queue_url=environment.get("DISCOVER_QUEUE_URL"),
            # Unset where the template's parameter is empty.
            role_template_url=environment.get("ROLE_TEMPLATE_URL") or None,
            action_role_template_url=environment.get("ACTION_ROLE_TEMPLATE_URL") or None,
            inventory_queue_url=environment.get("INVENTORY_QUEUE_URL"),
            cost_explorer_queue_url=environment.get("COST_EXPLORER_QUEUE_URL"),
            reliability_queue_url=environment.get("RELIABILITY_QUEUE_URL"),
            actions_queue_url=environment.get("ACTIONS_QUEUE_URL"),
            savings_queue_url=environment.get("SAVINGS_QUEUE_URL"),
            choose_queue_url=environment.get("CHOOSE_QUEUE_URL"),
            notifications_queue_url=environment.get("NOTIFICATIONS_QUEUE_URL"),
            # Unset where the template's parameters are empty: then no mail is sent, and no webhook is called.
            notification_sender=environment.get("NOTIFICATION_SENDER") or None,
            webhook_hosts=environment.get("WEBHOOK_HOSTS") or None,
            notifications_prefix=environment.get("NOTIFICATIONS_PREFIX"),
            encryption_key_arn=environment.get("ENCRYPTION_KEY_ARN"),
            # Set on a laptop alone, as AWS_ENDPOINT_URL is.
            slack_api_url=environment.get("SLACK_API_URL") or None,
            export_events_queue_url=environment.get("EXPORT_EVENTS_QUEUE_URL"),
            restore_queue_url=environment.get("RESTORE_QUEUE_URL"),
            evidence_bucket=environment.get("EVIDENCE_BUCKET"),
            archive_bucket=environment.get("ARCHIVE_BUCKET"),
            policy_queue_url=environment.get("POLICY_QUEUE_URL"),
            security_queue_url=environment.get("SECURITY_QUEUE_URL"),
            attribute_queue_url=environment.get("ATTRIBUTE_QUEUE_URL"),
            verify_queue_url=environment.get("VERIFY_QUEUE_URL"),
            owner_secret_arn=environment.get("OWNER_SECRET_ARN"),
            migrations_directory=environment.get("MIGRATIONS_DIRECTORY"),
            user_pool_id=environment.get("USER_POOL_ID"),
            ui_directory=environment.get("UI_DIRECTORY"),
        )


@cache
def settings() -> Settings:
    return Settings.read(os.environ)
