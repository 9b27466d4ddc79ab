"""What a module imports, found by reading it and all of ours that it imports, without running any."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.template.stack import CHECKOUT

ROOTS = (CHECKOUT / "functions", CHECKOUT / "layers" / "core")


@cache
def foreign_imports(handler: Path) -> frozenset[str]:
    """Top-level names that are neither ours nor Python's own, wherever in the files they are imported."""
    names = {name for file in files_behind(handler) for name in imported(file) if not files_of(name)}
    return frozenset({name.partition(".")[0] for name in names} - sys.stdlib_module_names)


@cache
def files_behind(handler: Path) -> frozenset[Path]:
    """The handler's file and all of ours that it imports."""
    seen: set[Path] = set()
    waiting = [handler]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting.extend(ours for name in imported(file) for ours in files_of(name))
    return frozenset(seen)


def imported(file: Path) -> Iterator[str]:
    for node in at_run_time(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names if files_of(f"{module}.{alias.name}"))


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker sees."""
    yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    for child in ast.iter_child_nodes(node):
        yield from at_run_time(child)


def files_of(module: str) -> list[Path]:
    path = Path(*module.split("."))
    candidates = [root / name for root in ROOTS for name in (path.with_suffix(".py"), path / "__init__.py")]
    return [file for file in candidates if file.is_file()]


@cache
def provided(layer: str) -> set[str]:
    """The names that a layer's packages are imported by."""
    lock = CHECKOUT / "layers" / layer / "requirements.txt"
    if not lock.is_file():
        return set()
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock.read_text(), re.MULTILINE))
    return {
        name
        for name, distributions in packages_distributions().items()
        if pinned & {re.sub(r"[-_.]+", "-", distribution).lower() for distribution in distributions}
    }
