"""What is shipped is known, told with no hash but its own, and under a licence that lets it be shipped."""

import base64
import json
import re
from pathlib import Path

import pytest

from scripts.bill_of_materials import LAYERS, UI_LOCK, components, main, python_components, ui_components
from tests.template.stack import CHECKOUT

# Copyleft that would reach over to the whole; the lesser kind, of a library that is linked, does not.
REFUSED = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def test_every_pin_of_a_layer_is_a_component() -> None:
    lines = [
        line
        for layer in LAYERS
        for line in (CHECKOUT / "layers" / layer / "requirements.txt").read_text().splitlines()
        if re.match(r"[a-z0-9.-]+==", line) and "win32" not in line
    ]
    found = list(python_components())

    assert [f"{one.name}=={one.version}" for one in found] == [re.split(r"[ ;\\]", line)[0] for line in lines]


def test_a_hash_is_told_where_one_archive_alone_can_have_been_installed() -> None:
    locked = json.loads(UI_LOCK.read_text(encoding="utf-8"))["packages"]
    (react,) = [one for one in ui_components() if one.name == "react"]
    (told,) = react.described()["hashes"]

    assert told["alg"] == "SHA-512"
    integrity = f"sha512-{base64.b64encode(bytes.fromhex(told['content'])).decode()}"
    assert integrity == locked["node_modules/react"]["integrity"]
    assert {len(one.sha512) for one in ui_components()} == {128}
    assert [one.described()["hashes"] for one in python_components() if one.described()["hashes"]] == []


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("AGPL-3.0-only", True),
        ("GPL-2.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("Apache-2.0", False),
    ],
)
def test_a_licence_is_refused_where_it_would_reach_over_to_the_whole(licence: str, refused: bool) -> None:
    assert bool(REFUSED.search(licence)) is refused


def test_everything_may_be_shipped_under_a_licence_that_is_known() -> None:
    assert [(one.name, one.license) for one in components() if REFUSED.search(one.license)] == []
    assert [one.name for one in components() if one.license in {"", "unknown"}] == []


def test_a_release_carries_both_lists(tmp_path: Path) -> None:
    main(tmp_path, "1.2.3")

    bill = json.loads((tmp_path / "sbom.cdx.json").read_text())
    licences = (tmp_path / "licences.csv").read_text().splitlines()
    assert (bill["bomFormat"], bill["metadata"]["component"]["version"]) == ("CycloneDX", "1.2.3")
    assert len(bill["components"]) == len(licences) - 1 == len(components())
