"""Notebook + parameters → one HTML file, written whole or not at all, and not again while nothing it was made from has changed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.report.export import export_page
from hiphitch_analysis.report.run import Parameter, run_notebook

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = ("matplotlib", "nbconvert", "numpy", "pandas", "scipy")  # those whose next version may change a page
HEAD = 4096  # characters: where a page keeps its hash
_INPUTS = re.compile(r'<meta content="([0-9a-f]{64})" name="hiphitch-inputs"|<meta name="hiphitch-inputs" content="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Written:
    """A report on disk.

    Attributes
    ----------
    path : Path
        The HTML file.
    reused : bool
        True when it was already there, made from the same inputs.
    """

    path: Path
    reused: bool


def write_report(
    notebook: str | Path,
    out_html: str | Path,
    parameters: Mapping[str, Parameter] | None = None,
    title: str = "Hip hitch report",
    *,
    show_code: bool = False,
    folder: str | Path | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Written:
    """Run a notebook and write it as one self-contained HTML page.

    Parameters
    ----------
    notebook : str or Path
        The notebook; `find_notebook` knows those of this package.
    out_html : str or Path
        Where to write; its folder is made when missing.
    parameters : mapping of str to str, int, float, bool, list of str or None, optional
        As for `run_notebook`.
    title : str
        Title of the page.
    show_code : bool, default False
        Whether the page shows the cells' code.
    folder : str or Path, optional
        Working directory of the run; by default the current one.
    progress : callable, optional
        As for `run_notebook`.

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        As `run_notebook`. Nothing is written then.
    RuntimeError
        As `run_notebook`. Nothing is written then.

    Notes
    -----
    The page keeps a hash of the notebook, the parameters, the content of every file or folder that a parameter names, this package's source and
    the versions of the libraries that draw and compute. A page with the same hash is left as it is. The page asks for nothing outside itself.
    """
    notebook, out = Path(notebook), Path(out_html)
    parameters = dict(parameters or {})
    start = Path(folder or ".").resolve()
    inputs = hash_inputs(notebook, {**parameters, " title": title, " code": show_code}, start, out)
    if _kept_hash(out) == inputs:
        return Written(out, reused=True)
    page = export_page(run_notebook(notebook, parameters, start, progress), title, inputs, show_code)
    write_whole(out, page)
    return Written(out, reused=False)


def find_notebook(name: str) -> Path:
    """Find one of the package's notebooks.

    Parameters
    ----------
    name : str
        File name, e.g. ``02_athlete_report.ipynb``.

    Returns
    -------
    Path
        In the installed package, else in the repository that the package is installed from.

    Raises
    ------
    ValueError
        No such notebook; the message lists those there are.
    """
    known = {path.name: path for path in list_notebooks()}
    if name not in known:
        raise ValueError(f"notebook: no {name!r} in this package; there are {', '.join(sorted(known)) or 'none'}.")
    return known[name]


def list_notebooks() -> list[Path]:
    """Return the package's notebooks in their reading order: those of the installed package, else of the repository it is installed from."""
    folders = [folder for folder in (PACKAGE / "notebooks", PACKAGE.parents[1] / "notebooks") if folder.is_dir()]
    return sorted(folders[0].glob("*.ipynb")) if folders else []


def hash_inputs(notebook: Path, parameters: Mapping[str, Parameter], folder: Path, out: Path) -> str:
    """Hash everything that a page is made from.

    Parameters
    ----------
    notebook : Path
    parameters : mapping of str to str, int, float, bool, list of str or None
        A text that names a file or folder stands for its content as well.
    folder : Path
        Where relative paths start.
    out : Path
        The page itself, left out where it lies in a folder that a parameter names.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    versions = {library: version(library) for library in LIBRARIES}
    digest.update(json.dumps([sorted(parameters.items()), versions], ensure_ascii=False).encode())
    files = [notebook, *_source_files()]
    for value in parameters.values():
        for text in value if isinstance(value, list) else [value]:
            files += _named_files(text, folder) if isinstance(text, str) and text else []
    for path in files:
        if path.is_file() and path.resolve() != out.resolve():
            digest.update(f"\n{path.name}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    return (path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".j2", ".css", ".json"))


def _named_files(text: str, folder: Path) -> list[Path]:
    """Return the files that `text` names: itself, or all in a folder; none when it is no path."""
    try:
        path = folder / text
        return [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else []
    except (OSError, ValueError):
        return []  # too long for a path, or with a null character: plain text


def _kept_hash(out: Path) -> str | None:
    if not out.is_file():
        return None
    with out.open(encoding="utf-8", errors="replace") as file:
        found = _INPUTS.search(file.read(HEAD))
    return (found[1] or found[2]) if found else None
