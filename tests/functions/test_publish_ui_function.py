import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudops.platform import aws
from tests.functions.cloudformation import told
from tests.functions.conftest import REGION, emulated_aws
from tests.functions.invoking import event, restart_environment

BUCKET = event("publish_ui.create")["ResourceProperties"]["Bucket"]
FILES = {
    "index.html": "<!doctype html>",
    "favicon.svg": "<svg/>",
    "assets/index-1a2b.js": "go()",
    "assets/index-1a2b.css": "a{}",
    "assets/inter-3c4d.woff2": "font",
}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A build of the UI where the layer puts it, and an empty bucket for it."""
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    monkeypatch.setenv("UI_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("DATABASE_SECRET_ARN", raising=False)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "publish-ui")
    with emulated_aws():
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        restart_environment()
        yield tmp_path
    restart_environment()


def deploy(kind: str) -> dict[str, Any]:
    (answer,) = told("publish_ui", event(f"publish_ui.{kind}"))
    return answer


def served(key: str) -> dict[str, Any]:
    return dict(aws.client("s3").get_object(Bucket=BUCKET, Key=key))


def keys() -> set[str]:
    return {one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])}


@pytest.mark.usefixtures("build")
def test_a_deployment_uploads_the_build_and_its_configuration() -> None:
    answer = deploy("create")

    assert (answer["Status"], answer["Data"], answer["PhysicalResourceId"]) == (
        "SUCCESS",
        {"Files": str(len(FILES) + 1)},
        "cloudops-ui",
    )
    assert keys() == {*FILES, "config.json"}
    config = json.loads(served("config.json")["Body"].read())
    assert config == event("publish_ui.create")["ResourceProperties"]["Config"]


@pytest.mark.usefixtures("build")
def test_browsers_keep_hashed_files_and_ask_for_the_others_again() -> None:
    deploy("create")

    kept = {key for key in keys() if "immutable" in served(key)["CacheControl"]}
    assert kept == {name for name in FILES if name.startswith("assets/")}
    assert {served(key)["CacheControl"] for key in keys() - kept} == {"no-cache"}


@pytest.mark.usefixtures("build")
def test_browsers_are_told_what_a_file_is() -> None:
    deploy("create")

    assert {key: served(key)["ContentType"] for key in sorted(keys())} == {
        "assets/index-1a2b.css": "text/css; charset=utf-8",
        "assets/index-1a2b.js": "text/javascript; charset=utf-8",
        "assets/inter-3c4d.woff2": "font/woff2",
        "config.json": "application/json",
        "favicon.svg": "image/svg+xml",
        "index.html": "text/html; charset=utf-8",
    }


def test_open_pages_find_the_files_of_the_build_before(build: Path) -> None:
    deploy("create")
    (build / "assets" / "index-1a2b.js").rename(build / "assets" / "index-9z8y.js")
    (build / "index.html").write_text("<!doctype html><script src=/assets/index-9z8y.js>")

    deploy("update")

    assert {"assets/index-1a2b.js", "assets/index-9z8y.js"} <= keys()
    assert b"9z8y" in served("index.html")["Body"].read()


def test_a_layer_without_a_build_fails_the_deployment_before_anything_is_uploaded(build: Path) -> None:
    (build / "index.html").unlink()

    answer = deploy("create")

    assert (answer["Status"], answer["Reason"].partition(":")[0]) == ("FAILED", "UnbuiltSiteError")
    assert keys() == set()


@pytest.mark.usefixtures("build")
def test_a_stack_that_goes_leaves_its_bucket_so_that_s3_deletes_it() -> None:
    deploy("create")
    deploy("update")
    aws.client("s3").delete_object(Bucket=BUCKET, Key="favicon.svg")

    answer = deploy("delete")

    assert answer["Data"] == {"Deleted": str(2 * (len(FILES) + 1) + 1)}
    aws.client("s3").delete_bucket(Bucket=BUCKET)
