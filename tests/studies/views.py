"""Study: the same simulated sets by sensor, by optical and printed markers and by a pose model's landmarks.

``python3 tasks.py study views`` → ``reports/validation/views.json``. The tests run a fixed slice of it.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.study import write_study
from hiphitch_analysis.validate.views import summarise_views, try_set

SETS = 200
FIRST_SEED = 416_000  # seeds below were looked at while the routes were being joined; these were not
ROOT = Path(__file__).resolve().parents[2]


def run_set(seed: int) -> pd.DataFrame:
    """Run one simulated set (a process needs a function with a name)."""
    warnings.simplefilter("ignore")
    return try_set(seed)


if __name__ == "__main__":
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    with ProcessPoolExecutor(max_workers=2) as pool:
        rows = pd.concat(track(pool.map(run_set, range(first, first + sets), chunksize=4), "filming", total=sets), ignore_index=True)
    write_study(
        ROOT,
        "views",
        question=(
            "How far off is a drop by sensor, optical markers, printed markers and a pose model's landmarks, by its size, "
            "and do the intervals hold it?"
        ),
        first_seed=first,
        routes=summarise_views(rows),
    )
