"""Study: is it told when form goes in a set, from which repetition, from which drop on the pelvis turns, and how often where nothing does?

``python3 tasks.py study changes`` → ``reports/validation/changes.json``. The tests run a fixed slice of it.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.changes import COUPLINGS, summarise_couplings, summarise_onsets, try_coupling, try_onset
from hiphitch_analysis.validate.study import write_study

SETS = 200  # of steady and of tiring athletes each; half as many persons of each kind of coupling
FIRST_SEED = 130_000  # seeds below were looked at while the tests of change were being chosen; these were not
APART = 1000  # seeds between one kind and the next: no person is in two of them
ROOT = Path(__file__).resolve().parents[2]


def run_job(job: tuple[str, int]) -> dict[str, Any]:
    """Run one simulated set or person (a process needs a function with a name)."""
    warnings.simplefilter("ignore")
    kind, seed = job
    return try_coupling(kind, seed) if kind in COUPLINGS else try_onset(seed, tires=kind == "tiring")


if __name__ == "__main__":
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    numbers = {"steady": sets, "tiring": sets} | dict.fromkeys(COUPLINGS, sets // 2)
    jobs = [(kind, first + APART * i + n) for i, (kind, number) in enumerate(numbers.items()) for n in range(number)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        rows = list(track(pool.map(run_job, jobs, chunksize=4), "looking for changes", total=len(jobs)))
    onsets = pd.DataFrame([row for row, (kind, _) in zip(rows, jobs, strict=True) if kind not in COUPLINGS])
    couplings = pd.DataFrame([row for row, (kind, _) in zip(rows, jobs, strict=True) if kind in COUPLINGS])
    write_study(
        ROOT,
        "changes",
        question="Is it told when form goes and from where on, and from which drop the pelvis turns, without false alarms where nothing changes?",
        first_seeds={kind: first + APART * i for i, kind in enumerate(numbers)},
        onset=summarise_onsets(onsets),
        coupling=summarise_couplings(couplings),
    )
