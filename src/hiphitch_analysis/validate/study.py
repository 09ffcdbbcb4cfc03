"""What a long study leaves behind: ``reports/validation/NAME.json``, with the commit that it was run on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from hiphitch_analysis.outputs import write_whole


def write_study(root: Path, name: str, question: str, **figures: Any) -> Path:
    """Write the result of a study, and print it.

    Parameters
    ----------
    root : Path
        The repository.
    name : str
        Of the study, and of its file.
    question : str
        What it asks, in one sentence.
    **figures
        Seeds and results, as JSON knows them.

    Returns
    -------
    Path
        The file.
    """
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True).stdout.strip()
    result = {"study": name, "question": question, "commit": commit, **figures}
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    path = write_whole(root / f"reports/validation/{name}.json", text)
    print(path.relative_to(root), text, sep="\n")
    return path
