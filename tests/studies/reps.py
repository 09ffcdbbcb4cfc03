"""Study: are repetitions counted exactly, with their beginnings and ends, whatever the set, and how do plain counters do?

``python3 tasks.py study reps`` → ``reports/validation/reps.json``. The tests run a fixed slice of it.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.counting import (
    count_case,
    count_session,
    draw_counting_case,
    draw_session_case,
    summarise_counting,
    summarise_sessions,
)
from hiphitch_analysis.validate.study import write_study

SETS = 2000  # one in a hundred is known to a quarter of itself
SESSIONS = 400
FIRST_SEED = 80_000  # seeds below 62,000 were looked at while the detection was being mended; these were not
ROOT = Path(__file__).resolve().parents[2]


def count_seed(seed: int) -> dict[str, object]:
    """Count the set drawn from one seed (a process needs a function with a name)."""
    return count_case(draw_counting_case(seed))


def count_session_seed(seed: int) -> dict[str, object]:
    """Count the session drawn from one seed."""
    return count_session(draw_session_case(seed))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    with ProcessPoolExecutor() as pool:
        rows = pd.DataFrame(track(pool.map(count_seed, range(first, first + count), chunksize=8), "counting sets", total=count))
        seeds = range(first, first + SESSIONS)
        sessions = pd.DataFrame(track(pool.map(count_session_seed, seeds, chunksize=4), "counting sessions", total=SESSIONS))
    write_study(
        ROOT,
        "reps",
        question="Is every set counted exactly (drops 2-15 deg, phases 0.5-3 s, pauses, partial raises, touch-downs, walking off)?",
        seeds=[first, first + count - 1],
        **summarise_counting(rows),
        whole_sessions=summarise_sessions(sessions),
        miscounted_seeds=[int(seed) for seed in rows.loc[rows["usable"] & (rows["found"] != rows["true"]), "seed"]],
    )
