"""What a release ships, from the hashed locks: a CycloneDX bill of materials and a list of licences.

https://cyclonedx.org/docs/1.6/json/

npm has one archive for each version, so its hash is told. Of a Python package the lock allows one for each platform and
does not say which was installed: no hash is told, and requirements/*.txt go along.
"""

import base64
import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
# The layers that go to AWS. What develops and tests is not shipped.
LAYERS = tuple(sorted(path.parent.name for path in (CHECKOUT / "layers").glob("*/requirements.txt")))
UI_LOCK = CHECKOUT / "frontend" / "package-lock.json"
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)([^\n]*)", re.MULTILINE)
ELSEWHERE = ("win32", "emscripten")  # Lambda is neither.
CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, kw_only=True, order=True)
class Component:
    """`purl` names a package across ecosystems: https://github.com/package-url/purl-spec."""

    purl: str
    name: str
    version: str
    license: str
    sha512: str = ""

    def described(self) -> dict[str, Any]:
        hashes = [{"alg": "SHA-512", "content": self.sha512}] if self.sha512 else []
        return {
            "type": "library",
            "bom-ref": self.purl,
            "purl": self.purl,
            "name": self.name,
            "version": self.version,
            "licenses": [{"license": {"name": self.license}}],
            "hashes": hashes,
        }


def components() -> list[Component]:
    return sorted({*python_components(), *ui_components()})


def python_components() -> Iterator[Component]:
    for layer in LAYERS:
        lock = (CHECKOUT / "layers" / layer / "requirements.txt").read_text(encoding="utf-8")
        for name, version, marker in PIN.findall(lock):
            if any(platform in marker for platform in ELSEWHERE):
                continue
            yield Component(
                purl=f"pkg:pypi/{name}@{version}",
                name=name,
                version=version,
                license=license_of(name),
            )


def license_of(package: str) -> str:
    """As the installed package says it: the layers ship the versions that the tests ran with."""
    found = metadata(package)
    classified = [
        one.removeprefix(CLASSIFIER) for one in found.get_all("Classifier", []) if CLASSIFIER in one
    ]
    stated = found.get("License-Expression") or "; ".join(classified) or found.get("License") or "unknown"
    return str(stated).splitlines()[0]


def ui_components() -> Iterator[Component]:
    """What the web UI's build may contain."""
    if not UI_LOCK.is_file():
        return
    for place, one in json.loads(UI_LOCK.read_text(encoding="utf-8"))["packages"].items():
        if place and not one.get("dev"):
            name = place.rpartition("node_modules/")[2]
            yield Component(
                purl=f"pkg:npm/{name.replace('@', '%40')}@{one['version']}",
                name=name,
                version=one["version"],
                license=str(one.get("license", "unknown")),
                sha512=base64.b64decode(one["integrity"].removeprefix("sha512-"), validate=True).hex(),
            )


def bill(found: list[Component], *, version: str) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "cloudops-guardrails",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [one.described() for one in found],
    }


def main(folder: Path, version: str) -> None:
    found = components()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sbom.cdx.json").write_text(json.dumps(bill(found, version=version), indent=2) + "\n")
    with (folder / "licences.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["package", "version", "licence"])
        rows.writerows([one.name, one.version, one.license] for one in found)
    print(f"{len(found)} components in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
