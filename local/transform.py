"""The SAM transform, offline, and kept between runs: it takes a second."""

import hashlib
import json
import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local.errors import LocalError

CODE_PROPERTIES = ("CodeUri", "ContentUri")
CODE_PREFIX = "s3://local/"


def transformed(template: Path, *, cache: Path) -> dict[str, Any]:
    """Plain CloudFormation; code stands as {"S3Bucket": "local", "S3Key": <path beside the template>}."""
    source = template.read_text()
    digest = hashlib.sha256(f"{version('aws-sam-translator')}\n{source}".encode()).hexdigest()
    kept = cache / f"template-{digest[:20]}.json"
    if not kept.exists():
        draft = kept.with_suffix(".draft")
        draft.write_text(json.dumps(_transform(source)))
        draft.rename(kept)
    document: dict[str, Any] = json.loads(kept.read_text())
    return document


def _transform(source: str) -> dict[str, Any]:
    import boto3  # noqa: PLC0415 - needed only where the template has changed
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    document = yaml_parse(source)
    _point_to_code(document)
    session = boto3.Session(
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106
    )
    try:
        result: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(document, {})
    except InvalidDocumentException as error:
        raise LocalError(f"the template is not valid: {error.message}") from error
    return result


def _point_to_code(document: dict[str, Any]) -> None:
    # The transform only takes code that has been uploaded.
    properties = [resource.get("Properties", {}) for resource in document["Resources"].values()]
    for part in [*properties, *document.get("Globals", {}).values()]:
        for name in CODE_PROPERTIES:
            if isinstance(part.get(name), str):
                part[name] = CODE_PREFIX + part[name]
