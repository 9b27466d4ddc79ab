"""Schedules with one fault each: at every boundary around every call of every type of action."""

from __future__ import annotations

from collections.abc import Iterator

from bench.rehearsal import Schedule
from bench.rehearsal_cloud import KINDS

# Calls by type, forth. A resource that is ill afterwards goes back by as many again.
CALLS = {"ec2.resize": 3, "ebs.delete": 2}
# Around a call: its intent's commit, before and after it, and its answer's commit.
OFFSETS = (-3, -2, -1, 0, 1, 3, 4)
SLEEPS = (-3, -2, -1, 3)


def boundaries() -> Iterator[Schedule]:
    for kind in KINDS:
        for number in range(CALLS.get(kind, 1)):
            for offset in OFFSETS:
                yield around(kind, number, offset, "kill")
            for offset in SLEEPS:
                yield around(kind, number, offset, "sleep")
            yield around(kind, number, 1, "lose")


def around(kind: str, number: int, offset: int, fault: str) -> Schedule:
    return Schedule(
        name=f"{kind}: {fault} at call {number + 1}{offset:+}",
        seed=len(kind) * 100 + number * 10 + offset,
        kinds=(kind,),
        around=(number, offset, fault),
        copies=2,
        lag=10,
    )
