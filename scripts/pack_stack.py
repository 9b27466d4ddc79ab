"""Copy a built stack to where it is deployed from, with the folders that `sam build` left where they were.

The built template names a layer without a build method by its way to the checkout, which whoever has an archive lacks.
"""

import re
import shutil
import sys
from pathlib import Path

OUTSIDE = re.compile(r"^(?P<key> +(?:CodeUri|ContentUri): )(?P<way>\.\./\S+)$", re.MULTILINE)


def main(built: Path, packed: Path) -> None:
    shutil.copytree(built, packed)
    template = packed / "template.yaml"
    text = template.read_text(encoding="utf-8")
    for way in sorted({match["way"] for match in OUTSIDE.finditer(text)}):
        shutil.copytree(built / way, packed / Path(way).name)
    template.write_text(
        OUTSIDE.sub(lambda match: match["key"] + Path(match["way"]).name, text), encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
