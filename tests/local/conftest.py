from collections.abc import Iterator
from pathlib import Path

import pytest

from local.functions import Functions
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
