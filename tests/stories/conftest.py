"""The sample estate of the stories; each module runs the service on a copy of its own."""

from collections.abc import Iterator

import pytest
from stories.sample import Sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with Sample(tmp_path_factory.mktemp("sample")) as sample:
        yield sample
