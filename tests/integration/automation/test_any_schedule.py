"""Workers killed anywhere, messages doubled and shuffled, answers lost, and an owner who interferes."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.conftest import Database
from tests.integration.automation.workshop import Workshop
from tests.integration.tenant import Tenant, open_tenant

SCHEDULES = 60


class Killed(BaseException):
    """The process is gone: nothing catches this, and nothing is cleaned up but what the database does itself."""


@dataclass
class Fate:
    """Kills at random moments: when a transaction begins, before it commits, after it, and around each call."""

    chance: random.Random
    tenant: Tenant
    probability: float = 0.12
    log: list[str] = field(default_factory=list)

    def strike(self, moment: str) -> None:
        if self.chance.random() < self.probability:
            self.log.append(f"killed {moment}")
            raise Killed(moment)

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        self.strike("before a transaction")
        with self.tenant.transaction() as connection:
            yield connection
            self.strike("before its commit")
        self.strike("after its commit")


@pytest.fixture(scope="module")
def tenant(module_database: Database) -> Tenant:
    return open_tenant(module_database)


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_an_action_ends_once_with_at_most_one_effect_of_each_step(tenant: Tenant, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret.
    workshop = Workshop(tenant=tenant)
    workshop.cloud.reads_until_settled = chance.randint(0, 3)
    instance = workshop.instance(impaired=chance.random() < 0.15)
    action_id = workshop.approved(instance)
    interfered = interfere(workshop, chance, instance)
    fate = Fate(chance=chance, tenant=tenant)
    workshop.cloud.lost = {name for name in STEPS if chance.random() < 0.2}
    workshop.cloud.refused = {name for name in STEPS[1:2] if chance.random() < 0.1}
    workshop.cloud.on_call = lambda moment, name: (fate.strike(f"{moment} {name}"), interfered(moment, name))[
        0
    ]

    run_to_its_end(workshop, fate, action_id, chance)

    action = workshop.action(action_id)
    effects = [name for name, _ in workshop.cloud.effective]
    there = workshop.cloud.instances[instance]
    assert action.ended, fate.log
    assert all(effects.count(name) <= (2 if action.undoing else 1) for name in STEPS), (effects, fate.log)
    match action.status:
        case "completed":
            assert (there.type, effects) == ("m5.large", list(STEPS))
            assert action.result is not None
            assert set(workshop.evidence.kept) >= {one["path"] for one in action.result["evidence"].values()}
        case "rolled_back":
            assert (there.type, there.state) == ("m5.xlarge", "running")
        case "failed":
            assert action.error
            assert any(action.error in page for page in workshop.pages)


STEPS = ("stop_instances", "modify_instance_attribute", "start_instances")


def interfere(workshop: Workshop, chance: random.Random, instance: str) -> Any:
    """In some schedules the owner changes the instance after one of the calls."""
    when = chance.choice([None, None, None, *STEPS])

    def owner(moment: str, name: str) -> None:
        if moment == "after" and name == when:
            workshop.cloud.instances[instance].tags["owner"] = "was here"
            workshop.cloud.instances[instance].type = "c5.large"

    return owner


def run_to_its_end(workshop: Workshop, fate: Fate, action_id: UUID, chance: random.Random) -> None:
    """Each message comes one to three times, early or late; in the end the sweeper keeps bringing it."""
    for _ in range(400):
        for _ in range(chance.randint(1, 3)):
            workshop.transactions = fate.transaction
            try:
                workshop.work(action_id)
            except Killed:
                pass
            finally:
                workshop.transactions = None
        action = workshop.action(action_id)
        if action.ended:
            return
        late = timedelta(seconds=chance.randint(0, 120))
        workshop.now = max(action.due_at, action.leased_until or workshop.now, workshop.now) + late
