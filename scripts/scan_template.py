"""Hold the template, as it is written and as CloudFormation receives it, and the onboarding against checkov's rules."""

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
ONBOARDING = CHECKOUT / "onboarding"
SOURCES = (
    CHECKOUT / "template.yaml",
    *sorted(ONBOARDING.glob("*.yaml")),
    *sorted((ONBOARDING / "terraform").glob("*.tf")),
)
FRAMEWORKS = "cloudformation", "terraform"


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
        reports = scan(Path(folder))
    if {report["check_type"] for report in reports} != set(FRAMEWORKS):
        raise SystemExit("checkov found nothing to read")
    for report in reports:
        if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
            raise SystemExit(f"checkov could not read all: {report['summary']}")
        yield from report["results"]["failed_checks"]


def scan(folder: Path) -> list[dict[str, Any]]:
    command: list[str | Path] = [
        CHECKOV,
        "--directory",
        folder,
        "--framework",
        *FRAMEWORKS,
        "--skip-download",
        "--output",
        "json",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if not answer.stdout:
        raise SystemExit(answer.stderr)
    reports: list[dict[str, Any]] = json.loads(answer.stdout)
    return reports


if __name__ == "__main__":
    sys.exit(main())
