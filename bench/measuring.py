"""Time, memory and versions of a benchmark."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

STATUS = Path("/proc/self/status")


@dataclass
class Stopwatch:
    """Seconds of wall-clock time by stage, in the order in which the stages first ran."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - started

    @property
    def total(self) -> float:
        return sum(self.stages.values())


def peak_rss_mb() -> float:
    """The most memory that this program held.

    getrusage would count what the parent held when it started this one, so Linux's own mark is read instead.
    """
    if STATUS.exists():
        (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def cpu_seconds(pid: int, *, of_children: bool = False) -> float:
    """CPU time of a process, or of its children that have ended; on Linux only."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    user, system = times[2:] if of_children else times[:2]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def versions(packages: Sequence[str]) -> str:
    named = [f"{name} {version(name)}" for name in packages]
    return ", ".join([f"Python {platform.python_version()}", *named, f"{os.cpu_count()} cores"])
