"""A simulated season as files: its log in the formats asked for, and the truth with every setting that led to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.simulate.exports import Habits
from hiphitch_analysis.simulate.files import format_json, write_whole
from hiphitch_analysis.simulate.logfiles import write_log_files
from hiphitch_analysis.simulate.mechanistic import Training, simulate_mechanistic_season
from hiphitch_analysis.simulate.population import PER_REP_BEFORE, Population, draw_squad
from hiphitch_analysis.simulate.reference import simulate_season
from hiphitch_analysis.simulate.season import Season
from hiphitch_analysis.simulate.squad import write_log

GENERATORS = ("squad", "reference", "mechanistic")


def write_season(
    out: str | Path,
    generator: str | None = None,
    athletes: int = 6,
    weeks: float = 8,
    seed: int = 0,
    law: str | None = None,
    carry_over: bool = False,
    season: dict[str, Any] | None = None,
    formats: Sequence[str] = ("own",),
    habits: Habits | None = None,
) -> tuple[Path, ...]:
    """Simulate a season with one of the generators and write its log and ``truth.json``.

    Parameters
    ----------
    out : str or Path
        Folder.
    generator : {"squad", "reference", "mechanistic"}, optional
        ``squad`` is the demonstration's: six stories, then athletes as drawn. By default that one, or the reference where it is asked for something
        that only others have.
    athletes : int
    weeks : float
        Length of the season [weeks].
    seed : int
        0 or more; the same seed writes the same bytes.
    law : {"linear", "saturating", "log"}, optional
        Growth of the reference generator, by default linear.
    carry_over : bool
        Reference generator: repetitions done before cost capacity, as the fatigue model has it.
    season : dict, optional
        Fields of `Season` that differ from its defaults; for the reference and the mechanistic generator.
    formats, habits
        As for `write_log_files`.

    Returns
    -------
    tuple of Path
        The files of the log, and the truth.

    Raises
    ------
    ValueError
        An unknown generator, or one asked for what it does not have.
    """
    changed = season or {}
    name = generator or ("reference" if law or carry_over or changed else "squad")
    asked = {"law": law is not None, "carry_over": carry_over, **dict.fromkeys(changed, True)}
    beyond = [option for option, given in asked.items() if given and (name == "squad" or (name == "mechanistic" and option not in changed))]
    if name not in GENERATORS or beyond:
        got = f"{name!r} with {', '.join(beyond)}" if beyond else repr(name)
        raise ValueError(f"generator: expected {', '.join(GENERATORS)} and options it has, got {got}. The reference has all of them.")
    if name == "squad":
        return write_log(out, seed, athletes, weeks, formats, habits)
    plan = Season(**changed)
    settings: dict[str, Any] = {"generator": name, "seed": seed, "weeks": weeks, "season": dataclasses.asdict(plan)}
    if name == "mechanistic":
        training = Training()
        known, settings["training"] = simulate_mechanistic_season(athletes, weeks, seed, plan, training), dataclasses.asdict(training)
    else:
        population = Population(law or "linear", per_rep_before=PER_REP_BEFORE if carry_over else 0.0)
        known = simulate_season(draw_squad(athletes, population, seed), weeks, seed, plan)
        settings["population"] = dataclasses.asdict(population)
    files = write_log_files(known.log, out, formats, habits)
    sets = known.sets.assign(date=known.sets["date"].dt.strftime("%Y-%m-%d"))
    truth = {**settings, "athletes": _records(known.athletes.reset_index(), 6), "sets": _records(sets, 3)}
    return *files, write_whole(Path(out) / "truth.json", format_json(truth))


def _records(table: pd.DataFrame, decimals: int) -> list[dict[str, Any]]:
    """Turn a table into plain records; what is not a number or has no end becomes null."""
    numbers = table.round(decimals)
    return [{str(key): value for key, value in row.items()} for row in numbers.astype(object).where(_is_finite(numbers), None).to_dict("records")]


def _is_finite(table: pd.DataFrame) -> pd.DataFrame:
    return table.apply(lambda column: np.isfinite(column) if pd.api.types.is_numeric_dtype(column) else column.notna())
