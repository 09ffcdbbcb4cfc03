"""Study: does the simulated athlete tire like people?

``python3 tasks.py study physiology`` → ``reports/validation/physiology.json``: the whole table, each figure with its range and the range's source.
"""

import json
import subprocess
from pathlib import Path

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.validate import compare_physiology

SEED = 0
ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    table = compare_physiology(SEED).round({"low": 3, "high": 3, "simulated": 3})
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    result = {
        "study": "physiology",
        "question": "Do load, hold times, repetitions to failure and decline over sets of simulated athletes fall in published and computed ranges?",
        "commit": commit,
        "seed": SEED,
        "figures": len(table),
        "within": int(table["within"].sum()),
        "table": table.to_dict("records"),
    }
    path = write_whole(ROOT / "reports/validation/physiology.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(path.relative_to(ROOT), path.read_text("utf-8"), sep="\n")
