"""Unzipped size of every function with its layers, as built, against Lambda's limit.

Run `sam build` first. Fails where a function is too large or holds a library that arm64 cannot load.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

BUILD = Path(".aws-sam/build")
MB = 2**20
# "Lambda quotas": deployment package, unzipped, layers included.
LIMIT = 250 * MB
# e_machine of the ELF header, two bytes from the eighteenth on.
MACHINE = slice(18, 20)
AARCH64 = (183).to_bytes(2, "little")


def main() -> int:
    resources: dict[str, Any] = yaml_parse((BUILD / "template.yaml").read_text())["Resources"]
    layers = dict(of_kind(resources, "AWS::Serverless::LayerVersion", "ContentUri"))
    functions = dict(of_kind(resources, "AWS::Serverless::Function", "CodeUri"))
    for name, folder in layers.items():
        print(f"{name:28}{size(folder) / MB:8.1f} MB   {', '.join(versions(folder))}")
    totals = {name: size(code) + carried(resources, name, layers) for name, code in functions.items()}
    for name, total in sorted(totals.items(), key=lambda item: -item[1]):
        print(f"{name:28}{total / MB:8.1f} MB   {total / LIMIT:4.0%} of {LIMIT // MB} MB")
    foreign = [
        file for folder in (*layers.values(), *functions.values()) for file in foreign_libraries(folder)
    ]
    print(f"libraries for another processor than arm64: {len(foreign)}", *foreign, sep="\n  ")
    return int(bool(foreign) or max(totals.values()) > LIMIT)


def of_kind(resources: dict[str, Any], kind: str, location: str) -> Iterator[tuple[str, Path]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, (BUILD / resource["Properties"][location]).resolve()


def carried(resources: dict[str, Any], function: str, layers: dict[str, Path]) -> int:
    # The built template still has its globals, whose layers come before a function's own.
    own = resources[function]["Properties"].get("Layers", [])
    return sum(size(layers[layer]) for layer in {"CoreLayer", *(reference["Ref"] for reference in own)})


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def versions(folder: Path) -> list[str]:
    return sorted(f"{d.name} {d.version}" for d in distributions(path=[str(folder / "python")]))


def foreign_libraries(folder: Path) -> Iterator[Path]:
    for file in filter(Path.is_file, folder.rglob("*.so*")):
        with file.open("rb") as opened:
            header = opened.read(MACHINE.stop)
        if header.startswith(b"\x7fELF") and header[MACHINE] != AARCH64:
            yield file


if __name__ == "__main__":
    sys.exit(main())
