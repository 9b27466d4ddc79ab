from typing import Any

import pytest

from tests.template.stack import source, transform


@pytest.fixture(scope="session")
def transformed() -> dict[str, Any]:
    return transform(source())
