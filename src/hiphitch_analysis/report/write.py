"""Notebook + parameters → a page, the tables behind it and what it was made from; all of it or nothing, and not again while nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hiphitch_analysis.outputs import write_all
from hiphitch_analysis.report.export import export_page
from hiphitch_analysis.report.origin import PACKAGE, describe_origin, hash_origin, read_written, write_down
from hiphitch_analysis.report.run import Parameter, Progress, run_notebook
from hiphitch_analysis.report.tables import find_last_day, take_tables

Maker = Callable[[str], str | bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """A report on disk.

    Attributes
    ----------
    path : Path
        The HTML file.
    reused : bool
        True when it was already there, made from the same inputs.
    files : tuple of Path
        Everything that belongs to it: the page, its tables and what else was asked for, and last the JSON that says what it was made from.
    """

    path: Path
    reused: bool
    files: tuple[Path, ...]


def write_report(
    notebook: str | Path,
    out_html: str | Path,
    parameters: Mapping[str, Parameter] | None = None,
    title: str = "Hip hitch report",
    *,
    show_code: bool = False,
    folder: str | Path | None = None,
    beside: Mapping[str, Maker] | None = None,
    seeds: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> Written:
    """Run a notebook and write it as one self-contained HTML page, with ``PAGE.json`` and a ``PAGE_NAME.csv`` for each table it keeps.

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
    beside : mapping of str to callable, optional
        Further files to write beside the page, by name: each is made from the text of the page.
    seeds : mapping of str to int, optional
        Of draws that are no parameters, for the JSON.
    progress : callable, optional
        Called with (done, total, text) at each cell.

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
    The JSON keeps a hash of the notebook, the parameters, the content of every file or folder that a parameter names, this package's source and
    the versions of the libraries that draw and compute; the page keeps it too. While it is the same and all files are there as they were written,
    nothing is done; only a file that is asked for and not there yet is made from the page. What was written for an earlier page and not for this one
    is removed, unless somebody has changed it: an old sheet beside a new page would be taken for its own. The page asks for nothing outside itself.
    """
    notebook, out, beside = Path(notebook), Path(out_html), dict(beside or {})
    parameters, start, sidecar = dict(parameters or {}), Path(folder or ".").resolve(), out.with_suffix(".json")
    origin = describe_origin(notebook, parameters, start, out, seeds) | {"title": title, "code_shown": show_code}
    known, kept = read_written(sidecar)
    files: dict[Path, str | bytes]
    if current := known == hash_origin(origin):
        files = {path: path.read_bytes() for path in kept}
    else:
        executed = run_notebook(notebook, parameters, start, progress)
        tables = take_tables(executed)
        files = {out: export_page(executed, title, hash_origin(origin), show_code)}
        files |= {out.with_name(f"{out.stem}_{name}.csv"): text for name, text in tables.items()}
    page = files[out]
    more = {out.with_name(name): make for name, make in beside.items() if out.with_name(name) not in files}
    files |= {path: make(page if isinstance(page, str) else page.decode()) for path, make in more.items()}
    reused = current and not more
    if not reused:
        write_all({**files, sidecar: write_down(origin, find_last_day(files), files)})
        for old in set(kept) - set(files):
            old.unlink(missing_ok=True)
    return Written(out, reused, (*files, sidecar))


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
