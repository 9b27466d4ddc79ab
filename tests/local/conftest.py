import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from local.cli import main
from local.functions import Functions
from local.home import Home
from local.stack import Stack
from local.template import Template, read
from local.transform import transformed
from tests.local.small_stack import write_small_stack

ENDPOINT = "http://127.0.0.1:4566"
PARAMETERS = {
    "DatabaseSecretArn": "arn:secret",
    "UserPoolArn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_local",
    "AllowedOrigin": "http://localhost:3000",
}


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small")
    write_small_stack(root)
    return root


@pytest.fixture(scope="session")
def small_template(small_root: Path) -> Template:
    document = transformed(small_root / "template.yaml", cache=small_root)
    return read(document, parameters=PARAMETERS, endpoint=ENDPOINT)


@pytest.fixture(scope="module")
def functions(
    small_root: Path, small_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Functions]:
    functions = Functions(
        small_template.functions,
        environment={"AWS_ENDPOINT_URL": ENDPOINT},
        logs=tmp_path_factory.mktemp("logs"),
        root=small_root,
    )
    yield functions
    functions.close()


@pytest.fixture(scope="session")
def started_once() -> Home:
    """A home in which a stack was started and stopped, by whichever worker came first."""
    home = Home(Path(os.environ["CLOUDOPS_TEST_HOME"]) / "started-once")
    with home.lock("first start"):
        if home.recall("started") is None:
            with Stack(home):
                pass
            # Each copy's server takes a port of its own.
            home.forget("postgres_port")
            home.remember("started", lambda: "yes")
    return home


@pytest.fixture(scope="module")
def started_home(started_once: Home) -> Iterator[Path]:
    """A copy for one module, whose database needs no set-up any more."""
    path = started_once.path.with_name(uuid4().hex)
    # Unlike shutil, cp keeps the files the database user's.
    subprocess.run(["cp", "--archive", str(started_once.path), str(path)], check=True)
    yield path
    main(["down", "--home", str(path)])
