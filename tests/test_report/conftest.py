"""Small hand-made tables for the figures and pages: every number in them is written down here, none is computed by the code under test."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.form.faults import find_faults


def build_reps(return_error_deg: list[float], side: str = "left", bottom_deg: float = -8.0) -> pd.DataFrame:
    """One set of two-second repetitions: each begins at level, sinks to `bottom_deg` and ends `return_error_deg` below level."""
    n = len(return_error_deg)
    start = 4.0 + 2.0 * np.arange(n)
    error = np.array(return_error_deg, dtype=float)
    return pd.DataFrame(
        {
            "rep": np.arange(1, n + 1),
            "set": 1,
            "side": side,
            "kind": "complete",
            "start_s": start,
            "bottom_s": start + 1.0,
            "end_s": start + 2.0,
            "top_deg": 0.0,
            "bottom_deg": bottom_deg,
            "drop_deg": -bottom_deg,
            "return_error_deg": error,
            "rotation_range_deg": 3.0,
            "lower_s": 1.0,
            "raise_s": 1.0,
            "unmeasured": np.array([None] * n, dtype=object),
            "faults": [["incomplete_return"] if e > 2.0 else [] for e in error],
        }
    )


@pytest.fixture
def make_reps() -> Callable[..., pd.DataFrame]:
    return build_reps


@pytest.fixture
def tired_reps() -> pd.DataFrame:
    """Ten repetitions: the 4th was not measured, the last three stop 3° short of level."""
    reps = build_reps([0.5] * 7 + [3.0] * 3, "right")
    reps.loc[3, ["top_deg", "bottom_deg", "drop_deg", "return_error_deg"]] = np.nan
    reps.loc[3, "unmeasured"] = "gap in the data"
    return reps


@pytest.fixture
def tired_faults(tired_reps: pd.DataFrame) -> pd.DataFrame:
    return find_faults(tired_reps)


@pytest.fixture
def angles(tired_reps: pd.DataFrame) -> pd.DataFrame:
    """A raised cosine of 8° in each repetition, at 50 Hz; level before and after."""
    time_s = np.arange(0.0, 28.0, 0.02)
    phase = (time_s - 4.0) / 2.0
    obliquity = np.where((phase >= 0) & (phase < len(tired_reps)), -4.0 * (1 - np.cos(2 * np.pi * phase)), 0.0)
    index = pd.Index(time_s, name="time_s")
    return pd.DataFrame({"obliquity_deg": obliquity, "rotation_deg": 0.0, "tilt_deg": 0.0}, index=index)


@pytest.fixture
def history() -> pd.DataFrame:
    """Left: 20 and 25 at the target, then 27 tired. Right: 18 tired, 25 at the target with only 22 clean, then 10 with pain."""
    rows = [
        ("2026-01-05", "left", 20, 20, "target", True, np.nan, np.nan),
        ("2026-01-05", "right", 20, 18, "fatigue", False, np.nan, np.nan),
        ("2026-01-08", "left", 25, 25, "target", True, 25, 25),
        ("2026-01-08", "right", 25, 25, "target", True, 25, 22),
        ("2026-01-12", "left", 30, 27, "fatigue", False, np.nan, np.nan),
        ("2026-01-12", "right", 30, 10, "pain", False, np.nan, np.nan),
    ]
    names = ["date", "side", "target_reps", "reps_last", "stop_last", "capped", "judged_reps", "clean_reps"]
    table = pd.DataFrame(rows, columns=names).assign(athlete_id="A01", session=[1, 1, 2, 2, 3, 3], sets_done=2)
    return table.assign(
        date=pd.to_datetime(table["date"]),
        reps_min=table["reps_last"],
        complete=table["capped"],
        ankle_kg=0.0,
        pain=0.0,
        form_score=np.nan,
        pain_stop=table["stop_last"].eq("pain"),
        recorded_last=table["judged_reps"].notna(),
        recorded_on=pd.to_datetime(table["date"]).where(table["judged_reps"].notna()),
    )


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook from the sources of its code cells (a cell that begins with ``#md`` is Markdown); the first is tagged ``parameters``."""

    def write(*sources: str, name: str = "sheet.ipynb") -> Path:
        cells = [nbformat.v4.new_markdown_cell(s[3:]) if s.startswith("#md") else nbformat.v4.new_code_cell(s) for s in sources]
        cells[0].metadata["tags"] = ["parameters"]
        path = tmp_path / name
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write
