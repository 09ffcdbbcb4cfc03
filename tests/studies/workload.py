"""Study: does the standard error of the hip-abductor moment hold the truth, and do predicted repetitions to failure?

``python3 tasks.py study workload`` → ``reports/validation/workload.json``. The tests run a fixed slice of it.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.study import write_study
from hiphitch_analysis.validate.workload import ROUTES, summarise_moments, summarise_reps, try_moment, try_reps

SETS = 200  # on each route
FIRST_SEED = 310_000  # seeds below were looked at while the standard errors were being written; these were not
ROOT = Path(__file__).resolve().parents[2]


def run_moment(job: tuple[str, int]) -> dict[str, Any]:
    """Run one simulated set (a process needs a function with a name)."""
    warnings.simplefilter("ignore")
    return try_moment(*job)


if __name__ == "__main__":
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    jobs = [(route, first + 1000 * i + n) for i, route in enumerate(ROUTES) for n in range(sets)]
    people = [first + 10_000 + n for n in range(2 * sets)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        moments = pd.DataFrame(track(pool.map(run_moment, jobs, chunksize=4), "moments", total=len(jobs)))
        reps = pd.DataFrame(track(pool.map(try_reps, people, chunksize=8), "repetitions", total=len(people)))
    write_study(
        ROOT,
        "workload",
        question="Does the standard error of a set's mean hip-abductor moment hold the truth, and the interval of predicted repetitions to failure?",
        first_seeds={**{route: first + 1000 * i for i, route in enumerate(ROUTES)}, "repetitions": first + 10_000},
        not_found=int(moments["mean_nm"].isna().sum()),
        moment=summarise_moments(moments),
        repetitions=summarise_reps(reps),
    )
