import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.application import make_importable
from local.commands.arguments import Subparsers, add_json, show, write
from local.errors import LocalError

ABOUT = "Replay detection over a CSV file of series, each row judged on what was known by then."
COLUMNS = ("timestamp", "series", "rule", "observed", "expected", "lower", "upper", "score")


def add(commands: Subparsers) -> None:
    parser: ArgumentParser = commands.add_parser("backtest", help=ABOUT, description=ABOUT)
    parser.add_argument("file", type=Path, metavar="FILE", help="columns series, timestamp and value")
    parser.add_argument("--kind", choices=["cost", "metric"], help="default: told from the columns")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> None:
    make_importable()
    from cloudops.anomalies.backtest import UnreadableSeriesError, replay  # noqa: PLC0415 - numpy is slow to load

    try:
        verdicts = list(replay(arguments.file, arguments.kind))
    except (UnreadableSeriesError, OSError, UnicodeDecodeError) as error:
        raise LocalError(f"{arguments.file}: {error}") from error
    if arguments.json:
        for verdict in verdicts:
            write(json.dumps(verdict))
        return
    anomalies = [rounded(verdict) for verdict in verdicts if verdict["anomaly"]]
    show(anomalies, as_json=False, columns=COLUMNS)
    write(f"{len(anomalies)} of {len(verdicts)} rows are anomalies")


def rounded(verdict: dict[str, object]) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in verdict.items()}
