"""What several tests of builds share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import build.places  # noqa: F401 (plain:// and gs:// are known to fsspec from then on)
from build.servers import storage_server


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A local server of S3 with an empty bucket, and what a process must know to reach it."""
    with storage_server(tmp_path_factory.mktemp("s3")) as environment:
        yield environment
