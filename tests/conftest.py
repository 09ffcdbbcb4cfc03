"""Shared by all tests."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1] / "../shared/data"


@pytest.fixture(scope="session")
def shared():
    """Return the path of a real recording, or skip: they lie beside the project and are no part of it."""

    def find(name):
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"the real recording {name} is not here")
        return path

    return find


def pytest_ignore_collect(collection_path, config):
    """Leave the benchmarks to `tasks.py bench`, which names them: they print figures and take a minute."""
    asked_for = any("benchmarks" in argument for argument in config.args)
    return True if collection_path.name == "benchmarks" and not asked_for else None
