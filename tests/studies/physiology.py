"""Study: does the simulated athlete tire like people?

``python3 tasks.py study physiology`` → ``reports/validation/physiology.json``: the whole table, each figure with its range and the range's source.
"""

from pathlib import Path

from hiphitch_analysis.validate import compare_physiology
from hiphitch_analysis.validate.study import write_study

SEED = 0
ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    table = compare_physiology(SEED).round({"low": 3, "high": 3, "simulated": 3})
    write_study(
        ROOT,
        "physiology",
        question="Do load, hold times, repetitions to failure and decline over sets of simulated athletes fall in published and computed ranges?",
        seed=SEED,
        figures=len(table),
        within=int(table["within"].sum()),
        table=table.to_dict("records"),
    )
