"""Study: are repetitions counted exactly, with their beginnings and ends, whatever the set, and how do plain counters do?

``python3 tasks.py study reps`` → ``reports/validation/reps.json``. The tests run a fixed slice of it.
"""

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.validate.counting import count_case, draw_counting_case, summarise_counting

SETS = 1000
FIRST_SEED = 9000  # seeds below were looked at while the detection was being mended; these were not
ROOT = Path(__file__).resolve().parents[2]


def count_seed(seed: int) -> dict[str, object]:
    """Count the set drawn from one seed (a process needs a function with a name)."""
    return count_case(draw_counting_case(seed))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    with ProcessPoolExecutor() as pool:
        rows = pd.DataFrame(track(pool.map(count_seed, range(first, first + count), chunksize=8), "counting sets", total=count))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    result = {
        "study": "reps",
        "question": "Is every set counted exactly (drops 2-15 deg, phases 0.5-3 s, pauses, partial raises, touch-downs, walking off)?",
        "commit": commit,
        "seeds": [first, first + count - 1],
        **summarise_counting(rows),
        "miscounted_seeds": [int(seed) for seed in rows.loc[rows["usable"] & (rows["found"] != rows["true"]), "seed"]],
    }
    path = write_whole(ROOT / "reports/validation/reps.json", json.dumps(result, indent=1) + "\n")
    print(path.relative_to(ROOT), path.read_text(), sep="\n")
