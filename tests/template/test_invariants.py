import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.template import edge_mutations, infrastructure_mutations, mutations
from tests.template.invariants import (
    access,
    buckets,
    database,
    delivery,
    deployment,
    encryption,
    keeping,
    network,
    runtime,
    site,
    watching,
)
from tests.template.mutations import plant
from tests.template.stack import Document, Stack, source, transform

type Invariant = Callable[[Stack], Iterator[str]]

GROUPS = (
    access,
    buckets,
    database,
    delivery,
    deployment,
    encryption,
    keeping,
    network,
    runtime,
    site,
    watching,
)
INVARIANTS = tuple(invariant for group in GROUPS for invariant in group.INVARIANTS)
MUTATIONS = mutations.MUTATIONS + infrastructure_mutations.MUTATIONS + edge_mutations.MUTATIONS


def name(value: object) -> str | None:
    return getattr(value, "__name__", value if isinstance(value, str) else "")


@pytest.mark.parametrize("invariant", INVARIANTS, ids=name)
def test_the_template_keeps(invariant: Invariant, transformed: dict[str, Any]) -> None:
    assert list(invariant(Stack(transformed))) == []


@pytest.mark.parametrize(("invariant", "path", "value"), MUTATIONS, ids=name)
def test_a_planted_fault_is_seen_by(
    invariant: Invariant, path: str, value: object, transformed: dict[str, Any]
) -> None:
    found = set(invariant(Stack(with_fault(path, value, transformed))))

    assert found - set(invariant(Stack(transformed)))


def with_fault(path: str, value: object, transformed: Document) -> Document:
    """Transformed anew only where the transform reads what is planted: it passes CloudFormation's own resources on."""
    section, name, *_ = path.split("/")
    document = source()
    touched: Any = document[section].get(name, value)
    passed_on = section in {"Mappings", "Parameters", "Conditions"} or (
        section == "Resources" and not touched["Type"].startswith("AWS::Serverless::")
    )
    if passed_on:
        document = copy.deepcopy(transformed)
        plant(document, path, value)
        return document
    plant(document, path, value)
    return transform(document)


def test_a_stack_that_grows_out_of_cloudformation_is_seen(transformed: dict[str, Any]) -> None:
    document = copy.deepcopy(transformed)
    queue = document["Resources"]["IngestPartsQueue"]
    document["Resources"] |= {f"Queue{number}": queue for number in range(keeping.MOST_RESOURCES)}

    assert list(keeping.the_stack_fits_into_cloudformation(Stack(document)))


def test_every_invariant_has_been_seen_to_fail() -> None:
    seen = {invariant for invariant, _, _ in MUTATIONS}

    assert seen | {keeping.the_stack_fits_into_cloudformation} == set(INVARIANTS)
    assert len(INVARIANTS) >= 40


def test_another_layer_publishes_another_version_of_every_api_function(transformed: dict[str, Any]) -> None:
    document = source()
    document["Resources"]["CoreLayer"]["Properties"]["ContentUri"] += "next/"

    changed = transform(document)

    assert len(Stack(changed).api_functions) == len(Stack(changed).of("Lambda::Version"))
    assert not Stack(changed).of("Lambda::Version").keys() & Stack(transformed).of("Lambda::Version").keys()
