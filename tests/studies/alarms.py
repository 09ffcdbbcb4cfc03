"""Study: how often does an alarm sound for somebody whose capacity grows all season as it should?

``python3 tasks.py study alarms`` → ``reports/validation/alarms.json``. The tests run a fixed slice of it.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from rich.progress import track

from hiphitch_analysis.validate.alarms import ATHLETES, SEASON_WEEKS, summarise_alarms, watch_season
from hiphitch_analysis.validate.study import write_study

SQUADS = 4
FIRST_SEED = 42_000  # seeds below were looked at while the alarms were being built; these were not
ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    squads = int(sys.argv[1]) if len(sys.argv) > 1 else SQUADS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else FIRST_SEED
    with ProcessPoolExecutor() as pool:
        rows = pd.concat(track(pool.map(watch_season, range(first, first + squads)), "watching seasons", total=squads), ignore_index=True)
    write_study(
        ROOT,
        "alarms",
        question="How often does an alarm sound for an athlete whose capacity grows linearly all season, looked at every week?",
        seeds=[first, first + squads - 1],
        athletes=ATHLETES,
        weeks=SEASON_WEEKS,
        **summarise_alarms(rows),
    )
