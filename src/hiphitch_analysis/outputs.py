"""Writing results: a file is whole or it is not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | Path, text: str | bytes) -> Path:
    """Write `text` to `path` through a temporary file beside it, so that no half-written file is ever seen.

    Parameters
    ----------
    path : str or Path
        Missing folders are made.
    text : str or bytes
        Text is written as UTF-8, line ends as they are.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        The place cannot be written to.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except OSError as error:
        raise ValueError(f"{path}: cannot be written ({error.strerror or error}). Choose another place.") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        # mkstemp makes private files; a report is as readable as any other file its owner makes
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise ValueError(f"{path}: cannot be written ({error.strerror or error}). Choose another place.") from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
