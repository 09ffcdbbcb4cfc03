"""The demonstration squad: simulated, written as vendors' files, then analysed as any user's recordings would be."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.session import Details, analyse, write_session
from hiphitch_analysis.simulate import simulate_squad

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demonstration squad lies.

    Attributes
    ----------
    log : Path
        Training log.
    recordings : Path
        Folder of the simulated sensor files and their truth.
    analysed : Path
        Folder of the tables that `analyse` made of them.
    athletes : tuple of str
        Pseudonyms.
    """

    log: Path
    recordings: Path
    analysed: Path
    athletes: tuple[str, ...]


def make_demo(out: str | Path, seed: int = 2026, progress: Progress | None = None) -> Demo:
    """Simulate a squad into `out` and analyse its recordings; what is already there and unchanged is kept.

    Parameters
    ----------
    out : str or Path
        Folder.
    seed : int, default 2026
        Another number, another squad.
    progress : callable, optional
        Called with (done, total, text).

    Returns
    -------
    Demo
    """
    out = Path(out)
    show = progress or (lambda done, total, text: None)
    stamp, key = out / "demo.json", _key(seed)
    simulated, analysed = out / "simulated", out / "analysed"
    current = stamp.exists() and simulated.is_dir() and analysed.is_dir() and json.loads(stamp.read_text(encoding="utf-8")) == key
    if not current:
        stamp.unlink(missing_ok=True)
        for old in (simulated, analysed):  # another seed's files must not mix with this one's
            shutil.rmtree(old, ignore_errors=True)
        simulate_squad(simulated, seed=seed, progress=show)
        index = pd.read_csv(simulated / "recordings.csv")
        for i, row in enumerate(index.itertuples()):
            show(i, len(index), f"analysing {row.file}")
            day, body = pd.Timestamp(row.date), (row.ankle_kg, row.mass_kg, row.height_m, row.sex)
            details = Details(row.athlete_id, day, int(row.session), int(row.set), *body)
            write_session(analyse(simulated / row.file, row.side, details=details), analysed)
        write_whole(stamp, json.dumps(key))
    athletes = tuple(sorted(pd.read_csv(simulated / "log.csv", usecols=["athlete_id"])["athlete_id"].unique()))
    return Demo(simulated / "log.csv", simulated, analysed, athletes)


def _key(seed: int) -> dict[str, str | int]:
    """Return what the demonstration depends on: the seed and the package's own source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return {"seed": seed, "source": digest.hexdigest()}
