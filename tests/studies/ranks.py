"""Study: do truths drawn from the priors fall evenly into what the capacity model believes of them?

``python3 tasks.py study ranks`` → ``reports/validation/ranks.json``. The tests run a fixed slice of it.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.ranks import ATHLETES, WEEKS_OF_LOG, rank_parameters, summarise_ranks
from hiphitch_analysis.validate.study import write_study

SQUADS = 400
FIRST_SEED = 32_000  # seeds below were looked at while the model was being built; these were not
ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    squads = int(sys.argv[1]) if len(sys.argv) > 1 else SQUADS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    with ProcessPoolExecutor() as pool:
        rows = pd.DataFrame(track(pool.map(rank_parameters, range(first, first + squads)), "ranking parameters", total=squads))
    write_study(
        ROOT,
        "ranks",
        question="Do truths drawn from the stated priors fall evenly into the posterior of the capacity model's parameters?",
        seeds=[first, first + squads - 1],
        athletes=ATHLETES,
        weeks=WEEKS_OF_LOG,
        **summarise_ranks(rows),
    )
