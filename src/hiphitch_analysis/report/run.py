"""A notebook with parameters, run in a kernel of its own; its error becomes one sentence."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from hiphitch_analysis.motion.conditioning import LostSamplesError

Parameter = str | int | float | bool | list[str] | None
Progress = Callable[[int, int, str], None]

KERNEL = "python3"
SAID = {error.__name__ for error in (ValueError, LostSamplesError)}  # a kernel tells of an error by its name alone
TIMEOUT_S = 600  # of one cell
TAG = "parameters"
QUIET_KERNEL = ["--log-level=ERROR"]  # else every run prints that the kernel talks over TCP


def run_notebook(
    path: str | Path, parameters: Mapping[str, Parameter] | None = None, folder: str | Path | None = None, progress: Progress | None = None
) -> NotebookNode:
    """Run a notebook with the given parameters.

    Parameters
    ----------
    path : str or Path
        The notebook; it is not changed.
    parameters : mapping of str to str, int, float, bool, list of str or None, optional
        New values of names that the cell tagged ``parameters`` assigns. They are written as values, never as code.
    folder : str or Path, optional
        Working directory of the run, which relative paths in `parameters` start from; by default the current one.
    progress : callable, optional
        Called with (done, total, text) as cells are run.

    Returns
    -------
    NotebookNode
        The notebook with its outputs.

    Raises
    ------
    ValueError
        No such notebook, a parameter that it does not know or that is no plain value; or a cell raised a ValueError, whose words are handed on.
    RuntimeError
        A cell raised anything else, ran longer than ten minutes, or the kernel was lost.
    """
    path = Path(path)
    notebook = inject_parameters(read_notebook(path), parameters or {}, path.name)
    resources = {"metadata": {"path": str(Path(folder or ".").resolve())}}
    options: dict[str, Any] = {"timeout": TIMEOUT_S, "kernel_name": KERNEL, "resources": resources, "extra_arguments": QUIET_KERNEL}
    if progress is not None:
        options["on_cell_start"] = lambda cell, cell_index: progress(cell_index, len(notebook.cells), f"{path.stem}: cell {cell_index + 1}")
    client = NotebookClient(notebook, **options)
    try:
        client.execute()
    except CellExecutionError as error:
        if error.ename in SAID:
            raise ValueError(_one_line(error.evalue)) from None  # a sentence of ours, about what was given and not about a notebook
        raise RuntimeError(f"{path.name}: cell {_failed_cell(notebook)} stopped with: {error.ename}: {_one_line(error.evalue)}") from None
    except CellTimeoutError:
        raise RuntimeError(f"{path.name}: a cell ran longer than {TIMEOUT_S} s. Use a shorter recording or fewer of them.") from None
    except DeadKernelError:
        raise RuntimeError(f"{path.name}: the kernel ended before the notebook did, most often for want of memory.") from None
    except NoSuchKernel:
        raise RuntimeError(f"{path.name}: no Jupyter kernel named {KERNEL!r}. Install ipykernel into this environment.") from None
    return notebook


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of format 4.

    Parameters
    ----------
    path : Path

    Returns
    -------
    NotebookNode

    Raises
    ------
    ValueError
        There is none, or the file is no notebook.
    """
    if not path.is_file():
        raise ValueError(f"notebook: {path.name} does not exist. find_notebook() knows those of this package.")
    try:
        notebook: NotebookNode = nbformat.reads(path.read_text("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        raise ValueError(f"notebook: {path.name} is no Jupyter notebook. A file that ends in .ipynb and opens in JupyterLab is wanted.") from None
    return notebook


def inject_parameters(notebook: NotebookNode, parameters: Mapping[str, Parameter], name: str) -> NotebookNode:
    """Put one cell with `parameters` behind the cell tagged ``parameters``.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    parameters : mapping of str to str, int, float, bool, list of str or None
    name : str
        The notebook's file name, for messages.

    Returns
    -------
    NotebookNode
        The same.

    Raises
    ------
    ValueError
        No such cell, a name that it does not assign, or a value of another type.
    """
    if not parameters:
        return notebook
    places = _parameter_cells(notebook)
    if not places:
        raise ValueError(f"{name}: no cell is tagged {TAG!r}, so nothing can be set from outside.")
    known = _assigned_names(notebook.cells[places[0]].source)
    unknown = [key for key in parameters if key not in known]
    if unknown:
        raise ValueError(f"{name}: unknown parameter {', '.join(map(repr, unknown))}; it knows {', '.join(map(repr, known)) or 'none'}.")
    for key, value in parameters.items():
        plain = type(value) in (str, int, float, bool, type(None)) and not (isinstance(value, float) and not math.isfinite(value))
        if not _is_texts(value) and not plain:
            raise ValueError(f"{name}: parameter {key!r} must be text, a list of texts, a finite number, true, false or empty, got {value!r}.")
    source = "\n".join(f"{key} = {value!r}" for key, value in parameters.items())
    metadata = {"tags": ["injected-parameters"], "transient": {"remove_source": True}}
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)  # type: ignore[no-untyped-call]
    notebook.cells.insert(places[0] + 1, cell)
    return notebook


def list_parameters(notebook: NotebookNode) -> list[str]:
    """Return the names that can be set from outside: those assigned in the cell tagged ``parameters``."""
    places = _parameter_cells(notebook)
    return _assigned_names(notebook.cells[places[0]].source) if places else []


def read_parameters(notebook: NotebookNode) -> dict[str, Parameter]:
    """Return what can be set from outside with the values that the notebook itself gives; an expression stands as its source."""
    places = _parameter_cells(notebook)
    return {name: _read_value(value) for name, value in _assignments(notebook.cells[places[0]].source)} if places else {}


def _parameter_cells(notebook: NotebookNode) -> list[int]:
    return [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and TAG in cell.metadata.get("tags", [])]


def _assigned_names(source: str) -> list[str]:
    return [name for name, _ in _assignments(source)]


def _assignments(source: str) -> list[tuple[str, ast.expr | None]]:
    found: list[tuple[str, ast.expr | None]] = []
    for statement in ast.parse(source).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
        found += [(target.id, getattr(statement, "value", None)) for target in targets if isinstance(target, ast.Name)]
    return found


def _read_value(expression: ast.expr | None) -> Parameter:
    if expression is None:
        return None
    try:
        value = ast.literal_eval(expression)
    except ValueError:
        return ast.unparse(expression)
    return value if isinstance(value, str | int | float | bool | None) or _is_texts(value) else ast.unparse(expression)


def _is_texts(value: object) -> bool:
    return type(value) is list and all(type(text) is str for text in value)


def _failed_cell(notebook: NotebookNode) -> int:
    """Return the number of the cell that raised, counted from 1."""
    failed = [i for i, cell in enumerate(notebook.cells, start=1) if any(o.output_type == "error" for o in cell.get("outputs", []))]
    return failed[0] if failed else len(notebook.cells)


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "no message"
