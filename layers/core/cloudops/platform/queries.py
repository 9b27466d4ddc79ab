"""Named SQL: a domain's `queries.sql` holds one statement under each `-- verb_noun` head."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

HEAD = re.compile(r"^-- ([a-z][a-z0-9_]*)$", re.MULTILINE)


@cache
def load(package: str) -> dict[str, LiteralString]:
    """The statements of `package`'s queries.sql by name.

    The text comes from our own source tree, never from a user, which is what LiteralString stands for.
    """
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    _, *parts = HEAD.split(text)
    names, bodies = parts[::2], parts[1::2]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"{package}/queries.sql names {', '.join(sorted(doubled))} twice")
    return {name: cast(LiteralString, body.strip()) for name, body in zip(names, bodies, strict=True)}
