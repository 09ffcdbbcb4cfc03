from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


@pytest.fixture
def write(tmp_path):
    """Write text (or bytes) to a file and return its path."""

    def write_file(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def shared():
    """Return the path of a real recording, or skip where the recordings are absent."""

    def find(name):
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"the real recording {name} is not here")
        return path

    return find
