"""What the layers ship is what everything else was tested with, and fits together on one function."""

import itertools
import re

import pytest

from tests.template.stack import CHECKOUT, source

LAYERS = ("core", "ingest", "arrow", "detect", "migrate", "slack")
PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((CHECKOUT / lock).read_text()))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_built_from_its_lock(layer: str) -> None:
    built_from = CHECKOUT / "layers" / layer / "requirements.txt"

    assert built_from.resolve() == CHECKOUT / "requirements" / f"{layer}.txt"


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_ships_the_versions_that_the_tests_ran_with(layer: str) -> None:
    tested = pins("requirements/dev.txt")

    assert {name: tested.get(name) for name in pins(f"layers/{layer}/requirements.txt")} == pins(
        f"layers/{layer}/requirements.txt"
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_every_pin_of_a_layer_is_hashed(layer: str) -> None:
    lock = (CHECKOUT / "layers" / layer / "requirements.txt").read_text()
    requirements = lock.replace("\\\n", " ").splitlines()

    assert [line for line in requirements if "==" in line and "--hash=sha256:" not in line] == []


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(LAYERS, 2)))
def test_layers_do_not_ship_one_package_in_two_versions(one: str, other: str) -> None:
    left, right = pins(f"layers/{one}/requirements.txt"), pins(f"layers/{other}/requirements.txt")

    assert {name for name in left.keys() & right.keys() if left[name] != right[name]} == set()


def test_every_layer_that_is_built_has_a_target() -> None:
    resources = source()["Resources"].items()
    built = {name for name, one in resources if one.get("Metadata", {}).get("BuildMethod") == "makefile"}
    targets = re.findall(r"build-(\w+Layer)\b", (CHECKOUT / "layers" / "Makefile").read_text())

    assert set(targets) == built == {f"{layer.title()}Layer" for layer in (*LAYERS, "ui")}
