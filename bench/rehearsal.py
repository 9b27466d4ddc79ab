"""One schedule after the other: who runs when, who is killed or put to sleep where, and what the owner does meanwhile.

The parent lets workers go from boundary to boundary, so that a seed says in which order; only where the database makes
one wait for another does the order depend on the machine.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any
from uuid import UUID, uuid4

from botocore.exceptions import ClientError

from bench.rehearsal_cloud import KINDS, Cloud, Kind
from bench.rehearsal_invariants import Story
from bench.rehearsal_worker import BEGINNING, work

WORKERS = 4
LEASE = 16 * 60.0
CLOCKS_DIFFER = 10.0
HOUR, DAY = 3600.0, 86400.0
ROUNDS = 250
FORKING = multiprocessing.get_context("fork")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What is to go wrong. Moments are counted over the whole schedule; those of `at` are numbered from 0.

    `around` is one fault so many moments after a call: the call's number, the offset, the fault.
    """

    name: str
    seed: int
    kinds: tuple[str, ...]
    at: Mapping[int, str] = field(default_factory=dict)
    around: tuple[int, int, str] | None = None
    killing: float = 0.0
    sleeping: float = 0.0
    losing: float = 0.0
    throttling: float = 0.0
    denying: float = 0.0
    copies: int = 1
    lag: float = 0.0
    impaired: bool = False
    approval: str = "given"
    owner: str | None = None
    configured: Mapping[str, str] = field(default_factory=dict)


def schedule_of(seed: int) -> Schedule:
    """Any mixture of faults."""
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret.
    turn = chance.random()
    many = turn < 0.08
    kinds = tuple(chance.sample(["ec2.stop", "ebs.modify", "rds.resize", "tags.add"], 2)) if many else ()
    moment = chance.randint(5, 60)
    at = {moment: "switch"} if 0.08 < turn < 0.2 else {}
    configured = {"actions.max_per_day": "1"} if many else {}
    if 0.2 < turn < 0.25:
        configured = {"actions.change_windows": "tue 02:00-03:00"}
    owner = chance.choice([None, None, None, "other", "other", "same", "protect"])
    if owner:
        at = {**at, chance.randint(2, 70): "owner"}
    return Schedule(
        name=f"seed {seed}",
        seed=seed,
        kinds=kinds or (chance.choice(list(KINDS)),),
        at=at,
        killing=chance.choice([0, 0.01, 0.03, 0.06]),
        sleeping=chance.choice([0, 0, 0.02, 0.05]),
        losing=chance.choice([0, 0.2, 0.5]),
        throttling=chance.choice([0, 0, 0.3]),
        denying=chance.choice([0, 0, 0, 0.1]),
        copies=chance.choice([1, 2, 3]),
        lag=chance.choice([0, 0, 10, 45]),
        impaired=chance.random() < 0.1,
        approval=chance.choice(["given"] * 9 + ["late", "racing", "never"]),
        owner=owner,
        configured=configured,
    )


@dataclass
class Hand:
    """A worker as its parent sees it."""

    pipe: Pipe
    process: Any
    asleep_since: float | None = None
    late: bool = False
    boundaries: int = 0
    may_be_late: bool = False


@dataclass
class Lane:
    """Runs schedules one at a time. It holds no connection to the database."""

    dsn: str
    key: str
    before: Callable[[], None] = lambda: None
    clock: Any = field(default_factory=lambda: FORKING.RawValue("d", 0.0))
    idle: list[Hand] = field(default_factory=list)
    hired: list[Hand] = field(default_factory=list)

    def hire(self) -> Hand:
        if self.idle:
            return self.idle.pop()
        ours, theirs = FORKING.Pipe()
        process = FORKING.Process(
            target=work, args=(theirs, self.clock, self.dsn, self.key, self.before), daemon=True
        )
        process.start()
        theirs.close()
        self.hired.append(Hand(pipe=ours, process=process))
        return self.hired[-1]

    def close(self) -> None:
        """Whatever they are doing: one that is asleep would outlive its parent."""
        for hand in list(self.hired):
            self.kill(hand)

    def kill(self, hand: Hand) -> None:
        os.kill(hand.process.pid, signal.SIGKILL)
        hand.process.join()
        hand.pipe.close()
        self.hired.remove(hand)

    def run(self, schedule: Schedule) -> Story:
        return Run(lane=self, schedule=schedule).play()


