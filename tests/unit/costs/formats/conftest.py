from collections.abc import Iterator

import duckdb
import pytest

from cloudops.costs.formats.source import open_duckdb


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_duckdb() as opened:
        yield opened
