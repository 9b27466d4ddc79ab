"""Which exports lie under a prefix: a manifest names its parts, other files belong together by name and folder.

Pure: a listing and the manifests' texts in, bundles out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloudops.costs.formats import cost_explorer
from cloudops.costs.formats.manifest import ExportManifest, parse_manifest, resolve_key
from cloudops.costs.models import Bundle
from cloudops.errors import InvalidError
from cloudops.stored_object import StoredObject

DATA_FILE = re.compile(r"\.(csv|csv\.gz|csv\.zip|parquet)$", re.IGNORECASE)
MANIFEST = re.compile(r"manifest\.json$", re.IGNORECASE)
JSON_FILE = re.compile(r"\.json$", re.IGNORECASE)
# Of four or five digits, twelve in BigQuery's exports. Neither a year nor the end of a date counts parts: two
# snapshots of one month that were taken for parts of one export would add up.
PART_NUMBER = re.compile(r"(?:(?<=\d)[-_.]|(?<=[^-_.\d])[-_.]?)(?!20\d\d$)(?:\d{4,5}|\d{12})$")
# What Spark and Azure put behind a part's number: `part-00000-<uuid>-c000`.
JOB_ID = re.compile(r"[-_.]?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[-_]c\d{3})?$", re.IGNORECASE)
PERIOD = re.compile(r"[-_.]?20\d{2}[-_]?\d{2}([-_]?\d{2})?$")


@dataclass(frozen=True, kw_only=True)
class Discovery:
    bundles: Sequence[Bundle]
    ignored: Sequence[str]


def discover(listing: Sequence[StoredObject], read: Callable[[str], bytes]) -> Discovery:
    """Group a listing into bundles. Every data file ends up in one; what is no export is named as ignored."""
    data = {stored.key: stored for stored in listing if DATA_FILE.search(stored.key)}
    manifests = [stored for stored in listing if MANIFEST.search(stored.key)]
    named = [bundle_of_manifest(manifest, read(manifest.key), data) for manifest in manifests]
    claimed = {part.key for bundle in named for part in bundle.parts}
    folders = {part.folder for bundle in named for part in bundle.parts}
    stray = [stored for key, stored in data.items() if key not in claimed and stored.folder in folders]
    loose = [stored for key, stored in data.items() if key not in claimed and stored.folder not in folders]
    others = [stored for stored in listing if stored.key not in data and stored not in manifests]
    answers = [stored for stored in others if is_answer(stored, read)]
    return Discovery(
        bundles=[
            *without_copies(named),
            *map(refuse_stray, stray),
            *bundles_by_name(loose),
            *map(bundle_of_answer, answers),
        ],
        ignored=[stored.key for stored in others if stored not in answers],
    )


def is_answer(stored: StoredObject, read: Callable[[str], bytes]) -> bool:
    """Whether it is a recorded answer of Cost Explorer, which only its content tells from other JSON."""
    readable = JSON_FILE.search(stored.key) is not None and stored.size <= cost_explorer.LARGEST
    return readable and cost_explorer.is_answer(read(stored.key))


def bundle_of_answer(stored: StoredObject) -> Bundle:
    return Bundle(export_name=JSON_FILE.sub("", stored.name), parts=[stored])


def bundle_of_manifest(manifest: StoredObject, text: bytes, data: dict[str, StoredObject]) -> Bundle:
    try:
        parsed = parse_manifest(text)
    except InvalidError as error:
        return Bundle(
            export_name=manifest.key, parts=[manifest], refusal=f"the manifest is not valid: {error}"
        )
    found = {key: resolve_key(manifest.key, key, data) for key in parsed.keys}
    parts = [data[path] for path in found.values() if path is not None]
    missing = sorted(key for key, path in found.items() if path is None)
    return Bundle(
        export_name=parsed.report_name,
        parts=parts or [manifest],
        assembly_id=parsed.assembly_id,
        assembled_at=parsed.assembled_at or manifest.modified_at,
        refusal=refusal_of(parsed, missing),
    )


def refusal_of(manifest: ExportManifest, missing: Sequence[str]) -> str | None:
    if not manifest.keys:
        return "the manifest names no file"
    if missing:
        return (
            f"the manifest names {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} missing"
        )
    return None


def without_copies(bundles: Sequence[Bundle]) -> list[Bundle]:
    """AWS leaves a copy of the newest manifest above the assemblies: one bundle per assembly remains."""
    unique = {(one.export_name, one.version, one.fingerprint): one for one in bundles}
    return list(unique.values())


def refuse_stray(stored: StoredObject) -> Bundle:
    return Bundle(
        export_name=stored.key,
        parts=[stored],
        refusal="the manifest beside it does not name this file",
    )


def bundles_by_name(loose: Sequence[StoredObject]) -> list[Bundle]:
    together: dict[tuple[str, str], list[StoredObject]] = defaultdict(list)
    for stored in loose:
        together[stored.folder, without_part_number(stored.name)].append(stored)
    return [
        Bundle(export_name=PERIOD.sub("", name) or name, parts=sorted(parts, key=lambda part: part.key))
        for (_, name), parts in together.items()
    ]


def without_part_number(name: str) -> str:
    """`acme-cur2-00001.snappy.parquet` -> `acme-cur2`; Azure's `part_0_0001.snappy.parquet` -> `part`."""
    stem = name.split(".", 1)[0]
    shortened = PART_NUMBER.sub("", JOB_ID.sub("", stem))
    return re.sub(r"^part_\d+$", "part", shortened)
