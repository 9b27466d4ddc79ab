from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from local.demo import generate


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m local.demo", description="Writes the demo organisation's bill."
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--end", type=date.fromisoformat, required=True, help="last day with cost, YYYY-MM-DD"
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    truth = generate(asked.directory, end=asked.end, days=asked.days, seed=asked.seed)
    print(f"{truth.rows} line items, {truth.unblended:.2f} USD, {len(truth.incidents)} incidents")


if __name__ == "__main__":
    main()
