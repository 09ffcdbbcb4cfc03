"""Study: is every fault of form seen in the repetitions that have it, do the chances hold, and how repeatable is the score?

``python3 tasks.py study faults`` → ``reports/validation/faults.json``. The tests run a fixed slice of it.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.simulate import FAULTS
from hiphitch_analysis.validate.form import repeat_score, summarise_faults, summarise_repeats, summarise_scores, try_fault, try_score
from hiphitch_analysis.validate.study import write_study

SETS = 120  # of each fault; twice as many clean ones
FIRST_SEED = 220_000  # seeds below were looked at while limits and standard errors were being chosen; these were not
ROOT = Path(__file__).resolve().parents[2]


def run_job(job: tuple[str, str | None, int]) -> pd.DataFrame:
    """Run one simulated set, series or athlete (a process needs a function with a name)."""
    warnings.simplefilter("ignore")
    kind, fault, seed = job
    if kind == "fault":
        return try_fault(fault, seed)
    return pd.DataFrame([try_score(str(fault), seed)]) if kind == "score" else repeat_score(seed)


if __name__ == "__main__":
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    jobs: list[tuple[str, str | None, int]] = [("fault", key, first + 1000 * i + n) for i, key in enumerate(FAULTS) for n in range(sets)]
    jobs += [("fault", None, first + 20_000 + n) for n in range(2 * sets)]
    jobs += [("score", key, first + 25_000 + 100 * i + n) for i, key in enumerate(FAULTS) for n in range(max(2, sets // 6))]
    jobs += [("repeat", None, first + 28_000 + n) for n in range(3 * sets)]
    with ProcessPoolExecutor() as pool:
        tables = list(track(pool.map(run_job, jobs, chunksize=4), "judging sets", total=len(jobs)))
    of_kind = {kind: pd.concat([t for t, job in zip(tables, jobs, strict=True) if job[0] == kind]) for kind in ("fault", "score", "repeat")}
    write_study(
        ROOT,
        "faults",
        question="Is every fault seen in the repetitions that have it, do the chances hold, is the score monotone and repeatable?",
        first_seed=first,
        sets_per_fault=sets,
        **summarise_faults(of_kind["fault"].reset_index(drop=True)),
        score_by_severity=summarise_scores(of_kind["score"]),
        score_repeatability=summarise_repeats(of_kind["repeat"]),
    )
