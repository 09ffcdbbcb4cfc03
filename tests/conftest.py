"""Shared by all tests."""

import sys
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


def pytest_addoption(parser):
    parser.addoption("--renew-baselines", action="store_true", help="take the pictures that figures are compared with anew")


def pytest_ignore_collect(collection_path, config):
    """Leave the benchmarks to `tasks.py bench`, which names them: they print figures and take a minute."""
    asked_for = any("benchmarks" in argument for argument in config.args)
    return True if collection_path.name == "benchmarks" and not asked_for else None


@pytest.fixture
def hiphitch(monkeypatch, capsys):
    """Run the command line in this process; return exit code, stdout and stderr."""

    from hiphitch_analysis import cli

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["hiphitch", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return run