@dataclass
class Run:
    lane: Lane
    schedule: Schedule
    now: float = 0.0
    skew: float = 0.0
    moments: int = 0
    quiet: bool = True
    actions: list[UUID] = field(default_factory=list)
    busy: list[Hand] = field(default_factory=list)
    asleep: list[Hand] = field(default_factory=list)
    back_on: float | None = None
    killed: int = 0
    at: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.schedule.seed)  # noqa: S311 - a schedule, not a secret.
        self.tenant = uuid4()
        self.story = Story(name=self.schedule.name, lag=self.schedule.lag)
        self.story.window = self.schedule.configured.get("actions.change_windows")
        self.story.most_begun = int(self.schedule.configured.get("actions.max_per_day", 99))
        self.cloud: dict[str, Cloud] = {}
        self.at = dict(self.schedule.at)
        self.at |= self.found_at(self.schedule.around) if self.schedule.around else {}

    def found_at(self, around: tuple[int, int, str]) -> dict[int, str]:
        """The moment, by the same schedule without the fault."""
        number, offset, fault = around
        log = Run(lane=self.lane, schedule=replace(self.schedule, around=None)).play().log
        calls = [index for index, moment in enumerate(log) if moment == "call before"]
        return {calls[number] + offset: fault}

    def play(self) -> Story:
        self.tick(0)
        self.quietly("open_tenant", **self.schedule.configured)
        for name in self.schedule.kinds:
            self.prepare(KINDS[name])
        for _ in range(ROUNDS):
            self.round()
            left = [one for one in self.quietly("glance", actions=self.actions) if not one.ended]
            if not left or self.now > 60 * DAY:
                break
            self.advance(left)
        self.wake_all()
        self.story.ends = [self.quietly("look", action=one) for one in self.actions]
        self.story.cloud = self.cloud
        return self.story

    def prepare(self, kind: Kind) -> None:
        facts = (
            {**kind.facts, "impaired": True}
            if self.schedule.impaired and "impaired" in kind.facts
            else kind.facts
        )
        self.cloud[kind.resource] = Cloud(facts=dict(facts), takes=self.chance.choice([0.0, 5.0, 90.0]))
        action = self.quietly("ask_for", kind=kind, resource=kind.resource)
        self.actions.append(action)
        if self.schedule.approval == "given":
            self.deliver_quietly(action)
            self.quietly("approve", action=action)

    def deliver_quietly(self, action: UUID) -> None:
        """As far as the approval, without faults."""
        self.quiet = True
        self.start("deliver", action=action)
        self.until_idle()
        self.quiet = False

    def round(self) -> None:
        self.quiet = False
        chance = self.chance
        if self.asleep and self.now - (self.asleep[0].asleep_since or 0) > LEASE and chance.random() < 0.6:
            self.wake(self.asleep[0])
        for action in self.actions:
            for _ in range(
                min(chance.randint(1, self.schedule.copies), WORKERS - len(self.busy) - len(self.asleep))
            ):
                self.start("deliver", action=action)
        late = self.schedule.approval == "late" and self.now > 2 * DAY
        if late or (self.schedule.approval == "racing" and chance.random() < 0.5):
            for action in self.actions:
                self.start("approve", action=action)
        self.until_idle()

    def advance(self, left: list[Any]) -> None:
        """To when the first of them is due and free, sometimes a little early; and clocks differ."""
        times = [max(since(one.due_at), since(one.leased_until) if one.leased_until else 0.0) for one in left]
        if self.back_on:
            times.append(self.back_on)
        if self.schedule.approval == "late" and self.now <= 2 * DAY:
            times.append(2 * DAY + 1)
        if self.asleep:
            times.append((self.asleep[0].asleep_since or 0) + LEASE + CLOCKS_DIFFER + 5)
        self.tick(max(0.5, min(times) - self.now) + self.chance.choice([0.0, 0.0, 1.0, 30.0, 200.0]))
        self.skew = self.chance.choice([0.0, 0.0, -3.0, 3.0])
        if self.back_on and self.now >= self.back_on:
            self.back_on = None
            self.quietly("configure", **{"actions.enabled": "true"})

    def tick(self, seconds: float) -> None:
        self.now += seconds
        self.lane.clock.value = self.now + self.skew

    # Workers --------------------------------------------------------------------------------------------------

    def start(self, name: str, **arguments: Any) -> Hand:
        hand = self.lane.hire()
        hand.boundaries, hand.late = 0, False
        hand.pipe.send((name, {"tenant": self.tenant, **arguments}))
        self.busy.append(hand)
        if name == "deliver":
            self.story.seen["messages"] += 1
        return hand

    def quietly(self, name: str, **arguments: Any) -> Any:
        hand = self.lane.hire()
        hand.pipe.send((name, {"tenant": self.tenant, **arguments}))
        _, answer = hand.pipe.recv()
        self.lane.idle.append(hand)
        if isinstance(answer, Mapping) and "failed" in answer:
            raise RuntimeError(f"{self.schedule.name}: {name}: {answer['failed']}")
        return answer

    def until_idle(self) -> None:
        while self.busy:
            ready = [hand for hand in self.busy if hand.pipe.poll()]
            if not ready:
                ready = [
                    hand
                    for hand in self.busy
                    if hand.pipe in wait([one.pipe for one in self.busy], timeout=0.2)
                ]
            if ready:
                self.heed(self.chance.choice(ready))
            elif self.asleep:
                # It fell asleep with a row locked that another waits for.
                self.wake(self.asleep[0])

    def heed(self, hand: Hand) -> None:
        match hand.pipe.recv():
            case ("done", answer):
                if isinstance(answer, Mapping) and "failed" in answer:
                    self.story.failures.append(answer["failed"])
                self.busy.remove(hand)
                hand.late = False
                self.lane.idle.append(hand)
            case ("at", moment):
                self.boundary(hand, moment)
            case ("read" | "look" as how, resource, operation, arguments):
                self.tick(0.1)
                if how == "look":
                    self.story.looks.append(self.now)
                hand.pipe.send(self.read(resource, operation, arguments))
            case ("put", path, content):
                version = str(len(self.story.evidence))
                self.story.evidence[path, version] = content
                hand.pipe.send(version)
            case ("call", *told):
                self.call(hand, *told)

    def boundary(self, hand: Hand, moment: str) -> None:
        if hand.late and moment == "before its commit":
            self.story.late.append("it wrote")
        hand.boundaries += 1
        match self.fate(moment):
            case "kill":
                self.strike_dead(hand)
            case "sleep":
                self.put_to_sleep(hand)
            case _:
                hand.pipe.send("go")

    def put_to_sleep(self, hand: Hand) -> None:
        """Let go only once it has stopped, so that it stops at this very boundary."""
        os.kill(hand.process.pid, signal.SIGSTOP)
        os.waitpid(hand.process.pid, os.WUNTRACED)
        hand.pipe.send("go")
        hand.asleep_since = self.now
        # Before its first transaction it holds no lease yet that could run out.
        hand.may_be_late = hand.boundaries > 1
        self.busy.remove(hand)
        self.asleep.append(hand)

    def fate(self, moment: str) -> str:
        if self.quiet:
            return "go"
        index, chance = self.moments, self.chance
        self.moments += 1
        self.story.log.append(moment)
        planned = self.at.pop(index, None)
        if planned == "owner":
            self.interfere()
        elif planned == "switch":
            self.switch_off()
        elif planned:
            return planned
        if self.killed < 8 and chance.random() < self.schedule.killing:
            return "kill"
        if not moment.startswith("call") and not self.asleep and chance.random() < self.schedule.sleeping:
            return "sleep"
        return "go"

    def strike_dead(self, hand: Hand) -> None:
        self.killed += 1
        self.story.seen["workers killed"] += 1
        self.busy.remove(hand)
        self.lane.kill(hand)

    def wake(self, hand: Hand) -> None:
        self.story.seen["workers put to sleep"] += 1
        self.asleep.remove(hand)
        self.busy.append(hand)
        hand.late = hand.may_be_late and self.now - (hand.asleep_since or 0) > LEASE + CLOCKS_DIFFER
        hand.asleep_since = None
        os.kill(hand.process.pid, signal.SIGCONT)

    def wake_all(self) -> None:
        self.quiet = True
        for hand in list(self.asleep):
            self.wake(hand)
        self.until_idle()

    # The cloud and its owner ----------------------------------------------------------------------------------

    def read(self, resource: str, operation: str, arguments: Mapping[str, Any]) -> tuple[str, Any]:
        lag = self.chance.choice([0.0, self.chance.uniform(0, self.schedule.lag)])
        if not self.quiet and self.chance.random() < self.schedule.throttling / 10:
            return "refused", "RequestLimitExceeded"
        try:
            return "ok", self.cloud[resource].read(self.now - lag, operation, arguments)
        except ClientError as error:
            return "refused", error.response["Error"]["Code"]

    def call(
        self,
        hand: Hand,
        resource: str,
        action: str,
        undoing: bool,
        operation: str,
        arguments: Mapping[str, Any],
    ) -> None:
        if hand.late:
            self.story.late.append(f"it called {operation}")
        if self.fate("call before") == "kill":
            self.strike_dead(hand)
            return
        self.tick(0.3)
        self.story.seen["calls"] += 1
        answer = self.made(resource, action, undoing, operation, arguments)
        if (fate := self.fate("call after")) == "kill":
            self.strike_dead(hand)
        elif fate == "lose" or self.chance.random() < self.schedule.losing:
            self.story.seen["answers lost"] += 1
            hand.pipe.send(("lost", None))
        else:
            hand.pipe.send(answer)

    def made(
        self, resource: str, action: str, undoing: bool, operation: str, arguments: Mapping[str, Any]
    ) -> tuple[str, Any]:
        if self.chance.random() < self.schedule.throttling:
            return "refused", "RequestLimitExceeded"
        if self.chance.random() < self.schedule.denying:
            return "refused", "UnauthorizedOperation"
        try:
            return "ok", self.cloud[resource].call(self.now, action, undoing, operation, arguments)
        except ClientError as error:
            return "refused", error.response["Error"]["Code"]

    def interfere(self) -> None:
        kind = KINDS[self.schedule.kinds[0]]
        self.story.seen["changes by the owner"] += 1
        self.story.interfered.append(self.now)
        match self.schedule.owner:
            case "other":
                self.cloud[kind.resource].change(self.now, kind.other)
            case "same":
                self.cloud[kind.resource].change(self.now, kind.same)
            case "protect":
                tags = {**self.cloud[kind.resource].at(self.now)["tags"], "cloudops:protect": "yes"}
                self.cloud[kind.resource].change(self.now, {"tags": tags})
                self.story.protected_from = self.now if len(self.schedule.kinds) == 1 else None

    def switch_off(self) -> None:
        self.quietly("configure", **{"actions.enabled": "false"})
        self.back_on = self.now + 2 * HOUR
        self.story.switched_off = (self.now, self.back_on)


def since(moment: datetime) -> float:
    return (moment.astimezone(UTC) - BEGINNING).total_seconds()
