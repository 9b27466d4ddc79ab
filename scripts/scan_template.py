"""Hold the template, as it is written and as CloudFormation receives it, against checkov's rules."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from local.transform import transformed

CHECKOUT = Path(__file__).parents[1]
CHECKOV = CHECKOUT / ".venv-checkov" / "bin" / "checkov"
SKIPS = CHECKOUT / "checkov.yaml"
SOURCES = (CHECKOUT / "template.yaml", *sorted((CHECKOUT / "onboarding").glob("*.yaml")))


def main() -> int:
    failed = list(findings())
    skipped = {entry["rule"] for entry in yaml.safe_load(SKIPS.read_text())["skipped"]}
    open_ones = [one for one in failed if one["check_id"] not in skipped]
    for one in open_ones:
        print(f"{one['file_path']}: {one['resource']}: {one['check_id']} {one['check_name']}")
    needless = sorted(skipped - {one["check_id"] for one in failed})
    for rule in needless:
        print(f"{SKIPS.name}: {rule} finds nothing any more")
    print(f"checkov: {len(open_ones)} failed, {len(skipped)} rules skipped")
    return 1 if open_ones or needless else 0


def findings() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            shutil.copy(source, folder)
        document = transformed(CHECKOUT / "template.yaml", cache=Path(folder))
        (Path(folder) / "transformed.json").write_text(json.dumps(document))
        for draft in Path(folder).glob("template-*.json"):
            draft.unlink()
        report = scan(Path(folder))
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise SystemExit(f"checkov could not read the template: {report['summary']}")
    yield from report["results"]["failed_checks"]


def scan(folder: Path) -> dict[str, Any]:
    answer = subprocess.run(
        [
            CHECKOV,
            "--directory",
            folder,
            "--framework",
            "cloudformation",
            "--skip-download",
            "--output",
            "json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if not answer.stdout:
        raise SystemExit(answer.stderr)
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


if __name__ == "__main__":
    sys.exit(main())
