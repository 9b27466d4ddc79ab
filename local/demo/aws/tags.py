"""Tags as the resources carry them; the bill puts `user_` before each key."""

from __future__ import annotations

from collections.abc import Mapping

from local.demo.labels import Owner


def tags_of(owner: Owner, *, name: str | None = None, **extra: str) -> dict[str, str]:
    """Only what its team tagged has a name."""
    tags = {key.removeprefix("user_"): value for key, value in owner.tags.items()}
    return {**tags, **({"Name": name} if name and tags else {}), **extra}


def pairs_of(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
