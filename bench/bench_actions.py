"""Rehearses actions under faults: workers killed and put to sleep at every boundary, messages doubled, answers lost.

    python bench/bench_actions.py [--schedules 5000] [--first 0] [--every 1] [--without GUARD | --guards]

Workers are child processes over a real PostgreSQL; cloud and clock are the parent's, so that weeks pass in
milliseconds. `--without` takes one guard away, in the code and where it stands in the database too; then the run has to
find a breach. `--guards` does so with every guard. The exit code tells whether all was as it has to be.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from bench.measuring import versions
from bench.rehearsal import FORKING, Lane, Schedule, schedule_of
from bench.rehearsal_boundaries import boundaries
from bench.rehearsal_guards import GUARDS, Guard
from bench.rehearsal_invariants import INVARIANTS, broken
from cloudops.platform.migrations import migrate
from local.home import Home
from local.postgres import APP, OWNER, Postgres

LANES = (os.cpu_count() or 2) + 1
CHECKOUT = Path(__file__).resolve().parent.parent
# What a guard's run may take at most until a breach is found.
GUARD_SCHEDULES = 600
# Workers connect anew after each kill, and no password of this server is worth guarding.
IN_A_HURRY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "scram_iterations": "1"}


@dataclass(frozen=True, kw_only=True)
class Server:
    app_dsn: str
    owner_dsn: str
    key: str


@dataclass
class Tally:
    """Breaches by invariant, and what the schedules came to."""

    schedules: int = 0
    breaches: dict[str, list[str]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, found: Mapping[str, str], ends: Sequence[str], seen: Mapping[str, int]) -> None:
        self.schedules += 1
        self.ends.update(ends)
        self.seen.update(seen)
        for invariant, what in found.items():
            self.breaches.setdefault(invariant, []).append(f"{name}: {what}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--schedules", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--without", choices=GUARDS)
    parser.add_argument("--guards", action="store_true", help="take each guard away in turn")
    parser.add_argument("--minutes", type=float, default=60, help="report what has run by then")
    parser.add_argument("--every", type=int, default=1, help="every nth of the boundaries")
    parser.add_argument(
        "--database", nargs=2, metavar=("DSN", "KEY"), help="the application's, of a migrated one"
    )
    arguments = parser.parse_args()
    # So that whoever ends it ends the workers and the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(versions(["psycopg"]))
    given = arguments.database and Server(
        app_dsn=arguments.database[0], owner_dsn="", key=arguments.database[1]
    )
    with nullcontext(given) if given else server() as at:
        if arguments.guards:
            return 0 if sum(turns_red(at, name) for name in GUARDS) == len(GUARDS) else 1
        if arguments.without:
            return 0 if turns_red(at, arguments.without) else 1
        planned = [
            *list(boundaries())[:: arguments.every],
            *(schedule_of(seed) for seed in range(arguments.first, arguments.first + arguments.schedules)),
        ]
        return rehearse(at, planned, arguments.minutes * 60)


def rehearse(at: Server, planned: Sequence[Schedule], most_seconds: float) -> int:
    began = perf_counter()
    tally = run(at, planned, most_seconds=most_seconds)
    seconds = perf_counter() - began
    print(
        f"{tally.schedules} schedules in {seconds:.0f} s, {tally.schedules / seconds:.1f} a second, {LANES} lanes"
    )
    print(", ".join(f"{count:,} {what}" for what, count in sorted(tally.seen.items())))
    print("ended: " + ", ".join(f"{count} {status}" for status, count in sorted(tally.ends.items())))
    for name, meaning in INVARIANTS.items():
        found = tally.breaches.get(name, [])
        print(f"{tally.schedules - len(found)} of {tally.schedules}  {name}: {meaning}")
        for line in found[:3]:
            print(f"    {line}")
    return 1 if tally.breaches else 0


def turns_red(at: Server, name: str) -> bool:
    guard = GUARDS[name]
    with psycopg.connect(at.owner_dsn, autocommit=True) as owner:
        if guard.schema:
            owner.execute(guard.schema)
        tally = run(
            at, [replace(schedule_of(seed), **guard.aimed) for seed in range(GUARD_SCHEDULES)], guard=guard
        )
        if guard.schema:
            owner.execute(guard.schema.replace("disable", "enable").encode())
    red = [invariant for invariant in guard.breaks if invariant in tally.breaches]
    seen = f"{red[0]}: {tally.breaches[red[0]][0]}" if red else f"nothing in {tally.schedules} schedules"
    print(f"{'red  ' if red else 'GREEN'}  without {name}: {seen}", flush=True)
    return bool(red)


def run(
    at: Server, schedules: Sequence[Schedule], *, guard: Guard | None = None, most_seconds: float = 3600
) -> Tally:
    """On all lanes; with a guard taken away only until what it keeps is broken."""
    tally, lanes, until = Tally(), [], perf_counter() + most_seconds
    for number in range(LANES):
        ours, theirs = FORKING.Pipe(duplex=False)
        arguments = (theirs, at, schedules[number::LANES], guard)
        process = FORKING.Process(target=lane, args=arguments)
        process.start()
        theirs.close()
        lanes.append((ours, process))
    try:
        for told in answers([pipe for pipe, _ in lanes]):
            tally.add(*told)
            if guard and any(name in tally.breaches for name in guard.breaks):
                break
            if perf_counter() > until:
                break
    finally:
        for _, process in lanes:
            assert process.pid is not None
            # Its workers are in its group; those that are asleep heed no other signal.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
    return tally


def answers(pipes: list[Any]) -> Iterator[Any]:
    while pipes:
        ready: list[Any] = wait(pipes)
        for pipe in ready:
            try:
                yield pipe.recv()
            except EOFError:
                pipes.remove(pipe)


def lane(pipe: Any, at: Server, schedules: Sequence[Schedule], guard: Guard | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setpgrp()
    place = Lane(dsn=at.app_dsn, key=at.key, before=guard.remove if guard else lambda: None)
    try:
        for schedule in schedules:
            story = place.run(schedule)
            ends = [one["action"].status for one in story.ends]
            pipe.send((schedule.name, broken(story), ends, story.seen))
    finally:
        place.close()
        pipe.close()


@contextmanager
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        # The database's system user has to pass through.
        Path(folder).chmod(0o711)
        postgres, key = (
            Postgres(Home(Path(folder) / "home"), settings=IN_A_HURRY),
            secrets.token_hex(32),
        )
        postgres.start()
        try:
            postgres.bootstrap()
            migrate(
                postgres.dsn(OWNER),
                directory=CHECKOUT / "migrations",
                app_password=postgres.password(APP),
                seal_key=key,
            )
            yield Server(app_dsn=postgres.dsn(APP), owner_dsn=postgres.dsn(OWNER), key=key)
        finally:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
