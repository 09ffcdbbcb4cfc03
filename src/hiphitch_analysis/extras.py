"""How to install what is not there, with the Python that runs: a plain ``pip`` may belong to another one, or be refused by the system."""

from __future__ import annotations

import subprocess
import sys


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra of this package into the environment that runs.

    Parameters
    ----------
    extra : str
        As in ``pyproject.toml``.

    Returns
    -------
    str

    Examples
    --------
    >>> how_to_install("xlsx").removeprefix(pip_of_this_python())
    ' install "hiphitch-analysis[xlsx]"'
    """
    return f'{pip_of_this_python()} install "hiphitch-analysis[{extra}]"'


def pip_of_this_python() -> str:
    """Return how to call the pip of the Python that runs, quoted where its path has a blank."""
    python = sys.executable or "python3"
    return f"{subprocess.list2cmdline([python])} -m pip"
