"""What a report was made from, as JSON beside it: versions, parameters, inputs with their hashes, seeds. No path, no clock.

The same file says whether the report is current: what it was made from, and what was written then.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hiphitch_analysis.report.run import Parameter, read_notebook, read_parameters

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = ("matplotlib", "nbconvert", "numpy", "pandas", "scipy", "statsmodels", "vqf")  # those whose next version may change a page
SOURCES = (".py", ".j2", ".css", ".json", ".typ")


def describe_origin(
    notebook: Path, parameters: Mapping[str, Parameter], folder: Path, out: Path, seeds: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Describe everything that a report is made from.

    Parameters
    ----------
    notebook : Path
    parameters : mapping of str to str, int, float, bool, list of str or None
        Those that are set from outside. A text that names a file or folder stands for its content, and is told by its name alone.
    folder : Path
        Where relative paths start.
    out : Path
        The page. Where it lies in a folder that a parameter names, it and what was written beside it under its name are no inputs.
    seeds : mapping of str to int, optional
        Of draws that are no parameters.

    Returns
    -------
    dict
        Plain values. Equal for equal inputs, on whatever machine and in whatever folder.
    """
    given = read_parameters(read_notebook(notebook)) | dict(parameters)
    texts = [(name, text) for name, value in parameters.items() for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    named = {text: files for _, text in texts if text and (files := _named_files(text, folder, out))}
    inputs = [
        {"parameter": name, "file": relative, **_fingerprint(path.read_bytes())} for name, text in texts for relative, path in named.get(text, [])
    ]
    return {
        "package": {"version": version("hiphitch-analysis"), "source_sha256": _hash_source()},
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in LIBRARIES},
        "notebook": {"file": notebook.name, **_fingerprint(notebook.read_bytes())},
        "parameters": {name: _without_folder(value, named) for name, value in given.items()},
        "inputs": inputs,
        "seeds": {**{name: value for name, value in given.items() if name.endswith("seed")}, **(seeds or {})},
    }


def hash_origin(origin: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a description, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(origin, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def write_down(origin: Mapping[str, Any], data_until: str | None, files: Mapping[Path, str | bytes]) -> str:
    """Return the text of the JSON that lies beside a report.

    Parameters
    ----------
    origin : mapping
        From `describe_origin`.
    data_until : str or None
        The last day that the data speak of.
    files : mapping of Path to str or bytes
        What is written with it.

    Returns
    -------
    str
    """
    written = {path.name: _fingerprint(text.encode() if isinstance(text, str) else text) for path, text in files.items()}
    told = {"made_from_sha256": hash_origin(origin), "data_until": data_until, "files": written, **origin}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def read_written(sidecar: Path) -> tuple[str, list[Path]]:
    """Read what lies beside a report.

    Parameters
    ----------
    sidecar : Path
        The JSON; there may be none.

    Returns
    -------
    str
        Hash of what the report was made from; empty when one of its files is no longer there as it was written, or nothing is known.
    list of Path
        Those of its files that are there as they were written.
    """
    try:
        told = json.loads(sidecar.read_text(encoding="utf-8"))
        files = {sidecar.with_name(name): known["sha256"] for name, known in told["files"].items()}
        made_from = str(told["made_from_sha256"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", []
    kept = [path for path, digest in files.items() if path.is_file() and _fingerprint(path.read_bytes())["sha256"] == digest]
    return made_from if len(kept) == len(files) else "", kept


def _without_folder(value: Parameter, named: Mapping[str, object]) -> Parameter:
    """Return a value with the names of files and folders in the place of their paths."""
    if isinstance(value, list):
        return [Path(text).name if text in named else text for text in value]
    return Path(value).name if isinstance(value, str) and value in named else value


def _fingerprint(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _hash_source() -> str:
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in SOURCES and path.is_file():
            digest.update(f"\n{path.relative_to(PACKAGE).as_posix()}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _named_files(text: str, folder: Path, out: Path) -> list[tuple[str, Path]]:
    """Return the files that `text` names, each with its name from there on: itself, or all in a folder; none when it is no path."""
    try:
        path = folder / text
        found: Iterable[Path] = [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else []
        return [(name.as_posix(), one) for name, one in _relative(found, path) if one.is_file() and not _belongs(one, out)]
    except (OSError, ValueError):
        return []  # too long for a path, or with a null character: plain text


def _relative(paths: Iterable[Path], start: Path) -> Iterator[tuple[Path, Path]]:
    return ((path.relative_to(start.parent), path) for path in paths)


def _belongs(path: Path, out: Path) -> bool:
    """Tell whether a file is the page `out`, or was written beside it."""
    return path.resolve().parent == out.resolve().parent and path.name.startswith((f"{out.stem}.", f"{out.stem}_"))
